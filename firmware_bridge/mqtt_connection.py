"""One connection to an MQTT 5 broker, as an asyncio protocol over `mqtt5`'s packets. The only module that
imports it. Why packets and not a client library: docs/decisions/0008-mqtt-by-packets.md.

It does what the hall's bus needs and no more: one clean session, one subscription, messages at quality of
service 1 both ways. A PUBACK sets the pace of the sender and says nothing of its message's arrival.
"""

import asyncio
import socket
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import mqtt5
import structlog

from firmware_bridge.errors import BrokerLost, BrokerRefused

log = structlog.get_logger(__name__)

KEEP_ALIVE_S = 10
"""A broker that says nothing for so long, though it was asked, is gone: no TCP would tell it sooner."""
ANSWER_S = 5.0
"""For the broker's answers while a connection is being made."""
LARGEST_PACKET = 512 * 1024
"""Twice the bus's largest message: a broker can't make us hold more."""
_LAST_ID = 0xFFFF
_NO = 0x80
"""Reason codes from here on are refusals (OASIS MQTT 5.0, section 2.4)."""
MOST_WAITING = 10_000
"""Messages that wait for the broker's leave to send; what comes beyond is dropped, as without a broker."""

Off = Callable[[], None]
Heard = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    """None only on loopback; config.py refuses it elsewhere."""


class MqttConnection(asyncio.Protocol):
    """`await MqttConnection.open(…)`, then `publish` until `lost` ends."""

    def __init__(self, heard: Heard, keep_alive_s: int) -> None:
        self._heard = heard
        self._keep_alive_s = keep_alive_s
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        """Ends with the reason, in words, when the connection is no more."""
        self._buffer = bytearray()
        self._out: list[bytes] = []
        """Written together at the end of this turn of the loop."""
        self._answer: asyncio.Future[mqtt5.ConnAckPacket | mqtt5.SubAckPacket] = self._loop.create_future()
        self._under_way: dict[int, Off] = {}
        self._waiting: deque[tuple[str, bytes, Off]] = deque()
        self._may_have_under_way = 1
        self._id = 0
        self._heard_something = True
        self._alive: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport

    @classmethod
    async def open(
        cls,
        broker: BrokerAddress,
        identifier: str,
        listen_to: Sequence[str],
        will: tuple[str, bytes] | None,
        heard: Heard,
        *,
        answer_s: float = ANSWER_S,
        keep_alive_s: int = KEEP_ALIVE_S,
    ) -> "MqttConnection":
        """Raises OSError (TLS errors are), BrokerRefused, BrokerLost, TimeoutError."""
        loop = asyncio.get_running_loop()
        name = broker.host if broker.tls is not None else None
        async with asyncio.timeout(answer_s):
            _, made = await loop.create_connection(
                lambda: cls(heard, keep_alive_s),
                broker.host,
                broker.port,
                ssl=broker.tls,
                server_hostname=name,
            )
        try:
            async with asyncio.timeout(answer_s):
                await made._sign_in(broker, identifier, will)
                await made._subscribe(listen_to)
        except BaseException:
            made.abort("not let in")
            raise
        made._ask_again()
        return made

    def publish(self, topic: str, payload: bytes, off: Off) -> None:
        """`off` is called once: when the broker has it, or when the connection is lost."""
        if self.lost.done():
            # Whoever hears that the connection is lost may say the next thing at once, still to this one.
            self._loop.call_soon(off)
        elif len(self._under_way) < self._may_have_under_way:
            self._publish(topic, payload, off)
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append((topic, payload, off))
        else:
            self._loop.call_soon(off)

    async def published(self, topic: str, payload: bytes) -> None:
        """The same, until the broker has it or the connection is lost."""
        done = asyncio.Event()
        self.publish(topic, payload, done.set)
        await done.wait()

    def close(self) -> None:
        """An orderly end: the broker sends no will."""
        if not self.lost.done():
            self._write(mqtt5.DisconnectPacket().write())
            self._flush()
            self._transport.close()
            self._over("closed")

    def abort(self, why: str) -> None:
        self._transport.abort()
        self._over(why)

    # -- asyncio's side --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # Without it each acknowledgement waits 44 ms for the one before (Nagle and delayed ACK).
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        self._over(str(exc) if exc is not None else "the broker closed the connection")

    def data_received(self, data: bytes) -> None:
        self._heard_something = True
        self._buffer += data
        taken = 0
        with memoryview(self._buffer) as view:
            while taken < len(view):
                try:
                    packet, size = _read(view[taken:])
                except IndexError:
                    break  # the rest of it is on its way
                except ValueError as bad:
                    self._loop.call_soon(self.abort, f"not MQTT 5: {bad}")
                    break
                taken += size
                self._take(packet)
        del self._buffer[:taken]
        if len(self._buffer) > LARGEST_PACKET:
            self.abort("a packet without end")

    # -- the broker's packets --------------------------------------------------------------------------

    def _take(self, packet: mqtt5.Packet) -> None:
        match packet:
            case mqtt5.PublishPacket():
                if packet.packet_id is not None:
                    self._write(mqtt5.PubAckPacket(packet.packet_id).write())
                self._heard(packet.topic, packet.payload)
            case mqtt5.PubAckPacket():
                self._acknowledged(packet)
            case mqtt5.ConnAckPacket() | mqtt5.SubAckPacket():
                if not self._answer.done():
                    self._answer.set_result(packet)
            case mqtt5.DisconnectPacket():
                said = packet.reason_code.name.lower().replace("_", " ")
                self._loop.call_soon(self.abort, f"the broker ended it: {said}")

    def _acknowledged(self, packet: mqtt5.PubAckPacket) -> None:
        if packet.reason_code.value >= _NO:
            log.warning("bus_publish_refused", reason=packet.reason_code.name.lower())
        off = self._under_way.pop(packet.packet_id, None)
        if off is None:
            return
        while self._waiting and len(self._under_way) < self._may_have_under_way:
            self._publish(*self._waiting.popleft())
        off()

    # -- within ----------------------------------------------------------------------------------------

    async def _sign_in(
        self, broker: BrokerAddress, identifier: str, will: tuple[str, bytes] | None
    ) -> None:
        last = None
        if will is not None:
            last = mqtt5.Will(will[0], payload=will[1], qos=mqtt5.QoS.AT_LEAST_ONCE)
        answer = await self._ask(
            mqtt5.ConnectPacket(
                identifier, username=broker.user, password=broker.password.encode(), clean_start=True,
                will=last, keep_alive=self._keep_alive_s, max_packet_size=LARGEST_PACKET,
            ).write()
        )  # fmt: skip
        if not isinstance(answer, mqtt5.ConnAckPacket):
            raise BrokerLost("the broker answered something else than a welcome")
        if answer.reason_code.value >= _NO:
            raise BrokerRefused(answer.reason_code.name.lower())
        self._may_have_under_way = min(answer.receive_max, _LAST_ID)

    async def _subscribe(self, listen_to: Sequence[str]) -> None:
        once = mqtt5.QoS.AT_LEAST_ONCE
        wanted = [mqtt5.TopicFilter(topic, max_qos=once, retain_as_published=False) for topic in listen_to]
        answer = await self._ask(mqtt5.SubscribePacket(self._next_id(), wanted).write())
        if not isinstance(answer, mqtt5.SubAckPacket):
            raise BrokerLost("the broker answered something else than a subscription's grant")
        for code in answer.reason_codes:
            if code.value >= _NO:
                raise BrokerRefused(code.name.lower())

    async def _ask(self, packet: bytes) -> mqtt5.ConnAckPacket | mqtt5.SubAckPacket:
        self._answer = self._loop.create_future()
        self._write(packet)
        await asyncio.wait((self._answer, self.lost), return_when=asyncio.FIRST_COMPLETED)
        if self.lost.done():
            raise BrokerLost(self.lost.result())
        return self._answer.result()

    def _publish(self, topic: str, payload: bytes, off: Off) -> None:
        number = self._next_id()
        self._under_way[number] = off
        packet = mqtt5.PublishPacket(topic, payload, qos=mqtt5.QoS.AT_LEAST_ONCE, packet_id=number)
        self._write(packet.write())

    def _next_id(self) -> int:
        while True:
            self._id = self._id % _LAST_ID + 1
            if self._id not in self._under_way:
                return self._id

    def _write(self, packet: bytes) -> None:
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(packet)

    def _flush(self) -> None:
        out, self._out = self._out, []
        if out and not self.lost.done():
            self._transport.write(b"".join(out))

    def _stay_alive(self) -> None:
        """Asks twice in the time that the broker was promised. Silence since the last question is an
        end."""
        if self.lost.done():
            return
        if not self._heard_something:
            self.abort("the broker doesn't answer")
            return
        self._heard_something = False
        self._write(mqtt5.PingReqPacket().write())
        self._ask_again()

    def _ask_again(self) -> None:
        self._alive = self._loop.call_later(self._keep_alive_s / 2, self._stay_alive)

    def _over(self, why: str) -> None:
        if self.lost.done():
            return
        self.lost.set_result(why)
        if self._alive is not None:
            self._alive.cancel()
        owed = [*self._under_way.values(), *(off for _, _, off in self._waiting)]
        self._under_way.clear()
        self._waiting.clear()
        for off in owed:
            self._loop.call_soon(off)


def _read(view: memoryview) -> tuple[mqtt5.Packet, int]:
    """Raises IndexError for a packet that isn't whole yet, ValueError for bytes that are none."""
    try:
        return mqtt5.read(view)
    except BaseException as panic:
        # A text that isn't UTF-8 makes the library panic, and a panic of Rust's is no Exception in Python.
        if type(panic).__module__ == "pyo3_runtime":
            raise ValueError(str(panic.__cause__ or panic)) from None
        raise
