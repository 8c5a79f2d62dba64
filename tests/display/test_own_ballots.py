"""What a member sees and takes away of the own ballots: nobody else's, by session."""

import httpx
import pytest

from display.views import me, own_votes
from tests.display.opened_door import opened
from tests.display.simulated_hall import BOOK, SimulatedHall
from tests.display.stages import declared, moment, seen
from tests.display.stages import opened as voting
from tests.hall_controller.chamber import NAMES_BOOK
from voting import commands as c


async def _got(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    async with browser:
        return await browser.get(path)


async def test_a_member_sees_the_own_ballots_and_no_others(hall):
    voting(hall)
    hall.press("m001", "reject")
    async with opened(hall=hall) as house:
        votes = (await _got(house.member("m001"), "/api/ballots")).json()["votes"]
        assert [vote["id"] for vote in votes] == ["pm.1"]
        first, last = votes[0]["ballots"]
        assert (first["counts"], last["counts"]) == (False, True)
        assert (last["choice"]["id"], last["seat"]) == ("reject", "001")
        assert "choice" not in first
        assert last["code"] == last["ballot"][:4].upper()
        assert votes[0]["closed"] is False
        none = (await _got(house.member("m010"), "/api/ballots")).json()["votes"]
        assert none[0]["ballots"] == []


async def test_proofs_are_of_the_own_ballots_only(hall):
    declared(hall)
    async with opened(hall=hall) as house:
        browser = house.member("m001")
        own = (await browser.get("/api/ballots")).json()["votes"][0]["ballots"][0]["ballot"]
        proof = await browser.get(f"/api/ballots/{own}/tlog-proof")
        assert proof.text.startswith(own)
        assert proof.headers["content-disposition"] == f'attachment; filename="{own[:8]}.tlog-proof"'
        assert proof.headers["cache-control"] == "no-store"
        whole = await browser.get("/api/proof")
        assert whole.text == "m001: pm.1"
        assert 'filename="m001.proof.json"' in whole.headers["content-disposition"]
        assert (await browser.get("/api/proof?vote=pm.1")).text == "m001: pm.1"
        other = hall.meeting.votes["pm.1"].ballots["m002"].ballot
        for path, code in (
            (f"/api/ballots/{other}/tlog-proof", "no_such_ballot"),
            (f"/api/ballots/{'0' * 64}/tlog-proof", "no_such_ballot"),
            ("/api/proof?vote=pm.9", "no_such_vote"),
        ):
            answer = await browser.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize("path", ["/api/ballots", "/api/proof", "/api/ballots/00/tlog-proof"])
async def test_nobody_else_is_shown_any(hall, path):
    declared(hall)
    async with opened(hall=hall) as house:
        assert (await _got(house.browser(), path)).status_code == 401
        for role in ("officer", "auditor"):
            assert (await _got(house.signed_in(role), path)).status_code == 403


async def test_after_the_sitting_the_phone_still_shows_the_last_one(hall):
    declared(hall)
    async with opened(hall=hall) as house:
        browser = house.member("m002")
        hall.do(c.AdjournSitting("secretary-1"))
        votes = (await browser.get("/api/ballots")).json()["votes"]
        assert [vote["phase"] for vote in votes] == ["declared"]
        assert votes[0]["closed"] is True


def test_of_secret_votes_there_is_nothing_to_show(hall):
    hall.convene()
    kinds = hall.meeting.sitting.rulebook.kinds.values()
    secret = next(kind.id for kind in kinds if kind.secret)
    text = {"vi": "Nhân sự", "en": "Person"}
    hall.do(c.AnnounceVote("pm.s", c.Question(secret, text, text), "secretary-1"))
    assert own_votes("m001", moment(hall)) == []


def test_a_stranger_has_none(hall):
    declared(hall)
    assert own_votes("m999", moment(hall)) == []
    assert own_votes("m001", moment(SimulatedHall())) == []


@pytest.mark.parametrize(("book", "ms"), [(BOOK, 3000), (NAMES_BOOK, None)])
def test_a_choice_is_readable_by_itself_as_long_as_on_the_seat(book, ms):
    hall = SimulatedHall(book=book)
    voting(hall)
    ballot = me("m001", moment(hall))["ballot"]
    assert (ballot["choice"], ballot["seat"], ballot.get("show_choice_ms")) == ("approve", "001", ms)
    assert seen(hall)["vote"]["phase"] == "open"
