"""A whole vote by the officer's acts alone, as the console sends them; each id is done once."""

import asyncio

import pytest

from display.rights import ACTS
from tests.display.opened_door import opened
from tests.display.simulated_hall import CASTING_BOOK, SimulatedHall, planned
from voting import commands as c


class Console:
    """The officer's console: one press, one id."""

    def __init__(self, browser):
        self._browser = browser
        self._presses = 0

    async def press(self, act, expect=200, id_=None, **rest):
        self._presses += 1
        body = {"act": act, "id": id_ or f"press-{self._presses:04}", **rest}
        answer = await self._browser.post("/api/acts", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()


async def test_a_sitting_from_opening_to_adjournment():
    hall = SimulatedHall(programme=(planned(1), planned(2)))
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        await console.press("open_sitting")
        for member in hall.members()[:8]:
            hall.sign_in(member)
        await console.press("mark_presence", member="m009", present=True, reason="Ngồi hàng khách mời")
        await console.press("announce", vote="pm.1")
        await console.press("open", vote="pm.1", duration_s=20)
        await console.press("hold", vote="pm.1", reason="Chưa nghe rõ")
        await console.press("resume", vote="pm.1")
        await console.press("extend", vote="pm.1", extra_s=15)
        for member in hall.members()[:7]:
            hall.press(member, "approve")
        await console.press("close", vote="pm.1")
        hall.end_closing()
        await console.press("declare", vote="pm.1")
        assert hall.meeting.votes["pm.1"].result.outcome == "adopted"
        await console.press("revote", vote="pm.1", reason="Chưa nghe rõ", ordered_by="Chủ tọa")
        again = hall.meeting.current
        assert (again.id, again.round, again.supersedes) == ("pm.1.r2", 2, "pm.1")
        await console.press("cancel", vote="pm.1.r2", reason="Sai nội dung")
        hall.do(c.RequestFloor(hall.members()[0], "speech"))
        hall.do(c.RequestFloor(hall.members()[1], "speech"))
        await console.press("give_floor", member="m001")
        await console.press("end_speech")
        await console.press("withdraw_request", member="m002")
        await console.press("adjourn")
        assert hall.meeting.sitting is None
        assert b"SittingOpened officer:secretary-1" in hall._log
        assert b"VoteDeclared officer:secretary-1" in hall._log


async def test_the_officer_who_is_signed_in_is_the_one_in_the_log():
    hall = SimulatedHall()
    async with opened(hall=hall) as house, house.signed_in("officer", officer="chair-2") as browser:
        await Console(browser).press("open_sitting")
        assert hall.meeting.sitting.by == "chair-2"
        assert hall._log[-1].endswith(b"officer:chair-2")


async def test_the_same_id_is_done_once_however_often_it_comes():
    hall = SimulatedHall()
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        await console.press("open_sitting")
        size = len(hall._log)
        presses = [console.press("announce", vote="pm.1", id_="same-press") for _ in range(5)]
        assert await asyncio.gather(*presses) == [{"done": "same-press"}] * 5
        assert len(hall._log) == size + 1
        other = await console.press("open", vote="pm.1", id_="same-press", expect=409)
        assert other["code"] == "id_used"


async def test_two_officers_may_happen_to_draw_the_same_id():
    hall = SimulatedHall()
    async with (
        opened(hall=hall) as house,
        house.signed_in("officer") as one,
        house.signed_in("officer", officer="two") as two,
    ):
        await Console(one).press("open_sitting", id_="same-press")
        await Console(two).press("announce", vote="pm.1", id_="same-press")
        assert hall.meeting.current.id == "pm.1"


async def test_what_was_not_recorded_is_said_so_and_may_be_pressed_again():
    hall = SimulatedHall()
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        hall.failing = True
        answer = await console.press("open_sitting", id_="same-press", expect=503)
        assert answer["code"] == "not_recorded"
        assert answer["text"]["vi"].startswith("Chưa được ghi nhận")
        hall.failing = False
        await console.press("open_sitting", id_="same-press")
        assert hall.meeting.sitting is not None


async def test_what_the_rules_refuse_changes_nothing_and_says_why():
    hall = SimulatedHall()
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        await console.press("open_sitting")
        await console.press("announce", vote="pm.1")
        size = len(hall._log)
        refused = await console.press("close", vote="pm.1", expect=409)
        assert refused["code"] == "vote_not_open"
        assert "không phải đang biểu quyết" in refused["text"]["vi"]
        assert (await console.press("open_sitting", expect=409))["code"] == "no_sitting_planned"
        assert (await console.press("announce", vote="pm.7", expect=404))["code"] == "no_such_vote"
        revote = await console.press("revote", vote="pm.7", reason="x", ordered_by="y", expect=404)
        assert revote["code"] == "no_such_vote"
        assert len(hall._log) == size


async def test_a_repetition_that_is_planned_is_the_one_that_is_announced():
    hall = SimulatedHall(programme=(planned(1), planned(2, supersedes="pm.1")))
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        await console.press("open_sitting")
        await console.press("announce", vote="pm.1")
        await console.press("cancel", vote="pm.1", reason="Chưa nghe rõ")
        await console.press("announce", vote="pm.2", expect=409)
        await console.press("revote", vote="pm.1", reason="Chưa nghe rõ", ordered_by="Chủ tọa")
        assert hall.meeting.current.id == "pm.2"
        assert hall.meeting.votes["pm.1"].superseded_by == "pm.2"


async def test_a_hand_count_needs_two_officers():
    hall = SimulatedHall(programme=(planned(1, kind="election"),))
    counts = {"approve": 9, "reject": 1}
    async with (
        opened(hall=hall) as house,
        house.signed_in("officer") as one,
        house.signed_in("officer", officer="clerk-2") as two,
    ):
        first, second = Console(one), Console(two)
        await first.press("open_sitting")
        await first.press("mark_presence", member="m001", present=True, reason="x")
        for member in hall.members()[1:]:
            hall.sign_in(member)
        await first.press("announce", vote="pm.1")
        await first.press("open", vote="pm.1")
        await first.press("hand_count", vote="pm.1", counts=counts)
        assert hall.meeting.current.hand_count is None
        await second.press("hand_count", vote="pm.1", counts=counts)
        assert dict(hall.meeting.current.hand_count) == counts


async def test_the_chair_decides_a_tie():
    hall = SimulatedHall(book=CASTING_BOOK)
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:
        console = Console(browser)
        hall.convene()
        hall.announce()
        hall.open()
        hall.press("m001", "approve")
        hall.press("m002", "reject")
        hall.close()
        assert (await console.press("declare", vote="pm.1", expect=409))["code"] == "casting_vote_needed"
        await console.press("casting_vote", vote="pm.1", choice="approve")
        hall.do(c.ComputeResult("pm.1"))
        await console.press("declare", vote="pm.1")
        assert hall.meeting.current.result.casting_vote == "approve"


@pytest.mark.parametrize("act", sorted(ACTS))
async def test_every_act_of_the_table_is_understood(act):
    """Whatever the rules answer: an act that the table names is never unknown at the door."""
    members = {
        "vote": "pm.1", "reason": "x", "ordered_by": "x", "extra_s": 5, "choice": "approve",
        "counts": {"approve": 1}, "member": "m001", "present": True, "incident": 1,
        "members": ["m001"],
    }  # fmt: skip
    needs = {
        "open_sitting": (), "adjourn": (), "end_speech": (), "hold": ("vote", "reason"),
        "cancel": ("vote", "reason"), "extend": ("vote", "extra_s"), "casting_vote": ("vote", "choice"),
        "revote": ("vote", "reason", "ordered_by"), "hand_count": ("vote", "counts"),
        "mark_presence": ("member", "present", "reason"), "give_floor": ("member",),
        "withdraw_request": ("member",), "end_phone": ("member",), "call_roll": (),
        "acknowledge": ("incident",), "open_mobile": ("members", "reason"),
        "close_mobile": ("members", "reason"),
    }.get(act, ("vote",))  # fmt: skip
    async with opened() as house, house.signed_in("officer") as browser:
        body = {"act": act, "id": "12345678", **{name: members[name] for name in needs}}
        answer = await browser.post("/api/acts", json=body)
        assert answer.status_code in (200, 404, 409), answer.text


async def test_voting_by_phone_is_opened_by_name_or_by_delegation(hall):
    hall.convene()
    async with opened(hall=hall) as house, house.signed_in("officer") as browser:

        async def press(n, act, expect=200, **members):
            body = {"act": act, "id": f"mobile-{n:02}", "reason": "Đoàn công tác", **members}
            answer = await browser.post("/api/acts", json=body)
            assert answer.status_code == expect, answer.text
            return answer.json()

        delegation = hall.meeting.sitting.members["m002"].delegation
        of_it = {i for i, one in hall.meeting.sitting.members.items() if one.delegation == delegation}
        await press(1, "open_mobile", members=["m001"], delegations=[delegation])
        assert set(hall.meeting.attendance.mobile) == {"m001"} | of_it
        nobodys = await press(2, "open_mobile", 409, delegations=["Mặt Trăng"])
        assert nobodys["code"] == "no_such_delegation"
        assert (await press(3, "open_mobile", 409))["code"] == "nobody_named"
        await press(4, "close_mobile", delegations=[delegation])
        assert set(hall.meeting.attendance.mobile) == {"m001"} - of_it
        assert (await press(5, "close_mobile", 422, members=["m001"], reason=" "))["code"] == "wrong_shape"
