"""What takes two people: asked by one, confirmed by another, in time; both stand in the log's entry."""

from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from display.officers import Officer, Officers
from display.second_person import MOST_WAITING
from tests.display.opened_door import Follower, opened, served
from tests.display.simulated_hall import BOOK, SimulatedHall
from voting import commands as c
from voting.ids import OfficerId, VoteId

CHU_TOA = Officer(OfficerId("chu-toa"), "Nguyễn Văn An", "presiding", card="cb-1")
THU_KY = Officer(OfficerId("thu-ky"), "Trần Thị Bình", "secretary", card="cb-2")
VAN_HANH = Officer(OfficerId("van-hanh"), "Lê Chi", "operator", card="cb-3")
DANG_KY = Officer(OfficerId("dang-ky"), "Phạm Dung", "registrar", card="cb-4")
FOUR = Officers((CHU_TOA, THU_KY, VAN_HANH, DANG_KY))
CANCEL = {"act": "cancel", "id": "cancel-0001", "vote": "pm.1", "reason": "Sai nội dung"}
MARK = {
    "act": "mark_presence",
    "id": "mark-00001",
    "member": "m001",
    "present": False,
    "reason": "Đã ra về",
}


class Bench:
    """The officers' consoles."""

    def __init__(self, house):
        self.house = house
        self.hall = house.hall

    def at(self, officer):
        browser = self.house.browser()
        token, _ = self.house.access.admit_officer(officer, "card")
        browser.cookies.set("hall_session_officer", token)
        return browser

    async def ask(self, browser, act):
        return await browser.post("/api/acts", json=act)

    async def answer(self, browser, id, said="confirm"):
        return await browser.post(f"/api/requests/{id}", json={"answer": said})

    @property
    def last(self):
        return self.hall._log[-1].decode()


@asynccontextmanager
async def bench(officers=FOUR, hall=None):
    hall = hall or SimulatedHall()
    hall.convene()
    hall.announce()
    async with opened(hall=hall, officers=officers) as house:
        yield Bench(house)


def code(answer):
    return answer.status_code, answer.json().get("code")


async def test_one_asks_another_confirms_and_both_stand_in_the_log():
    async with bench() as here:
        asked = await here.ask(here.at(THU_KY), CANCEL)
        assert asked.json() == {"asked": "thu-ky.cancel-0001"}
        assert here.hall.meeting.votes["pm.1"].phase.value == "announced", "nothing is done by one"
        assert (await here.answer(here.at(CHU_TOA), "thu-ky.cancel-0001")).status_code == 200
        assert here.hall.meeting.votes["pm.1"].phase.value == "cancelled"
        assert here.last == "VoteCancelled officer:thu-ky+chu-toa"


async def test_the_same_person_at_two_consoles_is_one_person():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        again = here.at(THU_KY)
        assert code(await here.answer(again, "thu-ky.cancel-0001")) == (403, "same_person")
        assert code(await here.answer(again, "thu-ky.cancel-0001", "decline")) == (403, "same_person")
        assert here.hall.meeting.votes["pm.1"].phase.value == "announced"


async def test_only_who_has_the_right_confirms():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        for other in (VAN_HANH, DANG_KY):
            for said in ("confirm", "decline", "withdraw"):
                answer = await here.answer(here.at(other), "thu-ky.cancel-0001", said)
                assert code(answer) == (403, "not_allowed")
        async with here.house.browser() as stranger:
            assert code(await here.answer(stranger, "thu-ky.cancel-0001")) == (401, "not_signed_in")


async def test_a_request_ends_with_its_time():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        here.hall.forward(seconds=121)
        assert code(await here.answer(here.at(CHU_TOA), "thu-ky.cancel-0001")) == (409, "request_gone")
        assert here.house.access is not None
        assert here.hall.meeting.votes["pm.1"].phase.value == "announced"


async def test_a_request_is_declined_by_another_and_withdrawn_by_who_asked():
    async with bench() as here:
        secretary, chair = here.at(THU_KY), here.at(CHU_TOA)
        await here.ask(secretary, CANCEL)
        withdrawn = await here.answer(chair, "thu-ky.cancel-0001", "withdraw")
        assert code(withdrawn) == (403, "not_the_asker")
        assert (await here.answer(chair, "thu-ky.cancel-0001", "decline")).status_code == 200
        assert code(await here.answer(chair, "thu-ky.cancel-0001")) == (409, "request_gone")
        await here.ask(secretary, CANCEL | {"id": "cancel-0002"})
        assert (await here.answer(secretary, "thu-ky.cancel-0002", "withdraw")).status_code == 200
        assert code(await here.answer(chair, "thu-ky.cancel-0002")) == (409, "request_gone")


async def test_what_is_asked_already_is_answered_and_not_asked_again():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        other = await here.ask(here.at(CHU_TOA), CANCEL | {"id": "cancel-0009", "reason": "Khác"})
        assert code(other) == (409, "already_asked"), "pressing it too is no confirmation"
        assert here.hall.meeting.votes["pm.1"].phase.value == "announced"


async def test_the_same_press_twice_asks_once():
    async with bench() as here:
        secretary = here.at(THU_KY)
        first, second = [await here.ask(secretary, CANCEL) for _ in range(2)]
        assert first.json() == second.json() == {"asked": "thu-ky.cancel-0001"}


async def test_what_the_rules_refuse_is_refused_before_anybody_is_bothered():
    async with bench() as here:
        answer = await here.ask(here.at(THU_KY), CANCEL | {"vote": "pm.9"})
        assert code(answer) == (409, "vote_unknown")
        assert here.house.app is not None


async def test_what_the_rules_refuse_when_it_is_confirmed_is_said_to_both():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        here.hall.do(c.CancelVote(VoteId("pm.1"), "Trước đó", OfficerId("ai-do")))
        answer = await here.answer(here.at(CHU_TOA), "thu-ky.cancel-0001")
        assert answer.status_code == 409
        assert answer.json()["code"] != "request_gone"


async def test_what_could_not_be_recorded_waits_to_be_confirmed_again():
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        chair = here.at(CHU_TOA)
        here.hall.failing = True
        assert code(await here.answer(chair, "thu-ky.cancel-0001")) == (503, "not_recorded")
        here.hall.failing = False
        assert (await here.answer(chair, "thu-ky.cancel-0001")).status_code == 200


async def test_the_roll_is_marked_by_two():
    async with bench() as here:
        await here.ask(here.at(DANG_KY), MARK)
        assert "m001" in here.hall.meeting.attendance.present
        await here.answer(here.at(THU_KY), "dang-ky.mark-00001")
        assert "m001" not in here.hall.meeting.attendance.present
        assert here.last == "PresenceMarked officer:dang-ky+thu-ky"


async def test_other_acts_are_done_by_one_unless_the_hall_or_the_rule_book_says_otherwise():
    opening = {"act": "open", "id": "open-00001", "vote": "pm.1", "duration_s": 45}
    async with bench() as here:
        assert (await here.ask(here.at(VAN_HANH), opening)).json() == {"done": "open-00001"}
    wider = Officers(FOUR.known, also_two=frozenset({"open"}))
    async with bench(wider) as here:
        assert "asked" in (await here.ask(here.at(VAN_HANH), opening)).json()
    book = BOOK.replace("[floor]", '[officers]\ntwo_people = ["open"]\n\n[floor]', 1)
    async with bench(hall=SimulatedHall(book=book)) as here:
        assert "asked" in (await here.ask(here.at(VAN_HANH), opening)).json()
        assert "asked" in (await here.ask(here.at(THU_KY), CANCEL)).json(), "added to, never narrowed"


async def test_a_hand_count_is_entered_by_two_as_ever():
    """Each enters figures of his own; that is the rules' to compare, so nobody confirms it besides."""
    assert not FOUR.takes_two("hand_count")
    assert not Officers(FOUR.known, also_two=frozenset({"hand_count"})).takes_two("hand_count")


async def test_an_old_sign_in_neither_asks_nor_confirms():
    async with bench() as here:
        secretary, chair = here.at(THU_KY), here.at(CHU_TOA)
        here.hall.forward(minutes=16)
        assert code(await here.ask(secretary, CANCEL)) == (403, "sign_in_again")
        fresh = here.at(THU_KY)
        await here.ask(fresh, CANCEL)
        assert code(await here.answer(chair, "thu-ky.cancel-0001")) == (403, "sign_in_again")
        declined = await here.answer(chair, "thu-ky.cancel-0001", "decline")
        assert declined.status_code == 200, "to say no is never dangerous"


async def test_the_consoles_are_never_filled():
    hall = SimulatedHall(count=20)
    async with bench(hall=hall) as here:
        secretary = here.at(THU_KY)
        for n in range(MOST_WAITING):
            act = MARK | {"id": f"mark-{n:05}", "member": f"m{n + 1:03}"}
            assert (await here.ask(secretary, act)).status_code == 200
        more = await here.ask(secretary, MARK | {"id": "mark-99999", "member": "m020"})
        assert code(more) == (409, "too_many_waiting")


async def test_it_stands_on_every_officers_console_and_what_became_of_it_too():
    hall = SimulatedHall()
    hall.convene()
    hall.announce()
    async with served(hall=hall, officers=FOUR) as house:
        here = Bench(house)
        secretary, chair = here.at(THU_KY), here.at(CHU_TOA)
        async with house.follow(here.at(VAN_HANH), "officer") as socket:
            console = Follower(socket)
            await here.ask(secretary, CANCEL)
            view = await console.until(lambda view: view.get("requests"))
            (shown,) = view["requests"]
            assert (shown["name"], shown["reason"], shown["state"]) == (
                "Trần Thị Bình",
                "Sai nội dung",
                "waiting",
            )
            assert shown["what"]["vi"] == "Khoản 8 Điều 5 · Phương án 1"
            assert shown["label"] == {"vi": "Hủy lần biểu quyết", "en": "Cancel the vote"}
            assert view["two_people"] == ["cancel", "mark_presence"]
            await here.answer(chair, "thu-ky.cancel-0001", "decline")
            view = await console.until(lambda view: view["requests"][0]["state"] == "declined")
            assert view["requests"][0]["answered"] == "Nguyễn Văn An"
            hall.now += timedelta(minutes=1)
            house.hall.tell()
            await console.until(lambda view: "requests" not in view)


@pytest.mark.parametrize("said", [{"answer": "yes"}, {}, {"answer": "confirm", "more": 1}])
async def test_a_misshapen_answer_is_none(said):
    async with bench() as here:
        await here.ask(here.at(THU_KY), CANCEL)
        answer = await here.at(CHU_TOA).post("/api/requests/thu-ky.cancel-0001", json=said)
        assert answer.status_code == 422
