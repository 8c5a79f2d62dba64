"""A PIN from a phone passes through the hall sealed, from whoever stands at the seat, not without end."""

import asyncio
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from audit.signing import to_jwk
from display.ports import PinOutcome
from tests.display.opened_door import opened
from tests.display.simulated_hall import SimulatedHall

BRIDGE = ec.generate_private_key(ec.SECP256R1())
KEY = to_jwk(BRIDGE.public_key())
CHAL = "AAECAwQFBgcICQoLDA0ODw"
SEALED = "eyJhbGciOiJFQ0RILUVTIn0..AAAA.BBBB.CCCC"
GOOD = {"chal": CHAL, "sealed": SEALED}


async def test_the_seats_request_is_told_and_the_sealed_pin_passed_on_as_it_is():
    async with opened() as house, house.browser() as phone:
        house.hall.await_pin("003", KEY)
        asked = (await phone.get("/api/pin/003")).json()
        greeting = ["KINH CHAO DAI BIEU", "NGUYEN VAN A"]
        assert asked == {
            "state": "waiting",
            "request": {"chal": CHAL, "key": dict(KEY), "greeting": greeting},
        }
        assert (await phone.post("/api/pin/003", json=GOOD)).status_code == 204
        assert house.hall.pins_sent == [("003", CHAL, SEALED)]
        assert (await phone.get("/api/pin/003")).json()["state"] == "checking"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (PinOutcome("wrong", 2), {"state": "wrong", "tries_left": 2}),
        (PinOutcome("blocked", 0), {"state": "blocked", "tries_left": 0}),
        (PinOutcome("wrong_code", 1), {"state": "wrong_code", "tries_left": 1}),
        (PinOutcome("signed_in"), {"state": "signed_in"}),
    ],
)
async def test_what_became_of_it_is_told(outcome, said):
    async with opened() as house, house.browser() as phone:
        house.hall.pin_outcomes["003"] = outcome
        assert (await phone.get("/api/pin/003")).json() == said


async def test_at_a_registrars_desk_as_at_a_seat():
    async with opened() as house, house.browser() as phone:
        (desk,) = (await phone.get("/api/desks")).json()["desks"]
        assert desk == {"id": "desk-1", "name": {"vi": "Bàn đăng ký", "en": "Registrar's desk"}}
        assert (await phone.get("/api/plan")).text.count("desk") == 0, "it is no seat of the hall"
        house.hall.await_pin(desk["id"], KEY)
        asked = (await phone.get(f"/api/pin/{desk['id']}")).json()
        assert asked["request"] == {"chal": CHAL, "key": dict(KEY)}, "nobody is named to whoever asks"
        assert (await phone.post(f"/api/pin/{desk['id']}", json=GOOD)).status_code == 204


async def test_where_no_pin_is_awaited_none_is_taken():
    async with opened() as house, house.browser() as phone:
        assert (await phone.get("/api/pin/003")).json() == {"state": "none"}
        answer = await phone.post("/api/pin/003", json=GOOD)
        assert (answer.status_code, answer.json()["code"]) == (409, "pin_not_awaited")
        house.hall.await_pin("003", KEY)
        stale = await phone.post("/api/pin/003", json=GOOD | {"chal": "another"})
        assert stale.status_code == 409
        for seat in ("999", "..", "003%00"):
            assert (await phone.get(f"/api/pin/{seat}")).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"chal": CHAL},
        GOOD | {"pin": "123456"},
        GOOD | {"sealed": "x" * 1025},
        GOOD | {"sealed": "123 456"},
        GOOD | {"sealed": ""},
        GOOD | {"chal": "<b>"},
    ],
)
async def test_another_shape_is_refused(content):
    async with opened() as house, house.browser() as phone:
        house.hall.await_pin("003", KEY)
        assert (await phone.post("/api/pin/003", json=content)).status_code == 422
        assert not house.hall.pins_sent


async def test_a_foreign_page_sends_none():
    async with opened() as house, house.browser() as phone:
        house.hall.await_pin("003", KEY)
        phone.headers["Origin"] = "https://elsewhere.example"
        assert (await phone.post("/api/pin/003", json=GOOD)).status_code == 403
        assert not house.hall.pins_sent


async def test_one_sender_has_four_a_minute_at_a_seat_and_the_member_goes_on():
    async with opened() as house, house.browser() as stranger, house.browser("10.0.0.2") as member:
        house.hall.await_pin("003", KEY)
        answers = [(await stranger.post("/api/pin/003", json=GOOD)).status_code for _ in range(6)]
        assert answers == [204] * 4 + [429] * 2
        assert (await member.post("/api/pin/003", json=GOOD)).status_code == 204
        house.hall.await_pin("004", KEY)
        assert (await stranger.post("/api/pin/004", json=GOOD)).status_code == 204, "another seat's phone"
        house.hall.forward(minutes=1)
        assert (await stranger.post("/api/pin/003", json=GOOD)).status_code == 204


async def test_the_phones_behind_one_address_all_sign_in_and_a_flood_from_it_is_stopped():
    async with opened(hall=SimulatedHall(count=200)) as house, house.browser() as proxy:
        answers = []
        for seat in house.hall.seats:
            house.hall.await_pin(seat.id, KEY)
            answers.append((await proxy.post(f"/api/pin/{seat.id}", json=GOOD)).status_code)
        assert answers == [204] * 120 + [429] * 80


async def test_many_addresses_together_have_thirty_a_minute_at_a_seat():
    async with opened() as house:
        house.hall.await_pin("003", KEY)
        answers = []
        for sender in range(35):
            async with house.browser(f"10.0.1.{sender}") as browser:
                answers.append((await browser.post("/api/pin/003", json=GOOD)).status_code)
        assert answers == [204] * 30 + [429] * 5


async def test_what_is_sent_slowly_side_by_side_is_counted_before_it_is_read():
    """Who holds back bodies would otherwise be let in as often as there are connections."""
    all_are_there = asyncio.Event()

    async def slowly():
        await all_are_there.wait()
        yield json.dumps(GOOD).encode()

    async with opened() as house, house.browser() as phone:
        house.hall.await_pin("003", KEY)

        async def send():
            head = {"content-type": "application/json"}
            return (await phone.post("/api/pin/003", content=slowly(), headers=head)).status_code

        sending = [asyncio.create_task(send()) for _ in range(12)]
        for _ in range(50):
            await asyncio.sleep(0)
        all_are_there.set()
        assert sum(answer == 429 for answer in await asyncio.gather(*sending)) >= 8
