"""The same law on the clock: one process runs bridge and units, and stands still while keys are pressed.

`time.sleep` in the loop is what a busy machine does to it. Both loops: asyncio's reads before it runs
timers, uvloop's runs timers first.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pytest
import uvloop

from firmware_bridge.ballots import Press
from firmware_bridge.bridge import Bridge
from firmware_bridge.messages import Challenge, Down, Form, Jws, SignedIn, Up
from firmware_bridge.ports import Face, FaceShown, KeyPressed, Lamp
from firmware_bridge.receipt import Receipt
from firmware_bridge.serial_bus import SerialBus
from simulators.serial_row import SimulatedRow
from tests.press_law import PressLaw
from tests.row_bench import console_key, seat

ROW = range(1, 16)
KEYS = {address: console_key(address) for address in ROW}
QUESTION = ("K8 D5 PA2 LAN 2", "TT   K.TT   K.BQ")
ARMED = Face(keys_armed=True, lines=QUESTION)
RECORDED = replace(ARMED, lamps=(Lamp.STEADY, Lamp.OFF, Lamp.OFF))
LIT = RECORDED.lamps
PATIENCE_S = 15.0
BUSY_S = 3.0
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

pytestmark = pytest.mark.parametrize("loop", LOOPS)


def run(loop: str, law: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(law)


def test_no_press_is_lost_between_units_and_the_buss_owner(loop: str) -> None:
    run(loop, presses_reach_the_owner(seed=1))


def test_every_press_becomes_a_ballot(loop: str) -> None:
    run(loop, presses_become_ballots(seed=1))


async def presses_reach_the_owner(seed: int) -> None:
    async with row_of_units() as row:
        bus, law = SerialBus(row.url, KEYS), PressLaw(row.units)

        async def own() -> None:
            async for event in bus.events():
                if isinstance(event, KeyPressed):
                    law.hand(event.address, event.key)
                    bus.show(event.address, RECORDED)
                elif isinstance(event, FaceShown) and event.face == RECORDED:
                    assert law.handed[event.address], "a receipt for nothing"

        for address in ROW:
            bus.show(address, ARMED)
        bus.attend(True)
        async with in_background(bus.run(), own()):
            await armed(row)
            await press_all_while_the_loop_stalls(row, random.Random(seed))
            await come_true(lambda: all(unit.lamps == LIT for unit in row.units))
        law.check()
        assert (law.broken, law.lost) == ([], 0)


async def presses_become_ballots(seed: int) -> None:
    async with row_of_units() as row:
        law = PressLaw(row.units)
        hall = HallNextDoor(lambda device: law.hand(int(device[-4:]), "1"))
        seats = {f"{address:03}": address for address in ROW}
        bridge = Bridge(seats, SerialBus(row.url, KEYS), None, hall, token=random.randbytes)  # type: ignore[arg-type]
        async with in_background(bridge.run()):
            await come_true(lambda: all(unit.connected for unit in row.units) and hall.heard is not None)
            for name in seats:
                sign_in(bridge, hall, name)
            hall.tell(FORM)
            await armed(row)
            await press_all_while_the_loop_stalls(row, random.Random(seed))
            await come_true(lambda: all(unit.lamps == LIT for unit in row.units))
        law.check()
        assert (law.broken, law.lost) == ([], 0)


@contextlib.asynccontextmanager
async def row_of_units() -> AsyncIterator[SimulatedRow]:
    row = SimulatedRow([seat(address) for address in ROW])
    async with in_background(row.run()):
        await asyncio.sleep(0)
        yield row


@contextlib.asynccontextmanager
async def in_background(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [end for end in ends if not isinstance(end, asyncio.CancelledError)] == []


async def come_true(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not what():  # noqa: ASYNC110 - what is looked at are lamps, which wake nobody
            await asyncio.sleep(0.01)


async def armed(row: SimulatedRow) -> None:
    await come_true(lambda: all(unit.panel.armed for unit in row.units))


async def press_all_while_the_loop_stalls(row: SimulatedRow, draw: random.Random) -> None:
    """All first keys within 50 ms; meanwhile each turn of the loop is slow, and some are very slow."""
    loop = asyncio.get_running_loop()
    for unit in row.units:
        loop.call_later(draw.random() * 0.05, lambda u=unit: u.press("1", time.monotonic()))
    end = time.monotonic() + BUSY_S
    while time.monotonic() < end:
        await asyncio.sleep(0)
        longest = 0.5 if draw.random() < 0.1 else 0.12
        time.sleep(draw.uniform(0.02, longest))  # noqa: ASYNC251 - this is the misfortune


FORM = Form(
    "open",
    "v1",
    {"vote": "v1"},
    {"1": "approve", "2": "reject", "3": "not_voting"},
    {"1": "TAN THANH", "2": "KHONG TAN THANH", "3": "KHONG BIEU QUYET"},
    False,
    QUESTION,
    60_000,
    3000,
    None,
)


class Delegated:
    """A session that needs no card: its ballots are signed by nobody."""

    jws: Mapping[str, str] = {"payload": "session"}

    def __init__(self, name: str) -> None:
        self.statement = name

    def ballot(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> tuple[str, Any]:
        ballot = sha256(f"{device}{choice}{press}".encode()).hexdigest()
        return ballot, {"payload": ballot, "device": device}


@dataclass
class HallNextDoor:
    """The bridge's link to a hall that records every ballot and answers with a receipt, a moment later."""

    took: Callable[[str], None]
    """Called with the device that each ballot comes from; a ballot sent again is the same ballot."""
    ballots: set[str] = field(default_factory=set)
    connected: bool = True
    heard: Callable[[Down | Receipt], None] | None = None

    async def run(
        self,
        heard: Callable[[Down | Receipt], None],
        joined: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self.heard = heard
        await asyncio.get_running_loop().create_future()

    def tell(self, message: Down | Receipt) -> None:
        assert self.heard is not None
        self.heard(message)

    def say(self, messages: Sequence[Up], statements: Sequence[Jws]) -> None:
        for one in statements:
            if "device" not in one:
                continue
            if one["payload"] not in self.ballots:
                self.ballots.add(one["payload"])
                self.took(one["device"])
            receipt = Receipt("v1", one["payload"], 9)
            asyncio.get_running_loop().call_later(0.02, self.tell, receipt)

    def check_receipt(self, jws: Jws) -> Receipt | None:
        return None


def sign_in(bridge: Bridge, hall: HallNextDoor, name: str) -> None:
    place = bridge.row.seat(name)
    assert place is not None
    now = asyncio.get_running_loop().time()
    place.slot.read(b"certificate", now)
    hall.tell(Challenge(name, "c", "s1", "log", "m1", "2026-11-21T20:00:00.000Z", ("KINH CHAO", "A")))
    place.slot.session_made(Delegated(name), now)
    hall.tell(SignedIn(name, name))
