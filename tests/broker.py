"""Brokers for tests: Mosquitto as whoever runs the tests, and the embedded one, each on a free port of
loopback."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firmware_bridge.mqtt_bus import BrokerAddress, MqttBus
from hall_controller.bridges import Bridges
from hall_controller.broker import EmbeddedBroker
from hall_controller.broker_config import BrokerListener, broker_config

HALL_USER = "hall"
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def mosquitto_program() -> str:
    found = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if found is None:
        pytest.skip("mosquitto is not installed")
    return found


class Mosquitto:
    """Started by `mosquitto_for`; `stop` and `start` again for the broker's own misfortunes."""

    def __init__(self, conf: Path, port: int) -> None:
        self._conf = conf
        self.port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(mosquitto_program(), "-c", str(self._conf))
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
        raise AssertionError("mosquitto did not come up")

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            await process.wait()

    def hang(self) -> None:
        """It holds its connections and says nothing, until it is killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    async def kill(self) -> None:
        """Nobody gets a farewell."""
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        await process.wait()


def passwords_for(bridges: Bridges) -> dict[str, str]:
    return {user: f"word of {user}" for user in (HALL_USER, *bridges.by_id)}


@asynccontextmanager
async def mosquitto_for(directory: Path, hall: str, bridges: Bridges) -> AsyncIterator[Mosquitto]:
    """A broker with the product's own configuration for these bridges."""
    port = free_port()
    conf = broker_config(
        directory / "broker", hall=hall, hall_user=HALL_USER, bridges=bridges,
        passwords=passwords_for(bridges), listener=BrokerListener(LOOPBACK, port),
    )  # fmt: skip
    broker = Mosquitto(conf, port)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


@asynccontextmanager
async def embedded_for(directory: Path, bridges: Bridges) -> AsyncIterator[EmbeddedBroker]:
    async with EmbeddedBroker(directory, passwords_for(bridges)) as broker:
        yield broker


def connection(
    port: int,
    user: str,
    listen_to: Sequence[str],
    will: tuple[str, bytes] | None = None,
    password: str = "",
) -> MqttBus:
    word = password or f"word of {user}"
    return MqttBus(BrokerAddress(LOOPBACK, port, user, word), user, listen_to, will)
