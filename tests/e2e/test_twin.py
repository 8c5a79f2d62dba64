"""A visitor of the demo votes from a seat of the twin, in a real browser and a real hall; then leaves."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.e2e.demo_hall import ROOT, DemoHall, children_of, demo_hall

CHROMIUM = shutil.which("chromium")
PAGE = ROOT / "display" / "web" / "dist" / "twin" / "index.html"

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed"),
    pytest.mark.skipif(not PAGE.exists(), reason="the pages aren't built: make pages"),
]


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    with demo_hall(tmp_path_factory.mktemp("twin")) as hall:
        hall.wait_until_told("12 đại biểu có mặt")
        yield hall
        children = children_of(hall.process.pid)
        assert children, "the controller is a process of its own"
        assert hall.stop() == 0, hall.told()
        assert not [child for child in children if Path(f"/proc/{child}").exists()]
        assert "Traceback" not in hall.told()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser):
    faults = []
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="vi-VN")
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield page
    page.close()
    # A refusal (409) is told by the browser's console as well.
    assert not [fault for fault in faults if "409" not in fault]


def lcd(page: Page):
    return page.get_by_role("status", name="Màn hình")


def key(page: Page, name: str):
    return page.get_by_role("button", name=re.compile(f"^{name}, "))


def look_at(page: Page, seat: str) -> None:
    page.get_by_role("searchbox").fill(seat)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("heading", name=f"Ghế {seat}")).to_be_visible()


def type_pin(page: Page, pin: str) -> None:
    expect(page.get_by_role("group", name="Bàn phím PIN")).to_be_visible()
    page.keyboard.type(pin)
    page.keyboard.press("Enter")


def pin_of_card(page: Page) -> str:
    return page.locator(".card .code").inner_text()


def test_a_whole_vote_with_a_ballot_from_a_seat_of_the_twin(hall: DemoHall, browser: Browser, page: Page):
    officer = browser.new_page(viewport={"width": 1440, "height": 900})
    officer.goto(hall.address["officer"])
    page.goto(hall.address["twin"])
    look_at(page, "007")
    expect(lcd(page)).to_have_text(re.compile("KINH CHAO DAI BIEU|DAI BIEU SO 007"))

    officer.get_by_role("button", name="Nghị quyết thử nghiệm thứ nhất").first.click()
    expect(lcd(page)).to_contain_text("TT")
    page.get_by_role("button", name=re.compile("^Không biểu quyết")).click()
    expect(page.get_by_text("Ghế của bạn").first).to_be_visible()
    expect(key(page, "Không biểu quyết")).to_have_attribute("data-lamp", "off")

    officer.get_by_role("button", name="BẮT ĐẦU BIỂU QUYẾT").click()
    key(page, "Không tán thành").click()
    expect(key(page, "Không tán thành")).to_have_attribute("data-lamp", "steady")
    expect(lcd(page)).to_contain_text("DA GHI NHAN")
    expect(page.get_by_text(re.compile(r"Từ lúc bấm đến khi đèn sáng: \d+ ms"))).to_be_visible()

    # The others follow by themselves, and the visitor's choice is among what is declared.
    expect(page.get_by_role("listitem").filter(has_text="Đã ghi nhận")).to_have_text(
        re.compile(r"Đã ghi nhận (9|1[0-2])$"), timeout=30_000
    )
    for act in ("KẾT THÚC BIỂU QUYẾT", "CÔNG BỐ KẾT QUẢ"):
        officer.get_by_role("button", name=act).click()
        expect(officer.get_by_role("dialog")).to_be_visible()
        officer.keyboard.press("F2")
    hall.wait_until_told("Nghị quyết thử nghiệm thứ nhất: ", 30)
    wall = browser.new_page(viewport={"width": 1920, "height": 1080})
    wall.goto(hall.address["wall"])
    row = wall.get_by_role("row").filter(has_text="Không tán thành")
    expect(row).to_contain_text(re.compile(r"[1-9]"))
    wall.close()
    officer.close()


def test_a_card_at_the_wrong_seat_is_sent_to_its_own(hall: DemoHall, page: Page):
    page.goto(hall.address["twin"])
    look_at(page, "003")
    page.get_by_role("button", name="Rút thẻ", exact=True).click()
    expect(lcd(page)).to_contain_text("MOI DUA THE VAO")
    page.get_by_role("combobox").select_option("dbqh-004")
    expect(lcd(page)).to_have_text("SAI CHO: GHE SO 003 · MOI VE GHE SO 004")
    page.get_by_role("button", name="Rút thẻ", exact=True).click()
    page.get_by_role("button", name="Cắm thẻ của Đại biểu số 003").click()
    type_pin(page, "000000" if pin_of_card(page) != "000000" else "111111")
    expect(lcd(page)).to_contain_text("SAI MA PIN")
    type_pin(page, pin_of_card(page))
    expect(lcd(page)).to_contain_text("KINH CHAO DAI BIEU")
    look_at(page, "004")
    page.get_by_role("button", name="Trả ghế").click()
    expect(lcd(page)).to_contain_text("DAI BIEU SO 004")
    expect(page.get_by_text("Đại biểu mô phỏng tự bấm")).to_be_visible()


def plug_in_until_noticed(page: Page, clone: Locator, power: Locator):
    """Two units of one address answer by lot; a hand that sees nothing happen starts both once more."""
    for _ in range(4):
        clone.click()
        try:
            expect(lcd(page)).to_contain_text("MAT KET NOI", timeout=15_000)
        except AssertionError:
            clone.click()
            expect(clone).to_have_attribute("aria-checked", "false")
            power.click()
            expect(lcd(page)).to_have_text("")
            power.click()
            expect(lcd(page)).not_to_have_text("")
        else:
            return
    raise AssertionError("the clone was never noticed")


def test_what_is_broken_by_hand_is_noticed_and_mends(hall: DemoHall, page: Page):
    page.goto(hall.address["twin"])
    look_at(page, "005")
    line = page.get_by_role("switch", name=re.compile("^Dây"))
    line.click()
    expect(lcd(page)).to_have_text("MAT KET NOI")
    expect(page.get_by_role("listitem").filter(has_text="Mất kết nối")).to_contain_text("1")
    line.click()
    expect(lcd(page)).not_to_contain_text("MAT KET NOI")
    power = page.get_by_role("switch", name=re.compile("^Nguồn"))
    power.click()
    expect(lcd(page)).to_have_text("")
    power.click()
    expect(lcd(page)).not_to_have_text("")
    clone = page.get_by_role("switch", name=re.compile("^Trùng"))
    plug_in_until_noticed(page, clone, power)
    page.get_by_role("button", name="Trả ghế").click()
    expect(lcd(page)).not_to_contain_text("MAT KET NOI", timeout=15_000)
    expect(clone).to_have_attribute("aria-checked", "false")


def test_a_telephone_shows_the_same_seat(hall: DemoHall, browser: Browser):
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(hall.address["twin"] + "#seat=009")
    expect(phone.get_by_role("heading", name="Ghế 009")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="English").click()
    expect(phone.get_by_role("heading", name="Seat 009")).to_be_visible()
    phone.close()
