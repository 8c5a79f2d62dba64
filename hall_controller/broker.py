"""The embedded broker: iotcore (rumqttd) as a child process on loopback, for the demo and the small hall.

Each user has a password of its own; topic rights per user are Mosquitto's (broker_config.py), which is what
a hall with a network uses. What holds without them, holds here too: messages are signed end to end.
"""

import asyncio
import json
import socket
from collections.abc import Mapping
from pathlib import Path

from iotcore import Broker

from firmware_bridge.envelope import LARGEST

LOOPBACK = "127.0.0.1"
MOST_CONNECTIONS = 1000


class EmbeddedBroker:
    """`passwords`: by user. `async with`: it listens on `port` of 127.0.0.1 until the block is left."""

    def __init__(self, directory: Path, passwords: Mapping[str, str], port: int = 0) -> None:
        self._directory = directory
        self._passwords = dict(passwords)
        self.port = port or _free_port()
        self._broker: Broker | None = None

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
        await asyncio.to_thread(self._broker.start)

    async def stop(self) -> None:
        """Ends the child process; it also ends by itself when this one dies."""
        broker, self._broker = self._broker, None
        if broker is not None:
            await asyncio.to_thread(broker.stop)

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
