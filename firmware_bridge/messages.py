"""What bridge and hall say to each other, as values; docs/specs/bus.md gives the form on the bus.

Only the inside of the signed statements stands here: who says it, its number and its signature are
`envelope.py`'s. Ballots, session statements and receipts travel as they are (docs/specs/statements.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from firmware_bridge.checks import (
    BadMessage,
    a_certificate,
    a_flag,
    a_number,
    a_p256_key,
    a_seal,
    a_text,
    an_object,
    many,
    nested,
    one_of,
    or_none,
    plain,
    read,
    table,
    two_lines,
)

Lines = tuple[str, str]
Jws = Mapping[str, str]
"""A flattened JWS: protected, payload, signature."""
Text = Annotated[str, a_text]
Number = Annotated[int, a_number]
Flag = Annotated[bool, a_flag]
TwoLines = Annotated[Lines, two_lines]
Phase = Annotated[
    Literal["announced", "open", "held", "closing", "closed", "cancelled"],
    one_of("announced", "open", "held", "closing", "closed", "cancelled"),
]
SeatStatus = Annotated[Literal["online", "silent", "clone"], one_of("online", "silent", "clone")]
PinOutcome = Literal["wrong", "blocked", "cancelled", "timeout", "wrong_code", "codes_spent", "unreadable"]
SignedBy = Annotated[Literal["session", "card"], one_of("session", "card")]
IncidentKind = Literal["key_without_card", "press_asleep", "no_person_key"]
Requesting = Annotated[Literal["none", "speech", "debate"], one_of("none", "speech", "debate")]


# -- down: the hall to its bridges -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SittingFacts:
    sit: Text
    log: Text
    title: TwoLines


@dataclass(frozen=True, slots=True)
class Form:
    """The ballot form with what a console shows of it. The bridge knows no rules: keys map to ids."""

    phase: Phase
    vote: Text
    form: Annotated[Mapping[str, str] | None, or_none(table(a_text))]
    """The payload without choice, rev, prev, nonce; None until the vote opens (no challenge yet)."""
    keys: Annotated[Mapping[str, str], table(a_text)]
    labels: Annotated[Mapping[str, str], table(a_text)]
    """What the choice under each key is called on a console, at most 20 characters."""
    change: Flag
    text: TwoLines
    remaining_ms: Annotated[int | None, or_none(a_number)]
    grace_ms: Number
    show_choice_ms: Annotated[int | None, or_none(a_number)]
    """How long a recorded choice stays readable at the seat; None: until the vote is over."""
    signed_by: SignedBy = "session"
    """Whether the card itself is to sign each ballot, with its PIN each time."""
    person: Flag = False
    """Whether a press counts only with the person-present key held as long."""


@dataclass(frozen=True, slots=True)
class SeatShows:
    """What the floor means for one seat."""

    seat: Text
    text: Annotated[Lines | None, or_none(two_lines)]
    mic: Flag
    requesting: Requesting


@dataclass(frozen=True, slots=True)
class SeatFacts:
    session: Annotated[str | None, or_none(a_text)]
    recorded: Annotated[Jws | None, or_none(an_object)]
    """The receipt of the seat's ballot in the vote that `State.ballot` shows."""
    rev: Annotated[int | None, or_none(a_number)]
    """That ballot's revision: a change goes on from it, also on a bridge that has lost the ballot."""
    face: Annotated[SeatShows, nested(SeatShows)]


@dataclass(frozen=True, slots=True)
class State:
    """The answer to hello: everything that this bridge must know."""

    sitting: Annotated[SittingFacts | None, or_none(nested(SittingFacts))]
    ballot: Annotated[Form | None, or_none(nested(Form))]
    seats: Annotated[Mapping[str, SeatFacts], table(nested(SeatFacts))]
    all_n: Number
    """The number of the last message to all that this state includes."""
    desks: Annotated[tuple[str, ...], many(a_text)] = ()
    """Those of the bridge's places that are registrar's desks: phones are bound there, nobody votes."""


@dataclass(frozen=True, slots=True)
class Started:
    """To all: the controller has begun a new epoch; say hello, and send what still waits for an answer."""


@dataclass(frozen=True, slots=True)
class Challenge:
    seat: Text
    chal: Text
    sit: Text
    log: Text
    member: Text
    exp: Text
    greeting: TwoLines


@dataclass(frozen=True, slots=True)
class SignedIn:
    seat: Text
    session: Text


@dataclass(frozen=True, slots=True)
class SignedOut:
    seat: Text
    session: Text
    cause: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    seat: Text
    of: Annotated[str | None, or_none(a_text)]
    code: Text
    text: TwoLines
    final: Flag


@dataclass(frozen=True, slots=True)
class RecordedByPhone:
    """The ballot in force of the member at this seat came from the phone: the seat's lamps and later
    presses go on from it."""

    seat: Text
    receipt: Annotated[Jws, an_object]
    rev: Number


@dataclass(frozen=True, slots=True)
class BindPhone:
    seat: Text
    key: Annotated[Mapping[str, str], table(a_text)]
    digits: Text
    chal: Text
    exp: Text
    sit: Text
    log: Text
    member: Text


@dataclass(frozen=True, slots=True)
class AtDesk:
    """The card at this desk is a member's: it signs nobody in there, and may sign for a phone."""

    seat: Text
    text: TwoLines
    """What stands while nothing is asked; the second line is the member's name."""


@dataclass(frozen=True, slots=True)
class SealedPin:
    """A PIN typed on a phone, for the card at this seat: only the seat's bridge can read it."""

    seat: Text
    chal: Text
    sealed: Annotated[str, a_seal] = field(repr=False)


# -- up: a bridge to the hall ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """The console at a seat: whether it answers, its serial number, and whether it has a person-present
    key."""

    status: SeatStatus
    serial: Text
    person_key: Flag = False


@dataclass(frozen=True, slots=True)
class Hello:
    seats: Annotated[Mapping[str, Unit], table(nested(Unit))]
    pin_key: Annotated[Mapping[str, str] | None, or_none(a_p256_key)]
    """To this public key phones seal PINs; new with each start of the bridge. None: it has no readers."""


READER_LOST = "reader_lost"
"""A card's `error` where it went with its reader: nobody took it out."""


@dataclass(frozen=True, slots=True)
class Card:
    seat: Text
    present: Flag
    cert: Annotated[str | None, or_none(a_certificate)]
    session: Annotated[str | None, or_none(a_text)]
    """The session that this bridge still holds a key for: then no new sign-in is needed."""
    error: Annotated[str | None, or_none(a_text)]


@dataclass(frozen=True, slots=True)
class CardSigned:
    """A ballot that the card at this seat signed itself, and the certificate of the key it did so with."""

    seat: Text
    ballot: Annotated[Jws, an_object]
    cert: Annotated[str, a_certificate]
    """Base64 of DER."""


@dataclass(frozen=True, slots=True)
class PinAwaited:
    """The reader at this seat has no keys: a sealed PIN is awaited for the card, for this challenge."""

    seat: Text
    chal: Text


@dataclass(frozen=True, slots=True)
class Pin:
    seat: Text
    outcome: Annotated[PinOutcome, one_of(*get_args(PinOutcome))]
    tries_left: Annotated[int | None, or_none(a_number)]
    """Of the PIN; after `wrong_code`, of the seat's code."""


@dataclass(frozen=True, slots=True)
class Status:
    seat: Text
    status: SeatStatus
    serial: Text
    person_key: Flag = False


@dataclass(frozen=True, slots=True)
class Shown:
    vote: Text
    seats: Annotated[tuple[str, ...], many(a_text)]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A voting key went down at these seats while the vote was open; never which one."""

    vote: Text
    seats: Annotated[tuple[str, ...], many(a_text)]


@dataclass(frozen=True, slots=True)
class Lit:
    vote: Text
    seats: Annotated[tuple[str, ...], many(a_text)]


@dataclass(frozen=True, slots=True)
class Speak:
    seat: Text
    press: Number


@dataclass(frozen=True, slots=True)
class Mic:
    seat: Text
    on: Flag
    ok: Flag


@dataclass(frozen=True, slots=True)
class Incident:
    """A press that a bridge made no ballot of, while a vote was in play: somebody may be trying."""

    seat: Text
    kind: Annotated[IncidentKind, one_of(*get_args(IncidentKind))]


@dataclass(frozen=True, slots=True)
class PhoneDeclined:
    """The member at this seat said no, or nothing, to binding a phone."""

    seat: Text
    chal: Text
    outcome: Annotated[
        Literal["refused", "timeout", "no_session", "busy"],
        one_of("refused", "timeout", "no_session", "busy"),
    ]


Down = (
    State | Started | Challenge | SignedIn | SignedOut | Form | SeatShows | Refusal | RecordedByPhone
    | BindPhone | AtDesk | SealedPin
)  # fmt: skip
Up = (
    Hello | Card | CardSigned | PinAwaited | Pin | Status | Shown | Pressed | Lit | Speak | Mic
    | PhoneDeclined | Incident
)  # fmt: skip

DOWN: Mapping[str, type[Any]] = {
    "state": State, "started": Started, "challenge": Challenge, "signed_in": SignedIn,
    "signed_out": SignedOut, "form": Form, "seat": SeatShows, "refused": Refusal,
    "recorded": RecordedByPhone, "bind_phone": BindPhone, "at_desk": AtDesk,
    "sealed_pin": SealedPin,
}  # fmt: skip
UP: Mapping[str, type[Any]] = {
    "hello": Hello, "card": Card, "card_signed": CardSigned, "pin_awaited": PinAwaited, "pin": Pin,
    "status": Status, "shown": Shown, "pressed": Pressed, "lit": Lit, "speak": Speak, "mic": Mic,
    "phone_declined": PhoneDeclined, "incident": Incident,
}  # fmt: skip
NAMES = {kind: name for name, kind in {**DOWN, **UP}.items()}


def members_of(message: Down | Up) -> dict[str, Any]:
    """The message's own members and its `type`, ready to stand in a payload."""
    return {"type": NAMES[type(message)], **plain(message)}


def message_of(kinds: Mapping[str, type[Any]], members: Mapping[str, Any]) -> Any:
    """One message, from what remains of a payload without the envelope's members. Raises BadMessage."""
    rest = dict(members)
    kind = kinds.get(str(rest.pop("type", "")))
    if kind is None:
        raise BadMessage("a message of no known type")
    return read(kind, rest)
