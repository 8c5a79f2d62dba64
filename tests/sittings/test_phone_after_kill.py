"""kill -9 of the controller in an open vote, with a member on the phone: nobody can bind a phone now."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from audit import base64url, statement
from audit.signing import EcSigner, to_jwk
from simulators.crowd import Person
from tests.sittings.hall_under_test import HallUnderTest, choices, hall_under_test, says, until
from tests.sittings.proof import proved


class Phone:
    """The member's page, as far as the hall sees it: one key, requests from the hall's own origin."""

    def __init__(self) -> None:
        self.signer = EcSigner(ec.generate_private_key(ec.SECP256R1()))

    def knocks_at(self, hall: HallUnderTest) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=hall.address, headers={"Origin": hall.address})

    async def bound(self, hall: HallUnderTest, person: Person) -> None:
        """The seat's console shows the phone's digits, the member confirms and types the PIN."""
        async with self.knocks_at(hall) as browser:
            key = to_jwk(self.signer.public_key)
            asked = await browser.post("/api/phones", json={"key": key, "seat": person.seat.seat})
            assert asked.status_code == 201, asked.text
            digits = asked.json()["digits"]
            await until(lambda: digits in says(person))
            signed_in = hall.seen().types().count("SignedIn")
            while digits in says(person):
                # Pressed sooner than anybody can compare eight digits, the key confirms nothing.
                person.seat.unit.press("1", person.seat.clock())
                await asyncio.sleep(0.25)
            await until(lambda: hall.seen().types().count("SignedIn") > signed_in)

    async def let_in(self, browser: httpx.AsyncClient) -> None:
        """By its key alone."""
        known = {"key_id": self.signer.kid}
        asked = await browser.post("/api/session/phone/challenge", json=known)
        challenge = asked.json()["challenge"]
        signature = base64url.encode(self.signer.sign(f"parl-phone-session:{challenge}".encode()))
        proof = {**known, "challenge": challenge, "signature": signature}
        answer = await browser.post("/api/session/phone", json=proof)
        assert answer.status_code == 200, answer.text

    def ballot(self, form: dict[str, Any], choice: str) -> dict[str, str]:
        nonce = base64url.encode(secrets.token_bytes(16))
        payload = {**form["form"], "choice": choice, "nonce": nonce}
        header = form["header"]
        return statement.sign(statement.BALLOT, payload, self.signer, kid=header["kid"], sk=header["sk"])


async def opened_for(hall: HallUnderTest, *people: Person) -> None:
    """The chair opens voting by phone for these members: off otherwise."""
    named = [person.member for person in people]
    await hall.officer.act("open_mobile", members=named, reason="họp từ xa")


async def test_the_phone_proves_its_key_again_and_votes_on(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        phone, member = Phone(), hall.row[0]
        await phone.bound(hall, member)
        await opened_for(hall, member)
        await hall.open_vote()
        async with phone.knocks_at(hall) as browser:
            await phone.let_in(browser)
            ballot = phone.ballot((await browser.get("/api/form")).json(), "approve")
            first = await browser.post("/api/ballots", json=ballot)
            assert first.status_code == 200, first.text
        await hall.kill_controller()
        await hall.start_controller()
        await hall.everything_online()
        async with phone.knocks_at(hall) as browser:
            assert (await browser.post("/api/ballots", json=ballot)).status_code == 401
            await phone.let_in(browser)
            again = await browser.post("/api/ballots", json=ballot)
            assert again.json()["receipt"] == first.json()["receipt"], "the same ballot, the same receipt"
            changed = phone.ballot((await browser.get("/api/form")).json(), "reject")
            assert (await browser.post("/api/ballots", json=changed)).status_code == 200
        await hall.officer.until(lambda view: view["vote"].get("recorded") == 1)
        wanted = choices(hall.people[5:10], "approve")
        await hall.vote(wanted)
        await proved(hall, {member.member: "reject"} | wanted)
