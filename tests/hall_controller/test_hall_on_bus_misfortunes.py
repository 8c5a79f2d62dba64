"""What a hall's bus may do to a sitting, and what must come of it all the same."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import base64url, instant, statement
from audit.signing import Ed25519Signer
from firmware_bridge import envelope
from firmware_bridge.links import Topics
from firmware_bridge.messages import Card, SignedOut
from firmware_bridge.ports import Lamp
from simulators.bus import BusFaults, SimulatedBus
from tests.hall_controller.chamber import BY, ORIGIN
from tests.hall_on_bus import HALL, HallOnBus, Row, SeatHere, on_simulated, until
from voting import commands as c
from voting.ids import VoteId

TOPICS = Topics(HALL)


@asynccontextmanager
async def voting(
    tmp_path: Path, bus: SimulatedBus, network: int = 2
) -> AsyncIterator[tuple[HallOnBus, list[SeatHere]]]:
    """Everybody has signed in, and a vote is open before all of them."""
    async with HallOnBus(tmp_path, on_simulated(bus), network=network) as here:
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        yield here, here.everybody


def of_hall(here: HallOnBus) -> dict[str, int]:
    assert here.controller is not None
    return dict(here.controller.bus.dropped)


def dropped(row: Row) -> int:
    assert row.link is not None
    return row.link.dropped


async def test_a_bus_that_loses_doubles_and_reorders_costs_time_and_no_ballot(tmp_path: Path) -> None:
    bus = SimulatedBus(seed=7)
    async with voting(tmp_path, bus, network=6) as (here, seats):
        bus.faults = BusFaults(lost=0.3, doubled=0.3, reordered=0.4)
        for seat, key in zip(seats, "123123", strict=True):
            seat.press(key)
        await until(lambda: all(seat.steady for seat in seats))
        assert here.recorded() == 6
        assert len(here.hall.meeting.votes[VoteId("v1")].recorded) == 6


async def test_signing_in_over_such_a_bus_comes_to_an_end_too(tmp_path: Path) -> None:
    bus = SimulatedBus(BusFaults(lost=0.15, doubled=0.2, reordered=0.3), seed=3)
    async with HallOnBus(tmp_path, on_simulated(bus), network=4) as here:
        await here.open_sitting()
        await here.all_signed_in()


async def test_no_lamp_before_the_receipt_and_plainly_not_yet(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        bus.faults = BusFaults(lost=1.0)
        pressed = time.monotonic()
        seat.press("1")
        await until(lambda: "CHUA DUOC GHI NHAN" in seat.text)
        assert time.monotonic() - pressed < 0.35
        assert seat.unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)
        bus.faults = BusFaults()
        await until(lambda: seat.steady)
        assert here.effective(seat) == ("approve", 1)


async def test_a_lost_receipt_is_given_again_byte_for_byte(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        row = here.rows[0]
        seat.press("1")
        await until(lambda: seat.steady)
        (ballot,) = [m for t, m in bus.tape if t == TOPICS.up(row.name) and is_ballot(m)]
        bus.inject(TOPICS.up(row.name), ballot)
        await until(lambda: len(receipts(bus, row.name)) == 2)
        first, again = receipts(bus, row.name)
        assert first == again
        assert here.recorded() == 1


async def test_a_forged_receipt_lights_nothing(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        row = here.rows[0]
        bus.faults = BusFaults(lost=1.0)
        seat.press("1")
        await until(lambda: any(is_ballot(payload) for _, payload in bus.tape))
        sent = next(payload for _, payload in bus.tape if is_ballot(payload))
        ballot = statement.parse(envelope.unpack(sent)[0], statement.BALLOT).payload_hash
        said = {"log": ORIGIN, "vote": "v1", "ballot": ballot, "seq": 9, "t": instant.write(here.now())}
        thief = Ed25519Signer(Ed25519PrivateKey.generate())
        forged = statement.sign(statement.RECEIPT, said, thief)
        renamed = statement.sign(statement.RECEIPT, said, thief, kid=here.signer.kid)
        bus.inject(TOPICS.down(row.name), next(envelope.pack([forged, renamed])))
        await until(lambda: dropped(row) == 2)
        assert seat.unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)


async def test_a_receipt_for_another_ballot_lights_nothing(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, (one, two)):
        one.press("1")
        await until(lambda: one.steady)
        ones = receipts(bus, here.rows[0].name)[0]
        bus.faults = BusFaults(lost=1.0)
        two.press("1")
        await until(lambda: Lamp.BLINK in two.unit.lamps)
        bus.inject(TOPICS.down(here.rows[1].name), next(envelope.pack([ones])))
        await asyncio.sleep(0.05)
        assert Lamp.BLINK in two.unit.lamps
        assert not two.steady


async def test_a_forged_or_old_word_of_the_hall_is_not_believed(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        row = here.rows[0]
        held = here.hall.meeting.attendance.session_of(seat.member.id, "seat")
        assert held is not None
        out = SignedOut(seat.seat, held.id, "left")
        thief = Ed25519Signer(Ed25519PrivateKey.generate())
        forged = envelope.seal_down(out, hall=HALL, to=row.name, epoch=99, n=1, at=here.now(), signer=thief)
        old = envelope.seal_down(
            out, hall=HALL, to=row.name, epoch=here.hall.epoch, n=1, at=here.now(), signer=here.signer
        )
        for_others = envelope.seal_down(
            out, hall=HALL, to="console-009", epoch=99, n=1, at=here.now(), signer=here.signer
        )
        other_hall = envelope.seal_down(
            out, hall="elsewhere", to=row.name, epoch=99, n=1, at=here.now(), signer=here.signer
        )
        for word in (forged, old, for_others, other_hall):
            bus.inject(TOPICS.down(row.name), next(envelope.pack([word])))
        replayed = [payload for topic, payload in bus.tape if topic == TOPICS.down(row.name)]
        for payload in replayed:
            bus.inject(TOPICS.down(row.name), payload)
        await until(lambda: dropped(row) >= 4 + len(replayed))
        seat.press("1")
        await until(lambda: seat.steady)


async def test_a_gap_in_the_halls_words_is_noticed_and_mended(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with HallOnBus(tmp_path, on_simulated(bus), network=1) as here:
        (_seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        bus.faults = BusFaults(lost=1.0)
        await here.open_vote()
        await asyncio.sleep(0)
        bus.faults = BusFaults()
        await here.act(c.HoldVote(VoteId("v1"), "khách mời", BY))
        await here.act(c.ResumeVote(VoteId("v1"), BY))
        await until(here.all_armed)


async def test_the_hall_drops_strangers_words_and_foreign_seats(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, (_one, two)):
        first, second = here.rows
        thief = Ed25519Signer(Ed25519PrivateKey.generate())
        pulled = Card(two.seat, False, None, None, None)

        def word(bridge: str, signer: Ed25519Signer, said: Card = pulled) -> bytes:
            sealed = envelope.seal_up(said, bridge=bridge, boot="new", n=1, at=here.now(), signer=signer)
            return next(envelope.pack([sealed]))

        bus.inject(TOPICS.up("nobody"), word("nobody", thief))
        bus.inject(TOPICS.up(second.name), word(second.name, thief))
        bus.inject(TOPICS.up(second.name), word(first.name, first.signer))
        bus.inject(TOPICS.up(first.name), word(first.name, first.signer))
        for rubbish in (
            b"",
            b"{",
            b'{"v":2,"m":[]}',
            b'{"v":1,"m":[7,{}]}',
            b"x" * 300_000,
            b"[" * 100_000,
        ):
            bus.inject(TOPICS.up(first.name), rubbish)
        await until(lambda: of_hall(here).get("malformed", 0) >= 7)
        assert of_hall(here)["unknown_bridge"] == 1
        assert of_hall(here)["bad_signature"] == 2
        assert of_hall(here)["foreign_seat"] == 1
        assert here.hall.meeting.present == 2


async def test_a_words_header_may_stand_in_any_order(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, (_one, two)):
        first = here.rows[0]
        pulled = Card(two.seat, False, None, None, None)
        said = envelope.seal_up(
            pulled, bridge=first.name, boot="new", n=1, at=here.now(), signer=first.signer
        )
        header = json.loads(base64url.decode(said["protected"]))
        said["protected"] = base64url.encode(json.dumps(dict(reversed(header.items()))).encode())
        signed = f"{said['protected']}.{said['payload']}".encode()
        said["signature"] = base64url.encode(first.signer.sign(signed))
        bus.inject(TOPICS.up(first.name), next(envelope.pack([said])))
        await until(lambda: sum(of_hall(here).values()) == 1)
        assert of_hall(here) == {"foreign_seat": 1}


async def test_a_played_back_boot_of_a_bridge_is_not_new(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        row = here.rows[0]
        old = [payload for topic, payload in bus.tape if topic == TOPICS.up(row.name)]
        await here.stop_bridge(row)
        here.start_bridge(row)
        await until(lambda: seat.unit.connected)
        await here.all_signed_in_again(seat)
        for payload in old:
            bus.inject(TOPICS.up(row.name), payload)
        await until(lambda: of_hall(here).get("not_new", 0) >= len(old) - 2)
        assert here.hall.meeting.present == 1


async def test_a_ballot_of_another_seats_bridge_or_with_a_broken_signature_is_refused(
    tmp_path: Path,
) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, (one, _two)):
        first, second = here.rows
        bus.faults = BusFaults(lost=1.0)
        one.press("1")
        await until(lambda: any(is_ballot(payload) for _, payload in bus.tape))
        sent = next(payload for _, payload in bus.tape if is_ballot(payload))
        (ballot,) = envelope.unpack(sent)
        bus.inject(TOPICS.up(second.name), sent)
        await until(lambda: of_hall(here).get("foreign_seat") == 1)
        broken = {**ballot, "signature": base64url.encode(secrets.token_bytes(64))}
        bus.faults = BusFaults()
        bus.inject(TOPICS.up(first.name), next(envelope.pack([broken])))
        await until(lambda: "SAI CHU KY" in one.text)
        assert here.recorded() == 0


async def test_a_console_that_reboots_shows_the_vote_and_its_recorded_ballot_again(tmp_path: Path) -> None:
    async with voting(tmp_path, SimulatedBus(), 1) as (here, (seat,)):
        seat.press("1")
        await until(lambda: seat.steady)
        seat.unit.power_off()
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: seats[seat.seat].status == "silent")
        seat.unit.power_on(time.monotonic())
        await until(lambda: seat.steady and "DA GHI NHAN" in seat.text)
        await until(lambda: seats[seat.seat].status == "online")


async def test_after_a_bridges_restart_members_sign_in_again_and_their_ballots_stand(
    tmp_path: Path,
) -> None:
    async with voting(tmp_path, SimulatedBus(), 1) as (here, (seat,)):
        row = here.rows[0]
        seat.press("1")
        await until(lambda: seat.steady)
        before = here.hall.meeting.attendance.session_of(seat.member.id, "seat")
        await here.stop_bridge(row)
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: seats[seat.seat].status == "offline")
        assert here.hall.meeting.present == 1
        here.start_bridge(row)
        await until(lambda: seat.unit.lamps == (Lamp.STEADY, Lamp.STEADY, Lamp.STEADY))
        await here.all_signed_in_again(seat)
        after = here.hall.meeting.attendance.session_of(seat.member.id, "seat")
        assert before is not None
        assert after is not None
        assert before.id != after.id
        await until(lambda: "DA GHI NHAN" in seat.text)
        seat.press("2")
        await until(lambda: here.effective(seat) == ("reject", 2))


async def test_after_the_controllers_restart_waiting_ballots_come_by_themselves(tmp_path: Path) -> None:
    async with voting(tmp_path, SimulatedBus()) as (here, (one, two)):
        one.press("1")
        await until(lambda: one.steady)
        await here.stop_controller()
        two.press("2")
        await until(lambda: "CHUA DUOC GHI NHAN" in two.text)
        await here.start_controller()
        await until(lambda: two.steady)
        assert (here.effective(one), here.effective(two)) == (("approve", 1), ("reject", 1))
        await here.act(c.ResumeVote(VoteId("v1"), BY))
        assert here.controller is not None
        assert here.controller.intake.admission.card_at(one.seat) is not None


async def test_the_broker_may_go_and_come_back(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, (one, two)):
        bus.cut()
        one.press("1")
        await until(lambda: "CHUA DUOC GHI NHAN" in one.text)
        bus.mend()
        await until(lambda: one.steady)
        two.press("3")
        await until(lambda: two.steady)
        assert here.recorded() == 2


async def test_a_ballot_pressed_before_the_closing_is_taken_within_the_grace(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with voting(tmp_path, bus, 1) as (here, (seat,)):
        bus.faults = BusFaults(lost=1.0)
        seat.press("1")
        await until(lambda: Lamp.BLINK in seat.unit.lamps)
        bus.faults = BusFaults()
        await here.act(c.CloseVote(VoteId("v1"), BY))
        await until(lambda: here.effective(seat) == ("approve", 1))
        await until(lambda: seat.steady)


def is_ballot(payload: bytes) -> bool:
    try:
        return any(statement.typ_of(one) == statement.BALLOT for one in envelope.unpack(payload))
    except Exception:
        return False


def receipts(bus: SimulatedBus, bridge: str) -> list[dict[str, str]]:
    down = [json.loads(payload)["m"] for topic, payload in bus.tape if topic == TOPICS.down(bridge)]
    return [one for said in down for one in said if statement.typ_of(one) == statement.RECEIPT]


async def test_a_lost_reader_signs_out_and_makes_nobody_absent(tmp_path: Path) -> None:
    """pcscd died under both cards; one member then really leaves, with the card that was found again."""
    bus = SimulatedBus()
    async with voting(tmp_path, bus) as (here, seats):
        for seat in seats:
            seat.readers.pull(seat.seat, reader_lost=True)
        await until(lambda: not here.hall.meeting.attendance.sessions)
        assert here.hall.meeting.attendance.present == {seat.member.id for seat in seats}
        await until(lambda: all("DAU DOC THE LOI" in seat.text for seat in seats))
        await here.all_signed_in_again(*seats)
        seats[0].readers.pull(seats[0].seat)
        await until(lambda: len(here.hall.meeting.attendance.sessions) == 1)
        assert here.hall.meeting.attendance.present == {seats[1].member.id}
