"""A member's phone: bound at the seat, proved by its own key, voting with it."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from audit import statement
from audit.errors import BadStatement
from audit.signing import EcSigner, to_jwk
from display.ports import BoundPhone, PhoneBinding
from firmware_bridge.phone_ask import COMPARE_S
from hall_controller.enrolments import MOST_ASKS
from hall_controller.intake import Intake
from hall_controller.phone_refusals import PhoneKeyUnusable, SeatAskedTooOften, SeatBusy, SeatBusyVoting
from hall_controller.phones import PROOF_PREFIX
from simulators.bus import BusFaults, SimulatedBus
from tests.hall_controller.chamber import ORIGIN
from tests.hall_on_bus import HallOnBus, PlaceHere, SeatHere, on_simulated, until
from voting import ballot
from voting.errors import NotSignedIn, Refused, SittingNotOpen
from voting.ids import SeatId, VoteId


class Phone:
    def __init__(self) -> None:
        self.signer = EcSigner(ec.generate_private_key(ec.SECP256R1()))
        self.jwk = to_jwk(self.signer.public_key)

    def proof(self, challenge: str) -> bytes:
        return self.signer.sign(PROOF_PREFIX + challenge.encode())

    def ballot(
        self, here: HallOnBus, member: str, session: str, choice: str,
        rev: int = 1, prev: str | None = None, vote: str = "v1",
    ) -> dict[str, str]:  # fmt: skip
        form = ballot.form(here.hall.meeting, VoteId(vote), ORIGIN)["form"]
        payload = statement.fill(
            form, member=member, seat=None, device=self.signer.kid, choice=choice, rev=rev, prev=prev,
            nonce=secrets.token_bytes(16),
        )  # fmt: skip
        return statement.sign(statement.BALLOT, payload, self.signer, sk=session)


def intake_of(here: HallOnBus) -> Intake:
    assert here.controller is not None
    return here.controller.intake


async def compared(seat: PlaceHere) -> None:
    """The member compares the digits, and says yes."""
    await asyncio.sleep(COMPARE_S + 0.1)
    seat.press("1")


async def bound(here: HallOnBus, seat: SeatHere, phone: Phone) -> PhoneBinding:
    intake = intake_of(here)
    binding = intake.request_phone_binding(phone.jwk, SeatId(seat.seat))
    await until(lambda: "GAN DIEN THOAI" in seat.text and binding.digits in seat.text)
    await compared(seat)
    await seat.sign_in()
    await until(lambda: (state := intake.phone_binding(binding.enrolment)) and state.state == "bound")
    return binding


async def test_a_bound_phone_proves_its_key_and_votes(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake, phone = here.everybody, intake_of(here), Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = await bound(here, seat, phone)
        state = intake.phone_binding(binding.enrolment)
        assert state is not None
        assert state.challenge is not None
        proof = phone.proof(state.challenge)
        assert intake.prove_phone(binding.key_id, state.challenge, proof) == BoundPhone(
            seat.member.id, binding.key_id
        )
        assert intake.prove_phone(binding.key_id, state.challenge, proof) is None
        await here.open_mobile(seat)
        await here.open_vote()
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        sent = phone.ballot(here, seat.member.id, session.id, "reject")
        receipt = await intake.cast_mobile(sent)
        assert await intake.cast_mobile(sent) == receipt
        statement.verify(statement.parse(receipt, statement.RECEIPT), here.signer.public_key)
        assert here.effective(seat) == ("reject", 1)


async def test_after_a_restart_the_phone_goes_on(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), phone = here.everybody, Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = await bound(here, seat, phone)
        await here.open_mobile(seat)
        await here.open_vote()
        old = intake_of(here).phone_challenge(binding.key_id)
        await here.restart_controller()
        intake = intake_of(here)
        assert intake.phone_binding(binding.enrolment) is None
        fresh = intake.phone_challenge(binding.key_id)
        assert intake.prove_phone(binding.key_id, old, phone.proof(old)) is None
        assert intake.prove_phone(binding.key_id, fresh, phone.proof(fresh)) == BoundPhone(
            seat.member.id, binding.key_id
        )
        assert intake.prove_phone(binding.key_id, fresh, phone.proof(fresh)) is None
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        await intake.cast_mobile(phone.ballot(here, seat.member.id, session.id, "approve"))
        assert here.effective(seat) == ("approve", 1)


async def test_a_wrong_proof_lets_nobody_in(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake, phone = here.everybody, intake_of(here), Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = await bound(here, seat, phone)

        def fresh() -> str:
            state = intake.phone_binding(binding.enrolment)
            assert state is not None
            assert state.challenge is not None
            return state.challenge

        assert intake.prove_phone(binding.key_id, fresh(), Phone().proof("x")) is None
        assert intake.prove_phone("unknown", fresh(), b"") is None
        assert intake.prove_phone(binding.key_id, "never given", phone.proof("never given")) is None


async def test_the_seat_may_decline(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake = here.everybody, intake_of(here)
        await here.open_sitting()
        await here.all_signed_in()
        binding = intake.request_phone_binding(Phone().jwk, SeatId(seat.seat))
        await until(lambda: "GAN DIEN THOAI" in seat.text)
        seat.press("2")
        await until(lambda: (state := intake.phone_binding(binding.enrolment)) and state.state == "refused")
        assert intake.phone_binding("unknown") is None


async def test_a_thief_who_asks_meanwhile_gets_nothing_at_any_moment(tmp_path: Path) -> None:
    """While the digits are compared, after the ✓, and while the card is asked: one phone at a time."""
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake, phone, thief = here.everybody, intake_of(here), Phone(), Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = intake.request_phone_binding(phone.jwk, SeatId(seat.seat))

        def thief_asks() -> None:
            with pytest.raises(SeatBusy):
                intake.request_phone_binding(thief.jwk, SeatId(seat.seat))

        thief_asks()
        await until(lambda: binding.digits in seat.text)
        thief_asks()
        await compared(seat)
        thief_asks()
        await until(lambda: seat.text.startswith(f"PIN CHO DT {binding.digits}"))
        thief_asks()
        assert binding.digits in seat.text
        await seat.sign_in()
        await until(lambda: (state := intake.phone_binding(binding.enrolment)) and state.state == "bound")
        sessions = here.hall.meeting.attendance.sessions.values()
        assert {one.key for one in sessions if one.channel == "mobile"} == {binding.key_id}


async def test_the_same_phone_is_told_the_same_and_the_seat_once_more(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with HallOnBus(tmp_path, on_simulated(bus), network=1) as here:
        (seat,), intake, phone = here.everybody, intake_of(here), Phone()
        await here.open_sitting()
        await here.all_signed_in()
        bus.faults = BusFaults(lost=1.0)
        binding = intake.request_phone_binding(phone.jwk, SeatId(seat.seat))
        await asyncio.sleep(0.05)
        bus.faults = BusFaults()
        assert "GAN DIEN THOAI" not in seat.text
        assert intake.request_phone_binding(phone.jwk, SeatId(seat.seat)) == binding
        await until(lambda: binding.digits in seat.text)


async def test_a_seat_is_asked_so_often_in_a_minute_and_not_more(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake = here.everybody, intake_of(here)
        await here.open_sitting()
        await here.all_signed_in()
        for _ in range(MOST_ASKS):
            binding = intake.request_phone_binding(Phone().jwk, SeatId(seat.seat))
            await until(lambda shown=binding.digits: shown in seat.text)
            seat.press("2")
            await until(
                lambda one=binding.enrolment: (
                    (said := intake.phone_binding(one)) and said.state == "refused"
                )
            )
            await asyncio.sleep(0.03)
        with pytest.raises(SeatAskedTooOften):
            intake.request_phone_binding(Phone().jwk, SeatId(seat.seat))


async def test_what_cant_be_bound_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake = here.everybody, intake_of(here)
        asked: Any = Phone().jwk
        with pytest.raises(SittingNotOpen):
            intake.request_phone_binding(asked, SeatId(seat.seat))
        await here.open_sitting()
        with pytest.raises(NotSignedIn):
            intake.request_phone_binding(asked, SeatId(seat.seat))
        await here.all_signed_in()
        with pytest.raises(PhoneKeyUnusable):
            intake.request_phone_binding({**asked, "x": "AA"}, SeatId(seat.seat))
        p384 = to_jwk(ec.generate_private_key(ec.SECP384R1()).public_key())
        with pytest.raises(PhoneKeyUnusable):
            intake.request_phone_binding(p384, SeatId(seat.seat))
        await here.open_vote()
        with pytest.raises(SeatBusyVoting):
            intake.request_phone_binding(asked, SeatId(seat.seat))


async def test_a_phones_ballot_is_checked_like_any_other(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1) as here:
        (seat,), intake, phone = here.everybody, intake_of(here), Phone()
        await here.open_sitting()
        await here.all_signed_in()
        binding = await bound(here, seat, phone)
        await here.open_vote()
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        good = phone.ballot(here, seat.member.id, session.id, "approve")
        with pytest.raises(BadStatement):
            await intake.cast_mobile({"protected": "x"})
        for bad, code in (
            ({**good, "signature": good["signature"][::-1]}, "ballot_untrue"),
            (phone.ballot(here, seat.member.id, "ab" * 32, "approve"), "not_signed_in"),
            (Phone().ballot(here, seat.member.id, session.id, "approve"), "ballot_untrue"),
            (phone.ballot(here, "somebody-else", session.id, "approve"), "not_a_member"),
            (phone.ballot(here, seat.member.id, session.id, "perhaps"), "choice_unknown"),
        ):
            with pytest.raises((Refused, BadStatement)) as found:
                await intake.cast_mobile(bad)
            assert isinstance(found.value, BadStatement) or found.value.code == code
        assert here.recorded() == 0
