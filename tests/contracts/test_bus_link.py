"""One contract for every way onto the hall's bus: Mosquitto, the embedded broker, and the stand-in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_bridge.links import BusLink, Topics
from hall_controller.bridges import Bridges, KnownBridge
from hall_controller.bus import HallBus
from simulators.bus import SimulatedBus
from tests.broker import connection, embedded_for, mosquitto_for
from tests.hall_on_bus import stopped, until

HALL = "dien-hong"
TOPICS = Topics(HALL)


def bridges() -> Bridges:
    key = Ed25519PrivateKey.generate().public_key()
    return Bridges.of(KnownBridge(name, key, (name,)) for name in ("row-01", "row-02"))


@dataclass
class OnBus:
    """One end that notes what it hears, and how often it came onto the bus."""

    link: BusLink
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    joined: int = 0
    task: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        self.task = asyncio.get_running_loop().create_task(self.link.run(self._hear, self._join))

    async def stop(self) -> None:
        assert self.task is not None
        await stopped([self.task])

    def _hear(self, topic: str, payload: bytes) -> None:
        self.heard.append((topic, payload))

    def _join(self) -> None:
        self.joined += 1


@dataclass
class Network:
    link: Callable[[str, Sequence[str], tuple[str, bytes] | None], BusLink]
    go_away: Callable[[], Awaitable[None]]
    come_back: Callable[[], Awaitable[None]]


@asynccontextmanager
async def simulated(_: Path) -> AsyncIterator[Network]:
    bus = SimulatedBus()

    async def cut() -> None:
        bus.cut()

    async def mend() -> None:
        bus.mend()

    yield Network(lambda _user, topics, will: bus.link(topics, will=will), cut, mend)


@asynccontextmanager
async def mosquitto(directory: Path) -> AsyncIterator[Network]:
    async with mosquitto_for(directory, HALL, bridges()) as broker:
        yield Network(lambda u, t, w: connection(broker.port, u, t, w), broker.stop, broker.start)


@asynccontextmanager
async def embedded(directory: Path) -> AsyncIterator[Network]:
    async with embedded_for(directory, bridges()) as broker:
        yield Network(lambda u, t, w: connection(broker.port, u, t, w), broker.stop, broker.start)


@pytest.fixture(params=[simulated, mosquitto, embedded], ids=lambda made: str(made.__name__))
async def network(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Network]:
    async with request.param(tmp_path) as made:
        yield made


@asynccontextmanager
async def both(network: Network) -> AsyncIterator[tuple[OnBus, OnBus]]:
    """The hall and row-01, both on the bus."""
    will = (TOPICS.will("row-01"), b"gone")
    hall = OnBus(network.link("hall", HallBus.listens_to(HALL), None))
    row = OnBus(network.link("row-01", [TOPICS.down("row-01"), TOPICS.to_all], will))
    async with AsyncExitStack() as stack:
        for end in (hall, row):
            end.start()
            stack.push_async_callback(end.stop)
        await until(lambda: hall.joined and row.joined)
        yield hall, row


async def test_each_hears_what_is_meant_for_it(network: Network) -> None:
    async with both(network) as (hall, row):
        row.link.publish(TOPICS.up("row-01"), b"up")
        hall.link.publish(TOPICS.down("row-02"), b"not yours")
        hall.link.publish(TOPICS.down("row-01"), b"yours")
        hall.link.publish(TOPICS.to_all, b"everybody's")
        await until(lambda: len(row.heard) == 2 and hall.heard)
        assert hall.heard == [(TOPICS.up("row-01"), b"up")]
        assert sorted(row.heard) == [(TOPICS.to_all, b"everybody's"), (TOPICS.down("row-01"), b"yours")]


async def test_many_at_once_come_all_and_in_order(network: Network) -> None:
    sent = [f"{n}".encode() for n in range(500)]
    async with both(network) as (hall, row):
        for payload in sent:
            row.link.publish(TOPICS.up("row-01"), payload)
        await until(lambda: len(hall.heard) == len(sent))
        assert [payload for _, payload in hall.heard] == sent


async def test_a_message_of_the_largest_size_passes(network: Network) -> None:
    async with both(network) as (hall, row):
        hall.link.publish(TOPICS.down("row-01"), b"x" * 256 * 1024)
        await until(lambda: row.heard)
        assert len(row.heard[0][1]) == 256 * 1024


async def test_who_leaves_is_missed(network: Network) -> None:
    async with both(network) as (hall, row):
        await row.stop()
        await until(lambda: hall.heard)
        assert set(hall.heard) == {(TOPICS.will("row-01"), b"gone")}


async def test_after_an_outage_both_are_back_by_themselves(network: Network) -> None:
    async with both(network) as (hall, row):
        await network.go_away()
        await until(lambda: not hall.link.connected and not row.link.connected)
        row.link.publish(TOPICS.up("row-01"), b"into the void")
        await network.come_back()
        await until(lambda: hall.joined == 2 and row.joined == 2)
        row.link.publish(TOPICS.up("row-01"), b"back")
        await until(lambda: (TOPICS.up("row-01"), b"back") in hall.heard)
        assert (TOPICS.up("row-01"), b"into the void") not in hall.heard


# -- what only a broker with rights can promise ------------------------------------------------------


async def test_nobody_gets_in_without_the_password(tmp_path: Path) -> None:
    async with mosquitto_for(tmp_path, HALL, bridges()) as broker:
        stranger = OnBus(connection(broker.port, "row-01", ["#"], password="guessed"))
        unknown = OnBus(connection(broker.port, "nobody", ["#"]))
        right = OnBus(connection(broker.port, "row-01", [TOPICS.down("row-01")]))
        for end in (stranger, unknown, right):
            end.start()
        await until(lambda: right.joined)
        assert (stranger.joined, unknown.joined) == (0, 0)
        for end in (stranger, unknown, right):
            await end.stop()


async def test_a_bridge_can_neither_speak_nor_listen_beyond_its_topics(tmp_path: Path) -> None:
    async with mosquitto_for(tmp_path, HALL, bridges()) as broker:
        network = Network(lambda u, t, w: connection(broker.port, u, t, w), broker.stop, broker.start)
        async with both(network) as (hall, row):
            nosy = OnBus(connection(broker.port, "row-02", ["#", TOPICS.down("row-01"), TOPICS.every_up]))
            nosy.start()
            await until(lambda: nosy.joined)
            for topic in (TOPICS.up("row-01"), TOPICS.will("row-01"), TOPICS.down("row-01"), TOPICS.to_all):
                nosy.link.publish(topic, b"forged")
            row.link.publish(TOPICS.up("row-01"), b"mine")
            hall.link.publish(TOPICS.down("row-01"), b"for row-01 alone")
            nosy.link.publish(TOPICS.up("row-02"), b"last")
            await until(lambda: (TOPICS.up("row-02"), b"last") in hall.heard and row.heard)
            hall.link.publish(TOPICS.to_all, b"all")
            await until(lambda: nosy.heard)
            assert b"forged" not in [payload for _, payload in hall.heard + row.heard]
            assert nosy.heard == [(TOPICS.to_all, b"all")]
            await nosy.stop()
