"""The hall's bus over MQTT 5: one connection that comes back by itself. Bridge and hall both use it.

Nothing rests on the broker: no session is kept, nothing is retained, a PUBACK is not waited for and not
believed. What is not deliverable now is dropped here, because whoever needs an answer asks again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from firmware_bridge.errors import BridgeError
from firmware_bridge.links import Heard
from firmware_bridge.mqtt_connection import BrokerAddress, MqttConnection

__all__ = ["BrokerAddress", "MqttBus"]

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""Between attempts to connect: soon after a broker's restart, and no storm while it stays away."""
FAREWELL_S = 0.5


class MqttBus:
    """`BusLink` on MQTT. `will` is (topic, payload), published for us when we vanish."""

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
        self._connection: MqttConnection | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None

    async def run(self, heard: Heard, joined: Callable[[], None]) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                made = await MqttConnection.open(
                    self._broker, self._identifier, self._listen_to, self._will, heard
                )
            except (
                BridgeError,
                OSError,
                TimeoutError,
                UnicodeError,
            ) as fault:  # UnicodeError: no host's name
                log.warning("bus_unreachable", user=self._broker.user, fault=str(fault) or "no answer")
            else:
                pause = FIRST_PAUSE_S
                why = await self._stay(made, joined)
                log.warning("bus_lost", user=self._broker.user, fault=why)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def publish(self, topic: str, payload: bytes, off: Callable[[], None] = lambda: None) -> None:
        if self._connection is None:
            asyncio.get_running_loop().call_soon(off)
        else:
            self._connection.publish(topic, payload, off)

    async def _stay(self, connection: MqttConnection, joined: Callable[[], None]) -> str:
        self._connection = connection
        try:
            joined()
            return await asyncio.shield(connection.lost)
        finally:
            self._connection = None
            await self._say_farewell(connection)

    async def _say_farewell(self, connection: MqttConnection) -> None:
        """An orderly leave sends no will by itself, but whoever watches us must learn of it all the
        same."""
        if self._will is not None and not connection.lost.done():
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await connection.published(*self._will)
        connection.close()
