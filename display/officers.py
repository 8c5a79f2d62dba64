"""Who an officer is, how long a sign-in lasts, and what takes two people: a hall's policy, given by it.

The defaults here are the narrowest; a configuration may shorten times within bounds and widen what takes
two people, never the other way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from display.rights import DANGEROUS, ENTERED_TWICE, TWO_PEOPLE, Post
from voting.ids import OfficerId, SeatId

Way = Literal["card", "openid", "code", "phone"]
"""How somebody proved who it is. `code`: a one-time code, in halls for trying things out only."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without a hand on the page, and at all."""

    idle: timedelta
    longest: timedelta


_AT_THE_TABLE: Final = Limits(timedelta(hours=2), timedelta(hours=14))
"""A debate may keep the table's hands still for an hour, and no sitting is longer than a day's."""
LIMITS: Final[Mapping[Post, Limits]] = {
    "presiding": _AT_THE_TABLE,
    "secretary": _AT_THE_TABLE,
    "operator": _AT_THE_TABLE,
    "registrar": Limits(timedelta(minutes=30), timedelta(hours=14)),
    "director": Limits(timedelta(hours=1), timedelta(hours=14)),
    "auditor": Limits(timedelta(hours=1), timedelta(hours=14)),
}
MEMBER: Final = Limits(timedelta(hours=4), timedelta(hours=14))
"""A phone sleeps between votes; its open feed counts as use."""
FRESH: Final = timedelta(minutes=15)
"""How long a sign-in is good for what is dangerous."""
CONFIRM: Final = timedelta(minutes=2)
"""How long a second person has: both are in the hall, and look at their consoles."""

_OFFICER_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_NOT_OFFICERS: Final = frozenset({"hall", "clock", "member"})
"""Who else acts in the log."""
TOGETHER: Final = "+"
"""Joins in the log who asked and who confirmed; no officer's id has it."""


class NotAnOfficerId(ValueError):
    """Every act stands in the log by the officer's id: it is short, plain, and nobody else's."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"{said!r} can't be an officer's id: 2 to 40 of a-z, 0-9 and -, the first one not -; "
            f"{', '.join(sorted(_NOT_OFFICERS))} are taken"
        )


def officer_id(said: str) -> OfficerId:
    """Raises NotAnOfficerId."""
    if not _OFFICER_ID.fullmatch(said) or said in _NOT_OFFICERS:
        raise NotAnOfficerId(said)
    return OfficerId(said)


def both(asked: OfficerId, confirmed: OfficerId) -> OfficerId:
    """Who acted, where it took two: `thu-ky+chu-toa` asked first, confirmed second (docs/specs/log.md)."""
    return OfficerId(f"{asked}{TOGETHER}{confirmed}")


@dataclass(frozen=True, slots=True)
class Officer:
    id: OfficerId
    name: str
    post: Post
    card: str | None = None
    """What their card's certificate says of its holder: the subject's serialNumber."""
    subject: str | None = None
    """What the state's shared sign-in calls them: `sub` of its ID token."""


@dataclass(frozen=True, slots=True)
class Officers:
    """The officers of one hall and what holds of them."""

    known: tuple[Officer, ...] = ()
    codes: bool = False
    """Whether one-time codes sign in: only where no result counts."""
    limits: Mapping[Post, Limits] = field(default_factory=lambda: LIMITS)
    fresh: timedelta = FRESH
    confirm: timedelta = CONFIRM
    also_two: frozenset[str] = frozenset()
    """Acts that take two people in this hall besides the ones that always do."""
    alone: bool = False
    """A hall for trying things out in which nobody else could confirm: acts are done by one."""
    desks: tuple[SeatId, ...] = ()
    """Where officers' cards are read."""

    def of_id(self, id: str) -> Officer | None:
        return next((one for one in self.known if one.id == id), None)

    def of_card(self, card: str) -> Officer | None:
        return next((one for one in self.known if one.card == card), None)

    def of_subject(self, subject: str) -> Officer | None:
        return next((one for one in self.known if one.subject == subject), None)

    def takes_two(self, act: str, by_the_book: frozenset[str] = frozenset()) -> bool:
        """`by_the_book`: what the sitting's rule book adds."""
        return act in self.two_people(by_the_book)

    def two_people(self, by_the_book: frozenset[str]) -> frozenset[str]:
        """The acts that one officer asks for and another one confirms."""
        wanted = (TWO_PEOPLE | self.also_two | by_the_book) - ENTERED_TWICE
        return frozenset() if self.alone else wanted

    def wants_fresh(self, act: str, by_the_book: frozenset[str] = frozenset()) -> bool:
        return act in DANGEROUS or self.takes_two(act, by_the_book)
