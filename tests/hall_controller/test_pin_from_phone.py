"""Readers without keys: the PIN is typed on a phone, sealed to the bridge, through bus and hall."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs

from audit.signing import from_jwk
from display.ports import PinOutcome, PinRequest
from firmware_bridge.cards.sealed_pin import seal_pin
from firmware_bridge.phone_pin import WRONG_CODES
from hall_controller.intake import Intake
from hall_controller.pins import PinNotAwaited
from simulators.bus import SimulatedBus
from simulators.card import SimulatedCard
from tests.hall_controller.test_intake_phones import Phone, compared
from tests.hall_on_bus import HallOnBus, PlaceHere, SeatHere, on_simulated, until
from voting.ids import SeatId

PIN, WRONG = "123456", "000000"


class AtSeat:
    """Whoever stands at the seat, with a phone in hand: reads the console, types there."""

    def __init__(self, here: HallOnBus, seat: PlaceHere) -> None:
        assert here.controller is not None
        self.intake: Intake = here.controller.intake
        self.seat, self.id = seat, SeatId(seat.seat)

    @property
    def state(self) -> PinOutcome:
        return self.intake.pin_outcome(self.id)

    async def asked(self, first: str = "NHAP PIN: DIEN THOAI") -> tuple[PinRequest, str]:
        """The hall's request and the code on the console."""
        await until(lambda: first in self.seat.text and self.intake.pin_request(self.id))
        request, code = self.intake.pin_request(self.id), re.search(r"MA (\d{6})", self.seat.text)
        assert request is not None
        assert code is not None
        return request, code[1]

    def sealed(self, request: PinRequest, code: str, pin: str = PIN) -> str:
        key = from_jwk(request.key)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        return seal_pin(pin, key, seat=request.seat, chal=request.chal, code=code)

    async def type(
        self, pin: str = PIN, code: str | None = None, first: str = "NHAP PIN: DIEN THOAI"
    ) -> str:
        request, shown = await self.asked(first)
        sealed = self.sealed(request, shown if code is None else code, pin)
        self.intake.send_pin(self.id, request.chal, sealed)
        return sealed

    async def until(self, state: str) -> None:
        await until(lambda: self.state.state == state)


def hall(tmp_path: Path, bus: SimulatedBus, rows: Sequence[int] = (), network: int = 0) -> HallOnBus:
    return HallOnBus(tmp_path, on_simulated(bus), rows=rows, network=network, pads=False)


def put_in(*seats: SeatHere) -> None:
    for seat in seats:
        seat.readers.insert(seat.seat, seat.card)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_members_sign_in_from_their_phones_and_vote(tmp_path: Path) -> None:
    """A serial row and a network console; nothing that was said or logged holds a PIN."""
    with capture_logs() as logged:
        async with hall(tmp_path, SimulatedBus(), rows=(2,), network=1) as here:
            await here.open_sitting()
            put_in(*here.everybody)
            for seat in here.everybody:
                at = AtSeat(here, seat)
                sealed = await at.type()
                assert PIN not in sealed
                await at.until("signed_in")
                assert at.intake.pin_request(at.id) is None
            await until(lambda: all("KINH CHAO" in seat.text for seat in here.everybody))
            await here.open_vote()
            await until(here.all_armed)
            for seat in here.everybody:
                seat.press("1")
            await until(lambda: all(seat.steady for seat in here.everybody))
            assert here.recorded() == 3
    assert PIN not in str(logged)


async def test_a_wrong_pin_is_told_to_the_phone_and_the_next_needs_a_new_code(tmp_path: Path) -> None:
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        put_in(seat)
        at = AtSeat(here, seat)
        _, first = await at.asked()
        sealed = await at.type(WRONG)
        await until(lambda: at.state == PinOutcome("wrong", 2))
        await until(lambda: "SAI MA PIN / CON 2 LAN" in seat.text)
        request, second = await at.asked()
        # Kept and sent again it spends no try, and not even one of the codes.
        at.intake.send_pin(at.id, request.chal, sealed)
        await until(lambda: at.state == PinOutcome("unreadable"))
        if first != second:
            await at.type(PIN, code=first)
            await until(lambda: at.state == PinOutcome("wrong_code", WRONG_CODES - 1))
        await at.type()
        await at.until("signed_in")


async def test_a_blocked_card_is_told(tmp_path: Path) -> None:
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,) = here.everybody
        credential = here.authority.issue(seat.member.id, seat.member.name, here.now())
        seat.card = SimulatedCard({0x9A: credential}, tries_left=1)
        await here.open_sitting()
        put_in(seat)
        at = AtSeat(here, seat)
        await at.type(WRONG)
        await until(lambda: at.state == PinOutcome("blocked", 0))
        await until(lambda: "THE BI KHOA MA PIN" in seat.text)
        with pytest.raises(PinNotAwaited):
            at.intake.send_pin(at.id, "any", "any")


async def test_who_does_not_stand_at_the_seat_spends_no_try_of_the_card(tmp_path: Path) -> None:
    """So many wrong codes, and nothing is listened to until the card is put in anew."""
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        put_in(seat)
        at = AtSeat(here, seat)
        request, code = await at.asked()
        for left in range(WRONG_CODES - 1, 0, -1):
            await at.type(WRONG, other(code))
            await until(lambda left=left: at.state == PinOutcome("wrong_code", left))  # type: ignore[misc]
        await at.type(WRONG, other(code))
        await at.until("codes_spent")
        await until(lambda: "SAI MA XAC NHAN" in seat.text)
        assert seat.card.tries_left == 3
        with pytest.raises(PinNotAwaited):
            at.intake.send_pin(at.id, request.chal, at.sealed(request, code))
        seat.readers.pull(seat.seat)
        await until(lambda: at.state == PinOutcome("none"))
        put_in(seat)
        await at.type()
        await at.until("signed_in")


async def test_a_pin_for_another_seat_or_challenge_opens_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, SimulatedBus(), rows=(2,)) as here:
        one, two = here.everybody
        await here.open_sitting()
        put_in(one, two)
        at, beside = AtSeat(here, one), AtSeat(here, two)
        (request, code), (their, _) = await at.asked(), await beside.asked()
        with pytest.raises(PinNotAwaited):
            at.intake.send_pin(beside.id, request.chal, at.sealed(request, code))
        # Sealed for seat 001, and said to be for 002: the bridge finds out.
        beside.intake.send_pin(beside.id, their.chal, at.sealed(request, code))
        await beside.until("unreadable")
        at.intake.send_pin(at.id, request.chal, "no.seal.at.all.")
        await at.until("unreadable")
        at.intake.send_pin(at.id, request.chal, at.sealed(request, code, "12"))
        await at.until("unreadable")
        assert one.card.tries_left == two.card.tries_left == 3
        for each in (at, beside):
            await each.type()
            await each.until("signed_in")


async def test_a_bridge_that_starts_anew_has_another_key_and_asks_anew(tmp_path: Path) -> None:
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,), (row,) = here.everybody, here.rows
        await here.open_sitting()
        put_in(seat)
        at = AtSeat(here, seat)
        request, code = await at.asked()
        await here.stop_bridge(row)
        here.start_bridge(row)
        await until(lambda: (new := at.intake.pin_request(at.id)) and new.key != request.key)
        at.intake.send_pin(at.id, request.chal, at.sealed(request, code))
        await at.until("unreadable")
        await at.type()
        await at.until("signed_in")


async def test_a_hall_that_starts_anew_is_told_who_waits(tmp_path: Path) -> None:
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,) = here.everybody
        await here.open_sitting()
        put_in(seat)
        before, _ = await AtSeat(here, seat).asked()
        await here.restart_controller()
        at = AtSeat(here, seat)
        await until(lambda: (new := at.intake.pin_request(at.id)) and new.chal != before.chal)
        await at.type()
        await at.until("signed_in")


async def test_a_phone_is_bound_at_a_seat_without_pad(tmp_path: Path) -> None:
    """The card signs for the phone's key, with the PIN that this very phone seals."""
    async with hall(tmp_path, SimulatedBus(), network=1) as here:
        (seat,), phone = here.everybody, Phone()
        await here.open_sitting()
        put_in(seat)
        at = AtSeat(here, seat)
        await at.type()
        await until(lambda: "KINH CHAO" in seat.text)
        binding = at.intake.request_phone_binding(phone.jwk, at.id)
        await until(lambda: binding.digits in seat.text)
        await compared(seat)
        await at.type(first=f"PIN CHO DT {binding.digits}")
        await until(
            lambda: (found := at.intake.phone_binding(binding.enrolment)) and found.state == "bound"
        )
        assert at.state.state == "signed_in"
