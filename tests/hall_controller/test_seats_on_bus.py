"""Seats, sleep and incidents, from the card in the slot to the log: real hall, real bridges."""

import asyncio
import time
from pathlib import Path

import pytest

from simulators.bus import SimulatedBus
from tests.hall_controller.chamber import BOOK, BY
from tests.hall_on_bus import HallOnBus, SeatHere, on_simulated, until
from voting import commands as c
from voting.ids import MemberId, SeatId


def rules(**seating: object) -> str:
    start = BOOK.index("[seating]")
    said = {"cites": ["hall"], **seating}
    table = "\n".join(f"{name} = {_toml(value)}" for name, value in said.items())
    return f"{BOOK[:start]}[seating]\n{table}\n\n{BOOK[BOOK.index('[floor]') :]}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


def hall(directory: Path, **seating: object) -> HallOnBus:
    return HallOnBus(directory, on_simulated(SimulatedBus()), rows=[2], network=1, book=rules(**seating))


def noted(here: HallOnBus) -> list[tuple[str, str, MemberId | None]]:
    incidents = sorted(here.hall.meeting.incidents.values(), key=lambda one: one.number)
    return [(one.kind, one.place or "", one.member) for one in incidents]


def at(here: HallOnBus, seat: SeatHere, place: SeatHere) -> None:
    """This member's card in another seat's slot."""
    place.readers.insert(place.seat, seat.card)


async def test_a_new_roll_sleeps_every_seat_and_the_pin_wakes_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.open_sitting()
        await here.all_signed_in()
        first, second, third = here.everybody
        await here.act(c.CallRoll(BY))
        assert here.hall.meeting.present == 0
        await until(lambda: all("TAM NGHI" in seat.text for seat in here.everybody))
        await first.type_pin()
        await until(lambda: here.hall.meeting.attendance.present == {first.member.id})
        await third.type_pin()
        await until(lambda: here.hall.meeting.present == 2)
        await here.open_vote()
        await until(lambda: here.armed(first) and here.armed(third))
        for seat in here.everybody:
            seat.press("1")
        await until(lambda: here.recorded() == 2)
        await until(lambda: noted(here) == [("press_asleep", "002", second.member.id)])
        assert second.text == "PHIEN DANG TAM NGHI / MOI NHAP LAI MA PIN"
        await second.type_pin()
        await until(lambda: here.armed(second))
        second.press("2")
        await until(lambda: here.recorded() == 3)


async def test_who_is_marked_absent_presses_in_vain_and_the_officer_is_told(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.open_sitting()
        await here.all_signed_in()
        first, second, _ = here.everybody
        await here.open_vote()
        await until(here.all_armed)
        await here.act(c.MarkPresence(first.member.id, False, "Ra ngoài, thẻ còn trong ổ", BY))
        await until(lambda: "TAM NGHI" in first.text or not here.armed(first))
        first.press("1")
        second.press("1")
        await until(lambda: here.recorded() == 1)
        await until(lambda: noted(here) == [("press_while_absent", "001", first.member.id)])
        await here.act(c.AcknowledgeIncident(1, BY))
        assert here.hall.meeting.incidents[1].seen_by == BY
        await first.type_pin()
        await until(lambda: here.armed(first))
        assert first.member.id in here.hall.meeting.attendance.present


async def test_a_seat_whose_session_sleeps_stays_so_over_a_restart_of_the_hall(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.open_sitting()
        await here.all_signed_in()
        first = here.everybody[0]
        await here.act(c.MarkPresence(first.member.id, False, "Ra ngoài", BY))
        await here.restart_controller()
        await here.open_vote()
        await until(lambda: here.armed(here.everybody[1]))
        first.press("1")
        await asyncio.sleep(0.2)
        assert here.recorded() == 0


async def test_at_any_seat_one_member_sits_and_votes(tmp_path: Path) -> None:
    async with hall(tmp_path, place="any") as here:
        await here.open_sitting()
        first, second, third = here.everybody
        at(here, first, second)
        await second.type_pin()
        await until(lambda: here.hall.meeting.attendance.sitter(SeatId(second.seat)) == first.member.id)
        at(here, second, third)
        await third.type_pin()
        await until(lambda: here.hall.meeting.present == 2)
        await here.open_vote()
        await until(lambda: here.armed(second) and here.armed(third))
        second.press("1")
        third.press("2")
        await until(lambda: here.recorded() == 2)
        await until(lambda: second.steady and third.steady)
        assert here.effective(first) == ("approve", 1)
        assert here.effective(second) == ("reject", 1)
        assert noted(here) == []


async def test_ten_cards_and_one_pusher_come_to_one_ballot_a_seat(tmp_path: Path) -> None:
    async with hall(tmp_path, place="any") as here:
        await here.open_sitting()
        await here.open_vote()
        console = here.everybody[0]
        for number, owner in enumerate(here.everybody):
            console.readers.pull(console.seat)
            at(here, owner, console)
            await console.type_pin()
            await until(
                lambda owner=owner: (
                    here.hall.meeting.attendance.sitter(SeatId(console.seat)) == owner.member.id
                )
            )
            await until(lambda: here.armed(console))
            console.press("1")
            if number:
                mark = ("seat_voted_already", console.seat, owner.member.id)
                await until(lambda mark=mark: mark in noted(here))
            else:
                await until(lambda: here.recorded() == 1)
        assert here.recorded() == 1


@pytest.mark.parametrize("suspicion", ["refuse", "hold"])
async def test_two_cards_within_a_reaction_time(tmp_path: Path, suspicion: str) -> None:
    async with hall(tmp_path, place="any", suspicion=suspicion, cards_apart_s=2) as here:
        await here.open_sitting()
        console, other, _ = here.everybody
        await console.sign_in()
        await until(lambda: here.hall.meeting.present == 1)
        console.readers.pull(console.seat)
        at(here, other, console)
        await until(lambda: "HAI THE QUA NHANH" in console.text)
        await until(lambda: noted(here) == [("cards_too_soon", console.seat, other.member.id)])
        if suspicion == "refuse":
            await asyncio.sleep(2)
            console.readers.pull(console.seat)
            at(here, other, console)
        await console.type_pin()
        await until(lambda: here.hall.meeting.attendance.sitter(SeatId(console.seat)) == other.member.id)


@pytest.mark.parametrize("suspicion", ["refuse", "hold"])
async def test_the_same_card_at_two_places(tmp_path: Path, suspicion: str) -> None:
    async with hall(tmp_path, place="any", suspicion=suspicion) as here:
        await here.open_sitting()
        first, second, _ = here.everybody
        await first.sign_in()
        await until(lambda: here.hall.meeting.present == 1)
        at(here, first, second)
        await until(lambda: "THE DANG O GHE 001" in second.text)
        await until(lambda: noted(here) == [("card_elsewhere", second.seat, first.member.id)])
        held = here.hall.meeting.attendance.held_by(first.member.id, "seat")
        assert held is not None
        if suspicion == "hold":
            await until(lambda: here.hall.meeting.attendance.session_of(first.member.id, "seat") is None)
            await until(lambda: "TAM NGHI" in first.text)
            await first.type_pin()
        await until(lambda: here.hall.meeting.attendance.session_of(first.member.id, "seat") is not None)


async def test_another_seat_is_let_in_and_told_where_the_rule_book_warns(tmp_path: Path) -> None:
    async with hall(tmp_path, place="warn") as here:
        await here.open_sitting()
        first, second, _ = here.everybody
        at(here, first, second)
        await second.type_pin()
        await until(lambda: here.hall.meeting.attendance.sitter(SeatId(second.seat)) == first.member.id)
        await until(lambda: noted(here) == [("wrong_seat", second.seat, first.member.id)])


async def test_the_person_present_key_that_a_rule_book_requires(tmp_path: Path) -> None:
    """A seat without one is refused plainly; where there is one, nothing counts that isn't held with it."""
    async with hall(tmp_path, person_present=True) as here:
        able, without, _ = here.everybody
        able.unit.person_key = True
        able.unit.power_off()
        able.unit.power_on(time.monotonic())
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: seats["001"].person_key and seats["002"].status == "online")
        await here.open_sitting()
        without.readers.insert(without.seat, without.card)
        await until(lambda: without.text == "GHE KHONG CO PHIM / XAC NHAN CO MAT")
        await able.sign_in()
        await until(lambda: here.hall.meeting.present == 1)
        await here.open_vote()
        await until(lambda: here.armed(able))
        able.press("1")
        await until(lambda: "GIU PHIM CO MAT" in able.text)
        assert here.recorded() == 0
        able.unit.hold_person()
        able.press("1")
        able.unit.release_person()
        await until(lambda: here.recorded() == 1)
        told = [
            ("no_person_key", "002", without.member.id),
            ("no_person_key", "001", able.member.id),
        ]
        await until(lambda: noted(here) == told)
