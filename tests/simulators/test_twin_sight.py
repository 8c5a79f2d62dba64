"""What the twin's pages see of the seats, and how often they are told."""

import asyncio
import json

import pytest

from simulators.twin import sight
from tests.simulators.twin_hall import BLINK, OFF, STEADY, twin_hall


@pytest.fixture
async def small():
    small = twin_hall()
    yield small
    for row in small.hall.rows.values():
        row.close()


def letter(small, seat="001"):
    return sight.letter(small.at(seat))


async def test_each_state_of_a_seat_has_its_letter(small):
    assert letter(small) == "x"
    small.show("001", lines=("MOI DUA THE VAO", ""))
    assert letter(small) == "-"
    small.twin.hands.insert("001", None)
    small.show("001", lines=("SAI CHO: GHE SO 001", "MOI VE GHE SO 002"))
    assert letter(small) == "c"
    small.show("001", lines=("KINH CHAO DAI BIEU", "DAI BIEU SO 001"))
    assert letter(small) == "s"
    small.show("001", microphone=True)
    assert letter(small) == "m"
    small.show("001", armed=True)
    assert letter(small) == "a"
    small.show("001", armed=True, lamps=(OFF, BLINK, OFF))
    assert letter(small) == "b"
    small.show("001", armed=True, lamps=(STEADY, STEADY, STEADY))
    assert letter(small) == "r"
    small.at("001").unit.power_off()
    assert letter(small) == "x"


async def test_an_asking_pad_is_seen(small):
    small.twin.hands.insert("001", None)
    small.show("001", lines=("MOI NHAP MA PIN", "TREN BAN PHIM THE"))
    connection = await small.at("001").readers.connect("001")
    asked = asyncio.create_task(connection.verify_pin_on_pad())
    await asyncio.sleep(0)
    assert letter(small) == "p"
    assert small.twin.lookout.unit("001")["asks_pin"] is True
    small.twin.hands.cancel("001")
    await asked
    await connection.close()
    assert letter(small) == "c"


async def test_the_unit_looked_at_is_told_whole(small):
    small.twin.hands.insert("002", "m-001")
    small.show("002", lines=("SAI CHO: GHE SO 002", "MOI VE GHE SO 001"))
    unit = small.twin.lookout.unit("002")
    assert unit["lines"] == ["SAI CHO: GHE SO 002 ", "MOI VE GHE SO 001   "]
    assert unit["card"] == {
        "member": "m-001", "name": "Đại biểu 001", "seat": "001", "pin": "123456", "tries_left": 3,
    }  # fmt: skip
    assert unit["owner"] == {"member": "m-002", "name": "Đại biểu 002"}
    assert (unit["wired"], unit["plugged"], unit["powered"], unit["connected"]) == (True,) * 4
    assert small.twin.lookout.unit("004")["wired"] is False


async def told(looker):
    return json.loads(await looker.next())


async def test_a_page_gets_the_whole_then_what_changed(small):
    looker = small.twin.lookout.join()
    first = await told(looker)
    assert (first["type"], first["n"], first["seats"], first["unit"]) == ("snapshot", 1, "xxxx", None)
    small.show("002", lines=("MOI DUA THE VAO", ""))
    assert await told(looker) == {"type": "change", "n": 2, "seats": [[1, "-"]]}
    looker.look_at("002")
    change = await told(looker)
    assert change["unit"]["lines"][0] == "MOI DUA THE VAO     "
    small.twin.hands.take("002")
    change = await told(looker)
    assert change["hall"]["taken"] == ["002"]
    assert change["unit"]["taken"] is True


async def test_many_changes_are_one_message_and_a_state_that_came_back_is_none(small):
    looker = small.twin.lookout.join()
    await told(looker)
    small.show("003")
    for lamps in [(BLINK, OFF, OFF), (OFF, BLINK, OFF), (STEADY, OFF, OFF)] * 50:
        small.show("001", lamps=lamps)
    change = await told(looker)
    assert change == {"type": "change", "n": 2, "seats": [[0, "r"], [2, "-"]]}
    small.show("001", lamps=(BLINK, OFF, OFF))
    small.show("001", lamps=(STEADY, OFF, OFF))
    assert await told(looker) == {"type": "beat", "n": 2}


async def test_messages_to_one_page_are_a_twentieth_of_a_second_apart(small):
    looker = small.twin.lookout.join()
    await told(looker)
    clock = asyncio.get_running_loop().time
    times = []
    for lamp in (BLINK, STEADY, BLINK):
        small.show("001", lamps=(lamp, OFF, OFF))
        await told(looker)
        times.append(clock())
    assert times[2] - times[0] >= 0.095


async def test_a_page_that_left_is_told_nothing_more(small):
    looker = small.twin.lookout.join()
    small.twin.lookout.leave(looker)
    small.show("001")
    assert not small.twin.lookout.full
