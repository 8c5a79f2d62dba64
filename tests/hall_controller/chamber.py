"""A small chamber for tests: members with cards, a hall with its key, and a clock that is told the time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import voting
from audit import base64url, instant, signing, statement
from audit.signing import EcSigner, Ed25519Signer
from hall_controller.encoding import SessionEvidence
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.store.port import Store
from hall_controller.submission import Recorded, Submission
from simulators.authority import Authority, p256
from simulators.card_keys import Credential
from voting import commands as c
from voting.ids import BallotHash, ChoiceId, KindId, MemberId, OfficerId, SeatId, SittingId, VoteId
from voting.members import Member

ORIGIN = "dienhong.example/hall/2026"
START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
BY = OfficerId("an")
OFFICER = "officer:an"
BOOK = (Path(voting.__file__).parent / "rulebooks" / "vn.qh.2016-01-01.toml").read_text("utf-8")


def _publishing_names(book: str) -> str:
    """The same rules in a chamber that publishes who voted how, wherever a vote isn't secret."""
    kinds = book.replace('id = "vn.qh.2016-01-01"', 'id = "vn.test.names"').split("\n\n")
    return "\n\n".join(
        kind if "secret = true" in kind else kind.replace('publish = "totals"', 'publish = "names"')
        for kind in kinds
    )


NAMES_BOOK = _publishing_names(BOOK)
KIND = KindId("motion")


@dataclass(slots=True)
class ToldClock:
    """Stands still until it is told; `step` passes at each look, so that entries' times differ."""

    now: datetime = START
    step: timedelta = timedelta(milliseconds=7)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(slots=True)
class CountingToken:
    """Random bytes that are the same in each run."""

    seed: bytes = b"test"
    drawn: int = 0

    def __call__(self, size: int) -> bytes:
        self.drawn += 1
        return sha256(self.seed + self.drawn.to_bytes(8, "big")).digest()[:size]


def the_hall(seed: int = 1) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


@dataclass(slots=True)
class Person:
    """A member at a seat, with a card and the session key that it delegated to."""

    member: Member
    seat: SeatId
    card: Credential
    key: EcSigner
    session: str = ""
    last: str | None = None
    rev: int = 0

    @property
    def id(self) -> MemberId:
        return self.member.id

    @property
    def card_key(self) -> ec.EllipticCurvePrivateKey:
        assert isinstance(self.card.key, ec.EllipticCurvePrivateKey)
        return self.card.key

    def sign_in(self, sitting: str) -> Submission:
        payload = {
            "log": ORIGIN, "sit": sitting, "member": self.id, "seat": self.seat, "channel": "seat",
            "key": signing.to_jwk(self.key.public_key), "exp": instant.write(START + timedelta(hours=12)),
            "chal": base64url.encode(bytes(16)),
        }  # fmt: skip
        fingerprint = base64url.encode(sha256(self.card.certificate).digest())
        jws = statement.sign(
            statement.SESSION_KEY, payload, EcSigner(self.card_key), **{"x5t#S256": fingerprint}
        )
        self.session = statement.parse(jws, statement.SESSION_KEY).payload_hash
        command = c.SignIn(
            self.id, self.seat, "seat", self.session, self.key.kid, START + timedelta(hours=12)
        )
        return Submission(command, "member", SessionEvidence(jws, self.card.certificate))

    def ballot(self, form: Mapping[str, Any], choice: str, *, again: bool = False) -> Submission:
        """A ballot that follows the member's last one (`again`: as a revision of it)."""
        rev, prev = (self.rev + 1, self.last) if again else (1, None)
        payload = statement.fill(
            form, member=self.id, seat=self.seat, device="unit-" + self.seat, choice=choice, rev=rev,
            prev=prev, nonce=sha256(f"{self.id}{form['vote']}{rev}".encode()).digest()[:16],
        )  # fmt: skip
        jws = statement.sign(statement.BALLOT, payload, self.key, sk=self.session)
        self.rev, self.last = rev, statement.parse(jws, statement.BALLOT).payload_hash
        return Submission(cast(jws, self.session), "member", jws, self.card.certificate)


def cast(jws: Mapping[str, str], session: str) -> c.CastBallot:
    """The command of a ballot, as intake makes it."""
    sealed = statement.parse(jws, statement.BALLOT)
    said = sealed.payload
    return c.CastBallot(
        vote=VoteId(said["vote"]), definition=said["def"], challenge=said["chal"],
        member=MemberId(said["member"]), seat=SeatId(said["seat"]), channel="seat", session=session,
        choice=ChoiceId(said["choice"]), rev=said["rev"],
        prev=None if said["prev"] is None else BallotHash(said["prev"]),
        ballot=BallotHash(sealed.payload_hash),
    )  # fmt: skip


@dataclass(slots=True)
class Chamber:
    """People, authority, clock and hall together."""

    size: int = 5
    book: str = BOOK
    clock: ToldClock = field(default_factory=ToldClock)
    token: CountingToken = field(default_factory=CountingToken)
    authority: Authority = field(default_factory=lambda: Authority(START))
    people: list[Person] = field(default_factory=list)
    crl: bytes = b""

    def __post_init__(self) -> None:
        self.crl = self.authority.crl(START)
        self.people = [self._person(number) for number in range(1, self.size + 1)]

    @property
    def known(self) -> Founding:
        return Founding(ORIGIN, the_hall(), (self.authority.root,), (self.crl,))

    def _person(self, number: int) -> Person:
        id = MemberId(f"mem-{number:03}-an")
        member = Member(id, f"Đại biểu số {number}", "Hà Nội", date(2021, 7, 20))
        return Person(
            member, SeatId(f"{number:03}"), self.authority.issue(id, member.name, START), EcSigner(p256())
        )

    def opening(self, sitting: str = "s1") -> Submission:
        members = tuple(person.member for person in self.people)
        seating = {person.id: person.seat for person in self.people}
        title = {"vi": "Phiên họp toàn thể", "en": "Plenary"}
        on = date(2026, 11, 21)
        return Submission(
            c.OpenSitting(SittingId(sitting), on, title, self.book, members, seating, BY), OFFICER
        )

    def acts_of_a_vote(self, vote: str) -> Iterator[Submission]:
        """Announce and open."""
        yield Submission(c.AnnounceVote(VoteId(vote), question(), BY), OFFICER)
        yield Submission(c.OpenVote(VoteId(vote), base64url.encode(self.token(16)), BY), OFFICER)


def question() -> c.Question:
    return c.Question(
        KIND,
        {"vi": "Thông qua chương trình", "en": "Adopt the agenda"},
        {"vi": "Chương trình", "en": "Agenda"},
    )


async def started(chamber: Chamber, store: Store) -> Hall:
    return await Hall.start(store, chamber.known, chamber.clock, chamber.token)


async def seated(chamber: Chamber, hall: Hall, sitting: str = "s1") -> None:
    """The sitting is open and everybody has signed in."""
    await hall.submit(chamber.opening(sitting))
    for person in chamber.people:
        await hall.submit(person.sign_in(sitting))


async def opened(chamber: Chamber, hall: Hall, vote: str = "v1") -> dict[str, Any]:
    """An open vote; the form to sign."""
    from voting.ballot import form

    for act in chamber.acts_of_a_vote(vote):
        await hall.submit(act)
    found: dict[str, Any] = form(hall.meeting, VoteId(vote), ORIGIN)["form"]
    return found


async def closed(chamber: Chamber, hall: Hall, vote: str = "v1") -> Recorded:
    """Closed by the officer, the grace over, the result computed."""
    await hall.submit(Submission(c.CloseVote(VoteId(vote), BY), OFFICER))
    chamber.clock.pass_(60)
    await hall.submit(Submission(c.EndClosing(VoteId(vote)), "clock"))
    return await hall.submit(Submission(c.ComputeResult(VoteId(vote)), "hall"))


async def declared(chamber: Chamber, hall: Hall, vote: str = "v1") -> None:
    await closed(chamber, hall, vote)
    await hall.submit(Submission(c.DeclareVote(VoteId(vote), BY), OFFICER))


async def adjourned(hall: Hall) -> None:
    await hall.submit(Submission(c.AdjournSitting(BY), OFFICER))
