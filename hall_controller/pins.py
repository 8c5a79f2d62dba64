"""PINs on their way from phones to cards: which seat waits for one, and what became of it. In memory only.

The hall carries them sealed: it holds each bridge's public key, and never what would open them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from display.ports import PinOutcome, PinRequest, PinState
from firmware_bridge.messages import Lines, Pin, PinAwaited, SealedPin
from hall_controller.bridges import Bridges
from hall_controller.bus import HallBus
from voting.errors import RefusalKind
from voting.ids import SeatId

log = structlog.get_logger(__name__)

ANSWER_WITHIN = timedelta(seconds=15)
"""A bridge and a slow card answer sooner; after that the member may send it again."""
_STILL_AWAITED: frozenset[PinState] = frozenset({"waiting", "wrong", "wrong_code", "unreadable"})


class PinNotAwaited(RefusalKind):
    vi = "Thẻ ở ghế {seat} không chờ mã PIN từ điện thoại. Hãy xem màn hình tại ghế."
    en = "The card at seat {seat} isn't waiting for a PIN from a phone. Look at the seat's display."


@dataclass(frozen=True, slots=True)
class Asked:
    """A seat's wait for a PIN. The outcome stays readable until the card leaves."""

    bridge: str
    chal: str
    outcome: PinOutcome
    since: datetime


class SealedPins:
    def __init__(self, bus: HallBus, bridges: Bridges, clock: Callable[[], datetime]) -> None:
        self._bus = bus
        self._bridges = bridges
        self._clock = clock
        self._keys: dict[str, Mapping[str, str]] = {}
        self._asked: dict[str, Asked] = {}

    # -- from the bridge -------------------------------------------------------------------------------

    def has_key(self, bridge: str, key: Mapping[str, str] | None) -> None:
        """Said with each hello. Another key than before: the bridge started anew, and waits for nothing."""
        if self._keys.get(bridge) == key:
            return
        for seat in self._bridges.by_id[bridge].seats:
            self._asked.pop(seat, None)
        if key is None:
            self._keys.pop(bridge, None)
        else:
            self._keys[bridge] = key

    def awaited(self, bridge: str, said: PinAwaited) -> None:
        """Asked again for the same challenge: what the member was told last stays told."""
        before = self._asked.get(said.seat)
        outcome = PinOutcome("waiting")
        if before is not None and before.chal == said.chal and before.outcome.state in _STILL_AWAITED:
            outcome = before.outcome
        self._asked[said.seat] = Asked(bridge, said.chal, outcome, self._clock())

    def told(self, said: Pin) -> None:
        log.info("pin_not_given", seat=said.seat, outcome=said.outcome, left=said.tries_left)
        # `cancelled` is a pad's word; no seat that waits for a phone says it.
        if said.outcome != "cancelled":
            self._settle(said.seat, PinOutcome(said.outcome, said.tries_left))

    # -- from the hall's own judgement -----------------------------------------------------------------

    def signed_in(self, seat: str) -> None:
        self._settle(seat, PinOutcome("signed_in"))

    def refused(self, seat: str) -> None:
        """The card signed, and the hall says no: the console says why."""
        self._settle(seat, PinOutcome("refused"))

    def card_gone(self, seat: str) -> None:
        self._asked.pop(seat, None)

    def _settle(self, seat: str, outcome: PinOutcome) -> None:
        asked = self._asked.get(seat)
        if asked is not None:
            self._asked[seat] = replace(asked, outcome=outcome, since=self._clock())

    # -- from the pages --------------------------------------------------------------------------------

    def request(self, seat: SeatId, greeting: Lines | None) -> PinRequest | None:
        asked = self._asked.get(seat)
        key = None if asked is None else self._keys.get(asked.bridge)
        if asked is None or key is None or self.outcome(seat).state not in _STILL_AWAITED:
            return None
        return PinRequest(seat, asked.chal, key, greeting)

    def outcome(self, seat: str) -> PinOutcome:
        asked = self._asked.get(seat)
        if asked is None:
            return PinOutcome()
        if asked.outcome.state == "checking" and self._clock() - asked.since > ANSWER_WITHIN:
            return PinOutcome("unreadable")
        return asked.outcome

    def send(self, seat: SeatId, chal: str, sealed: str) -> None:
        """To the seat's bridge, as it is. Raises PinNotAwaited."""
        asked = self._asked.get(seat)
        if asked is None or asked.chal != chal or self.outcome(seat).state not in _STILL_AWAITED:
            raise PinNotAwaited(seat=seat)
        self._settle(seat, PinOutcome("checking"))
        self._bus.tell(asked.bridge, SealedPin(seat, chal, sealed))
