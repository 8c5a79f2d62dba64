"""How it goes out: the feed's messages and the answers to calls, and all of it named for one schema.

docs/specs/feed.md; `python -m display.schemas` prints the schema. What views hold is in `display.shapes`.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from display.rights import Post
from display.shapes import ViewShape, Words


class SnapshotMessage(TypedDict):
    type: Literal["snapshot"]
    n: int
    t: str
    view: ViewShape


class ChangeMessage(TypedDict):
    """`patch` is an RFC 7396 merge patch of a view."""

    type: Literal["change"]
    n: int
    t: str
    patch: dict[str, object]


class BeatMessage(TypedDict):
    type: Literal["beat"]
    n: int
    t: str


class PlaceShape(TypedDict):
    seat: str
    x: float
    y: float
    block: str


class PlanShape(TypedDict):
    seats: list[PlaceShape]


class WhoShape(TypedDict):
    """From `post` on: officers only."""

    role: Literal["public", "member", "officer", "auditor"]
    name: str
    post: NotRequired[Post]
    post_name: NotRequired[Words]
    officer: NotRequired[str]
    may: NotRequired[list[str]]
    ends: NotRequired[str]
    proved: NotRequired[str]
    fresh_s: NotRequired[int]
    way: NotRequired[Literal["card", "openid", "code", "phone"]]


class DeskShape(TypedDict):
    id: str
    name: Words


class WaysShape(TypedDict):
    openid: bool
    code: bool
    desks: list[DeskShape]


class EnrolmentShape(TypedDict):
    enrolment: str
    key_id: str
    digits: str
    expires: str


class BindingShape(TypedDict):
    state: Literal["waiting", "bound", "refused", "expired"]
    challenge: NotRequired[str]


class RefusalShape(TypedDict):
    code: str
    text: Words
    detail: NotRequired[str]


class Outgoing(TypedDict):
    """Everything that goes out, gathered so that one schema names it all."""

    message: SnapshotMessage | ChangeMessage | BeatMessage
    view: ViewShape
    plan: PlanShape
    who: WhoShape
    ways: WaysShape
    enrolment: EnrolmentShape
    binding: BindingShape
    refusal: RefusalShape
