"""A bridge that lies to its members: their phones are told by the log, on a path that avoids it."""

from pathlib import Path

from audit import checkpoint, member_proof, statement
from audit.verifier import Anchor
from display.moment import Moment
from display.ports import Health, LogHead, Recorded
from display.seals import Seals
from display.shapes import MeShape
from display.views.member import me, own_votes
from firmware_bridge.ballots import Press
from hall_controller.founding import Founding
from hall_controller.log_files import LogFiles
from hall_controller.own_proofs import OwnProofs
from hall_controller.store import open_reader
from simulators.bus import SimulatedBus
from simulators.lying_consoles import SwallowingConsoles, SwappingConsoles
from tests.hall_controller.chamber import ORIGIN
from tests.hall_on_bus import HallOnBus, Row, SeatHere, on_simulated, until
from voting.ids import VoteId

V1 = VoteId("v1")
NAMES = {"1": "TAN THANH", "2": "KHONG TAN THANH", "3": "KHONG BIEU QUYET"}


class SwappingHall(HallOnBus):
    """Its bridge signs “không tán thành” for the first key, and the other way round."""

    def _row(self, index: int, first: int, size: int, *, serial: bool) -> Row:
        row = super()._row(index, first, size, serial=serial)
        row.consoles = SwappingConsoles(row.consoles, {"1": "2", "2": "1", "3": "3"}, NAMES)  # type: ignore[arg-type]
        return row


class SwallowingHall(HallOnBus):
    """Its bridge keeps every press to itself, and says a code of its own."""

    def _row(self, index: int, first: int, size: int, *, serial: bool) -> Row:
        row = super()._row(index, first, size, serial=serial)
        row.consoles = SwallowingConsoles(row.consoles, "BEEF")
        return row


def moment(here: HallOnBus) -> Moment:
    def recorded(ballot: str) -> Recorded | None:
        place = here.hall.place(ballot)
        return None if place is None else Recorded(place.seq, place.at)

    head = LogHead("log", "vkey", here.hall.head.size, "", here.hall.checkpoint())
    return Moment(
        here.now(), here.hall.meeting, {}, True, (), Health(), head, (), None,
        here.hall.result, recorded, Seals().seal,
    )  # fmt: skip


def phone(here: HallOnBus, seat: SeatHere) -> MeShape:
    """What the member's own phone shows: drawn from the log alone."""
    shown = me(seat.member.id, moment(here))
    assert shown is not None
    return shown


async def _opened(here: HallOnBus) -> SeatHere:
    (seat,) = here.everybody
    await here.open_sitting()
    await here.all_signed_in()
    await here.open_vote()
    await until(lambda: here.armed(seat))
    return seat


async def test_an_honest_seat_and_the_phone_agree_on_choice_and_code(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        seat = await _opened(here)
        seat.press("1")
        await until(lambda: seat.steady)
        ballot = phone(here, seat)["ballot"]
        assert (ballot["choice"], ballot["seat"], ballot["show_choice_ms"]) == ("approve", "001", 3000)
        await until(lambda: NAMES["1"] in seat.text)
        assert ballot["code"] in seat.text
        seat.press("2")
        await until(lambda: phone(here, seat)["ballot"]["choice"] == "reject")
        await until(lambda: phone(here, seat)["ballot"]["code"] in seat.text)


async def test_a_choice_that_the_bridge_changed_is_seen_on_the_phone(tmp_path: Path) -> None:
    """The console shows what was pressed, with a true code; only the log's own word tells."""
    async with SwappingHall(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        seat = await _opened(here)
        seat.press("1")
        await until(lambda: seat.steady and NAMES["1"] in seat.text)
        assert NAMES["2"] not in seat.text
        ballot = phone(here, seat)["ballot"]
        assert ballot["choice"] == "reject", "what the bridge signed is what the log holds"
        assert ballot["code"] in seat.text
        assert await _proved(here, seat) == "reject"


async def _proved(here: HallOnBus, seat: SeatHere) -> str:
    """The choice by the member's proof, which another machine would check."""
    reader = open_reader(f"sqlite:///{here.directory}/log.db")
    known = Founding(ORIGIN, here.signer, (here.authority.root,), ())
    proofs = OwnProofs(reader, LogFiles(reader), known)
    places = [here.hall.own_places(seat.member.id, V1)]
    data = await proofs.of_member(seat.member.id, places, here.hall.head)
    anchor = Anchor(checkpoint.parse_vkey(known.vkey), (here.authority.root,))
    report = member_proof.check(data, anchor, None)
    assert report.sound, report.findings
    reader.close()
    return next(line.strip().split(",")[0] for line in report.shown if "look-up code" in line)


async def test_a_ballot_that_the_bridge_kept_to_itself_is_missing_on_the_phone(tmp_path: Path) -> None:
    async with SwallowingHall(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        seat = await _opened(here)
        seat.press("1")
        await until(lambda: seat.steady and "BEEF" in seat.text)
        assert "ballot" not in phone(here, seat)
        (vote,) = own_votes(seat.member.id, moment(here))
        assert vote["ballots"] == []


async def test_what_the_delegated_key_does_not_reach(tmp_path: Path) -> None:
    """A bridge can lie to its own members only as long as their cards are in, and for their seats."""
    async with SwappingHall(tmp_path, on_simulated(SimulatedBus()), network=2) as here:
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        first, second = here.everybody
        row = here.rows[0]
        assert row.bridge is not None
        assert row.link is not None
        held = row.bridge.row.seat(first.seat)
        assert held is not None
        assert held.slot.session is not None
        assert held.voting is not None
        session, form = held.slot.session, held.voting.form.form
        assert form is not None
        _, own = session.ballot(form, "DH-0001", "reject", Press("2", 1, None))
        said = statement.parse(own, statement.BALLOT).payload
        key = session._signer  # the bridge holds it, and so does a bad one
        for other in (
            {"seat": second.seat},
            {"member": second.member.id},
            {"member": second.member.id, "seat": second.seat},
        ):
            row.link.say(
                [], [statement.sign(statement.BALLOT, {**said, **other}, key, sk=session.statement)]
            )
        first.readers.pull(first.seat)
        await until(lambda: len(here.hall.meeting.attendance.sessions) == 1)
        row.link.say([], [own])
        second.press("3")
        await until(lambda: second.steady)
        await until(lambda: here.controller is not None and here.controller.bus.dropped.total() >= 1)
        assert here.effective(first) is None
        assert here.effective(second) == ("not_voting", 1)
