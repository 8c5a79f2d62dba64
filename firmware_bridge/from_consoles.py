"""What a row's consoles say: keys, lines lost and found, faces that stand; what is reported of it. Pure."""

from collections.abc import Iterable

from firmware_bridge.messages import Lit, Mic, Pressed, SeatStatus, Shown, Status
from firmware_bridge.outbox import Outbox
from firmware_bridge.ports import (
    CloneSuspected,
    ConsoleEvent,
    ConsoleLost,
    ConsoleUp,
    Face,
    FaceShown,
    KeyPressed,
)
from firmware_bridge.row_faces import RowFaces
from firmware_bridge.seat import Seat

REPORT_AFTER_S = 0.5
"""What is reported of a row goes up together, and after the ballots that are on their way."""

Reported = type[Shown] | type[Pressed] | type[Lit]


class Reports:
    """Where questions stand on consoles, keys were pressed, and ballots' lamps are lit, each told once."""

    def __init__(self, outbox: Outbox) -> None:
        self._out = outbox
        self._reported: dict[Reported, set[str]] = {Shown: set(), Pressed: set(), Lit: set()}
        self._of_vote: dict[Reported, set[str]] = {Shown: set(), Pressed: set(), Lit: set()}
        """Seats, of the vote noted last."""
        self._vote = ""
        self._to_report: dict[Reported, dict[str, set[str]]] = {Shown: {}, Pressed: {}, Lit: {}}
        self.due_at: float | None = None

    def note(self, kind: Reported, mark: str, vote: str, seat: str, now: float) -> None:
        if mark in self._reported[kind]:
            return
        if vote != self._vote:
            self._vote = vote
            for seats in self._of_vote.values():
                seats.clear()
        self._reported[kind].add(mark)
        self._of_vote[kind].add(seat)
        self._tell(kind, {seat}, now)

    def again(self, now: float) -> None:
        """The hall asks for everything: what it heard of this vote may be lost with its last start."""
        for kind, seats in self._of_vote.items():
            if seats:
                self._tell(kind, seats, now)

    def _tell(self, kind: Reported, seats: Iterable[str], now: float) -> None:
        self._to_report[kind].setdefault(self._vote, set()).update(seats)
        self.due_at = self.due_at or now + REPORT_AFTER_S

    def send_due(self, now: float) -> None:
        if self.due_at is None or now < self.due_at:
            return
        for kind, by_vote in self._to_report.items():
            for vote, seats in by_vote.items():
                self._out.sayings.append(kind(vote, tuple(sorted(seats))))
            by_vote.clear()
        self.due_at = None


class FromConsoles:
    def __init__(self, seats: Iterable[Seat], faces: RowFaces, outbox: Outbox) -> None:
        self._seats = {seat.address: seat for seat in seats}
        self._faces, self._out = faces, outbox
        self._microphones: dict[str, bool] = {}
        self.reports = Reports(outbox)

    def heard(self, event: ConsoleEvent, now: float) -> None:
        seat = self._seats.get(event.address)
        if seat is None:
            return
        match event:
            case FaceShown():
                self._face_shown(seat, event.face, now)
                return
            case KeyPressed():
                self._pressed(seat, event, now)
            case ConsoleUp():
                seat.person_key = event.person_key
                self._status(seat, "online", event.serial)
            case ConsoleLost():
                self._status(seat, "silent", seat.serial)
            case CloneSuspected():
                self._status(seat, "clone", seat.serial)
        self._faces.refresh(seat, now)

    def _pressed(self, seat: Seat, press: KeyPressed, now: float) -> None:
        if press.key == "speak":
            seat.request_key(now)
        else:
            self._note_press(seat, press, now)
            seat.key(press.key, press.pressed_at, now, press.person)
        # The console made its lamp blink by itself; each press is answered with a face, changed or not.
        self._faces.forget(seat)

    def _note_press(self, seat: Seat, press: KeyPressed, now: float) -> None:
        """Told for the account of the seats, whatever becomes of the press; each one, never which key."""
        voting = seat.voting
        if voting is None or not seat.vote.open or seat.phone.open:
            return
        if press.pressed_at >= voting.phase_since:
            vote = voting.form.vote
            self.reports.note(Pressed, f"{vote}/{seat.id}/{press.pressed_at}", vote, seat.id, now)

    def _status(self, seat: Seat, status: SeatStatus, serial: str) -> None:
        if status != "online" and self._microphones.pop(seat.id, False):
            self._out.sayings.append(Mic(seat.id, True, False))
        seat.phone.console_changed()
        seat.status, seat.serial = status, serial
        self._out.sayings.append(Status(seat.id, seat.status, serial, seat.person_key))
        self._faces.forget(seat)  # whatever it showed, it is told anew

    def _face_shown(self, seat: Seat, face: Face, now: float) -> None:
        if face.microphone != self._microphones.get(seat.id, False):
            self._microphones[seat.id] = face.microphone
            self._out.sayings.append(Mic(seat.id, face.microphone, True))
        view = self._faces.of(seat)
        if view is None or view.face != face:
            return
        if view.asks is not None:
            seat.phone.digits_shown(view.asks, now)
        if seat.voting is None:
            return
        vote = seat.voting.form.vote
        if view.question is not None:
            self.reports.note(Shown, f"{vote}/{seat.id}", vote, seat.id, now)
        if view.lit is not None:
            self.reports.note(Lit, view.lit, vote, seat.id, now)
