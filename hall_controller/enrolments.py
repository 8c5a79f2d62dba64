"""Phones that seats and desks are asked about: one at a time at each, not too often, not for ever. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from firmware_bridge.messages import BindPhone
from hall_controller.clock import Clock
from hall_controller.phone_refusals import SeatAskedTooOften

ASK_LIFE = timedelta(seconds=75)
"""A little longer than the seat asks: its answer must find the enrolment still there."""
MOST_ASKS = 6
ASKS_WINDOW = timedelta(minutes=1)
"""At one seat, whoever asks: a stranger may be a nuisance there, and no more."""
MOST_ENROLMENTS = 2000
"""Remembered at once; the oldest go first, so that asking costs the hall nothing it can't spare."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    id: str
    seat: str
    bridge: str
    asked: BindPhone
    key_id: str
    until: datetime
    state: str = "waiting"


class Enrolments:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_id: dict[str, Enrolment] = {}
        self._asked_at: dict[str, list[datetime]] = {}
        """By seat or desk, of those with a card that may answer: when its holder was asked lately."""

    def of(self, id: str) -> Enrolment | None:
        return self._by_id.get(id)

    def standing(self, seat: str) -> Enrolment | None:
        """What this seat is being asked, not yet answered."""
        now = self._clock()
        waiting = (one for one in self._by_id.values() if one.state == "waiting" and now <= one.until)
        return next((one for one in waiting if one.seat == seat), None)

    def waiting_for(self, chal: str) -> Enrolment | None:
        waiting = (one for one in self._by_id.values() if one.state == "waiting")
        return next((one for one in waiting if one.asked.chal == chal), None)

    def note_asking(self, seat: str) -> None:
        """Raises SeatAskedTooOften."""
        now = self._clock()
        lately = [at for at in self._asked_at.get(seat, ()) if now - at < ASKS_WINDOW]
        if len(lately) >= MOST_ASKS:
            raise SeatAskedTooOften()
        self._asked_at[seat] = [*lately, now]

    def begin(self, id: str, bridge: str, asked: BindPhone, key_id: str) -> Enrolment:
        begun = Enrolment(id, asked.seat, bridge, asked, key_id, self._clock() + ASK_LIFE)
        self._by_id[id] = begun
        while len(self._by_id) > MOST_ENROLMENTS:
            del self._by_id[next(iter(self._by_id))]
        return begun

    def bound(self, one: Enrolment) -> None:
        self._by_id[one.id] = replace(one, state="bound")

    def refused(self, one: Enrolment) -> None:
        self._by_id[one.id] = replace(one, state="refused")

    def declined(self, one: Enrolment, state: str) -> None:
        """By the seat: from now on another phone may ask."""
        self._by_id[one.id] = replace(one, state=state, until=self._clock())
