"""Officers at two consoles in a real browser: in by card and by the shared sign-in, two for what counts."""

import shutil
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from playwright.async_api import async_playwright, expect

from display.id_token import Client
from display.officers import Officer, Officers
from display.openid_wire import HttpsWire
from tests.display.opened_door import served
from tests.display.openid_provider import CLIENT, SECRET, provider
from tests.display.simulated_hall import SimulatedHall
from tests.e2e.demo_hall import ROOT
from voting.division import remaining
from voting.ids import OfficerId, SeatId

CHROMIUM = shutil.which("chromium")
PAGES = ROOT / "display" / "web" / "dist"
CHU_TOA = Officer(OfficerId("chu-toa"), "Nguyễn Văn An", "presiding", card="cb-1", subject="sub-chu-toa")
THU_KY = Officer(OfficerId("thu-ky"), "Trần Thị Bình", "secretary", card="cb-2", subject="sub-thu-ky")

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed"),
    pytest.mark.skipif(
        not (PAGES / "officer" / "index.html").exists(), reason="the pages aren't built: make pages"
    ),
]


@asynccontextmanager
async def two_consoles():
    """The chair's and the secretary's browsers at one hall, a vote announced, nobody signed in."""
    hall = SimulatedHall(count=30)
    hall.convene()
    hall.announce()
    hall.officers_card = "cb-1"
    officers = Officers((CHU_TOA, THU_KY), desks=(SeatId("desk-1"),))
    async with provider(lambda: hall.now) as there:
        shared = (Client(there.issuer, CLIENT, SECRET), HttpsWire())
        async with (
            served(PAGES, hall, officers=officers, shared_sign_in=shared) as house,
            async_playwright() as play,
        ):
            browser = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            pages = []
            for _ in range(2):
                context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN")
                pages.append(await context.new_page())
                await pages[-1].goto(f"{house.address}/officer")
            yield hall, *pages
            await browser.close()


async def by_card(hall, page):
    await page.get_by_role("button", name="Đăng nhập bằng thẻ").click()
    await expect(page.get_by_text("tám chữ số này")).to_be_visible()
    hall.card_signs(list(hall._bindings)[-1])


async def test_in_by_card_and_by_the_shared_sign_in_and_two_cancel_a_vote_by_keys_alone():
    async with two_consoles() as (hall, chair, secretary):
        await by_card(hall, chair)
        await expect(chair.get_by_text("Nguyễn Văn An")).to_be_visible()
        await secretary.get_by_role("button", name="tài khoản dùng chung").click()
        await expect(secretary.get_by_text("Trần Thị Bình")).to_be_visible()

        await secretary.get_by_role("button", name="Hủy…").press("Enter")
        await expect(secretary.get_by_text("Cần một người thứ hai")).to_be_visible()
        await secretary.keyboard.type("Sai phương án trên màn hình")
        await secretary.keyboard.press("F2")
        await expect(secretary.get_by_role("button", name="Rút yêu cầu")).to_be_visible()
        assert hall.meeting.votes["pm.1"].phase.value == "announced"

        await chair.get_by_role("button", name="Xem và xác nhận").press("Enter")
        asked = chair.get_by_role("dialog")
        await expect(asked).to_contain_text("Sai phương án trên màn hình")
        await chair.keyboard.press("Enter")
        await expect(asked).not_to_be_visible()
        assert hall.meeting.votes["pm.1"].phase.value == "announced", "Enter never confirms"
        await chair.get_by_role("button", name="Xem và xác nhận").press("Enter")
        await chair.keyboard.press("F2")
        await expect(secretary.get_by_text("đã xác nhận và thực hiện – Nguyễn Văn An")).to_be_visible()
        assert hall._log[-1] == b"VoteCancelled officer:thu-ky+chu-toa"


async def test_an_old_sign_in_is_asked_for_again_and_nothing_typed_is_lost():
    async with two_consoles() as (hall, chair, _):
        await by_card(hall, chair)
        await chair.get_by_role("button", name="Hủy…").click()
        hall.now += timedelta(minutes=16)
        await chair.get_by_label("Lý do").fill("Sai phương án")
        await chair.keyboard.press("F2")
        await expect(chair.get_by_role("heading", name="Đăng nhập lại")).to_be_visible()
        await by_card(hall, chair)
        await expect(chair.get_by_role("button", name="Rút yêu cầu")).to_be_visible()
        await expect(chair.get_by_text("(Lý do: Sai phương án)")).to_be_visible()


async def test_signed_out_everywhere_each_page_says_so_at_once():
    async with two_consoles() as (hall, chair, other):
        await by_card(hall, chair)
        await by_card(hall, other)
        await expect(other.get_by_text("Nguyễn Văn An")).to_be_visible()
        await chair.get_by_role("button", name="Đăng xuất mọi nơi").click()
        for page in (chair, other):
            await expect(page.get_by_role("button", name="Đăng nhập bằng thẻ")).to_be_visible(timeout=1500)


async def test_a_vote_is_opened_for_another_time_beside_the_one_step_that_asks_nothing():
    async with two_consoles() as (hall, chair, _):
        await by_card(hall, chair)
        await chair.get_by_role("button", name="Bắt đầu với thời gian khác").click()
        await chair.get_by_label("Thời gian biểu quyết (giây)").fill("45")
        await chair.keyboard.press("F2")
        await expect(chair.get_by_text("Còn lại")).to_be_visible()
        assert remaining(hall.meeting.current, hall.now) == timedelta(seconds=45)
