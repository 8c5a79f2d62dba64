"""A moment of the hall in, what each role may see out. Pure: docs/specs/feed.md is the contract.

Before a vote is closed nothing here depends on a choice, but for running counts where the rule book shows
them and a member's own ballot; tests/display/test_leaks.py holds every role to it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from display.moment import Moment
from display.patch import View
from display.rights import Role
from display.shapes import AuditedVote, HallShape, OwnVote
from display.views import auditor, console, member, public
from voting.ids import MemberId

__all__ = ["Drawn", "audited_votes", "hall", "me", "own_votes", "view"]


def view(role: Role, moment: Moment) -> View:
    """The whole view of a role, a member's own part left out."""
    shown: View = dict(public.shared(role, moment))
    if role == "officer":
        shown.update(console.shown(moment))
    elif role == "auditor":
        shown.update(auditor.shown(moment))
    return shown


def me(who: MemberId, moment: Moment) -> View:
    """What only this member may see; {} for somebody who isn't on the open sitting's roll."""
    return cast(View, member.me(who, moment) or {})


def own_votes(who: MemberId, moment: Moment) -> list[OwnVote]:
    """What the log holds in this member's name of each vote of the sitting, open or last."""
    return member.own_votes(who, moment)


def hall(moment: Moment) -> HallShape:
    """What a page may know before anybody has signed in at it."""
    return public.hall_shape(moment)


def audited_votes(moment: Moment) -> list[AuditedVote]:
    """Each vote's arithmetic, in the order in which they were announced."""
    return auditor.votes(moment)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A moment as the feed asks for it."""

    moment: Moment

    @property
    def at(self) -> datetime:
        return self.moment.at

    def view(self, role: Role) -> View:
        return view(role, self.moment)

    def me(self, member: MemberId) -> View:
        return me(member, self.moment)
