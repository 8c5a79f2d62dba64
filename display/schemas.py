"""What comes in from pages: every body's shape and size. What goes out is in
`display.outgoing`.

`python -m display.schemas` prints the JSON Schema of everything that goes out, for the pages' types.
"""

import json
import sys
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

Id = Annotated[str, StringConstraints(min_length=1, max_length=80)]
ActId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=16_384)]
DeskCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{8})$")]
"""What the unit at a registrar's desk shows."""
KeyId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""RFC 7638 thumbprint, SHA-256."""
LONGEST_EXTENSION_S: Final = 3600
"""A slip of the hand must not open a vote for a day; an hour can be given again."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SignInCode(_Body):
    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class OpenIdAsked(_Body):
    again: bool = False
    """The person is signed in, and shows once more who it is."""


class PhoneKey(_Body):
    """A public P-256 key; a private part (`d`) is refused as an unknown member."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class PhoneRequest(_Body):
    key: PhoneKey
    seat: Id
    code: DeskCode | None = None
    """At a registrar's desk."""


class PhoneLost(_Body):
    """At which registrar's desk the card of the phone's owner lies."""

    seat: Id
    code: DeskCode | None = None


class OfficerCardRequest(_Body):
    """A key that the page made for this one sign-in, and the desk at which the officer's card lies."""

    key: PhoneKey
    desk: Id


class PhoneKnown(_Body):
    """A phone that was bound already says which key is its own."""

    key_id: KeyId


class PhoneProof(_Body):
    key_id: KeyId
    challenge: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{86}$")]
    """ECDSA P-256, r‖s: 64 bytes."""


class Answer(_Body):
    """To what takes two people: by a second officer, or `withdraw` by who asked."""

    answer: Literal["confirm", "decline", "withdraw"]


class PinFromPhone(_Body):
    """A PIN sealed to the seat's bridge: the hall can't read it, so only its form is looked at."""

    chal: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    sealed: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$", max_length=1024)]


class SignedBallot(_Body):
    """A flattened JWS; whether it is a good one is the hall's to judge."""

    protected: Base64Url
    payload: Base64Url
    signature: Base64Url


class FloorWish(_Body):
    kind: Literal["speech", "debate"] | None


class _Act(_Body):
    id: ActId


class _VoteAct(_Act):
    vote: Id


class Plain(_Act):
    act: Literal["open_sitting", "adjourn", "end_speech", "call_roll"]


class OfVote(_VoteAct):
    act: Literal["resume", "close", "declare"]


class Announce(_VoteAct):
    """`reason` and `ordered_by` where the planned question repeats an earlier vote."""

    act: Literal["announce"]
    reason: Reason | None = None
    ordered_by: Reason | None = None


class Open(_VoteAct):
    act: Literal["open"]
    duration_s: Annotated[int, Field(gt=0, le=LONGEST_EXTENSION_S)] | None = None


class WithReason(_VoteAct):
    act: Literal["hold", "cancel"]
    reason: Reason


class Extend(_VoteAct):
    act: Literal["extend"]
    extra_s: Annotated[int, Field(gt=0, le=LONGEST_EXTENSION_S)]


class Revote(_VoteAct):
    act: Literal["revote"]
    reason: Reason
    ordered_by: Reason


class CastingVote(_VoteAct):
    act: Literal["casting_vote"]
    choice: Id


class HandCount(_VoteAct):
    act: Literal["hand_count"]
    counts: Annotated[
        dict[Id, Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1, max_length=50)
    ]


class MarkPresence(_Act):
    act: Literal["mark_presence"]
    member: Id
    present: bool
    reason: Reason


class OfMember(_Act):
    act: Literal["give_floor", "withdraw_request", "end_phone"]
    member: Id


class OfMembers(_Act):
    """Named one by one, or by their delegation: the log names each member."""

    act: Literal["open_mobile", "close_mobile"]
    members: Annotated[list[Id], Field(max_length=2000)] = []
    delegations: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=200)]], Field(max_length=500)
    ] = []
    reason: Reason


class Acknowledge(_Act):
    """That an incident was seen; it stays in the log."""

    act: Literal["acknowledge"]
    incident: Annotated[int, Field(gt=0)]


Act = Annotated[
    Plain | OfVote | Announce | Open | WithReason | Extend | Revote | CastingVote | HandCount | MarkPresence
    | OfMember | OfMembers | Acknowledge,
    Field(discriminator="act"),
]  # fmt: skip
ACT: Final[TypeAdapter[Act]] = TypeAdapter(Act)


def outgoing_schema() -> str:
    """The JSON Schema of what goes out, for display/web/shared/feed.schema.json."""
    from display.outgoing import Outgoing

    schema = TypeAdapter(Outgoing).json_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(outgoing_schema())
