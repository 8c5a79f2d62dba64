"""The hall's end of the bus: what it hears is checked, what it says is numbered, signed and sent together.

A statement is believed for its signature, never for the topic it came on; the topic only says which key to
expect. Dropped statements are counted and logged by reason: never a choice, never a secret.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from audit import instant, statement
from audit.errors import BadEvidence, BadSignature
from audit.signing import Signer, thumbprint
from firmware_bridge import envelope
from firmware_bridge.checks import BadMessage
from firmware_bridge.links import BusLink, PacedTopic, Topics
from firmware_bridge.messages import Down, Jws, Up
from hall_controller.bridges import Bridges, KnownBridge

log = structlog.get_logger(__name__)

BOOT_SKEW = timedelta(minutes=2)
"""A bridge that starts anew must know the time this well: else an old start's messages could be played
back."""


class BusListener(Protocol):
    """Who gets what was heard. Called on the event loop; must return soon."""

    def said(self, bridge: str, message: Up) -> None:
        """A bridge's own word, its signature and number checked."""

    def passed_on(self, bridge: str, jws: Jws, typ: str) -> None:
        """A member's statement that came over this bridge; nothing of it is judged yet."""

    def gone(self, bridge: str) -> None:
        """The broker says that the bridge has vanished."""

    def joined(self) -> None:
        """The hall is on the bus (again)."""


class _Stream:
    """The newest (boot, n) of one bridge. A boot that was left never comes back."""

    def __init__(self) -> None:
        self._boot = ""
        self._n = 0
        self._t: datetime | None = None
        self._left: set[str] = set()

    def is_new(self, boot: str, n: int, t: datetime, now: datetime) -> bool:
        if boot != self._boot:
            if boot in self._left or abs(now - t) > BOOT_SKEW or (self._t is not None and t < self._t):
                return False
            self._left.add(self._boot)
            self._boot, self._n = boot, 0
        if n <= self._n:
            return False
        self._n, self._t = n, t
        return True


class HallBus:
    """`epoch` counts the hall's starts; `clock` gives the wall time, aware and in UTC."""

    def __init__(
        self,
        link: BusLink,
        *,
        hall: str,
        signer: Signer,
        epoch: int,
        bridges: Bridges,
        clock: Callable[[], datetime],
    ) -> None:
        self._link = link
        self._hall = hall
        self._signer = signer
        self._epoch = epoch
        self._bridges = bridges
        self._kids = {bridge.id: thumbprint(bridge.key) for bridge in bridges.by_id.values()}
        self._clock = clock
        self._topics = Topics(hall)
        self._numbers: Counter[str] = Counter()
        self._streams: dict[str, _Stream] = {id: _Stream() for id in bridges.by_id}
        self._down: dict[str, PacedTopic] = {}
        self.dropped: Counter[str] = Counter()
        """By reason."""
        self.on_drop: Callable[[str, str], None] = lambda reason, bridge: None
        """Told of each: why, and under whose name it came. Must return soon."""

    @property
    def connected(self) -> bool:
        return self._link.connected

    @property
    def told_all(self) -> int:
        """The number of the last message to all."""
        return self._numbers["all"]

    @staticmethod
    def listens_to(hall: str) -> tuple[str, str]:
        """The topics that the hall's connection subscribes to."""
        topics = Topics(hall)
        return topics.every_up, topics.every_will

    async def run(self, listener: BusListener) -> None:
        """Until cancelled; comes back by itself after the broker was away."""

        def heard(topic: str, payload: bytes) -> None:
            self._heard(listener, topic, payload)

        await self._link.run(heard, listener.joined)

    def tell(self, to: str, message: Down) -> None:
        """Signs and sends, to one bridge or `all`. What is told within one turn of the loop goes
        together."""
        self._numbers[to] += 1
        self.pass_on(
            to,
            envelope.seal_down(
                message,
                hall=self._hall,
                to=to,
                epoch=self._epoch,
                n=self._numbers[to],
                at=self._clock(),
                signer=self._signer,
            ),
        )

    def pass_on(self, to: str, jws: Jws) -> None:
        """Sends a statement as it is: a receipt."""
        topic = self._down.get(to)
        if topic is None:
            topic = self._down[to] = PacedTopic(self._link, self._topics.down(to), envelope.pack)
        topic.say([jws])

    def drop(self, reason: str, bridge: str, why: object = "") -> None:
        self.dropped[reason] += 1
        log.warning("bus_dropped", reason=reason, bridge=bridge, why=str(why)[:200])
        self.on_drop(reason, bridge)

    def _heard(self, listener: BusListener, topic: str, payload: bytes) -> None:
        name = self._topics.sender(topic)
        bridge = self._bridges.by_id.get(name)
        if bridge is None:
            self.drop("unknown_bridge", name)
        elif topic == self._topics.will(name):
            listener.gone(name)
        else:
            self._take_message(listener, bridge, payload)

    def _take_message(self, listener: BusListener, bridge: KnownBridge, payload: bytes) -> None:
        try:
            statements = envelope.unpack(payload)
        except BadMessage as bad:
            self.drop("malformed", bridge.id, bad)
            return
        for jws in statements:
            try:
                self._take(listener, bridge, jws)
            except BadSignature as bad:
                self.drop("bad_signature", bridge.id, bad)
            except (BadEvidence, BadMessage) as bad:
                self.drop("malformed", bridge.id, bad)
            except Exception:
                # A fault of ours in one statement must not cost the others, or the connection.
                self.dropped["failed"] += 1
                log.exception("statement_failed", bridge=bridge.id)

    def _take(self, listener: BusListener, bridge: KnownBridge, jws: Jws) -> None:
        typ = statement.typ_of(jws)
        if typ in (statement.BALLOT, statement.SESSION_KEY):
            listener.passed_on(bridge.id, jws, typ)
            return
        sealed = statement.parse(jws, statement.CONSOLE)
        if sealed.header["kid"] != self._kids[bridge.id] or sealed.payload["bridge"] != bridge.id:
            raise BadSignature("not this bridge's own word")
        statement.verify(sealed, bridge.key)
        if not self._is_new(bridge.id, sealed.payload):
            self.drop("not_new", bridge.id)
            return
        message = envelope.open_up(sealed)
        if not _own_seats(message) <= set(bridge.seats):
            self.drop("foreign_seat", bridge.id)
            return
        listener.said(bridge.id, message)

    def _is_new(self, bridge: str, payload: Mapping[str, object]) -> bool:
        boot, n, t = str(payload["boot"]), payload["n"], instant.read(str(payload["t"]))
        assert isinstance(n, int)
        return self._streams[bridge].is_new(boot, n, t, self._clock())


def _own_seats(message: Up) -> set[str]:
    """The seats that a message speaks for."""
    seats = getattr(message, "seats", None)
    return {message.seat} if seats is None else set(seats)  # type: ignore[union-attr]
