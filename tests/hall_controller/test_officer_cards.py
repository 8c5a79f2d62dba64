"""An officer's card lets one page in, once: on a real bridge, with a card that signs and a PIN."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from audit.signing import EcSigner, to_jwk
from display.officers import Officer, Officers
from display.ports import PhoneBinding
from hall_controller import clock
from hall_controller.officer_cards import PROOF_PREFIX, OfficerCards
from hall_controller.officer_refusals import (
    OfficersCardMissing,
    OfficersCardNotTaken,
    OfficersDeskBusy,
    PageKeyUnusable,
)
from hall_controller.phone_refusals import PlaceUnknown
from hall_controller.phones import PROOF_PREFIX as PHONES_PREFIX
from simulators.bus import SimulatedBus
from simulators.card import SimulatedCard
from tests.hall_controller.test_intake_phones import compared
from tests.hall_on_bus import HallOnBus, on_simulated, until
from voting.ids import OfficerId, SeatId

DESK = SeatId("desk-1")
SECRETARY = Officer(OfficerId("thu-ky"), "Trần Thị Bình", "secretary", card="cb-002")


class Page:
    """A key made for one sign-in."""

    def __init__(self) -> None:
        self.signer = EcSigner(ec.generate_private_key(ec.SECP256R1()))
        self.jwk = to_jwk(self.signer.public_key)

    def proof(self, challenge: str, prefix: bytes = PROOF_PREFIX) -> bytes:
        return self.signer.sign(prefix + challenge.encode())


@asynccontextmanager
async def hall(tmp_path: Path) -> AsyncIterator[HallOnBus]:
    """A seat and an officers' desk. No sitting is open: the officer is there to open it."""
    at = HallOnBus(
        tmp_path,
        on_simulated(SimulatedBus()),
        network=1,
        desks=1,
        officers=Officers((SECRETARY,), desks=(DESK,)),
    )
    async with at as here:
        yield here


def cards(here: HallOnBus) -> OfficerCards:
    assert here.controller is not None
    return here.controller.intake.officer_cards


def card(here: HallOnBus, holder: str = "cb-002") -> SimulatedCard:
    return SimulatedCard({0x9A: here.authority.issue(holder, "Trần Thị Bình", clock.utc_now())})


async def known(here: HallOnBus) -> None:
    here.desk.readers.insert(DESK, card(here))
    await until(lambda: here.desk.text == "BAN DIEU HANH / TRAN THI BINH")


def is_at(here: HallOnBus, asked: PhoneBinding, state: str) -> bool:
    found = cards(here).state(asked.enrolment)
    return found is not None and found.state == state


async def signed(here: HallOnBus, page: Page) -> PhoneBinding:
    await known(here)
    asked = cards(here).request(page.jwk, DESK)
    await until(lambda: here.desk.text == f"TRAN THI BINH / {asked.digits}  DUNG: TT")
    await compared(here.desk)
    await here.desk.type_pin()
    await until(lambda: is_at(here, asked, "bound"))
    return asked


def challenge_of(here: HallOnBus, asked: PhoneBinding) -> str:
    found = cards(here).state(asked.enrolment)
    assert found is not None
    assert found.challenge is not None
    return found.challenge


async def test_the_card_lets_in_the_page_whose_digits_it_showed_and_once(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        page = Page()
        asked = await signed(here, page)
        challenge = challenge_of(here, asked)
        assert cards(here).prove(asked.key_id, challenge, page.proof(challenge)) == "cb-002"
        again = challenge_of(here, asked)
        assert cards(here).prove(asked.key_id, again, page.proof(again)) is None
        await until(lambda: here.desk.text == "DA DANG NHAP / TRAN THI BINH")
        assert here.hall.head.size == 2, "nothing of it is a member's session: the log says nothing of it"


async def test_no_other_page_gets_in_by_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        page, other = Page(), Page()
        asked = await signed(here, page)
        challenge = challenge_of(here, asked)
        assert cards(here).prove(asked.key_id, challenge, other.proof(challenge)) is None
        assert cards(here).prove(other.signer.kid, challenge, other.proof(challenge)) is None
        as_a_phone = page.proof(challenge, PHONES_PREFIX)
        assert cards(here).prove(asked.key_id, challenge, as_a_phone) is None
        assert cards(here).prove(asked.key_id, secrets.token_urlsafe(48), page.proof(challenge)) is None


async def test_one_page_at_a_time_is_asked_about(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as here:
        page = Page()
        await known(here)
        asked = cards(here).request(page.jwk, DESK)
        assert cards(here).request(page.jwk, DESK) == asked
        with pytest.raises(OfficersDeskBusy):
            cards(here).request(Page().jwk, DESK)
        await until(lambda: asked.digits in here.desk.text)
        here.desk.readers.pull(DESK)
        await until(lambda: is_at(here, asked, "refused"))
        await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")


async def test_a_no_at_the_desk_lets_nobody_in(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        page = Page()
        await known(here)
        asked = cards(here).request(page.jwk, DESK)
        await until(lambda: asked.digits in here.desk.text)
        here.desk.press("2")
        await until(lambda: is_at(here, asked, "refused"))


async def test_a_members_card_is_no_officers_and_says_so_at_the_desk(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        with pytest.raises(OfficersCardMissing):
            cards(here).request(Page().jwk, DESK)
        here.desk.readers.insert(DESK, here.everybody[0].card)
        await until(lambda: here.desk.text == "THE KHONG PHAI CUA / NGUOI DIEU HANH")
        with pytest.raises(OfficersCardNotTaken):
            cards(here).request(Page().jwk, DESK)


async def test_a_card_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    from simulators.authority import Authority

    async with hall(tmp_path) as here:
        forged = Authority(clock.utc_now()).issue("cb-002", "Trần Thị Bình", clock.utc_now())
        here.desk.readers.insert(DESK, SimulatedCard({0x9A: forged}))
        await until(lambda: here.desk.text == "THE KHONG HOP LE / MOI GAP BAN THU KY")
        with pytest.raises(OfficersCardNotTaken):
            cards(here).request(Page().jwk, DESK)


async def test_an_officers_desk_binds_no_phone_and_a_seat_signs_no_officer_in(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as here:
        await known(here)
        assert here.controller is not None
        with pytest.raises(PlaceUnknown):
            here.controller.intake.request_phone_binding(Page().jwk, DESK)
        seat = here.everybody[0]
        seat.readers.insert(seat.seat, card(here))
        await until(lambda: here.controller and here.controller.intake.admission.card_at(seat.seat))
        with pytest.raises(OfficersCardMissing):
            cards(here).request(Page().jwk, SeatId(seat.seat))


async def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await known(here)
        for key in ({"kty": "EC"}, to_jwk(here.signer.public_key)):
            with pytest.raises(PageKeyUnusable):
                cards(here).request(key, DESK)
