"""What a row's consoles say: keys, lines lost and found, faces that stand; what is reported of it. Pure."""

from collections.abc import Iterable

from firmware_bridge.messages import Lit, Mic, SeatStatus, Shown, Status
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
"""`shown` and `lit` of a row go up together, and after the ballots that are on their way."""


class Reports:
    """Which questions stand on consoles and which ballots' lamps are lit, each told once."""

    def __init__(self, outbox: Outbox) -> None:
        self._out = outbox
        self._reported: dict[type[Shown] | type[Lit], set[str]] = {Shown: set(), Lit: set()}
        self._to_report: dict[type[Shown] | type[Lit], dict[str, set[str]]] = {Shown: {}, Lit: {}}
        self.due_at: float | None = None

    def note(self, kind: type[Shown] | type[Lit], mark: str, vote: str, seat: str, now: float) -> None:
        if mark in self._reported[kind]:
            return
        self._reported[kind].add(mark)
        self._to_report[kind].setdefault(vote, set()).add(seat)
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
            seat.key(press.key, press.pressed_at, now, press.person)
        # The console made its lamp blink by itself; each press is answered with a face, changed or not.
        self._faces.forget(seat)

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
