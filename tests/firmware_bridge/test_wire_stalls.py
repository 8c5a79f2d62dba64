"""A busy machine: the bridge's process looks at the line late, seldom or not at all while keys are pressed.

In line time, from seeds. `tests.press_law` is what must hold: no unit goes dark about a press that its
owner never heard of.
"""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from firmware_bridge.ports import ConsoleEvent, Face, FaceShown, KeyPressed, Lamp
from simulators.faults import LineFaults
from simulators.front_panel import LOST, NO_LINE, NOT_YET
from tests.press_law import PressLaw
from tests.row_bench import RowBench

ROW = range(1, 16)
BALLOT = Face(keys_armed=True, lines=("K8 Đ5 PA2 LẦN 2", "TT   K.TT   K.BQ"))
RECORDED = replace(BALLOT, lamps=(Lamp.STEADY, Lamp.OFF, Lamp.OFF), lines=("ĐÃ GHI NHẬN     7F3A", ""))
LIT = RECORDED.lamps


def voting(seed: int = 0, faults: LineFaults | None = None) -> tuple[RowBench, PressLaw]:
    """A row before an open vote, whose owner answers each press with a receipt at once."""
    bench = RowBench(ROW, seed=seed)
    for address in ROW:
        bench.link.show(address, BALLOT)
    bench.link.attend(True, bench.now)
    bench.run(3.0)
    law = PressLaw(bench.units.values())
    bench.cable.faults = faults or LineFaults()

    def owner(event: ConsoleEvent) -> None:
        if isinstance(event, KeyPressed):
            law.hand(event.address, event.key)
            bench.link.show(event.address, RECORDED)

    bench.owner = owner
    return bench, law


def press_all(bench: RowBench, draw: random.Random) -> None:
    for address in ROW:
        bench.press(address, "1", after=draw.random() * 0.05)


def slow(draw: random.Random, longest_s: float) -> Callable[[], float]:
    """Turns as a machine makes them that has too much to do: most of them slow, some very slow."""
    return lambda: draw.random() * (longest_s if draw.random() < 0.1 else longest_s / 5)


@pytest.mark.parametrize("turn_s", [0.02, 0.05, 0.07, 0.1])
def test_a_slow_bridge_loses_no_press_of_a_burst(turn_s: float) -> None:
    """Fifteen polls and fifteen lamps at a turn each take longer than units wait for a bridge."""
    bench, law = voting()
    bench.turn = lambda: turn_s
    press_all(bench, random.Random(1))
    bench.run(60 * turn_s + 1)
    law.check()
    assert (law.broken, law.lost) == ([], 0)
    assert all(unit.lamps == LIT for unit in bench.units.values())


@pytest.mark.parametrize("noise", [LineFaults(), LineFaults(flipped=2e-4)], ids=["clean", "noisy"])
@pytest.mark.parametrize("seed", range(40))
def test_with_turns_of_half_a_second_no_press_is_lost(seed: int, noise: LineFaults) -> None:
    bench, law = voting(seed, noise)
    draw = random.Random(seed)
    bench.turn = slow(draw, 0.5)
    press_all(bench, draw)
    bench.run(8.0)
    bench.turn = lambda: 0.0
    bench.run(2.0)
    law.check()
    assert (law.broken, law.lost) == ([], 0)
    assert all(unit.lamps == LIT for unit in bench.units.values())


@pytest.mark.parametrize("seed", range(40))
def test_a_bridge_that_stands_still_for_seconds_leaves_no_unit_dark(seed: int) -> None:
    bench, law = voting(seed)
    draw = random.Random(seed)
    bench.turn = slow(draw, 6.0)
    press_all(bench, draw)
    bench.run(12.0)
    bench.turn = lambda: 0.0
    bench.run(6.0 + 2.0)
    law.check()
    assert law.broken == []
    for address, unit in bench.units.items():
        assert (unit.lines == LOST) is (not law.handed[address])
        assert (unit.lamps == LIT) is bool(law.handed[address])


def standing_still(bench: RowBench, seconds: float) -> None:
    turns = iter([seconds])
    bench.turn = lambda: next(turns, 0.0)


def test_who_presses_while_the_bridge_stands_still_is_told_to_press_again() -> None:
    bench, law = voting()
    standing_still(bench, 2.5)
    bench.press(4, "1", after=0.1)
    bench.run(2.3)
    unit = bench.units[4]
    assert unit.lines == (NO_LINE[0], NOT_YET[0])
    bench.run(1.0)
    assert unit.lines == LOST, "the line is back, and the question must not hide what went wrong"
    bench.run(20.0)
    assert unit.lines == LOST, "as long as pressing again helps"
    bench.press(4, "1")
    bench.run(0.5)
    assert (unit.lamps, law.handed[4]) == (LIT, ["1"])
    assert "7F3A" in unit.lines[0]


def test_a_lost_press_is_not_forgotten_with_the_end_of_the_vote() -> None:
    bench, _ = voting()
    standing_still(bench, 2.5)
    bench.press(4, "1", after=0.1)
    bench.run(2.3)
    bench.link.show(4, Face(lines=("KET THUC", "")))
    bench.run(2.0)
    assert bench.units[4].lines == LOST
    bench.run(4.0)
    assert bench.units[4].lines == ("KET THUC", "")


def test_a_press_that_the_bridge_had_already_is_the_bridges_to_answer() -> None:
    bench, _ = voting()
    waiting = replace(BALLOT, lamps=(Lamp.BLINK, Lamp.OFF, Lamp.OFF))
    bench.owner = lambda event: bench.link.show(4, waiting) if isinstance(event, KeyPressed) else None
    bench.press(4, "1")
    bench.run(0.2)
    standing_still(bench, 2.5)
    bench.run(3.5)
    assert bench.units[4].lamps == waiting.lamps
    assert bench.units[4].lines != LOST


def test_a_bridge_that_comes_back_without_memory_does_not_darken_what_the_old_one_took() -> None:
    """The old bridge fetched the press and died at once: the new one can't know of it, the unit does."""
    bench, law = voting()
    bench.owner = lambda event: None
    bench.press(4, "1")
    bench.run(0.3)
    assert not bench.units[4].panel.presses, "fetched, and acknowledged"
    law.handed[4].clear()
    bench.begin_anew()
    for address in ROW:
        bench.link.show(address, BALLOT)
    bench.run(1.0)
    law.check()
    assert law.broken == []
    assert bench.units[4].lines == LOST
    assert FaceShown(4, BALLOT) in bench.events
