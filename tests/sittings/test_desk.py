"""Members come to the registrar's desk with card and phone, then vote by phone; a stranger recounts it."""

import asyncio
from pathlib import Path

import httpx

from audit.signing import to_jwk
from firmware_bridge.ports import Lamp
from simulators.crowd import Person
from simulators.hall import SimulatedSeat
from tests.sittings.hall_under_test import HallUnderTest, choices, hall_under_test, until
from tests.sittings.proof import proved
from tests.sittings.test_phone_after_kill import Phone, opened_for

DESK = "desk-1"


def desk_of(hall: HallUnderTest) -> SimulatedSeat:
    return hall.simulated.seats[DESK]


def says(desk: SimulatedSeat) -> str:
    return " / ".join(line.strip() for line in desk.unit.lines).strip(" /")


async def asks(
    browser: httpx.AsyncClient, phone: Phone, desk: str = DESK, code: str = "000000"
) -> httpx.Response:
    key = to_jwk(phone.signer.public_key)
    return await browser.post("/api/phones", json={"key": key, "seat": desk, "code": code})


def code_at(desk: SimulatedSeat) -> str:
    """What the unit shows with its greeting: `KINH CHAO  MA 482193`."""
    return says(desk).split(" / ")[0][-6:]


async def bound(hall: HallUnderTest, person: Person, phone: Phone) -> None:
    """The card goes in, the digits are compared with the name beside them, ✓, PIN; the card comes out."""
    desk = desk_of(hall)
    desk.insert(person.card)
    await until(lambda: "KINH CHAO" in says(desk))
    async with phone.knocks_at(hall) as browser:
        asked = (await asks(browser, phone, code=code_at(desk))).json()
        await until(lambda: asked["digits"] in says(desk))
        while not desk.readers.asking(DESK):
            desk.unit.press("1", desk.clock())
            await asyncio.sleep(0.25)
        assert says(desk).startswith(f"PIN CHO DT {asked['digits']}")
        desk.readers.type_pin(DESK, person.pin)
        await until(lambda: says(desk).startswith("DA GAN DIEN THOAI"))
        state = (await browser.get(f"/api/phones/{asked['enrolment']}")).json()
        assert state["state"] == "bound"
    desk.pull()
    await until(lambda: "MOI DUA THE VAO" in says(desk))


async def test_phones_bound_at_the_desk_vote_and_anyone_can_recount_it(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        early, late = hall.people[0], hall.people[1]
        await hall.convene(absent=[early, late])
        assert hall.officer.view["health"]["seats_online"] == len(hall.people), "the desk is no seat"
        one, two = Phone(), Phone()
        await bound(hall, early, one)
        await opened_for(hall, early, late)
        await hall.open_vote(voters=hall.people[2:])
        await the_desk_votes_on_nothing(hall)
        await bound(hall, late, two)
        for phone, choice in ((one, "approve"), (two, "reject")):
            async with phone.knocks_at(hall) as browser:
                await phone.let_in(browser)
                ballot = phone.ballot((await browser.get("/api/form")).json(), choice)
                answer = await browser.post("/api/ballots", json=ballot)
                assert answer.status_code == 200, answer.text
        wanted = choices(hall.people[5:10], "approve")
        await hall.vote(wanted)
        await proved(hall, {early.member: "approve", late.member: "reject"} | wanted)


async def the_desk_votes_on_nothing(hall: HallUnderTest) -> None:
    """A key pressed there in an open vote; a desk that isn't; a desk without a card."""
    desk, before = desk_of(hall), hall.seen().types()
    desk.unit.press("1", desk.clock())
    await until(lambda: says(desk) == "BAN DANG KY / KHONG BIEU QUYET")
    assert desk.unit.lamps == (Lamp.OFF, Lamp.OFF, Lamp.OFF)
    assert hall.seen().types() == before
    phone = Phone()
    async with phone.knocks_at(hall) as browser:
        assert (await asks(browser, phone)).json()["code"] == "no_card_at_desk"
        assert (await asks(browser, phone, "desk-2")).json()["code"] == "place_unknown"
