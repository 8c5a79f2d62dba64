"""The whole way, from cards and keys to the log and back to the lamp: serial rows and network consoles."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from firmware_bridge.ports import Lamp
from hall_controller.bridges import Bridges, KnownBridge
from simulators.bus import SimulatedBus
from simulators.card import SimulatedCard
from tests.broker import connection, embedded_for, mosquitto_for
from tests.hall_controller.chamber import BOOK, BY
from tests.hall_on_bus import HALL, HallOnBus, LinkFor, on_simulated, until
from voting import commands as c
from voting.ids import VoteId

ROWS, NETWORK = (3, 2), 3
BOUNCE_S = 0.06
"""Presses of one key closer than this are one: the contact bounced."""
FIRST_BOOK = BOOK.replace('change = "last_before_close"', 'change = "first_only"')


@asynccontextmanager
async def bus(kind: str, directory: Path) -> AsyncIterator[LinkFor]:
    if kind == "simulated":
        yield on_simulated(SimulatedBus())
        return
    plan = HallOnBus(directory, on_simulated(SimulatedBus()), rows=ROWS, network=NETWORK)
    names = [*plan.names()]
    bridges = Bridges.of(KnownBridge(name, plan.signer.public_key, (name,)) for name in names)
    broker = (
        mosquitto_for(directory, HALL, bridges) if kind == "mosquitto" else embedded_for(directory, bridges)
    )
    async with broker as running:
        yield lambda user, topics, will: connection(running.port, user, topics, will)


@pytest.mark.parametrize("kind", ["simulated", "mosquitto", "embedded"])
async def test_a_vote_from_cards_to_lamps(kind: str, tmp_path: Path) -> None:
    async with (
        bus(kind, tmp_path) as link_for,
        HallOnBus(tmp_path, link_for, rows=ROWS, network=NETWORK) as here,
    ):
        await until(lambda: all("MOI DUA THE VAO" in seat.text for seat in here.everybody))
        await here.open_sitting()
        await here.all_signed_in()
        await here.announce()
        await until(lambda: all("TT   K.TT" in seat.text for seat in here.everybody))
        await here.open_announced()
        await until(here.all_armed)
        for seat, key in zip(here.everybody, "12312312", strict=True):
            seat.press(key)
        await until(lambda: all(seat.steady for seat in here.everybody))
        assert here.recorded() == 8
        choices = [one.choice for one in here.hall.meeting.votes[VoteId("v1")].ballots.values()]
        assert sorted(choices) == ["approve"] * 3 + ["not_voting"] * 2 + ["reject"] * 3
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: len(seats.shown("v1")) == len(seats.lit("v1")) == 8)
        assert (seats.online(), seats.offline(), seats.clones()) == (8, [], [])
        assert not here.controller.bus.dropped
        assert all(row.link is not None and row.link.dropped == 0 for row in here.rows)


async def test_a_console_alone_on_its_line_votes(tmp_path: Path) -> None:
    """A network console: a bridge of one seat, whose keys and lamps hang on its own serial port."""
    link_for = on_simulated(SimulatedBus())
    async with HallOnBus(tmp_path, link_for, rows=(1,), network=0) as here:
        (seat,) = here.everybody
        await until(lambda: "MOI DUA THE VAO" in seat.text)
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        seat.press("2")
        await until(lambda: seat.steady)
        assert here.effective(seat) == ("reject", 1)


@asynccontextmanager
async def small(tmp_path: Path, network: int = 2, book: str = BOOK) -> AsyncIterator[HallOnBus]:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=network, book=book) as here:
        yield here


async def test_cards_put_in_before_the_sitting_are_challenged_when_it_opens(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        for seat in here.everybody:
            seat.readers.insert(seat.seat, seat.card)
        await until(lambda: all("CHO KHAI MAC" in seat.text for seat in here.everybody))
        await here.open_sitting()
        await here.all_signed_in()


async def test_a_wrong_pin_is_told_with_the_tries_left_and_may_be_typed_again(tmp_path: Path) -> None:
    async with small(tmp_path, 1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        await seat.sign_in("000000")
        await until(lambda: "SAI MA PIN / CON 2 LAN" in seat.text)
        await until(lambda: "MOI NHAP MA PIN" in seat.text)
        await seat.sign_in()
        await until(lambda: "KINH CHAO" in seat.text)


async def test_a_cancelled_and_a_blocked_pin_are_said(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        one, two = here.everybody
        await here.open_sitting()
        one.readers.insert(one.seat, one.card)
        await one.readers.pad_asks(one.seat)
        one.readers.press_cancel(one.seat)
        await until(lambda: "CHUA NHAP MA PIN" in one.text)
        credential = here.authority.issue(two.member.id, two.member.name, here.now())
        two.card = SimulatedCard({0x9A: credential}, tries_left=1)
        await two.sign_in("000000")
        await until(lambda: "THE BI KHOA MA PIN" in two.text)


async def test_the_wrong_seat_says_where_to_go(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        one, two = here.everybody
        await here.open_sitting()
        one.readers.insert(one.seat, two.card)
        await until(lambda: one.text == "SAI CHO: GHE SO 001 / MOI VE GHE SO 002")
        one.press("1")
        one.readers.pull(one.seat)
        await until(lambda: "MOI DUA THE VAO" in one.text)


async def test_a_revoked_card_and_a_stranger_are_refused(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        one, two = here.everybody
        here.authority.revoke(one.certificate, here.now())
        await here.restart_controller()
        await here.open_sitting()
        one.readers.insert(one.seat, one.card)
        await until(lambda: "THE DA BI THU HOI" in one.text)
        two.readers.insert(two.seat, here.strangers_card(two))
        await until(lambda: "THE KHONG HOP LE" in two.text)
        assert not here.hall.meeting.attendance.sessions


async def test_a_pulled_card_ends_session_and_presence(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        one, two = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        one.readers.pull(one.seat)
        await until(lambda: here.hall.meeting.present == 1)
        await here.open_vote()
        await until(lambda: "TT   K.TT" in one.text and here.armed(two))
        one.press("1")
        await until(lambda: "CHUA CO THE" in one.text)
        two.press("1")
        await until(lambda: two.steady)
        assert here.recorded() == 1
        assert not one.steady


async def test_only_the_choice_of_the_last_three_seconds_can_be_read(tmp_path: Path) -> None:
    async with small(tmp_path, 1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        seat.press("2")
        await until(lambda: "DA GHI NHAN" in seat.text and "KHONG TAN THANH" in seat.text)
        assert seat.unit.lamps == (Lamp.OFF, Lamp.STEADY, Lamp.OFF)
        await until(lambda: seat.text == "DA GHI NHAN")
        assert seat.unit.lamps == (Lamp.STEADY, Lamp.STEADY, Lamp.STEADY)


async def test_a_changed_press_becomes_the_next_revision(tmp_path: Path) -> None:
    async with small(tmp_path, 1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        seat.press("1")
        seat.press("2")
        await until(lambda: here.effective(seat) == ("reject", 2))
        await until(lambda: seat.unit.lamps == (Lamp.OFF, Lamp.STEADY, Lamp.OFF))
        seat.press("2")
        await asyncio.sleep(0.05)
        assert here.effective(seat) == ("reject", 2)
        assert len(here.hall.meeting.votes[VoteId("v1")].recorded) == 2


async def test_where_the_first_choice_is_final_another_key_is_told_so(tmp_path: Path) -> None:
    async with small(tmp_path, 1, FIRST_BOOK) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        seat.press("1")
        await until(lambda: seat.steady)
        seat.press("2")
        await until(lambda: "KHONG DUOC DOI" in seat.text)
        assert here.effective(seat) == ("approve", 1)


async def test_keys_lock_with_the_closing(tmp_path: Path) -> None:
    async with small(tmp_path, 1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        await here.act(c.CloseVote(VoteId("v1"), BY))
        await until(lambda: "HET GIO BIEU QUYET" in seat.text)
        seat.press("1")
        await asyncio.sleep(0.05)
        assert here.recorded() == 0
        assert not seat.steady


async def test_the_request_key_asks_turns_and_withdraws_and_the_floor_opens_the_microphone(
    tmp_path: Path,
) -> None:
    async with small(tmp_path) as here:
        one, two = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        one.press("speak")
        await until(lambda: one.unit.request_lamp is Lamp.STEADY)
        await until(lambda: "DA DANG KY PHAT BIEU / BAM LAI: TRANH LUAN" in one.text)
        await here.act(c.GiveFloor(one.member.id, BY))
        await until(lambda: one.unit.microphone)
        assert here.controller is not None
        await until(lambda: here.controller is not None and here.controller.seats[one.seat].microphone)
        two.press("speak")
        await until(lambda: two.unit.request_lamp is Lamp.STEADY)
        await asyncio.sleep(BOUNCE_S)
        two.press("speak")
        await until(lambda: two.unit.request_lamp is Lamp.BLINK)
        await asyncio.sleep(BOUNCE_S)
        two.press("speak")
        await until(lambda: two.unit.request_lamp is Lamp.OFF)
        await here.act(c.EndSpeech(BY))
        await until(lambda: not one.unit.microphone)


async def test_the_adjournment_signs_everybody_out(tmp_path: Path) -> None:
    async with small(tmp_path) as here:
        await here.open_sitting()
        await here.all_signed_in()
        await here.act(c.AdjournSitting(BY))
        await until(lambda: all("CHO KHAI MAC" in seat.text for seat in here.everybody))
        await here.open_sitting("s2")
        await here.all_signed_in()
