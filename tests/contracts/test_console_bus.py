"""What every ConsoleBus keeps, whatever is between it and the console: a terminal, a socket, or nothing."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from firmware_bridge.errors import UnknownConsole
from firmware_bridge.ports import (
    ConsoleBus,
    ConsoleEvent,
    ConsoleLost,
    ConsoleUp,
    Face,
    FaceShown,
    KeyPressed,
    Lamp,
)
from firmware_bridge.serial_bus import SerialBus
from simulators.console import SeatUnit
from simulators.panel import SimulatedPanel
from simulators.serial_row import SimulatedRow

ADDRESS = 7
KEY = hashlib.sha256(b"seven").digest()[:16]
PATIENCE_S = 5.0
QUESTION = Face(keys_armed=True, lines=("K8 Đ5 PA2 LẦN 2 0:12", "TT   K.TT   K.BQ"))
RECORDED = replace(QUESTION, lamps=(Lamp.STEADY, Lamp.OFF, Lamp.OFF), lines=("ĐÃ GHI NHẬN     7F3A", ""))


@dataclass
class Seat:
    """A bus with one console, and everything that it said."""

    unit: SeatUnit
    bus: ConsoleBus
    said: list[ConsoleEvent] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        self._run = asyncio.create_task(self.bus.run())

    async def stop(self) -> None:
        self._run.cancel()
        await asyncio.wait([self._run])

    async def listen(self) -> None:
        async for event in self.bus.events():
            self.said.append(event)
            self._news.set()

    async def hears(self, kind: type[ConsoleEvent], times: int = 1) -> ConsoleEvent:
        """The `times`-th event of this kind, when it has come."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := [event for event in self.said if isinstance(event, kind)]) < times:
                self._news.clear()
                await self._news.wait()
        return found[times - 1]

    async def shows(self, face: Face) -> None:
        self.bus.show(ADDRESS, face)
        async with asyncio.timeout(PATIENCE_S):
            while FaceShown(ADDRESS, face) not in self.said:
                self._news.clear()
                await self._news.wait()


@contextlib.asynccontextmanager
async def running(seat: "Seat", *others: SimulatedRow) -> AsyncIterator["Seat"]:
    tasks = [asyncio.create_task(row.run()) for row in others]
    tasks.append(asyncio.create_task(seat.listen()))
    seat.start()
    try:
        yield seat
    finally:
        await seat.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["pty", "socket", "panel"])
async def seat(request: pytest.FixtureRequest) -> AsyncIterator[Seat]:
    unit = SeatUnit(ADDRESS, "DH-0007", KEY)
    if request.param == "panel":
        async with running(Seat(unit, SimulatedPanel(unit))) as one:
            yield one
        return
    row = SimulatedRow([unit], over_socket=request.param == "socket")
    async with running(Seat(unit, SerialBus(row.url, {ADDRESS: KEY})), row) as one:
        yield one


async def test_a_console_comes_up_with_its_serial(seat: Seat) -> None:
    assert await seat.hears(ConsoleUp) == ConsoleUp(ADDRESS, "DH-0007", rebooted=False)


async def test_a_face_is_shown_then_said_to_be(seat: Seat) -> None:
    face = Face(
        lamps=(Lamp.OFF, Lamp.BLINK, Lamp.STEADY),
        request_lamp=Lamp.BLINK,
        microphone=True,
        keys_armed=True,
        lines=("Mời đại biểu tiếp theo", "ĐẠI BIỂU 087"),
    )
    await seat.shows(face)
    assert (seat.unit.lamps, seat.unit.request_lamp) == (face.lamps, Lamp.BLINK)
    assert seat.unit.microphone
    assert seat.unit.lines == ("Moi dai bieu tiep th", "DAI BIEU 087")


async def test_a_face_asked_for_before_the_console_is_up_is_shown_when_it_is(seat: Seat) -> None:
    await seat.shows(QUESTION)
    await seat.hears(ConsoleUp)


async def test_a_face_that_is_shown_already_is_confirmed_again(seat: Seat) -> None:
    await seat.shows(QUESTION)
    seat.said.clear()
    await seat.shows(QUESTION)


@pytest.mark.parametrize("key", ["1", "2", "3", "speak"])
@pytest.mark.parametrize("alert", [False, True])
async def test_a_press_is_told_once_with_its_time(seat: Seat, key: str, alert: bool) -> None:
    await seat.hears(ConsoleUp)
    await seat.shows(QUESTION)
    seat.bus.attend(alert)
    made = time.monotonic()
    seat.unit.press(key, made)  # type: ignore[arg-type]
    press = await seat.hears(KeyPressed)
    assert isinstance(press, KeyPressed)
    assert (press.address, press.key) == (ADDRESS, key)
    assert press.pressed_at == pytest.approx(made, abs=0.2)
    await seat.shows(RECORDED)
    assert sum(isinstance(event, KeyPressed) for event in seat.said) == 1


async def test_a_press_of_an_unarmed_key_is_told_and_lights_nothing(seat: Seat) -> None:
    await seat.shows(Face(lines=("CHƯA BIỂU QUYẾT", "")))
    seat.unit.press("1", time.monotonic())
    await seat.hears(KeyPressed)
    assert seat.unit.lamps == (Lamp.OFF, Lamp.OFF, Lamp.OFF)


async def test_an_armed_key_blinks_at_once_and_is_steady_only_with_the_receipt(seat: Seat) -> None:
    await seat.shows(QUESTION)
    seat.unit.press("1", time.monotonic())
    assert seat.unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)
    await seat.hears(KeyPressed)
    assert seat.unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)
    await seat.shows(RECORDED)
    assert seat.unit.lamps == (Lamp.STEADY, Lamp.OFF, Lamp.OFF)
    assert seat.unit.lines == ("DA GHI NHAN     7F3A", "")


async def test_without_a_receipt_the_unit_says_not_yet_by_its_own_timer(seat: Seat) -> None:
    await seat.shows(QUESTION)
    said = asyncio.Event()
    seat.unit.watch(lambda: said.set() if seat.unit.lines[0] == "CHUA DUOC GHI NHAN" else None)
    pressed = time.monotonic()
    seat.unit.press("2", pressed)
    async with asyncio.timeout(PATIENCE_S):
        await said.wait()
    assert 0.29 < time.monotonic() - pressed < 1.5
    assert seat.unit.lamps == (Lamp.OFF, Lamp.BLINK, Lamp.OFF)
    await seat.shows(replace(QUESTION, lamps=(Lamp.OFF, Lamp.STEADY, Lamp.OFF)))
    assert seat.unit.lines == ("K8 D5 PA2 LAN 2 0:12", "TT   K.TT   K.BQ")


async def test_a_face_with_the_lamp_off_settles_a_told_press(seat: Seat) -> None:
    await seat.shows(QUESTION)
    seat.unit.press("3", time.monotonic())
    await seat.hears(KeyPressed)
    await seat.shows(replace(QUESTION, lines=("KHÔNG ĐƯỢC GHI NHẬN", "")))
    assert seat.unit.lamps == (Lamp.OFF, Lamp.OFF, Lamp.OFF)


async def test_a_console_without_power_is_lost_and_restored_with_its_face(seat: Seat) -> None:
    await seat.shows(RECORDED)
    seat.unit.power_off()
    assert await seat.hears(ConsoleLost) == ConsoleLost(ADDRESS)
    seat.said.clear()
    seat.unit.power_on(time.monotonic())
    assert await seat.hears(ConsoleUp) == ConsoleUp(ADDRESS, "DH-0007", rebooted=True)
    assert await seat.hears(FaceShown) == FaceShown(ADDRESS, RECORDED)
    assert seat.unit.lamps == RECORDED.lamps
    seat.unit.press("2", time.monotonic())
    await seat.hears(KeyPressed)


async def test_a_face_for_another_address_is_refused(seat: Seat) -> None:
    with pytest.raises(UnknownConsole):
        seat.bus.show(ADDRESS + 1, QUESTION)


async def test_a_bus_that_was_stopped_can_be_run_again(seat: Seat) -> None:
    await seat.shows(RECORDED)
    seat.said.clear()
    await seat.stop()
    assert await seat.hears(ConsoleLost) == ConsoleLost(ADDRESS)
    seat.start()
    assert await seat.hears(ConsoleUp) == ConsoleUp(ADDRESS, "DH-0007", rebooted=False)
    assert await seat.hears(FaceShown) == FaceShown(ADDRESS, RECORDED)
    assert seat.unit.lamps == RECORDED.lamps


async def test_the_person_present_key_is_asked_for_and_told(seat: Seat) -> None:
    """Held throughout one press, let go during the next: the bridge hears which was which."""
    seat.unit.person_key = True
    seat.unit.power_off()
    seat.unit.power_on(time.monotonic())
    await seat.shows(replace(QUESTION, person=True))
    ups = [event for event in seat.said if isinstance(event, ConsoleUp)]
    assert ups[-1].person_key
    seat.unit.hold_person()
    seat.unit.press("1", time.monotonic())
    first = await seat.hears(KeyPressed)
    await seat.shows(replace(RECORDED, person=True))
    seat.unit.hold("2", time.monotonic())
    assert seat.unit.lamps[1] is Lamp.BLINK
    seat.unit.release_person()
    seat.unit.release("2", time.monotonic())
    second = await seat.hears(KeyPressed, 2)
    assert isinstance(first, KeyPressed)
    assert isinstance(second, KeyPressed)
    assert ((first.key, first.person), (second.key, second.person)) == (("1", True), ("2", False))
