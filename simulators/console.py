"""The firmware of one seat unit on the serial line: frames in, answers out. Pure: time is an argument.

It is the other end of docs/specs/console-wire.md, written against that page. It speaks only when spoken
to. A press that the bridge never fetched is dropped when the line has been silent for two seconds, and
the display says that there is no connection: a unit never presses by itself, later, what a member pressed
once.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.framing import Frame, Mark, encode, encode_mark
from firmware_bridge.wire.messages import (
    BOOT_BYTES,
    MOST_PRESSES,
    PERSON_KEY,
    SEALED,
    TICK_S,
    Ack,
    Boot,
    Hello,
    Here,
    Key,
    Kind,
    Lamps,
    Malformed,
    News,
    Press,
    RollCall,
    Taken,
    Text,
)
from firmware_bridge.wire.session import NONCE_BYTES, Opened, Rejected, Session, Side, proof, session_key
from simulators.front_panel import FrontPanel

SILENCE_S = 2.0
TURNAROUND_S = 0.0002
"""From the end of a question to the first bit of the answer: the firmware's own time."""

FETCH_AGAIN_S = 0.25
"""Presses told but not acknowledged are news again after this: the bridge acknowledges lazily."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes for the line, `after_s` seconds from the end of what was heard."""

    after_s: float
    wire: bytes


@dataclass(slots=True)
class _Power:
    """What is gone when power goes."""

    boot: bytes
    session: Session | None = None
    offered: Session | None = None
    """Begun by a hello; its first good frame makes it the session. An old hello, repeated, does no harm."""
    heard_at: float = 0.0
    told: int = 0
    told_at: float = 0.0


class SeatUnit:
    """One unit: its address, serial number and 16-byte key are burnt in. Powered from the start.

    `now` is the row's line time throughout: `time.monotonic()` for units behind a SimulatedRow.
    """

    def __init__(
        self,
        address: int,
        serial: str,
        key: bytes,
        *,
        person_key: bool = False,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.address = address
        self.serial = serial
        self.person_key = person_key
        """It has a person-present key, and says so when it says hello."""
        self.panel = FrontPanel()
        self.refused = 0
        """Sealed frames that weren't this console's, or were old."""
        self._key = key
        self._entropy = entropy
        self._held: set[Key] = set()
        self._watchers: list[Callable[[], None]] = []
        self.panel.changed = self._tell_watchers
        self._power: _Power | None = None
        self.power_on(0.0)

    # What stands at the seat

    def watch(self, watcher: Callable[[], None]) -> None:
        """`watcher` is called after anything visible changed: lamps, lines, microphone, power."""
        self._watchers.append(watcher)

    @property
    def powered(self) -> bool:
        return self._power is not None

    @property
    def connected(self) -> bool:
        """A bridge says what this unit shows."""
        return self.powered and self.panel.served

    @property
    def lamps(self) -> tuple[Lamp, Lamp, Lamp]:
        return self.panel.lamps[:3]

    @property
    def request_lamp(self) -> Lamp:
        return self.panel.lamps[3]

    @property
    def microphone(self) -> bool:
        return self.panel.microphone

    @property
    def lines(self) -> tuple[str, str]:
        return self.panel.lines

    def hold(self, key: Key, now: float) -> None:
        """The key goes down and stays down: a finger that rests, or a contact that is stuck."""
        self._held.add(key)
        if self.powered:
            self.panel.key_down(key, now)

    def release(self, key: Key, now: float) -> None:
        self._held.discard(key)
        if self.powered:
            self.panel.key_up(key, now)

    def press(self, key: Key, now: float) -> None:
        self.hold(key, now)
        self.release(key, now)

    def hold_person(self) -> None:
        """A hand on the person-present key; without one there is nothing to hold."""
        if self.powered and self.person_key:
            self.panel.person_down()

    def release_person(self) -> None:
        self.panel.person_up()

    def power_off(self) -> None:
        self._power = None
        self.panel.switch_off()

    def power_on(self, now: float) -> None:
        """A new boot nonce, no session, no memory of presses."""
        self._power = _Power(self._entropy(BOOT_BYTES), heard_at=now)
        self.panel.switch_on(self._held)

    def _tell_watchers(self) -> None:
        for watcher in self._watchers:
            watcher()

    # Timers

    @property
    def wake_at(self) -> float | None:
        """When `tick` has something to do, if nothing is heard before."""
        silence = self._power.heard_at + SILENCE_S if self._power and self._power.session else None
        times = [at for at in (self.panel.wake_at, silence) if at is not None]
        return min(times, default=None)

    def tick(self, now: float) -> None:
        power = self._power
        if power is None:
            return
        self.panel.tick(now)
        if power.session is not None and now - power.heard_at >= SILENCE_S:
            power.session = power.offered = None
            self.panel.lose_line()

    # The line

    def hear_roll_call(self, call: RollCall, now: float) -> Reply | None:
        """`now`: the end of the frame. Answers in this address's slot, if there is reason to."""
        power = self._power
        if power is None:
            return None
        power.heard_at = now
        news = self._has_news(power, now)
        start = call.slot_start_s(self.address) if news or call.muster else None
        return None if start is None else Reply(start, encode_mark(Mark(self.address, news)))

    def overhear(self, now: float) -> None:
        """A good frame of the bridge's for another unit: the line and the bridge live."""
        if self._power is not None:
            self._power.heard_at = now

    def hear(self, frame: Frame, now: float) -> Reply | None:
        """`frame` is for this address; `now`: its end."""
        power = self._power
        if power is None:
            return None
        power.heard_at = now
        try:
            if frame.kind & SEALED:
                return self._sealed(power, frame, now)
            if frame.kind == Kind.HELLO:
                return self._hello(power, Hello.unpack(frame.payload), frame.seq)
        except Malformed:
            self.refused += 1
            return None
        return self._polled(power, frame.seq, now) if frame.kind == Kind.POLL else None

    def _has_news(self, power: _Power, now: float) -> bool:
        if power.session is None:
            return True
        presses = self.panel.presses
        if not presses:
            return False
        return presses[-1].number != power.told or now - power.told_at >= FETCH_AGAIN_S

    def _polled(self, power: _Power, seq: int, now: float) -> Reply:
        if power.session is None:
            return self._stranger(power, seq)
        if not self.panel.presses:
            return self._reply(Frame(self.address, Kind.IDLE, seq, Boot(power.boot).pack()))
        told = list(self.panel.presses)[:MOST_PRESSES]
        power.told, power.told_at = told[-1].number, now
        news = News(tuple(Press(p.number, p.key, p.armed, _age_ms(p.at, now), p.person) for p in told))
        return self._reply(power.session.seal(self.address, Kind.NEWS, seq, news.pack()))

    def _stranger(self, power: _Power, seq: int) -> Reply:
        return self._reply(Frame(self.address, Kind.STRANGER, seq, Boot(power.boot).pack()))

    def _hello(self, power: _Power, hello: Hello, seq: int) -> Reply:
        """Offers a session, in a slot drawn by lot: a second unit here draws another, with luck."""
        nonce = self._entropy(NONCE_BYTES)
        power.offered = Session(session_key(self._key, self.address, hello.nonce, nonce), Side.CONSOLE)
        able = PERSON_KEY if self.person_key else 0
        here = Here(nonce, power.boot, self.panel.forgotten, self.serial, capabilities=able)
        here = replace(here, proof=proof(self._key, self.address, hello.nonce, here.claim))
        slot = self._entropy(1)[0] % hello.slots
        reply = self._reply(Frame(self.address, Kind.HERE, seq, here.pack()))
        return Reply(reply.after_s + slot * hello.width * TICK_S, reply.wire)

    def _sealed(self, power: _Power, frame: Frame, now: float) -> Reply | None:
        opened = self._open(power, frame)
        if isinstance(opened, Rejected):
            # Without a session nothing can be opened, and the bridge should know; else it is a trick
            self.refused += 1
            return self._stranger(power, frame.seq) if power.session is None else None
        assert power.session is not None
        order = _order(frame.kind, opened.body)
        if not opened.repeated:
            self._carry_out(order)
        ack = Ack(more=self._has_news(power, now))
        return self._reply(power.session.seal(self.address, Kind.ACK, frame.seq, ack.pack()))

    def _open(self, power: _Power, frame: Frame) -> Opened | Rejected:
        opened = power.session.open(frame) if power.session is not None else Rejected.FORGED
        if opened is Rejected.FORGED and power.offered is not None:
            opened = power.offered.open(frame)
            if isinstance(opened, Opened):
                power.session, power.offered = power.offered, None
                self.panel.doubt()
        return opened

    def _carry_out(self, order: Lamps | Text | Taken) -> None:
        self.panel.forget(order.taken)
        if isinstance(order, Lamps):
            self.panel.light(order)
        elif isinstance(order, Text):
            self.panel.write(order)

    def _reply(self, frame: Frame) -> Reply:
        return Reply(TURNAROUND_S, encode(frame))


_ORDERS: dict[int, type[Lamps | Text | Taken]] = {Kind.LAMPS: Lamps, Kind.TEXT: Text, Kind.TAKEN: Taken}


def _order(kind: int, body: bytes) -> Lamps | Text | Taken:
    if kind not in _ORDERS:
        raise Malformed(f"no order has kind {kind:#x}")
    return _ORDERS[kind].unpack(body)


def _age_ms(at: float, now: float) -> int:
    return min(0xFFFF, max(0, round((now - at) * 1000)))
