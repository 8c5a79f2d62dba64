"""What hands can do at a seat of the twin, what they can't, and that nothing changes when they can't."""

import asyncio

import pytest

from simulators.twin.refusals import CannotBeDone, told
from tests.simulators.twin_hall import OFF, STEADY, twin_hall


def refused(act, *given):
    with pytest.raises(CannotBeDone) as refusal:
        act(*given)
    assert set(told(refusal.value.code)["text"]) == {"vi", "en"}
    return refusal.value.code


@pytest.fixture
async def small():
    small = twin_hall()
    yield small
    for row in small.hall.rows.values():
        row.close()


async def test_while_a_real_sitting_is_re_enacted_no_seat_may_be_touched(small):
    small.twin.hands.open = False
    hands = small.twin.hands
    acts = [
        (hands.press, "1"), (hands.hold, "1"), (hands.release, "1"), (hands.insert, None), (hands.pull,),
        (hands.type_pin, "123456"), (hands.cancel,), (hands.power, False), (hands.line, False),
        (hands.clone, True), (hands.take,), (hands.give_back,), (hands.person, True),
    ]  # fmt: skip
    for act, *given in acts:
        assert refused(act, "001", *given) == "played"
    assert not hands.taken
    assert small.at("001").unit.powered


async def test_a_touched_seat_is_the_visitors_and_its_member_does_nothing_there(small):
    small.crowd.arrive(["m-001", "m-002"], 0)
    await asyncio.sleep(0)
    small.twin.hands.press("001", "1")
    assert small.twin.hands.taken == {"001"}
    assert not small.crowd.acts("m-001")
    assert small.crowd.acts("m-002")


async def test_a_press_tells_how_long_it_took_until_the_lamp_burnt(small):
    small.show("001", armed=True)
    small.twin.hands.press("001", "2")
    assert small.at("001").unit.lamps[1].name == "BLINK"
    small.show("001", armed=True, lamps=(OFF, STEADY, OFF))
    await asyncio.sleep(0)
    assert 0 <= small.twin.hands.seconds["001"] < 1


async def test_the_request_key_is_pressed_like_the_others(small):
    small.show("001")
    small.twin.hands.press("001", "speak")
    assert [press.key for press in small.at("001").unit.panel.presses] == ["speak"]


async def test_a_card_is_in_one_slot_only(small):
    hands = small.twin.hands
    hands.insert("001", None)
    card = small.at("001").card
    hands.insert("002", "m-001")
    assert small.at("001").card is None
    assert small.at("002").card is card
    assert refused(hands.insert, "002", None) == "slot_is_full"
    assert refused(hands.insert, "003", "nobody") == "no_such_member"
    assert refused(hands.insert, "004", None) == "no_own_card"
    assert "003" not in hands.taken
    hands.pull("002")
    assert refused(hands.pull, "002") == "slot_is_empty"


async def test_the_pad_takes_digits_only_while_it_asks(small):
    hands = small.twin.hands
    hands.insert("001", None)
    assert refused(hands.type_pin, "001", "123456") == "pad_is_silent"
    assert refused(hands.cancel, "001") == "pad_is_silent"
    connection = await small.at("001").readers.connect("001")
    asked = asyncio.create_task(connection.verify_pin_on_pad())
    await asyncio.sleep(0)
    hands.type_pin("001", "123456")
    assert await asked is not None
    await connection.close()


async def test_power_line_and_clone_break_a_seat_and_giving_it_back_mends_all(small):
    hands, row, unit = small.twin.hands, small.hall.rows["row-01"], small.at("001").unit
    hands.insert("001", "m-002")
    hands.power("001", False)
    hands.line("001", False)
    hands.hold("001", "3")
    hands.clone("001", True)
    assert not unit.powered
    assert unit not in row.units
    assert [one.serial for one in row.units] == ["SU-002", "SU-003", "CL-001"]
    hands.give_back("001")
    assert unit.powered
    assert sorted(one.serial for one in row.units) == ["SU-001", "SU-002", "SU-003"]
    assert small.at("001").card is None
    assert "001" not in hands.taken
    assert not hands.stuck["001"]


async def test_a_seat_given_back_during_a_sitting_is_signed_in_at_again(small):
    small.crowd.arrive(["m-001"], 0)
    small.twin.hands.take("001")
    small.twin.hands.insert("002", "m-001")
    small.twin.hands.give_back("001")
    await asyncio.sleep(0.01)
    assert small.at("002").card is None
    assert small.at("001").card is small.crowd.people["m-001"].card
    assert small.crowd.acts("m-001")
    await small.crowd.leave()


async def test_a_network_console_hangs_on_no_line(small):
    hands = small.twin.hands
    assert refused(hands.line, "004", False) == "no_line"
    assert refused(hands.clone, "004", True) == "no_line"
    assert refused(hands.clone, "001", False) == "no_clone"
    assert refused(hands.take, "999") == "no_such_seat"
    hands.power("004", False)
    hands.give_back("004")
    assert small.at("004").unit.powered


async def test_the_visitor_holds_the_person_present_key_while_pressing(small):
    unit = small.at("001").unit
    small.show("001", armed=True)
    unit.panel.asks_person = True
    small.twin.hands.press("001", "1")
    small.twin.hands.person("001", True)
    assert small.twin.lookout.unit("001")["person"] is True
    small.twin.hands.press("001", "2")
    assert [(press.key, press.person) for press in unit.panel.presses][-1] == ("2", True)
    assert not unit.panel.presses[0].person
    assert unit.panel.person, "the hand stays there"
    small.twin.hands.give_back("001")
    assert not unit.panel.person
