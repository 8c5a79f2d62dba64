"""Whether a card may be asked for its PIN where it lies: the rule book's `[seating]` over all slots.

The rules know sessions; that a card is in a slot, since when, and what came before it there, only the hall
does. What is refused or held here is noted as an incident (`incidents.py`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from hall_controller.card_here import CardHere
from hall_controller.clock import Clock
from hall_controller.hall import Hall
from hall_controller.incidents import Incidents
from hall_controller.seats import Seats
from hall_controller.submission import Submission
from voting.chamber import Sitting
from voting.commands import PutToSleep
from voting.errors import WrongSeat
from voting.ids import MemberId, SeatId
from voting.seat_refusals import CardElsewhere, CardsHeld, CardsTooSoon, NoPersonKey
from voting.seating import check_free


class SeatWatch:
    """`cards`: what lies in each slot now, as admission knows it."""

    def __init__(
        self,
        hall: Hall,
        seats: Seats,
        cards: Callable[[], Mapping[str, CardHere]],
        incidents: Incidents,
        clock: Clock,
    ) -> None:
        self._hall, self._seats, self._cards = hall, seats, cards
        self._incidents, self._clock = incidents, clock
        self._left: dict[str, tuple[str, datetime]] = {}
        """By seat: the card that was welcome there last, and when it went."""

    def left(self, seat: str, card: CardHere) -> None:
        if card.challenge is not None:
            self._left[seat] = (card.fingerprint, self._clock())

    def check(self, sitting: Sitting, seat: str, card: CardHere, member: MemberId) -> None:
        """Raises Refused where this member may not sign in at this seat now."""
        self._check_elsewhere(sitting, seat, member)
        own, rules = sitting.seating.get(member), sitting.rulebook.seating
        if rules.place == "assigned" and own != seat:
            raise WrongSeat(here=seat, own=own or "–")
        check_free(self._hall.meeting.attendance, member, SeatId(seat))
        self._check_person_key(sitting, seat)
        self._check_apart(sitting, seat, card)
        if rules.place == "warn" and own != seat:
            self._incidents.note("wrong_seat", seat, member)

    def wait(self, seat: str, sitting: Sitting) -> timedelta:
        """How long a card that is held there waits yet."""
        _, at = self._left[seat]
        apart = timedelta(seconds=sitting.rulebook.seating.cards_apart_s or 0)
        return max(timedelta(0), at + apart - self._clock())

    def _check_elsewhere(self, sitting: Sitting, seat: str, member: MemberId) -> None:
        """The member's card lies in another slot, with its session: one of the two isn't what it seems."""
        held = self._hall.meeting.attendance.held_by(member, "seat")
        if held is None or held.seat is None or held.seat == seat or held.seat not in self._cards():
            return
        if sitting.rulebook.seating.suspicion == "hold" and not held.asleep:
            answer = self._hall.enqueue(Submission(PutToSleep(held.id, "two_places"), "hall"))
            answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        raise CardElsewhere(here=seat, there=held.seat)

    def _check_person_key(self, sitting: Sitting, seat: str) -> None:
        """A console that doesn't answer may have one: then its bridge refuses the press, if need be."""
        known = self._seats[seat]
        if sitting.rulebook.seating.person_present and known.status == "online" and not known.person_key:
            raise NoPersonKey(seat=seat)

    def _check_apart(self, sitting: Sitting, seat: str, card: CardHere) -> None:
        apart_s, before = sitting.rulebook.seating.cards_apart_s, self._left.get(seat)
        if apart_s is None or before is None or before[0] == card.fingerprint:
            return
        if self._clock() - before[1] >= timedelta(seconds=apart_s):
            return
        held = sitting.rulebook.seating.suspicion == "hold"
        raise (CardsHeld if held else CardsTooSoon)(seat=seat, seconds=apart_s)
