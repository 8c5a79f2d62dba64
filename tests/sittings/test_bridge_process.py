"""`hall bridge` as a machine runs it, on a serial line without readers: a row, and a console alone."""

import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from firmware_bridge.ports import Lamp
from hall_controller.cli.demo.furnish import BrokerChoice, furnish
from simulators import scenario as scenarios
from tests.broker import free_port
from tests.sittings.furnishing import shorten_grace
from tests.sittings.hall_under_test import LONG_S, VOTE, says, until
from tests.sittings.row_with_readers import ROW, SMALLER, HallWithRow, scenario_of

QUESTION = "TOAN VAN DT NQ"


@asynccontextmanager
async def row(folder: Path, scenario: str = SMALLER) -> AsyncIterator[HallWithRow]:
    port = free_port()
    broker = BrokerChoice("embedded", port)
    furnished = furnish(folder, scenarios.parse(scenario), rows=1, broker=broker)
    shorten_grace(folder)
    hall = HallWithRow(furnished, (), port)
    try:
        await hall.start()
        yield hall
    finally:
        await hall.stop()


async def test_a_row_that_dies_and_comes_back(tmp_path: Path) -> None:
    async with row(tmp_path / "hall") as hall:
        await hall.officer.act("open_sitting")
        await hall.officer.act("announce", vote=VOTE)
        await _all_say(hall, QUESTION)
        await hall.officer.act("open", vote=VOTE, duration_s=LONG_S)
        await _nobody_can_vote(hall)
        assert await hall.end_bridge() == -signal.SIGKILL
        await hall.officer.until(lambda view: view["health"]["seats_online"] == 0)
        # Whatever a dead row's units are made to say, the hall can't hear it and waits for nobody.
        _press(hall)
        hall.start_bridge(ROW)
        await hall.everything_online()
        await _all_say(hall, QUESTION)
        await _nobody_can_vote(hall)
        assert await hall.end_bridge(signal.SIGTERM) == 0
        await hall.officer.until(lambda view: view["health"]["seats_online"] == 0)
        assert hall.phase() == "open"


async def test_a_network_console_is_a_line_of_one_unit(tmp_path: Path) -> None:
    """Its own board of keys and lamps hangs on its own serial port and speaks the same wire."""
    async with row(tmp_path / "hall", scenario_of(1)) as hall:
        (console,) = hall.people
        await hall.officer.act("open_sitting")
        await hall.officer.act("announce", vote=VOTE)
        await _all_say(hall, QUESTION)
        await hall.officer.act("open", vote=VOTE, duration_s=LONG_S)
        await _nobody_can_vote(hall)
        console.seat.unit.power_off()
        await hall.officer.until(lambda view: view["health"]["seats_offline"] == [console.seat.seat])
        console.seat.unit.power_on(time.monotonic())
        await hall.everything_online()
        await _all_say(hall, QUESTION)


async def _nobody_can_vote(hall: HallWithRow) -> None:
    """Without a card a key only brings the words; no lamp burns, and nothing is cast."""
    await _all_say(hall, QUESTION)
    before = hall.seen().types()
    _press(hall)
    await _all_say(hall, "CHUA CO THE / MOI DUA THE VAO")
    assert all(set(person.seat.unit.lamps) == {Lamp.OFF} for person in hall.people)
    # A key without a card is noted once a seat; whether it has been recorded yet doesn't matter here.
    after = hall.seen().types()
    assert after[: len(before)] == before
    assert set(after[len(before) :]) <= {"IncidentNoted"}


def _press(hall: HallWithRow) -> None:
    for person in hall.people:
        person.seat.unit.press("1", time.monotonic())


async def _all_say(hall: HallWithRow, what: str) -> None:
    await until(lambda: all(what in says(person) for person in hall.people), what=f"for {what}")
