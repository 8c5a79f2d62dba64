"""What looked like an imposture: put into the log and so before the officer. Nobody waits for it.

Everything noted here was refused or held already; a note that can't be recorded costs nobody a ballot. The
rules note one lasting fault once (`voting.incidents`); here the queue is spared what they would drop.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from audit.errors import LogBroken, Untrusted
from hall_controller.clock import Clock
from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.submission import Recorded, Submission
from voting.commands import NoteIncident
from voting.errors import Refused
from voting.ids import MemberId, SeatId
from voting.seating import sitter_at

log = structlog.get_logger(__name__)

MOBILE = "mobile"
"""The place of what came from a phone."""
HALL = "hall"
"""The place of what concerns no seat of its own."""
AGAIN = timedelta(seconds=5)
MOST_MARKS = 4096

OF_REFUSAL: Mapping[str, str] = {
    "wrong_seat": "wrong_seat",
    "seat_taken": "seat_taken",
    "card_elsewhere": "card_elsewhere",
    "cards_too_soon": "cards_too_soon",
    "cards_held": "cards_too_soon",
    "no_person_key": "no_person_key",
    "not_a_member": "card_refused",
    "ballot_untrue": "ballot_untrue",
    "card_ballot_untrue": "ballot_untrue",
    "card_signature_needed": "ballot_untrue",
    "not_signed_in": "ballot_untrue",
    "session_ended": "session_over",
    "session_asleep": "press_asleep",
    "marked_absent": "press_while_absent",
    "marked_absent_held": "press_while_absent",
    "session_mismatch": "ballot_of_another",
    "vote_unknown": "ballot_elsewhere",
    "wrong_question": "ballot_elsewhere",
    "wrong_challenge": "ballot_elsewhere",
    "seat_voted_already": "seat_voted_already",
    "mobile_not_opened": "mobile_not_opened",
}
"""Refusals that no honest member meets, by code; the others tell a member something and nobody else."""
OF_DROP = frozenset({"bad_signature", "foreign_seat"})
"""Words on the bus under a bridge's name that are not its own. What is late or torn is no imposture; a name
that nobody has stays out of the log, as there is no end of those."""
UNSIGNED = frozenset({"ballot_untrue"})
"""Nothing that such a ballot says is anybody's word: the name noted is whose seat it is."""
OF_LISTS = frozenset({"crl_missing", "crl_expired", "crl_not_yet_valid"})
"""Not the card's fault: the hall has no list of revoked cards that it could be judged by."""


class Incidents:
    def __init__(self, hall: Hall, clock: Clock) -> None:
        self._hall, self._clock = hall, clock
        self._asked: dict[tuple[str, str, MemberId | None], datetime] = {}

    def note(self, kind: str, place: str, member: MemberId | None = None) -> None:
        """`place`: a seat, a desk, a bridge, MOBILE or HALL. `member`: whose name was used, if known."""
        if not self._is_news((kind, place, member)):
            return
        log.warning("incident", kind=kind, place=place)
        if self._hall.meeting.sitting is None:
            return  # between sittings there is no officer to see it, and no sitting to note it in
        answer = self._hall.enqueue(Submission(NoteIncident(kind, place, member), "hall"))
        answer.add_done_callback(_looked_at)

    def refused(self, no: Refused, place: str, member: MemberId | None = None) -> None:
        """Notes a refusal that no honest member meets."""
        kind = OF_REFUSAL.get(no.code)
        if kind is not None:
            named = None if kind in UNSIGNED and place != MOBILE else self._named(member)
            self.note(kind, place, named or self.sitter(place))

    def card_untrusted(self, no: Untrusted, place: str) -> None:
        if no.code in OF_LISTS:
            self.note("lists_over", HALL)
        else:
            self.note("card_refused", place)

    def dropped(self, reason: str, bridge: str) -> None:
        """By the bus, before anybody looked at what it said."""
        if reason in OF_DROP:
            self.note("bus_forged", bridge)

    def pressed(self, kind: str, seat: str) -> None:
        """A bridge's own word: a key at this seat of which it made no ballot."""
        member = self.sitter(seat)
        absent = member is not None and self._marked_absent(member)
        self.note("press_while_absent" if absent and kind == "press_asleep" else kind, seat, member)

    def _named(self, member: MemberId | None) -> MemberId | None:
        """A name that nobody has checked stands in the log only where the roll has it."""
        sitting = self._hall.meeting.sitting
        return member if sitting is not None and member in sitting.roll else None

    def sitter(self, place: str) -> MemberId | None:
        meeting = self._hall.meeting
        if meeting.sitting is None:
            return None
        return sitter_at(meeting.sitting, meeting.attendance, SeatId(place))

    def _marked_absent(self, member: MemberId) -> bool:
        held = self._hall.meeting.attendance.held_by(member, "seat")
        return held is not None and held.asleep == "marked_absent"

    def _is_news(self, mark: tuple[str, str, MemberId | None]) -> bool:
        now = self._clock()
        before = self._asked.get(mark)
        if before is not None and now - before < AGAIN:
            return False
        if len(self._asked) >= MOST_MARKS:
            self._asked.clear()
        self._asked[mark] = now
        return True


def _looked_at(answer: "asyncio.Future[Recorded]") -> None:
    if answer.cancelled():
        return
    fault = answer.exception()
    if isinstance(fault, NotRecorded | LogBroken):
        log.warning("incident_not_recorded", fault=str(fault))
