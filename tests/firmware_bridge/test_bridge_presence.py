"""A seat without its member: no session, a sleeping one, or no hand on the person-present key."""

from dataclasses import replace

import pytest

from firmware_bridge import texts
from firmware_bridge.messages import Card, Incident, SeatFacts, SeatShows, SignedIn, SignedOut, State
from firmware_bridge.ports import ConsoleUp, KeyPressed, Lamp
from tests.firmware_bridge.test_bridge_row import CHALLENGE, FORM, Bench, FakeSession

ASKS = replace(FORM, person=True)


def incidents(sayings: list[object]) -> list[str]:
    return [one.kind for one in sayings if isinstance(one, Incident)]


def able() -> Bench:
    """A seat with a person-present key, signed in, before a vote that asks for it."""
    bench = Bench().signed_in()
    bench.console(ConsoleUp(1, "DH-1", False, person_key=True))
    bench.hall(ASKS)
    return bench


def test_a_press_with_the_person_key_is_signed() -> None:
    bench = able()
    assert bench.face.keys_armed
    assert bench.face.person
    (ballot,) = bench.console(KeyPressed(1, "1", bench.now, person=True)).statements
    assert ballot["choice"] == "approve"


def test_nothing_is_signed_for_a_press_without_it_and_the_hall_is_told() -> None:
    bench = able()
    out = bench.press("1")
    assert (out.statements, incidents(out.sayings)) == ([], ["no_person_key"])
    assert bench.face.lamps == (Lamp.OFF, Lamp.OFF, Lamp.OFF)
    assert bench.face.lines == texts.HOLD_PERSON_KEY
    assert incidents(bench.press("2").sayings) == [], "said once in a while"


def test_a_unit_that_has_none_arms_no_keys_and_says_why() -> None:
    bench = Bench().signed_in()
    bench.hall(ASKS)
    assert not bench.face.keys_armed
    assert bench.face.lines == texts.NO_PERSON_KEY
    out = bench.console(KeyPressed(1, "1", bench.now, person=True))
    assert (out.statements, incidents(out.sayings)) == ([], ["no_person_key"])


def test_the_hall_is_told_what_a_unit_can_do() -> None:
    bench = able()
    assert bench.row.hello().seats["001"].person_key


def test_a_key_without_a_card_is_told_only_while_a_vote_is_in_play() -> None:
    bench = Bench()
    bench.console(ConsoleUp(1, "DH-1", False))
    assert incidents(bench.press("1").sayings) == []
    bench.hall(replace(FORM, phase="announced", form=None))
    assert incidents(bench.press("1").sayings) == ["key_without_card"]
    bench.wait(5.1)
    assert incidents(bench.press("1").sayings) == ["key_without_card"]
    bench.hall(replace(FORM, phase="closed"))
    bench.wait(5.1)
    assert incidents(bench.press("1").sayings) == []


@pytest.mark.parametrize("cause", ["roll_called", "marked_absent", "time_over", "two_places"])
def test_a_sleeping_session_signs_nothing_and_its_pin_wakes_it(cause: str) -> None:
    bench = Bench().voting()
    out = bench.hall(SignedOut("001", FakeSession.statement, cause))
    (card,) = [one for one in out.sayings if isinstance(one, Card)]
    assert (card.present, card.session) == (True, None)
    assert not bench.face.keys_armed
    pressed = bench.press("1")
    assert (pressed.statements, incidents(pressed.sayings)) == ([], ["press_asleep"])
    assert bench.face.lines == texts.ASLEEP
    again = replace(CHALLENGE, chal="another")
    (asked,) = bench.hall(again).cards
    assert asked.words == again
    assert bench.face.lines == texts.ASLEEP
    bench.slot.session_made(FakeSession(), bench.now)
    bench.hall(SignedIn("001", FakeSession.statement))
    assert bench.face.keys_armed
    assert bench.press("1").statements


def test_a_session_that_is_over_otherwise_says_nothing_of_sleep() -> None:
    bench = Bench().voting()
    bench.hall(SignedOut("001", FakeSession.statement, "card_revoked"))
    bench.press("1")
    assert bench.face.lines != texts.ASLEEP


HALL_HAS_A_SESSION = State(
    None, None, {"001": SeatFacts("a session", None, None, SeatShows("001", None, False, "none"))}, 3
)


def cards(sayings: list[object]) -> list[bool]:
    return [one.present for one in sayings if isinstance(one, Card)]


def test_a_bridge_that_starts_anew_signs_nobody_out_before_the_reader_has_looked() -> None:
    bench = Bench()
    assert cards(bench.hall(HALL_HAS_A_SESSION).sayings) == []
    bench.slot.read(b"cert", bench.now)
    assert cards(bench.changed().sayings) == [True]


def test_it_says_that_the_card_is_gone_once_the_reader_found_none() -> None:
    bench = Bench()
    bench.hall(HALL_HAS_A_SESSION)
    bench.slot.found_empty(bench.now)
    assert cards(bench.changed().sayings) == [False]


def test_it_says_so_too_when_the_reader_was_quicker_than_the_hall() -> None:
    bench = Bench()
    bench.slot.found_empty(bench.now)
    assert cards(bench.changed().sayings) == []
    assert cards(bench.hall(HALL_HAS_A_SESSION).sayings) == [False]
