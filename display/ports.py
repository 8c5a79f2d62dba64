"""The hall as the display is given it by whoever joins the parts; the display imports no controller.

Everything read here is durable already: a page can't show what the log doesn't hold. Nothing here waits for
a listener; the hall calls back and goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from voting.chamber import Meeting
from voting.commands import Command, OpenSitting, Text
from voting.ids import BallotHash, ItemId, KindId, MemberId, OfficerId, SeatId, SittingId, VoteId

SHOW_CHOICE_MS = 3000
"""A recorded choice is readable by itself for 3 s (neighbours, cameras), unless names are published."""
JWS = Mapping[str, str]
"""A flattened JWS: {"protected", "payload", "signature"}."""
Reader = Literal["public", "auditor"]


class NotRecorded(Exception):
    """The hall could not make it durable: nothing was done, the asker may try again."""


@dataclass(frozen=True, slots=True)
class Seat:
    id: SeatId
    block: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A registrar's desk: phones are bound there as at a seat; it is none."""

    id: SeatId
    name: Text


@dataclass(frozen=True, slots=True)
class Upcoming:
    sitting: SittingId
    on: date
    title: Text


@dataclass(frozen=True, slots=True)
class PlannedVote:
    """A question of the open sitting that is planned; it isn't in the log before it is announced."""

    vote: VoteId
    kind: KindId
    item: Text
    title: Text
    option: Text | None = None
    supersedes: VoteId | None = None
    item_id: ItemId | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """What supervision knows of seats, broker and store."""

    state: Literal["ok", "degraded", "down"] = "ok"
    seats_online: int = 0
    seats_offline: tuple[SeatId, ...] = ()
    clones: tuple[SeatId, ...] = ()
    shown: Mapping[VoteId, int] = field(default_factory=dict)
    """On how many consoles and phones each vote's question is shown."""
    broker: bool = True
    store: bool = True
    """False too while a commit has been waited for too long."""
    clock: bool = True
    """Whether the hall's clock and its machine's agree."""
    lists: Literal["ok", "refused", "over"] = "ok"
    """Of revoked cards: `refused`, a new one can't be used; `over`, those held are past their day."""
    last_commit_ms: int = 0


@dataclass(frozen=True, slots=True)
class LogHead:
    """The signed head of the log."""

    origin: str
    vkey: str
    size: int
    root: str
    checkpoint: str
    """The signed note, whole: what a wall's QR holds."""
    keys: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The hall's signing keys by `kid`, as public JWKs: pages check receipts and results with them."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a ballot stands in the log: what its receipt says."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneBinding:
    """A phone asks to be bound; the seat's console shows the same eight digits."""

    enrolment: str
    key_id: str
    digits: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class BindingState:
    state: Literal["waiting", "bound", "refused", "expired"]
    challenge: str | None = None
    """When bound: what the phone signs to be let in. New each time it is asked."""


@dataclass(frozen=True, slots=True)
class BoundPhone:
    member: MemberId
    key_id: str


@dataclass(frozen=True, slots=True)
class PinRequest:
    """The card at a seat whose reader has no keys waits for its PIN from a phone."""

    seat: SeatId
    chal: str
    key: Mapping[str, str]
    """The public P-256 JWK of the seat's bridge: the page seals to it, the hall can't open it."""
    greeting: tuple[str, str] | None
    """Whose card it is, in the two lines of the seat's console; None at a desk: its unit alone says so."""


PinState = Literal[
    "none", "waiting", "checking", "wrong", "wrong_code", "unreadable",
    "blocked", "timeout", "codes_spent", "refused", "signed_in",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PinOutcome:
    """What became of the PIN asked for at a seat; docs/specs/feed.md says each."""

    state: PinState = "none"
    tries_left: int | None = None
    """Of the PIN after `wrong`, of the console's code after `wrong_code`."""


class Hall(Protocol):
    @property
    def name(self) -> Text: ...

    @property
    def test(self) -> bool:
        """A hall for trying things out: said so on every screen."""

    @property
    def meeting(self) -> Meeting:
        """The durable meeting: only what is in the log."""

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The hall's seats in their order; it doesn't change while the hall runs."""

    @property
    def desks(self) -> tuple[Desk, ...]:
        """The registrar's, in their order; often none."""

    @property
    def health(self) -> Health: ...

    @property
    def head(self) -> LogHead:
        """Covers everything that `meeting` holds."""

    @property
    def programme(self) -> tuple[PlannedVote, ...]:
        """The planned questions of the open sitting, in their order; empty while none is open."""

    @property
    def upcoming(self) -> Upcoming | None:
        """The sitting that may be opened now; None where one is open or none is planned. Often asked."""

    def opening(self, by: OfficerId) -> OpenSitting | None:
        """The command that opens the upcoming sitting, with its rule book, roll and seating as of now."""

    def result_jws(self, vote: VoteId) -> JWS | None:
        """The signed result, as soon as it is computed."""

    def recorded(self, ballot: BallotHash) -> Recorded | None:
        """Where an acknowledged ballot stands in the log; None where it doesn't."""

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        """Calls `told` on the event loop after each commit and each change of health, never waiting.

        `told` returns at once and doesn't raise. Answers with what ends the following.
        """

    async def submit(self, command: Command, actor: str) -> None:
        """Decided, durable and applied when it returns. Raises Refused or NotRecorded."""

    async def log_file(self, path: str) -> bytes | None:
        """A file of the public `log/` by its path ("checkpoint", "tile/0/000"), or None.

        Anybody may ask for any: it is read beside the hall's work, never in front of it.
        """

    def export(self, reader: Reader, out: Path) -> None:
        """Writes the exported directory into `out`. Blocking: called in a thread of its own."""

    async def request_phone_binding(
        self, key: Mapping[str, str], seat: SeatId, code: str | None = None
    ) -> PhoneBinding:
        """Asks the card at `seat`, or at a desk, to bind this public P-256 key.

        `code`: what the desk's unit shows with its greeting. Raises Refused (no card, bad key,
        `desk_code_wrong` …).
        """

    def phone_binding(self, enrolment: str) -> BindingState | None:
        """None where there is no such enrolment."""

    async def phone_lost(self, desk: SeatId, code: str | None) -> None:
        """Ends the phone of the member whose card lies at a desk; `code`: what its unit shows. Raises
        Refused, NotRecorded."""

    def phone_challenge(self, key_id: str) -> str:
        """What the phone with this key signs to be let in; often asked, by anybody.

        Any key is given one that looks alike; only a phone with a live session gets in by it.
        """

    def prove_phone(self, key_id: str, challenge: str, signature: bytes) -> BoundPhone | None:
        """Who holds the phone, None where the proof doesn't hold. A challenge proves once.

        `signature` is ECDSA P-256/SHA-256, r‖s, over b"parl-phone-session:" + the challenge.
        """

    async def request_officer_card(self, key: Mapping[str, str], desk: SeatId) -> PhoneBinding:
        """Asks the card at an officers' desk to sign somebody in at the page with this public P-256 key.

        Raises Refused (no card, not an officer's …). `officer_card` says how it goes on.
        """

    def officer_card(self, enrolment: str) -> BindingState | None:
        """None where there is no such request."""

    def prove_officer(self, key_id: str, challenge: str, signature: bytes) -> str | None:
        """What the card calls its holder, None where the page's proof doesn't hold. It proves once.

        `signature` as a phone's, over b"parl-officer-session:" + the challenge.
        """

    def pin_request(self, seat: SeatId) -> PinRequest | None:
        """What a phone needs to seal a PIN for the card at `seat`; None where none is awaited."""

    def pin_outcome(self, seat: SeatId) -> PinOutcome:
        """How the last PIN asked for at `seat` stands."""

    async def send_pin(self, seat: SeatId, chal: str, sealed: str) -> None:
        """Passes a sealed PIN on, unread. Raises Refused where none is awaited for this challenge."""

    async def member_proof(self, member: MemberId, votes: Sequence[VoteId]) -> bytes:
        """The member's proof of these votes, one file (docs/specs/proof.md), from the log as it is now.

        The votes must be of sittings on whose roll the member is. Made in a thread, one at a time.
        """

    async def ballot_proof(self, ballot: BallotHash) -> str:
        """The `.tlog-proof` of a recorded ballot. KeyError for one that isn't."""

    def mobile_form(self, phone: BoundPhone) -> Mapping[str, object]:
        """What this phone is to sign, as docs/specs/feed.md gives it. Raises Refused."""

    async def cast_mobile(self, ballot: JWS) -> JWS:
        """Checks, records and answers with the receipt. Raises Refused or NotRecorded."""
