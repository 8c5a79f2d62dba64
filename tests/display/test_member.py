"""A member's phone, from the seat's console to the receipt."""

import base64
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from audit import fingerprint, signing, statement
from tests.display.opened_door import opened
from tests.display.simulated_hall import SimulatedHall

SEAT = "003"


class Phone:
    """What the page does with its WebCrypto key; only the key's holder can sign."""

    def __init__(self, browser):
        self.signer = signing.EcSigner(ec.generate_private_key(ec.SECP256R1()))
        self.browser = browser

    async def ask(self, seat=SEAT, code=None):
        key = signing.to_jwk(self.signer.public_key)
        with_code = {} if code is None else {"code": code}
        return await self.browser.post("/api/phones", json={"key": key, "seat": seat} | with_code)

    def proof(self, challenge, by=None):
        signature = (by or self.signer).sign(b"parl-phone-session:" + challenge.encode())
        encoded = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
        return {"key_id": self.signer.kid, "challenge": challenge, "signature": encoded}

    async def let_in(self, challenge):
        return await self.browser.post("/api/session/phone", json=self.proof(challenge))

    def ballot(self, form, choice):
        nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()
        payload = {**form["form"], "choice": choice, "nonce": nonce}
        header = form["header"]
        return statement.sign(statement.BALLOT, payload, self.signer, kid=header["kid"], sk=header["sk"])


async def bound(house, phone, hall):
    asked = (await phone.ask()).json()
    hall.press_yes(asked["enrolment"])
    state = (await phone.browser.get(f"/api/phones/{asked['enrolment']}")).json()
    return await phone.let_in(state["challenge"])


@pytest.fixture
def hall():
    hall = SimulatedHall()
    hall.convene(present=10)
    return hall


async def test_a_phone_is_bound_at_the_seat_and_votes(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        phone = Phone(browser)
        answer = await phone.ask()
        asked = answer.json()
        assert answer.status_code == 201
        assert asked["key_id"] == phone.signer.kid
        assert asked["digits"] == fingerprint.digits(phone.signer.kid)
        path = f"/api/phones/{asked['enrolment']}"
        assert (await browser.get(path)).json() == {"state": "waiting"}
        hall.press_yes(asked["enrolment"])
        state = (await browser.get(path)).json()
        assert state["state"] == "bound"
        entered = await phone.let_in(state["challenge"])
        assert entered.json() == {"role": "member", "name": "Đại biểu 3"}
        assert (await browser.get("/api/form")).json()["code"] == "vote_not_open"

        hall.announce()
        hall.open()
        form = (await browser.get("/api/form")).json()
        assert form["choices"] == ["approve", "reject", "not_voting"]
        ballot = phone.ballot(form, "approve")
        receipt = (await browser.post("/api/ballots", json=ballot)).json()["receipt"]
        read = statement.parse(receipt, statement.RECEIPT)
        assert read.payload["ballot"] == statement.parse(ballot, statement.BALLOT).payload_hash
        assert hall.meeting.current.ballots["m003"].channel == "mobile"

        again = await browser.post("/api/ballots", json=ballot)
        assert again.json()["receipt"] == receipt, "the same ballot, the same receipt"

        changed = (await browser.get("/api/form")).json()
        assert changed["form"]["rev"] == 2
        await browser.post("/api/ballots", json=phone.ballot(changed, "reject"))
        assert hall.meeting.current.ballots["m003"].choice == "reject"


async def test_a_proof_by_another_key_lets_nobody_in(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        phone, thief = Phone(browser), Phone(browser)
        asked = (await phone.ask()).json()
        hall.press_yes(asked["enrolment"])
        challenge = (await browser.get(f"/api/phones/{asked['enrolment']}")).json()["challenge"]
        forged = phone.proof(challenge, by=thief.signer)
        answer = await browser.post("/api/session/phone", json=forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "proof_not_valid")
        assert (await phone.let_in(challenge)).status_code == 200, "the thief has used up nothing"
        assert (await phone.let_in(challenge)).status_code == 401, "a challenge proves once"


async def test_a_phone_is_not_bound_where_no_card_is(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        answer = await Phone(browser).ask("012")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_card")
        assert (await browser.get("/api/phones/unknown")).status_code == 404


@pytest.mark.parametrize(
    "spoil",
    [{"d": "A" * 43}, {"crv": "P-384"}, {"kty": "RSA"}, {"x": "short"}, {"x": "A" * 43, "y": "A" * 43}],
)
async def test_a_key_that_is_none_is_refused(hall, spoil):
    async with opened(hall=hall) as house, house.browser() as browser:
        key = signing.to_jwk(Phone(browser).signer.public_key) | spoil
        answer = await browser.post("/api/phones", json={"key": key, "seat": SEAT})
        assert answer.status_code in (409, 422)
        assert answer.json()["code"] in ("wrong_shape", "bad_key")


async def test_a_seats_console_is_not_lit_without_end(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        answers = [(await Phone(browser).ask()).status_code for _ in range(121)]
        assert answers == [201] * 120 + [429]


async def test_who_reads_the_desks_unit_is_let_through_also_behind_an_address_that_guesses(hall):
    hall.at_desk = "m003"
    async with opened(hall=hall) as house, house.browser() as browser:
        phone = Phone(browser)
        for code in ("12345", "1234567", "12345a", "482193 "):
            assert (await phone.ask("desk-1", code)).status_code == 422
        guesses = [(await Phone(browser).ask("desk-1", f"{code:06}")).status_code for code in range(21)]
        assert guesses == [409] * 20 + [429]
        assert (await phone.ask("desk-1")).status_code == 429, "no code is a wrong one"
        assert (await phone.ask("desk-1", hall.desk_code)).status_code == 201
        assert (await phone.ask()).status_code == 201, "and a seat is another matter"


async def test_ballots_that_are_not_good_are_refused_and_nothing_is_recorded(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        phone = Phone(browser)
        await bound(house, phone, hall)
        hall.announce()
        hall.open()
        form = (await browser.get("/api/form")).json()
        good = phone.ballot(form, "approve")
        stranger = Phone(browser)
        cases = {
            "signed by another": stranger.ballot(form, "approve"),
            "torn": {**good, "payload": good["payload"][:-4]},
            "no choice of this vote": phone.ballot(form, "maybe"),
            "of another opening": phone.ballot(
                {**form, "form": {**form["form"], "chal": "B" * 21 + "A"}}, "approve"
            ),
        }
        for name, ballot in cases.items():
            answer = await browser.post("/api/ballots", json=ballot)
            assert answer.status_code == 409, name
        for shape in ({}, {**good, "header": {}}, {"ballot": good}, {**good, "payload": 1}):
            assert (await browser.post("/api/ballots", json=shape)).status_code == 422
        assert not hall.meeting.current.ballots


async def test_a_ballot_that_could_not_be_written_is_not_yet_recorded(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        phone = Phone(browser)
        await bound(house, phone, hall)
        hall.announce()
        hall.open()
        ballot = phone.ballot((await browser.get("/api/form")).json(), "approve")
        hall.failing = True
        answer = await browser.post("/api/ballots", json=ballot)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_recorded")
        hall.failing = False
        assert (await browser.post("/api/ballots", json=ballot)).status_code == 200


async def test_a_member_asks_for_the_floor_and_withdraws(hall):
    async with opened(hall=hall) as house, house.member("m002") as browser:
        assert (await browser.post("/api/floor", json={"kind": "speech"})).status_code == 204
        assert [one.member for one in hall.meeting.floor.queue] == ["m002"]
        again = await browser.post("/api/floor", json={"kind": "speech"})
        assert (again.status_code, again.json()["code"]) == (409, "already_requested")
        assert (await browser.post("/api/floor", json={"kind": None})).status_code == 204
        assert not hall.meeting.floor.queue
        assert (await browser.post("/api/floor", json={"kind": "song"})).status_code == 422


async def proved_again(house, phone):
    """What the page does by itself when its session is gone."""
    asked = await phone.browser.post("/api/session/phone/challenge", json={"key_id": phone.signer.kid})
    return await phone.let_in(asked.json()["challenge"])


async def test_after_a_restart_in_an_open_vote_the_phone_proves_its_key_and_votes_on(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        phone = Phone(browser)
        asked = (await phone.ask()).json()
        hall.press_yes(asked["enrolment"])
        challenge = (await browser.get(f"/api/phones/{asked['enrolment']}")).json()["challenge"]
        await phone.let_in(challenge)
        hall.announce()
        hall.open()
        ballot = phone.ballot((await browser.get("/api/form")).json(), "approve")
    hall.restart()
    async with opened(hall=hall) as house, house.browser() as browser:
        phone.browser = browser
        assert (await browser.get(f"/api/phones/{asked['enrolment']}")).status_code == 404
        assert (await browser.post("/api/ballots", json=ballot)).status_code == 401
        assert (await phone.let_in(challenge)).status_code == 401, "a challenge of the old process"
        entered = await proved_again(house, phone)
        assert entered.json() == {"role": "member", "name": "Đại biểu 3"}
        assert (await browser.post("/api/ballots", json=ballot)).status_code == 200
        assert hall.meeting.current.ballots["m003"].choice == "approve"


async def test_an_unknown_key_is_given_a_challenge_that_looks_alike_and_lets_nobody_in(hall):
    async with opened(hall=hall) as house, house.browser() as browser:
        known, stranger = Phone(browser), Phone(browser)
        await bound(house, known, hall)
        answers = [
            await browser.post("/api/session/phone/challenge", json={"key_id": one.signer.kid})
            for one in (known, stranger)
        ]
        assert [one.status_code for one in answers] == [200, 200]
        assert len({len(one.json()["challenge"]) for one in answers}) == 1
        assert (await proved_again(house, stranger)).json()["code"] == "proof_not_valid"
        assert (await browser.post("/api/session/phone/challenge", json={"key_id": "x"})).status_code == 422


async def test_another_phone_of_the_same_member_ends_the_first_ones_view(hall):
    async with opened(hall=hall) as house, house.browser() as old, house.browser() as new:
        first, second = Phone(old), Phone(new)
        await bound(house, first, hall)
        assert (await old.get("/api/session?as=member")).json()["role"] == "member"
        await bound(house, second, hall)
        assert (await old.get("/api/session?as=member")).json()["role"] == "public"
        assert (await old.get("/api/form")).status_code == 401
        assert (await proved_again(house, first)).status_code == 401
        assert (await new.get("/api/session?as=member")).json()["role"] == "member"


async def test_an_officer_ends_a_phone_that_was_lost(hall):
    async with (
        opened(hall=hall) as house,
        house.browser() as browser,
        house.signed_in("officer") as officer,
    ):
        phone = Phone(browser)
        await bound(house, phone, hall)
        act = {"act": "end_phone", "member": "m003", "id": "lost-phone"}
        assert (await browser.post("/api/acts", json=act)).status_code == 403
        assert (await officer.post("/api/acts", json=act)).status_code == 200
        assert hall._log[-1] == b"SignedOut officer:secretary-1"
        assert (await browser.post("/api/floor", json={"kind": "speech"})).status_code == 401
        assert "m003" in hall.meeting.attendance.present, "a device was lost, nobody left"
        again = await officer.post("/api/acts", json={**act, "id": "lost-phone-2"})
        assert (again.status_code, again.json()["code"]) == (409, "no_phone_bound")
