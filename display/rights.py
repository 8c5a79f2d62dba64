"""Who may do what: one table, act by role. What has no row here nobody may do.

docs/guides/running-a-hall.md prints it, and tests/display/test_rights.py keeps both equal.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from voting.acts import ACTS

Role = Literal["public", "member", "auditor", "officer"]
"""A page, and what it is shown. The five officers' posts share one."""
ROLES: Final[tuple[Role, ...]] = ("officer", "auditor", "member", "public")
"""From the highest: what a page that names no role is given first."""
Post = Literal["presiding", "secretary", "operator", "registrar", "director", "auditor"]
POSTS: Final[tuple[Post, ...]] = get_args(Post)
Who = Post | Role
"""Whose right it is: an officer's post, or the role of somebody who holds none."""

_CHAIR: Final = frozenset[Who](("presiding",))
_TABLE: Final = _CHAIR | frozenset[Who](("secretary",))
"""Presiding officer and secretary: who answers for the sitting and for what it decides."""
_DESK: Final = _TABLE | frozenset[Who](("operator",))
"""Whoever works the console while the sitting goes its way."""
_ROLL: Final = _TABLE | frozenset[Who](("registrar",))
"""Whoever answers for who is there."""
_CONSOLE: Final = _DESK | _ROLL | frozenset[Who](("director",))
_EVERYBODY: Final = frozenset[Who]({*POSTS, "member", "public"})

RIGHTS: Final[Mapping[str, frozenset[Who]]] = {
    "act:open_sitting": _TABLE,
    "act:adjourn": _TABLE,
    "act:announce": _DESK,
    "act:open": _DESK,
    "act:hold": _DESK,
    "act:resume": _DESK,
    "act:extend": _DESK,
    "act:close": _DESK,
    "act:declare": _TABLE,
    "act:cancel": _TABLE,
    "act:revote": _TABLE,
    "act:casting_vote": _CHAIR,
    "act:hand_count": _ROLL,
    "act:mark_presence": _ROLL,
    "act:give_floor": _DESK,
    "act:end_speech": _DESK,
    "act:withdraw_request": _DESK,
    "act:end_phone": _ROLL | _DESK,
    "act:open_mobile": _CHAIR,
    "act:close_mobile": _ROLL,
    "act:call_roll": _TABLE,
    "act:acknowledge": _ROLL | _DESK,
    "console": _CONSOLE,
    "votes": frozenset({"auditor"}),
    "export": frozenset({"auditor"}),
    "form": frozenset({"member"}),
    "ballot": frozenset({"member"}),
    "floor": frozenset({"member"}),
    "own_ballots": frozenset({"member"}),
    "feed": _EVERYBODY,
    "hall": _EVERYBODY,
    "plan": _EVERYBODY,
    "pin": _EVERYBODY,
    "log": _EVERYBODY,
}
"""`act:…` is what an officer may ask for, each one command of `voting.commands`."""

TWO_PEOPLE: Final = frozenset({"cancel", "mark_presence"})
"""What changes a result, or who is counted in it: one officer asks, another one confirms. A hall or a rule
book may name more acts, never fewer."""
ENTERED_TWICE: Final = frozenset({"hand_count"})
"""Two people by the rules themselves: it counts when two officers entered the same figures."""
DANGEROUS: Final = TWO_PEOPLE | ENTERED_TWICE | {"revote", "casting_vote"}
"""Before these an officer whose last sign-in is long ago signs in again; so too before confirming."""


def may(who: Who, what: str) -> bool:
    """Asks the one table. What isn't in it is refused to everybody."""
    return who in RIGHTS.get(what, frozenset())


def role_of(post: Post) -> Role:
    """The page that goes with a post."""
    return "auditor" if post == "auditor" else "officer"


def acts_of(who: Who) -> tuple[str, ...]:
    """What this officer may ask for, in order: the page shows nothing else."""
    return tuple(sorted(act for act in ACTS if may(who, f"act:{act}")))


POST_NAMES: Final[Mapping[Post, Mapping[str, str]]] = {
    "presiding": {"vi": "Chủ tọa", "en": "Presiding officer"},
    "secretary": {"vi": "Thư ký", "en": "Secretary"},
    "operator": {"vi": "Người vận hành", "en": "Operator"},
    "registrar": {"vi": "Cán bộ đăng ký", "en": "Registrar"},
    "director": {"vi": "Đạo diễn truyền hình", "en": "Broadcast director"},
    "auditor": {"vi": "Kiểm chứng viên", "en": "Auditor"},
}
