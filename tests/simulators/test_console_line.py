"""The cable: its rate, its collisions, its faults."""

import asyncio
import time

import pytest

from firmware_bridge.ports import FaceShown
from firmware_bridge.serial_bus import SerialBus
from simulators.faults import FaultyLine, LineFaults
from simulators.line_clock import LineClock, Spoken, overlay
from simulators.serial_row import SimulatedRow
from tests.row_bench import console_key, seat

BYTE_S = 10 / 115200


def test_bytes_take_ten_bit_times_each() -> None:
    line = LineClock(115200)
    assert line.send(100, 5.0) == pytest.approx(5.0 + 100 * BYTE_S)
    assert line.send(100, 5.0) == pytest.approx(5.0 + 200 * BYTE_S), "one after the other"


def test_a_late_timer_is_given_back_but_not_a_machine_that_stood_still() -> None:
    line = LineClock(115200)
    line.delivered(due=5.0, now=5.001)
    assert line.send(10, 5.001) == pytest.approx(5.0 + 10 * BYTE_S)
    line.delivered(due=6.0, now=9.0)
    assert line.send(10, 9.0) == pytest.approx(8.995 + 10 * BYTE_S)


def test_who_speaks_in_turn_is_heard_in_turn() -> None:
    heard, end = overlay([Spoken(2.0, b"cd"), Spoken(1.0, b"ab")], BYTE_S)
    assert (heard, end) == (b"abcd", pytest.approx(2.0 + 2 * BYTE_S))


def test_who_speaks_at_once_garbles() -> None:
    heard, _ = overlay([Spoken(1.0, b"\xf0\x0f\xff"), Spoken(1.0, b"\x3c\x3c")], BYTE_S)
    assert heard == b"\x30\x0c\xff"
    heard, _ = overlay([Spoken(1.0, b"\xf0\xf0"), Spoken(1.0 + BYTE_S, b"\x3c\x3c")], BYTE_S)
    assert heard == b"\xf0\x30\x3c"


def test_a_good_cable_changes_nothing() -> None:
    assert FaultyLine().pass_through(bytes(range(256))) == bytes(range(256))


def test_faults_come_again_from_their_seed() -> None:
    faults = LineFaults(flipped=1e-2, lost=0.01, doubled=0.01, torn=0.05)
    first, second = FaultyLine(faults, 7), FaultyLine(faults, 7)
    assert [first.pass_through(bytes(50)) for _ in range(50)] == [
        second.pass_through(bytes(50)) for _ in range(50)
    ]


@pytest.mark.parametrize("chance", [1e-3, 1e-2, 0.5, 1.0])
def test_bits_flip_as_often_as_they_should(chance: float) -> None:
    sent = 40_000
    flipped = sum(
        byte.bit_count() for byte in FaultyLine(LineFaults(flipped=chance), 1).pass_through(bytes(sent))
    )
    assert flipped / (8 * sent) == pytest.approx(chance, rel=0.25)


def test_bytes_are_lost_and_doubled_as_often_as_they_should() -> None:
    sent = bytes(100_000)
    assert len(FaultyLine(LineFaults(lost=0.1), 1).pass_through(sent)) == pytest.approx(90_000, rel=0.02)
    assert len(FaultyLine(LineFaults(doubled=0.1), 1).pass_through(sent)) == pytest.approx(
        110_000, rel=0.02
    )


async def test_a_row_takes_the_time_that_its_line_takes() -> None:
    """Hellos, lamps and texts of fifteen take some 0.5 s at 115,200 bit/s, more at half the rate."""
    took = [await time_to_come_up(baudrate) for baudrate in (57600, 115200, 921600)]
    assert took[0] > took[1] > took[2]
    assert took[1] > 0.4


async def time_to_come_up(baudrate: int) -> float:
    units = [seat(address) for address in range(1, 16)]
    row = SimulatedRow(units, baudrate=baudrate)
    keys = {unit.address: console_key(unit.address) for unit in units}
    bus = SerialBus(row.url, keys, baudrate=baudrate)
    tasks = [asyncio.create_task(row.run()), asyncio.create_task(bus.run())]
    begun, shown = time.monotonic(), 0
    async with asyncio.timeout(10):
        async for event in bus.events():
            shown += isinstance(event, FaceShown)
            if shown == len(units):
                break
    took = time.monotonic() - begun
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return took
