"""The embedded broker: iotcore (rumqttd) as a child process on loopback, for the demo and the small hall.

Each user has a password of its own; topic rights per user are Mosquitto's (broker_config.py), which is what
a hall with a network uses. What holds without them, holds here too: messages are signed end to end.
"""

import asyncio
import json
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import structlog
from iotcore import Broker

from firmware_bridge.envelope import LARGEST

LOOPBACK = "127.0.0.1"
MOST_CONNECTIONS = 1000
LOOK_AGAIN_S = 0.25
"""How often it is asked whether the child still runs: a vote may be open."""

log = structlog.get_logger(__name__)


class EmbeddedBroker:
    """`passwords`: by user. `async with`: it listens on `port` of 127.0.0.1 until the block is left.

    A child that dies is started again on the same port: bridges and hall come back by themselves.
    """

    def __init__(self, directory: Path, passwords: Mapping[str, str], port: int = 0) -> None:
        self._directory = directory
        self._passwords = dict(passwords)
        self.port = port or _free_port()
        self._broker: Broker | None = None
        self._keeper: asyncio.Task[None] | None = None
        # One thread: stopping waits for a start that is under way.
        self._hands = ThreadPoolExecutor(1, "broker")

    async def __aenter__(self) -> "EmbeddedBroker":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Raises OSError when the port is taken, RuntimeError when the broker doesn't come up."""
        path = self._directory / "rumqttd.toml"
        path.touch(mode=0o600)
        path.write_text(_toml(self.port, self._passwords), "utf-8")
        self._broker = Broker(config_path=str(path))
        await asyncio.get_running_loop().run_in_executor(self._hands, self._broker.start)
        self._keeper = asyncio.create_task(self._keep_up(self._broker), name="broker")

    async def _keep_up(self, broker: Broker) -> None:
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            if broker.is_running:
                continue
            log.error("broker_gone", port=self.port)
            with suppress(OSError, RuntimeError):  # then once more: without a bus no seat can vote
                await asyncio.get_running_loop().run_in_executor(self._hands, broker.start)

    async def stop(self) -> None:
        """Ends the child process; it also ends by itself when this one dies."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        broker, self._broker = self._broker, None
        if broker is not None:
            await asyncio.get_running_loop().run_in_executor(self._hands, broker.stop)

    @property
    def running(self) -> bool:
        return self._broker is not None and self._broker.is_running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _toml(port: int, passwords: Mapping[str, str]) -> str:
    """rumqttd's configuration: one MQTT 5 listener, no sessions kept for clients that left."""
    auth = "\n".join(f"{json.dumps(user)} = {json.dumps(word)}" for user, word in passwords.items())
    return f"""
id = 0

[router]
id = 0
max_connections = {MOST_CONNECTIONS}
max_outgoing_packet_count = 2000
max_segment_size = 104857600
max_segment_count = 10

[v5.1]
name = "hall"
listen = "{LOOPBACK}:{port}"
next_connection_delay_ms = 0

[v5.1.connections]
connection_timeout_ms = 5000
max_payload_size = {LARGEST + 4096}
max_inflight_count = 500
dynamic_filters = false

[v5.1.connections.auth]
{auth}
"""
