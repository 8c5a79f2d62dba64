"""What was recorded, told to the seats: forms to all, the floor and ended sessions to whom they concern.

It follows the hall like any other listener and is never waited for. Receipts and refusals don't come from
here: they answer whoever asked (casting.py, admission.py).
"""

import asyncio
from collections.abc import Iterable

from firmware_bridge.messages import SignedOut
from hall_controller import forms
from hall_controller.bridges import Bridges
from hall_controller.bus import HallBus
from hall_controller.clock import Clock
from hall_controller.following import Following
from hall_controller.intake import Intake
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Commit
from voting import events as ev
from voting.chamber import Meeting
from voting.ids import MemberId, SeatId, VoteId
from voting.seating import seat_of, seats_of

_VOTE_MOVES = (
    ev.VoteAnnounced, ev.VoteOpened, ev.VoteHeld, ev.VoteResumed, ev.VoteExtended, ev.VoteClosing,
    ev.VoteClosed, ev.VoteCancelled, ev.VoteSuperseded, ev.RecordingInterrupted,
)  # fmt: skip
TELL_AGAIN_S = (1.6, 4.8)
"""A ballot by phone is told to its seat again after these: nobody waits for the word there, so nobody would
miss it. What is told is what is in force then."""
_FLOOR_MOVES = (ev.FloorRequested, ev.RequestWithdrawn, ev.FloorGiven, ev.SpeechEnded)


class Announcer:
    def __init__(
        self,
        bus: HallBus,
        intake: Intake,
        bridges: Bridges,
        sessions: SessionKeys,
        origin: str,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._intake = intake
        self._bridges = bridges
        self._sessions = sessions
        self._origin = origin
        self._clock = clock
        self._seat_of_session: dict[str, SeatId] = {}
        self._later: dict[SeatId, list[asyncio.TimerHandle]] = {}

    async def run(self, commits: Following, meeting: Meeting) -> None:
        """Until the hall closes. `meeting`: as it stood when `commits` was joined."""
        self._know_sessions(meeting)
        try:
            async for commit in commits:
                self._tell(commit)
        finally:
            for timers in self._later.values():
                _stop(timers)

    def _tell(self, commit: Commit) -> None:
        events = [one.event for one in commit.happenings if one.event is not None]
        kinds = {type(event) for event in events}
        if ev.SittingAdjourned in kinds and commit.meeting.sitting is None:
            self._sessions.forget_all()
        if commit.gap or ev.SittingAdjourned in kinds:
            self._tell_everything(commit.meeting)
            return
        for event in events:
            self._tell_one(event, commit.meeting)
        self._tell_by_phone(commit.meeting, events)
        if ev.SittingOpened in kinds:
            self._tell_everything(commit.meeting)
            self._intake.admission.sitting_opened()
        elif not kinds.isdisjoint(_VOTE_MOVES):
            self._tell_form(commit.meeting, events)
        if not kinds.isdisjoint(_FLOOR_MOVES):
            members = {event.member for event in events if isinstance(event, _FLOOR_MOVES)}
            self._tell_floor(commit.meeting, members)

    def _tell_one(self, event: ev.Event, meeting: Meeting) -> None:
        match event:
            case ev.SessionSlept(session=str() as session):
                self._asleep([session], event.cause)
            case ev.PresenceMarked(present=False):
                held = meeting.attendance.held_by(event.member, "seat")
                if held is not None and held.asleep == "marked_absent":
                    self._asleep([held.id], held.asleep)
            case ev.RollCalled():
                live = meeting.attendance.sessions.values()
                self._asleep([one.id for one in live if one.asleep == "roll_called"], "roll_called")
            case ev.SignedIn(session=str() as session, seat=str() as seat):
                self._seat_of_session[session] = seat
            case ev.SignedOut(session=str() as session):
                self._ended(session, event.cause)
            case _:
                pass

    def _ended(self, session: str, cause: str) -> None:
        self._sessions.forget(session)
        seat = self._seat_of_session.pop(session, None)
        if seat is None:
            return
        if cause != "replaced":
            self._intake.admission.session_ended([seat])
        bridge = self._bridges.of_seat.get(seat)
        if bridge is not None:
            self._bus.tell(bridge, SignedOut(seat, session, cause))

    def _asleep(self, sessions: Iterable[str], cause: str) -> None:
        """Their keys stay known: what they sign is refused with the reason, not as a stranger's."""
        for session in sessions:
            seat = self._seat_of_session.get(session)
            bridge = None if seat is None else self._bridges.of_seat.get(seat)
            if seat is not None and bridge is not None:
                self._intake.admission.session_ended([seat])
                self._bus.tell(bridge, SignedOut(seat, session, cause))

    def _tell_by_phone(self, meeting: Meeting, events: Iterable[ev.Event]) -> None:
        cast = [e for e in events if isinstance(e, ev.BallotRecorded) and e.channel == "mobile"]
        if meeting.sitting is None or not cast:
            return
        seating = seats_of(meeting.sitting, meeting.attendance)
        seats = {seating[e.member] for e in cast if e.member is not None and e.member in seating}
        self._intake.tell_by_phone(seats)
        loop = asyncio.get_running_loop()
        for seat in seats:
            _stop(self._later.get(seat, ()))
            self._later[seat] = [
                loop.call_later(s, self._intake.tell_by_phone, (seat,)) for s in TELL_AGAIN_S
            ]

    def _tell_form(self, meeting: Meeting, events: Iterable[ev.Event]) -> None:
        """One form to all, however many steps one commit took: seats need the last."""
        vote = meeting.current
        moved: set[VoteId] = {event.vote for event in events if isinstance(event, _VOTE_MOVES[:-1])}
        interrupted = any(isinstance(event, ev.RecordingInterrupted) for event in events)
        if vote is not None and (vote.id in moved or interrupted):
            self._bus.tell("all", forms.form(meeting, vote, self._origin, self._clock()))

    def _tell_floor(self, meeting: Meeting, members: Iterable[MemberId]) -> None:
        if meeting.sitting is None:
            return
        for member in members:
            seat = seat_of(meeting.sitting, meeting.attendance, member)
            bridge = None if seat is None else self._bridges.of_seat.get(seat)
            if seat is not None and bridge is not None:
                self._bus.tell(bridge, forms.seat_shows(meeting, seat, member))

    def _tell_everything(self, meeting: Meeting) -> None:
        self._know_sessions(meeting)
        for bridge in self._bridges.by_id:
            self._intake.tell_state(bridge)

    def _know_sessions(self, meeting: Meeting) -> None:
        live = meeting.attendance.sessions.values()
        self._seat_of_session = {one.id: one.seat for one in live if one.seat is not None}


def _stop(timers: Iterable[asyncio.TimerHandle]) -> None:
    for timer in timers:
        timer.cancel()
