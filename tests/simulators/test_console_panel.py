"""The front of a seat unit: what it does by itself, and what it never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.lettering import screen
from firmware_bridge.wire.messages import Lamps, Text
from simulators.console import SeatUnit
from simulators.front_panel import LOST, NO_LINE, NOT_YET, FrontPanel, KeyDown

OFF, STEADY, BLINK = Lamp.OFF, Lamp.STEADY, Lamp.BLINK


def armed() -> FrontPanel:
    panel = FrontPanel()
    panel.switch_on(set())
    panel.light(Lamps(0, 0, (OFF, OFF, OFF, OFF), False, True))
    panel.write(Text(0, 0, screen(("K8 D5", "TT K.TT K.BQ"))))
    return panel


def lamps(seen: int, *voting: Lamp) -> Lamps:
    one, two, three = voting
    return Lamps(seen, seen, (one, two, three, OFF), False, True)


def test_a_bouncing_contact_is_one_press() -> None:
    panel = armed()
    for edge in range(0, 10, 2):
        panel.key_down("1", 10 + edge / 1000)
        panel.key_up("1", 10 + (edge + 1) / 1000)
    panel.key_down("1", 10.012)
    panel.key_up("1", 10.2)
    panel.key_down("1", 10.203)
    assert [press.key for press in panel.presses] == ["1"]


def test_two_presses_a_tenth_of_a_second_apart_are_two() -> None:
    panel = armed()
    for at in (10.0, 10.1):
        panel.key_down("1", at)
        panel.key_up("1", at + 0.05)
    assert len(panel.presses) == 2


def test_a_stuck_key_is_reported_once() -> None:
    panel = armed()
    for second in range(60):
        panel.key_down("2", 10.0 + second)
        panel.tick(10.0 + second)
    assert len(panel.presses) == 1
    assert panel.lines == NOT_YET


def test_a_key_stuck_at_power_on_is_not_a_press() -> None:
    unit = SeatUnit(1, "DH-0001", bytes(16))
    unit.power_off()
    unit.hold("1", 5.0)
    unit.power_on(6.0)
    unit.panel.light(lamps(0, OFF, OFF, OFF))
    unit.hold("1", 7.0)
    assert not unit.panel.presses
    unit.release("1", 8.0)
    unit.press("1", 9.0)
    assert len(unit.panel.presses) == 1


def test_without_power_nothing_shows_and_nothing_is_pressed() -> None:
    unit = SeatUnit(1, "DH-0001", bytes(16))
    unit.power_off()
    unit.press("1", 5.0)
    assert (unit.lamps, unit.request_lamp, unit.lines) == ((OFF, OFF, OFF), OFF, ("", ""))
    assert not unit.panel.presses


def test_without_a_bridge_it_says_so_and_takes_no_press() -> None:
    unit = SeatUnit(1, "DH-0001", bytes(16))
    unit.press("1", 5.0)
    assert unit.lines == NO_LINE
    assert not unit.connected
    assert not unit.panel.presses


def test_watchers_are_told_of_what_is_visible() -> None:
    unit = SeatUnit(1, "DH-0001", bytes(16))
    seen: list[tuple[Lamp, ...]] = []
    unit.watch(lambda: seen.append(unit.lamps))
    unit.panel.light(lamps(0, OFF, OFF, OFF))
    unit.press("3", 5.0)
    assert seen == [(OFF, OFF, OFF), (OFF, OFF, BLINK)]
    unit.power_off()
    assert seen[-1] == (OFF, OFF, OFF)


def test_it_keeps_only_so_many_presses_the_newest() -> None:
    panel = armed()
    for second in range(40):
        panel.key_down("1", float(second))
        panel.key_up("1", second + 0.5)
    assert [press.number for press in panel.presses] == list(range(25, 41))


def test_not_yet_is_said_after_300_ms_and_not_before() -> None:
    panel = armed()
    panel.key_down("1", 10.0)
    assert panel.wake_at == pytest.approx(10.3)
    panel.tick(10.299)
    assert panel.lines == ("K8 D5", "TT K.TT K.BQ")
    panel.tick(10.3)
    assert panel.lines == NOT_YET
    assert panel.wake_at is None


def test_a_receipt_in_time_leaves_the_timer_nothing_to_say() -> None:
    panel = armed()
    panel.key_down("1", 10.0)
    panel.light(lamps(1, STEADY, OFF, OFF))
    panel.tick(10.5)
    assert panel.lines == ("K8 D5", "TT K.TT K.BQ")


steps = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.sampled_from(["1", "2", "3", "speak"])),
        st.tuples(st.just("lamps"), st.tuples(*[st.sampled_from(Lamp)] * 3)),
        st.tuples(st.just("stale lamps"), st.tuples(*[st.sampled_from(Lamp)] * 3)),
        st.tuples(st.just("wait"), st.just(None)),
    ),
    max_size=20,
)


@given(steps)
def test_steady_is_never_its_own_idea(script: list[tuple[str, object]]) -> None:
    """Whatever happens, a lamp is steady only if the newest lamps frame says so."""
    panel, now, said = armed(), 10.0, (OFF, OFF, OFF)
    told: list[KeyDown] = []
    panel.pressed = told.append
    for what, value in script:
        now += 0.2
        if what == "press":
            panel.key_down(value, now)  # type: ignore[arg-type]
            panel.key_up(value, now + 0.05)  # type: ignore[arg-type]
        elif what == "wait":
            panel.tick(now)
        else:
            said = value  # type: ignore[assignment]
            known = told[-1].number if told else 0
            panel.light(lamps(known if what == "lamps" else max(0, known - 1), *said))
        for shown, word in zip(panel.lamps[:3], said, strict=True):
            assert shown is not STEADY or word is STEADY
        if what == "lamps":
            assert panel.lamps[:3] == said


def under_way_when_the_line_goes() -> FrontPanel:
    panel = armed()
    panel.key_down("1", 10.0)
    panel.lose_line()
    return panel


def test_a_press_under_way_when_the_line_goes_is_asked_for_again() -> None:
    panel = under_way_when_the_line_goes()
    assert (panel.lamps, panel.lines) == ((OFF, OFF, OFF, OFF), (NO_LINE[0], LOST[0]))
    panel.light(lamps(0, OFF, OFF, OFF))
    panel.write(Text(0, 0, screen(("K8 D5", ""))))
    assert panel.lines == LOST
    panel.key_up("1", 10.5)
    panel.key_down("1", 13.0)
    assert (panel.lamps[0], panel.lines) == (BLINK, ("K8 D5", ""))


@pytest.mark.parametrize("lit", [(BLINK, OFF, OFF), (STEADY, OFF, OFF), (STEADY, STEADY, STEADY)])
def test_a_ballot_that_the_bridge_knows_of_is_not_asked_for_again(lit: tuple[Lamp, Lamp, Lamp]) -> None:
    panel = under_way_when_the_line_goes()
    panel.light(lamps(0, *lit))
    panel.write(Text(0, 0, screen(("K8 D5", ""))))
    assert panel.lines == ("K8 D5", "")


def test_a_lost_press_is_told_for_four_seconds_when_the_vote_is_over_by_then() -> None:
    panel = under_way_when_the_line_goes()
    panel.light(Lamps(0, 0, (OFF, OFF, OFF, OFF), False, False))
    panel.tick(20.0)
    panel.tick(23.9)
    assert panel.lines == LOST
    panel.tick(24.0)
    assert panel.lines != LOST
    assert panel.wake_at is None


def test_power_that_goes_takes_the_memory_of_a_lost_press_with_it() -> None:
    panel = under_way_when_the_line_goes()
    panel.switch_off()
    panel.switch_on(set())
    assert panel.lines == NO_LINE


def asking() -> FrontPanel:
    panel = armed()
    panel.light(Lamps(0, 0, (OFF, OFF, OFF, OFF), False, True, person=True))
    return panel


def test_with_the_person_key_held_throughout_a_press_is_told_when_it_ends() -> None:
    panel = asking()
    panel.person_down()
    panel.key_down("1", 10.0)
    assert (panel.lamps[0], len(panel.presses)) == (BLINK, 0), "it blinks at once and waits for its end"
    panel.key_up("1", 10.2)
    assert panel.presses[0] == KeyDown(1, "1", True, 10.0, person=True)
    assert panel.lamps[0] is BLINK


@pytest.mark.parametrize("when", ["never held", "held too late", "let go too soon"])
def test_a_press_without_the_person_key_to_its_end_says_so(when: str) -> None:
    panel = asking()
    if when == "let go too soon":
        panel.person_down()
    panel.key_down("1", 10.0)
    if when == "held too late":
        panel.person_down()
    panel.person_up()
    panel.key_up("1", 10.2)
    (press,) = panel.presses
    assert not press.person


def test_a_key_that_is_held_too_long_is_plainly_not_recorded() -> None:
    panel = asking()
    panel.key_down("1", 10.0)
    panel.key_down("2", 10.1)
    panel.tick(10.31)
    assert panel.lines == NOT_YET
    assert (panel.lamps[0], panel.lamps[1], len(panel.presses)) == (BLINK, OFF, 0)
    panel.key_up("2", 10.4)
    panel.key_up("1", 10.5)
    assert [press.key for press in panel.presses] == ["1"]


def test_a_unit_without_the_key_can_hold_none() -> None:
    unit = SeatUnit(1, "DH-0001", bytes(16))
    unit.panel.light(Lamps(0, 0, (OFF, OFF, OFF, OFF), False, True, person=True))
    unit.hold_person()
    unit.press("1", 10.0)
    assert not unit.panel.presses[0].person
