"""Presses that a seat makes no ballot of, told to the hall: at most one of a kind in a while. Pure."""

from firmware_bridge.messages import Incident, IncidentKind
from firmware_bridge.outbox import Outbox
from firmware_bridge.seat_vote import Voting

AGAIN_S = 5.0
"""Somebody who hammers on a key says nothing new, and a word that was lost is said again soon enough."""


class Suspicion:
    def __init__(self, seat: str, outbox: Outbox) -> None:
        self._seat, self._out = seat, outbox
        self._said: dict[tuple[IncidentKind, str], float] = {}

    def note(self, kind: IncidentKind, voting: Voting | None, now: float) -> None:
        """Between votes nobody can be voted for, so a press then is no more than a press."""
        if voting is None or voting.form.phase not in ("announced", "open", "held", "closing"):
            return
        before = self._said.get((kind, voting.form.vote))
        if before is None or now - before >= AGAIN_S:
            now_on = {mark: at for mark, at in self._said.items() if mark[1] == voting.form.vote}
            self._said = {**now_on, (kind, voting.form.vote): now}
            self._out.sayings.append(Incident(self._seat, kind))
