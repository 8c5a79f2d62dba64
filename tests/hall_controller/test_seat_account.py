"""The account of the seats from real bridges and consoles, in the log before the result; what it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit import checkpoint, verifier
from audit.verifier import Anchor
from hall_controller.export.directory import Directory
from hall_controller.export.writing import export
from hall_controller.founding import Founding
from hall_controller.recount import recount
from hall_controller.seat_record import SeatRecord
from hall_controller.store import open_reader
from hall_controller.supervision import Supervision
from simulators.bus import SimulatedBus
from simulators.lying_consoles import SwallowingConsoles
from tests.hall_controller.chamber import BY, ORIGIN, ToldClock
from tests.hall_on_bus import HallOnBus, Row, on_simulated, stopped, until
from voting import commands as c
from voting.ids import SeatId, VoteId
from voting.suspects import advice

V1 = VoteId("v1")


class WithLossyPanel(HallOnBus):
    """The last network console's bridge shows nothing of what the hall says, and passes no press on."""

    def _row(self, index: int, first: int, size: int, *, serial: bool) -> Row:
        row = super()._row(index, first, size, serial=serial)
        if index == len(self._plan) - 1:
            row.consoles = SwallowingConsoles(row.consoles, "0000")
        return row


@asynccontextmanager
async def supervised(here: HallOnBus) -> AsyncIterator[None]:
    assert here.controller is not None
    task = asyncio.create_task(Supervision(here.hall, here.controller.seats).run())
    try:
        yield
    finally:
        await stopped([task])


async def _closed(here: HallOnBus) -> None:
    async with supervised(here):
        await here.act(c.CloseVote(V1, BY))
        await until(lambda: here.hall.meeting.votes[V1].result)


async def test_what_each_seat_did_is_in_the_log_before_the_result(tmp_path: Path) -> None:
    async with WithLossyPanel(tmp_path, on_simulated(SimulatedBus()), network=5) as here:
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(lambda: all(map(here.armed, here.everybody)))
        well, idle, gone, back, lossy = here.everybody
        well.press("1")
        back.press("2")
        await until(lambda: well.steady and back.steady)
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: seats.lit("v1") == {well.seat, back.seat})
        gone.unit.power_off()
        await until(lambda: gone.seat in seats.offline())
        back.unit.power_off()
        await until(lambda: back.seat in seats.offline())
        back.unit.power_on(asyncio.get_running_loop().time())
        lossy.press("1")
        await _closed(here)
        division = here.hall.meeting.votes[V1]
        assert division.account is not None
        account = {one.seat: one for one in division.account}
        assert set(account) == {seat.seat for seat in here.everybody}
        first = account[SeatId(well.seat)]
        assert first.seen.pressed is not None
        assert first.seen.lit is not None
        assert first.recorded is not None
        assert account[SeatId(idle.seat)].seen.pressed is None
        found = advice(division, here.hall.meeting.sitting_of(division))
        assert found is not None
        assert {one.seat: one.reason for one in found.suspects} == {gone.seat: "offline"}
        types = _types(here, tmp_path / "export")
        closed = types.index("VoteClosed")
        assert types[closed : closed + 3] == ["VoteClosed", "SeatsAccounted", "ResultComputed"]


def _types(here: HallOnBus, out: Path) -> list[str]:
    """Of the entries; the export is verified whole on the way, the account decided again by the rules."""
    reader = open_reader(f"sqlite:///{here.directory}/log.db")
    types = [stored.type for stored, _ in reader.entries()]
    export(reader, Founding(ORIGIN, here.signer, (here.authority.root,), ()), None, out, "auditor")
    reader.close()
    vkey = checkpoint.vkey(ORIGIN, here.signer.public_key)
    anchor = Anchor(checkpoint.parse_vkey(vkey), (here.authority.root,))
    report = verifier.verify(Directory(out), anchor, recount)
    assert report.sound, report.findings
    return types


async def test_after_a_restart_of_the_hall_bridges_tell_again(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=2) as here:
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        for seat in here.everybody:
            seat.press("1")
        await until(lambda: all(seat.steady for seat in here.everybody))
        await here.restart_controller()
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: len(seats.lit("v1")) == len(seats.shown("v1")) == 2)
        await _closed(here)
        division = here.hall.meeting.votes[V1]
        found = advice(division, here.hall.meeting.sitting_of(division))
        assert found is not None
        assert found.suspects == ()


AT = datetime(2026, 11, 21, 6, tzinfo=UTC)


def test_times_count_from_the_opening() -> None:
    clock = ToldClock(now=AT, step=timedelta(0))
    record, opened = SeatRecord(clock), AT + timedelta(seconds=10)
    record.note("shown", "v1", ["001"])
    clock.pass_(12)
    record.note("pressed", "v1", ["001"])
    clock.pass_(1)
    record.note("pressed", "v1", ["001"])
    record.note("shown", "v1", ["001"])
    one, two = record.seen("v1", opened, [SeatId("001"), SeatId("002")], ()).values()
    assert (one.shown, one.pressed, one.lit, one.offline) == (0, 3000, None, None)
    assert (two.shown, two.pressed, two.lit, two.offline) == (None, None, None, None)


def test_out_of_reach_is_said_where_the_vote_was_touched_by_it() -> None:
    clock = ToldClock(now=AT, step=timedelta(0))
    record, seat = SeatRecord(clock), SeatId("001")

    def offline(opened_s: float, gone: bool = False) -> int | None:
        opened = AT + timedelta(seconds=opened_s)
        return record.seen("v1", opened, [seat], {seat} if gone else ())[seat].offline

    assert offline(0, gone=True) == 0, "never heard of"
    clock.pass_(5)
    record.is_online(seat, False)
    assert (offline(0, True), offline(9, True)) == (5000, 0)
    clock.pass_(5)
    record.is_online(seat, True)
    assert (offline(0), offline(9), offline(10)) == (5000, 0, None)
    clock.pass_(5)
    record.is_online(seat, False)
    record.is_online(seat, False)
    assert offline(10, True) == 5000
