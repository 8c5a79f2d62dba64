"""An officer at the pages: in by card, kept in by hand, out everywhere; the page knows at once."""

import asyncio
import base64
from contextlib import asynccontextmanager, suppress

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.exceptions import ConnectionClosed

from audit import signing
from display.officers import Officer, Officers
from display.routes.live import NO_SESSION
from tests.display.opened_door import opened, served
from tests.display.simulated_hall import SimulatedHall
from voting.ids import OfficerId, SeatId

THU_KY = Officer(OfficerId("thu-ky"), "Trần Thị Bình", "secretary", card="cb-2")
CHU_TOA = Officer(OfficerId("chu-toa"), "Nguyễn Văn An", "presiding", card="cb-1")
OFFICERS = Officers((THU_KY, CHU_TOA), desks=(SeatId("desk-1"),))


class Page:
    def __init__(self):
        self.signer = signing.EcSigner(ec.generate_private_key(ec.SECP256R1()))
        self.jwk = signing.to_jwk(self.signer.public_key)

    def proof(self, key_id, challenge):
        signed = self.signer.sign(b"parl-officer-session:" + challenge.encode())
        signature = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
        return {"key_id": key_id, "challenge": challenge, "signature": signature}


@asynccontextmanager
async def house():
    hall = SimulatedHall()
    hall.officers_card = "cb-2"
    async with opened(hall=hall, officers=OFFICERS) as here:
        yield here


async def by_card(house, browser):
    page = Page()
    asked = (await browser.post("/api/session/card", json={"key": page.jwk, "desk": "desk-1"})).json()
    house.hall.card_signs(asked["enrolment"])
    state = (await browser.get(f"/api/session/card/{asked['enrolment']}")).json()
    return await browser.post(
        "/api/session/card/proof", json=page.proof(asked["key_id"], state["challenge"])
    )


async def test_a_card_signs_its_officer_in_with_the_post_of_the_list():
    async with house() as here, here.browser() as browser:
        answer = await by_card(here, browser)
        assert answer.status_code == 200
        assert answer.json()["post"] == "secretary"
        assert answer.json()["fresh_s"] == 900
        assert (await browser.get("/api/session?as=officer")).json()["officer"] == "thu-ky"


async def test_nobody_gets_in_before_the_card_has_signed_or_by_another_key():
    async with house() as here, here.browser() as browser:
        page = Page()
        asked = (await browser.post("/api/session/card", json={"key": page.jwk, "desk": "desk-1"})).json()
        state = (await browser.get(f"/api/session/card/{asked['enrolment']}")).json()
        assert state == {"state": "waiting"}
        early = page.proof(asked["key_id"], here.hall.phone_challenge(asked["key_id"]))
        assert (await browser.post("/api/session/card/proof", json=early)).status_code == 401
        here.hall.card_signs(asked["enrolment"])
        stranger = Page().proof(asked["key_id"], here.hall.phone_challenge(asked["key_id"]))
        assert (await browser.post("/api/session/card/proof", json=stranger)).status_code == 401


async def test_a_card_that_is_on_no_list_signs_nobody_in():
    async with house() as here, here.browser() as browser:
        here.hall.officers_card = "cb-9"
        answer = await by_card(here, browser)
        assert (answer.status_code, answer.json()["code"]) == (401, "card_not_an_officers")


async def test_another_place_is_no_officers_desk():
    async with house() as here, here.browser() as browser:
        answer = await browser.post("/api/session/card", json={"key": Page().jwk, "desk": "001"})
        assert answer.status_code == 404
        assert (await browser.get("/api/desks")).json() == {"desks": []}, "phones aren't bound there"
        ways = (await browser.get("/api/sign-in")).json()
        assert ways == {
            "openid": False, "code": False,
            "desks": [{"id": "desk-1", "name": {"vi": "Bàn đăng ký", "en": "Registrar's desk"}}],
        }  # fmt: skip


async def test_desks_are_not_lit_without_end():
    async with house() as here, here.browser("10.0.0.9") as browser:
        answers = [
            await browser.post("/api/session/card", json={"key": Page().jwk, "desk": "desk-1"})
            for _ in range(31)
        ]
        assert [one.status_code for one in answers][-1] == 429


async def test_a_hall_without_codes_takes_none():
    async with house() as here, here.browser() as browser:
        code = here.access.invite("officer", "thu-ky", here.access.officers.confirm)
        answer = await browser.post("/api/session", json={"code": code})
        assert (answer.status_code, answer.json()["code"]) == (403, "codes_not_taken")


async def test_a_hand_on_the_page_keeps_it_signed_in_and_an_open_page_alone_does_not():
    async with house() as here, here.browser() as browser:
        await by_card(here, browser)
        before = (await browser.get("/api/session?as=officer")).json()["ends"]
        here.hall.forward(minutes=90)
        assert (await browser.get("/api/session?as=officer")).json()["ends"] == before
        awake = await browser.post("/api/session/awake?as=officer")
        assert awake.json()["ends"] > before
        here.hall.forward(minutes=121)
        assert (await browser.post("/api/session/awake?as=officer")).status_code == 401


async def end_of(socket):
    """The code with which it is closed, whatever is said before."""
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


@pytest.mark.parametrize("how", ["everywhere", "here", "time"])
async def test_the_page_of_a_session_that_is_over_is_told_at_once(how):
    hall = SimulatedHall()
    async with served(hall=hall, officers=OFFICERS) as here:
        browsers = [here.browser() for _ in range(2)]
        for browser in browsers:
            token, _ = here.access.admit_officer(THU_KY, "card")
            browser.cookies.set("hall_session_officer", token)
        first, second = browsers
        async with here.follow(first, "officer") as socket:
            await socket.recv()
            if how == "time":
                hall.now += here.access.officers.limits["secretary"].idle * 2
            elif how == "everywhere":
                await second.delete("/api/session?as=officer&everywhere=1")
            else:
                await first.delete("/api/session?as=officer")
            async with asyncio.timeout(1.5 if how == "time" else 0.5):
                assert await end_of(socket) == NO_SESSION
        answer = await second.get("/api/session?as=officer")
        assert (answer.json()["role"] == "officer") == (how == "here")


async def test_signing_out_everywhere_leaves_other_officers_in():
    async with house() as here, here.browser() as mine, here.browser() as other:
        await by_card(here, mine)
        token, _ = here.access.admit_officer(CHU_TOA, "card")
        other.cookies.set("hall_session_officer", token)
        await mine.delete("/api/session?as=officer&everywhere=1")
        assert (await other.get("/api/session?as=officer")).json()["officer"] == "chu-toa"
