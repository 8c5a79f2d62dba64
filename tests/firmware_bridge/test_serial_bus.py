"""The shell over a real line: opened, cut, opened again; and a whole row at its rate on the real clock."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from firmware_bridge.errors import LineLost, LineUnavailable, RowMisconfigured
from firmware_bridge.ports import ConsoleEvent, ConsoleLost, ConsoleUp, Face, FaceShown, KeyPressed, Lamp
from firmware_bridge.serial_bus import SerialBus
from simulators.console import SeatUnit
from simulators.faults import LineFaults
from simulators.serial_row import SimulatedRow
from tests.row_bench import console_key, seat

ROW = range(1, 16)
ARMED = Face(keys_armed=True, lines=("K8 D5 PA2 LAN 2 0:12", "TT   K.TT   K.BQ"))
RECORDED = replace(ARMED, lamps=(Lamp.STEADY, Lamp.OFF, Lamp.OFF))


def bus_for(row: SimulatedRow) -> SerialBus:
    return SerialBus(row.url, {address: console_key(address) for address in ROW})


@contextlib.asynccontextmanager
async def served(row: SimulatedRow) -> AsyncIterator[SimulatedRow]:
    task = asyncio.create_task(row.run())
    await asyncio.sleep(0)
    try:
        yield row
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(bus: SerialBus, kind: type[ConsoleEvent], times: int) -> list[ConsoleEvent]:
    found: list[ConsoleEvent] = []
    async with asyncio.timeout(10):
        async for event in bus.events():
            if isinstance(event, kind):
                found.append(event)
            if len(found) == times:
                break
    return found


@pytest.mark.parametrize("over_socket", [False, True])
async def test_a_cut_line_ends_the_run_and_loses_every_console(over_socket: bool) -> None:
    async with served(SimulatedRow([seat(a) for a in ROW], over_socket=over_socket)) as row:
        bus = bus_for(row)
        run = asyncio.create_task(bus.run())
        await until(bus, ConsoleUp, 15)
        row.cut()
        with pytest.raises(LineLost, match=row.url):
            await run
        assert len(await until(bus, ConsoleLost, 15)) == 15


async def test_after_a_cut_whoever_runs_the_bus_again_has_every_face_back() -> None:
    async with served(SimulatedRow([seat(a) for a in ROW], over_socket=True)) as row:
        bus = bus_for(row)
        for address in ROW:
            bus.show(address, RECORDED)
        run = asyncio.create_task(bus.run())
        await until(bus, FaceShown, 15)
        row.cut()
        with pytest.raises(LineLost):
            await run
        again = asyncio.create_task(bus.run())
        shown = await until(bus, FaceShown, 15)
        assert {event.address for event in shown} == set(ROW)
        again.cancel()


async def test_a_line_that_is_not_there_is_unavailable() -> None:
    bus = SerialBus("/dev/ttyNOSUCH0", {1: console_key(1)})
    with pytest.raises(LineUnavailable, match="ttyNOSUCH0"):
        await bus.run()


async def test_a_socket_that_nobody_serves_is_unavailable() -> None:
    row = SimulatedRow([], over_socket=True)
    row.close()
    with pytest.raises(LineUnavailable):
        await SerialBus(row.url, {1: console_key(1)}).run()


async def test_a_line_is_held_by_one_bridge() -> None:
    async with served(SimulatedRow([seat(1)])) as row:
        first = SerialBus(row.url, {1: console_key(1)})
        run = asyncio.create_task(first.run())
        await until(first, ConsoleUp, 1)
        with pytest.raises(LineUnavailable):
            await SerialBus(row.url, {1: console_key(1)}).run()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


def test_a_row_that_cannot_be_served_is_refused_before_it_is_opened() -> None:
    with pytest.raises(RowMisconfigured):
        SerialBus("/dev/null", {1: b"short"})


@pytest.mark.parametrize("faults", [None, LineFaults(flipped=1e-4)], ids=["clean", "one bit in 10,000"])
async def test_fifteen_presses_within_50_ms_are_lit_in_time(faults: LineFaults | None) -> None:
    units = [seat(address) for address in ROW]
    async with served(SimulatedRow(units, faults=faults, seed=5)) as row:
        bus = bus_for(row)
        run = asyncio.create_task(bus.run())
        for address in ROW:
            bus.show(address, ARMED)
        bus.attend(True)
        await until(bus, FaceShown, 15)
        took = await asyncio.wait_for(press_all(bus, row), 10)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    assert all(unit.lamps == RECORDED.lamps for unit in units)
    assert took < 0.6, (
        "0.15 s on a machine with nothing else to do; the line time is held in test_wire_link"
    )


async def press_all(bus: SerialBus, row: SimulatedRow) -> float:
    """Presses every key 1 within 50 ms, answers each with its receipt; seconds until the last is lit."""
    draw, loop, begun = random.Random(1), asyncio.get_running_loop(), time.monotonic()

    def press(unit: SeatUnit) -> None:
        unit.press("1", time.monotonic())

    for unit in row.units:
        loop.call_later(draw.random() * 0.05, press, unit)
    shown: set[int] = set()
    async for event in bus.events():
        if isinstance(event, KeyPressed):
            bus.show(event.address, RECORDED)
        elif isinstance(event, FaceShown) and event.face == RECORDED:
            shown.add(event.address)
        if len(shown) == len(row.units):
            break
    return time.monotonic() - begun
