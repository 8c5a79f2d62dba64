"""What takes two people: one officer asks, another one confirms on a console of their own, in time.

Kept in memory: a restarted hall has no request, and nothing was done by one that nobody confirmed. What was
answered stays to be seen for a while, so that whoever asked sees what became of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from display.schemas import Act
from voting.commands import Text
from voting.ids import OfficerId

State = Literal["waiting", "doing", "done", "declined", "withdrawn", "expired", "refused"]
SEEN_FOR = timedelta(seconds=45)
"""How long an answered request stays on the consoles."""
MOST_WAITING = 8
"""At once, of all officers: more than a hall could look at."""


class RequestGone(Exception):
    """It was answered, withdrawn, or its time is over."""


class AlreadyAsked(Exception):
    """Another officer has asked for the very same: it is theirs to be confirmed."""


class TooManyWaiting(Exception):
    """The consoles are full of requests that nobody has answered."""


class SamePerson(Exception):
    """Who asked can't confirm, at whatever console."""


class NotTheAsker(Exception):
    """Only who asked takes a request back."""


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    act: Act
    by: OfficerId
    name: str
    at: datetime
    until: datetime
    state: State = "waiting"
    ended: datetime | None = None
    answered_by: OfficerId | None = None
    answered_name: str | None = None
    why: Text | None = None
    """What the rules said against it when it was confirmed."""


def _same(one: Act, other: Act) -> bool:
    """The same act on the same thing, whatever its reason says."""
    of = ("act", "vote", "member")
    return all(getattr(one, name, None) == getattr(other, name, None) for name in of)


class Requests:
    """Those of one hall. `clock` gives aware UTC time; `changed` is called after each change."""

    def __init__(
        self, clock: Callable[[], datetime], valid_for: timedelta, changed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._valid_for = valid_for
        self._changed = changed
        self._known: dict[str, Request] = {}

    def shown(self) -> tuple[Request, ...]:
        """What stands on the consoles now, the oldest first: what waits, and what was just answered."""
        now = self._clock()
        aged = (self._aged(one, now) for one in self._known.values())
        self._known = {one.id: one for one in aged if one.ended is None or now - one.ended <= SEEN_FOR}
        return tuple(self._known.values())

    def ask(self, act: Act, by: OfficerId, name: str) -> Request:
        """Raises AlreadyAsked, TooManyWaiting."""
        waiting = [one for one in self.shown() if one.state in ("waiting", "doing")]
        if any(_same(one.act, act) for one in waiting):
            raise AlreadyAsked
        if len(waiting) >= MOST_WAITING:
            raise TooManyWaiting
        now = self._clock()
        asked = Request(f"{by}.{act.id}", act, by, name, now, now + self._valid_for)
        self._keep(asked)
        return asked

    def waiting(self, id: str) -> Request:
        """One that can still be answered. Raises RequestGone."""
        found = next((one for one in self.shown() if one.id == id), None)
        if found is None or found.state != "waiting":
            raise RequestGone
        return found

    def confirm(self, id: str, by: OfficerId, name: str) -> Request:
        """Taken in hand, so that nobody else confirms it too. Raises RequestGone, SamePerson."""
        found = self.waiting(id)
        if found.by == by:
            raise SamePerson
        return self._keep(replace(found, state="doing", answered_by=by, answered_name=name))

    def decline(self, id: str, by: OfficerId, name: str) -> None:
        """By another officer. Raises RequestGone, SamePerson."""
        found = self.waiting(id)
        if found.by == by:
            raise SamePerson
        self._over(replace(found, answered_by=by, answered_name=name), "declined")

    def withdraw(self, id: str, by: OfficerId) -> None:
        """By who asked. Raises RequestGone, NotTheAsker."""
        found = self.waiting(id)
        if found.by != by:
            raise NotTheAsker
        self._over(found, "withdrawn")

    def done(self, one: Request) -> None:
        self._over(one, "done")

    def refused(self, one: Request, why: Text) -> None:
        """The rules said no when it was confirmed."""
        self._over(replace(one, why=why), "refused")

    def not_done(self, one: Request) -> None:
        """The hall couldn't record it: it waits again, and may be confirmed again."""
        self._keep(replace(one, state="waiting", answered_by=None, answered_name=None))

    def _aged(self, one: Request, now: datetime) -> Request:
        if one.state == "waiting" and now > one.until:
            return replace(one, state="expired", ended=one.until)
        return one

    def _over(self, one: Request, state: State) -> None:
        self._keep(replace(one, state=state, ended=self._clock()))

    def _keep(self, one: Request) -> Request:
        self._known[one.id] = one
        self._changed()
        return one
