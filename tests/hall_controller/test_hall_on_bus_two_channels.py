"""One member, seat and phone in one vote: the later act counts, and the seat never says what isn't so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware_bridge.ports import Lamp
from simulators.bus import BusFaults, SimulatedBus
from tests.hall_controller.chamber import BY
from tests.hall_controller.test_intake_phones import Phone, bound, intake_of
from tests.hall_on_bus import HallOnBus, SeatHere, on_simulated, until
from voting import commands as c
from voting.ids import VoteId
from voting.refusals import RevisionStale

ALL_STEADY = (Lamp.STEADY,) * 3
BY_PHONE = "DA GHI NHAN / BANG DIEN THOAI"
KEYS = {"approve": "1", "reject": "2", "not_voting": "3"}


@dataclass(slots=True)
class Both:
    """A member with a signed-in seat and a bound phone, before an open vote."""

    here: HallOnBus
    seat: SeatHere
    phone: Phone
    key_id: str
    vote: str = "v1"

    async def by_phone(self, choice: str) -> None:
        """As the page does: on the ballot in force, whichever way that came."""
        session = intake_of(self.here).phones.session_of(self.key_id)
        assert session is not None
        in_force = self.here.hall.meeting.votes[VoteId(self.vote)].ballots.get(self.seat.member.id)
        rev, prev = (1, None) if in_force is None else (in_force.rev + 1, in_force.ballot)
        sent = self.phone.ballot(self.here, self.seat.member.id, session.id, choice, rev, prev, self.vote)
        await intake_of(self.here).cast_mobile(sent)

    async def by_seat(self, choice: str) -> None:
        before = self.here.effective(self.seat, self.vote)
        rev = 1 if before is None else before[1] + 1
        self.seat.press(KEYS[choice])
        await until(lambda: self.here.effective(self.seat, self.vote) == (choice, rev))

    async def next_vote(self) -> None:
        await self.here.act(c.CancelVote(VoteId(self.vote), "thử", BY))
        self.vote = f"v{int(self.vote[1:]) + 1}"
        await self.here.open_vote(self.vote)
        await until(self.here.all_armed)
        await asyncio.sleep(0.03)

    async def seat_says_by_phone(self) -> None:
        await until(lambda: self.seat.text == BY_PHONE and self.seat.unit.lamps == ALL_STEADY)

    async def seat_says_its_own(self, choice: str) -> None:
        alone = tuple(Lamp.STEADY if key == KEYS[choice] else Lamp.OFF for key in "123")
        await until(lambda: self.seat.unit.lamps == alone and "BANG DIEN THOAI" not in self.seat.text)

    def one_effective_ballot(self, choice: str, ballots: int) -> None:
        vote = self.here.hall.meeting.votes[VoteId(self.vote)]
        assert self.here.effective(self.seat, self.vote) == (choice, ballots)
        assert (len(vote.ballots), len(vote.recorded)) == (1, ballots)


@asynccontextmanager
async def voting(tmp_path: Path, bus: SimulatedBus) -> AsyncIterator[Both]:
    async with HallOnBus(tmp_path, on_simulated(bus), network=1) as here:
        (seat,), phone = here.everybody, Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = await bound(here, seat, phone)
        await here.open_mobile(seat)
        await here.open_vote()
        await until(here.all_armed)
        await asyncio.sleep(0.03)  # the key that confirmed the phone no longer counts as bouncing
        yield Both(here, seat, phone, binding.key_id)


async def test_a_change_by_phone_is_shown_at_the_seat_as_recorded_and_not_what(tmp_path: Path) -> None:
    async with voting(tmp_path, SimulatedBus()) as member:
        await member.by_seat("approve")
        await member.seat_says_its_own("approve")
        await member.by_phone("reject")
        await member.seat_says_by_phone()
        member.one_effective_ballot("reject", 2)


async def test_in_whatever_order_the_last_act_counts_and_the_seat_says_so(tmp_path: Path) -> None:
    async with voting(tmp_path, SimulatedBus()) as member:
        for ways in ("ps", "sp", "sps", "psp", "pps", "ssp", "spsps"):
            for number, way in enumerate(ways):
                choice = ("approve", "reject", "not_voting")[number % 3]
                if way == "s":
                    await member.by_seat(choice)
                    await member.seat_says_its_own(choice)
                else:
                    await member.by_phone(choice)
                    await member.seat_says_by_phone()
            member.one_effective_ballot(choice, len(ways))
            await member.next_vote()


async def test_a_press_that_did_not_know_of_the_phone_is_signed_once_more(tmp_path: Path) -> None:
    """What the hall said of the phone's ballot was lost: the press finds out, and counts."""
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as member:
        bus.faults = BusFaults(lost=1.0)
        await member.by_phone("reject")
        await asyncio.sleep(0.05)
        bus.faults = BusFaults()
        assert "BANG DIEN THOAI" not in member.seat.text
        await member.by_seat("approve")
        await member.seat_says_its_own("approve")
        member.one_effective_ballot("approve", 2)


async def test_a_word_that_was_lost_is_said_again(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as member:
        await member.by_seat("approve")
        await member.seat_says_its_own("approve")
        bus.faults = BusFaults(lost=1.0)
        await member.by_phone("reject")
        await asyncio.sleep(0.05)
        bus.faults = BusFaults()
        await member.seat_says_by_phone()


async def test_a_press_that_waited_long_does_not_undo_what_the_phone_said_since(tmp_path: Path) -> None:
    """The seat didn't get through, so the member took the phone: that word is the later one."""
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as member:
        bus.faults = BusFaults(lost=1.0)
        member.seat.press("1")
        await asyncio.sleep(3.1)
        await member.by_phone("reject")
        bus.faults = BusFaults()
        await member.seat_says_by_phone()
        member.one_effective_ballot("reject", 1)


async def test_a_bridge_that_starts_anew_knows_of_the_phone(tmp_path: Path) -> None:
    async with voting(tmp_path, SimulatedBus()) as member:
        await member.by_phone("reject")
        (row,) = member.here.rows
        await member.here.stop_bridge(row)
        member.here.start_bridge(row)
        await member.here.all_signed_in_again(member.seat)
        await member.seat_says_by_phone()
        await until(lambda: row.bridge is not None and row.bridge.row.seats()[0].may_press())
        await member.by_seat("approve")
        member.one_effective_ballot("approve", 2)


@pytest.mark.parametrize("seed", range(3))
async def test_over_a_bus_that_loses_doubles_and_reorders_one_ballot_counts(
    tmp_path: Path, seed: int
) -> None:
    bus = SimulatedBus(seed=seed)
    async with voting(tmp_path, bus) as member:
        bus.faults = BusFaults(lost=0.25, doubled=0.3, reordered=0.4)
        for seats, phones in (("approve", "reject"), ("not_voting", "approve"), ("reject", "approve")):
            member.seat.press(KEYS[seats])
            await asyncio.sleep(0)
            try:
                await member.by_phone(phones)
            except RevisionStale:  # the seat's ballot came in between, and the page says so: choose again
                await member.by_phone(phones)
            await asyncio.sleep(0.1)
        bus.faults = BusFaults()
        await until(lambda: not any(lamp is Lamp.BLINK for lamp in member.seat.unit.lamps))
        vote = member.here.hall.meeting.votes[VoteId("v1")]
        (in_force,) = vote.ballots.values()
        assert in_force.rev == len(vote.recorded)
        if in_force.channel == "mobile":
            await member.seat_says_by_phone()
        else:
            await member.seat_says_its_own(in_force.choice)
