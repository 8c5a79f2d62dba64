"""The hall's bus over MQTT 5. The only module of the product that imports aiomqtt; bridge and hall both use
it.

Nothing rests on the broker: no session is kept, nothing is retained, a PUBACK is not waited for and not
believed. What is not deliverable now is dropped here, because whoever needs an answer asks again.
"""

import asyncio
import contextlib
import math
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
import structlog

from firmware_bridge.links import Heard

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""Between attempts to connect: soon after a broker's restart, and no storm while it stays away."""
NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Without it each acknowledgement waits 44 ms for the one before (Nagle and delayed ACK)."""
MANY = 10_000
"""Messages in flight: the library's own 20 would make an answer to a whole hall wait for the broker 11
times."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ssl.SSLContext | None = None
    """None only on loopback; config.py refuses it elsewhere."""


class MqttBus:
    """One connection: `BusLink` on MQTT. `will` is (topic, payload), published for us when we vanish."""

    def __init__(
        self,
        broker: BrokerAddress,
        identifier: str,
        listen_to: Sequence[str],
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self._broker = broker
        self._identifier = identifier
        self._listen_to = tuple(listen_to)
        self._will = will
        self._client: aiomqtt.Client | None = None
        self._sending: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def run(self, heard: Heard, joined: Callable[[], None]) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                async with self._new_client(heard) as client:
                    pause = FIRST_PAUSE_S
                    await self._stay(client, joined)
            except (aiomqtt.MqttError, OSError) as fault:
                _leave_if_cancelled()
                log.warning("bus_lost", user=self._broker.user, fault=str(fault))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def publish(self, topic: str, payload: bytes, off: Callable[[], None] = lambda: None) -> None:
        loop = asyncio.get_running_loop()
        if self._client is None:
            loop.call_soon(off)
            return
        task = loop.create_task(_send(self._client, topic, payload))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        task.add_done_callback(lambda _: off())

    async def _stay(self, client: aiomqtt.Client, joined: Callable[[], None]) -> None:
        for topic in self._listen_to:
            await client.subscribe(topic, qos=1)
        self._client = client
        try:
            joined()
            # Messages go straight to `heard` (see _hearing): this loop only notices the connection's end.
            async for _ in client.messages:
                pass
        finally:
            self._client = None
            await self._say_farewell(client)

    async def _say_farewell(self, client: aiomqtt.Client) -> None:
        """An orderly leave sends no will by itself, but whoever watches us must learn of it all the
        same."""
        for task in tuple(self._sending):
            task.cancel()
        if self._will is not None:
            with contextlib.suppress(aiomqtt.MqttError):
                await client.publish(*self._will, qos=1, timeout=0.5)

    def _new_client(self, heard: Heard) -> aiomqtt.Client:
        client = aiomqtt.Client(
            self._broker.host,
            self._broker.port,
            username=self._broker.user,
            password=self._broker.password,
            identifier=self._identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            tls_context=self._broker.tls,
            will=aiomqtt.Will(*self._will, qos=1) if self._will else None,
            queue_type=_hearing(heard),
            socket_options=[NO_DELAY],
            max_inflight_messages=MANY,
            max_queued_outgoing_messages=MANY,
            timeout=5.0,
            keepalive=10,
        )
        client.pending_calls_threshold = MANY
        return client


async def _send(client: aiomqtt.Client, topic: str, payload: bytes) -> None:
    with contextlib.suppress(aiomqtt.MqttError):
        await client.publish(topic, payload, qos=1, timeout=math.inf)


def _hearing(heard: Heard) -> type[asyncio.Queue[aiomqtt.Message]]:
    """A queue that hands each message on instead of keeping it.

    aiomqtt's own way costs two tasks a message, which at a hall's 500 ballots is most of the time spent.
    """

    class Hearing(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            payload: Any = item.payload
            heard(item.topic.value, bytes(payload or b""))

    return Hearing


def _leave_if_cancelled() -> None:
    """A fault while leaving must not turn a cancellation into another attempt."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
