"""What each console of a row was told to show last, and when it has to be looked at again."""

from firmware_bridge.faces import View, next_change, view_of
from firmware_bridge.outbox import Outbox
from firmware_bridge.seat import Seat


class RowFaces:
    def __init__(self, outbox: Outbox) -> None:
        self._out = outbox
        self._views: dict[str, View] = {}
        self._dues: dict[str, float | None] = {}
        """When each seat has to be looked at again; made anew with its face."""

    def of(self, seat: Seat) -> View | None:
        return self._views.get(seat.id)

    def forget(self, seat: Seat) -> None:
        """Its next face goes out whether it has changed or not."""
        self._views.pop(seat.id, None)

    def refresh(self, seat: Seat, now: float) -> None:
        view = view_of(seat, now)
        before = self._views.get(seat.id)
        self._views[seat.id] = view
        if before is None or before.face != view.face:
            self._out.faces[seat.address] = view.face
        times = [at for at in (seat.next_due(), next_change(seat, now)) if at is not None]
        self._dues[seat.id] = min(times, default=None)

    def due(self, now: float) -> list[str]:
        """Seats whose time has come."""
        return [name for name, due in self._dues.items() if due is not None and due <= now]

    def next_due(self) -> float | None:
        return min((at for at in self._dues.values() if at is not None), default=None)
