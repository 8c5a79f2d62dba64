"""A visitor of the demo binds a phone at the registrar's desk, in the twin and on the phone's page."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.demo_hall import ROOT, DemoHall, demo_hall
from tests.e2e.visitors import Visitors, visitors

CHROMIUM = shutil.which("chromium")
PAGES = ROOT / "display" / "web" / "dist"
COMPARING_MS = 1_700
"""As long as somebody needs for eight digits, and a little more than the desk wants."""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed"),
    pytest.mark.skipif(
        not (PAGES / "twin" / "index.html").exists(), reason="the pages aren't built: make pages"
    ),
]


@pytest.fixture
def hall(tmp_path: Path):
    with demo_hall(tmp_path) as hall:
        hall.wait_until_told("12 đại biểu có mặt")
        yield hall
        assert hall.stop() == 0, hall.told()


@pytest.fixture
def people(tmp_path: Path):
    with visitors(str(CHROMIUM), tmp_path / "shots") as people:
        yield people
        # A refusal (409) is told by the browser's console as well.
        assert not [fault for fault in people.complaints if "401" not in fault and "409" not in fault]


def test_a_phone_is_bound_at_the_desk_of_the_twin(hall: DemoHall, people: Visitors) -> None:
    twin = people.open(hall.address["twin"], 1440, 900)
    phone = people.open_app(hall.address["member"], 390, 844, has_touch=True)
    twin.get_by_role("button", name="Bàn đăng ký").click()
    expect(twin.get_by_role("heading", name="Bàn đăng ký desk-1")).to_be_visible()
    lcd = twin.get_by_role("status", name="Màn hình")
    expect(lcd).to_contain_text("BAN DANG KY")

    phone.get_by_label("Tại bàn đăng ký").check()
    code = phone.get_by_label("Mã trên thiết bị ở bàn (sau chữ MA)").first
    code.fill("000000")
    phone.get_by_role("button", name="Tiếp tục").click()
    expect(phone.get_by_role("alert")).to_contain_text("Chưa có thẻ ở bàn đăng ký")

    twin.get_by_label("Cắm thẻ khác…").select_option(label="Đại biểu số 003 · ghế 003")
    expect(lcd).to_contain_text("KINH CHAO  MA ")
    shown = re.search(r"MA ([0-9]{6})", lcd.inner_text())
    assert shown is not None
    code.fill(shown[1])
    phone.get_by_role("button", name="Tiếp tục").click()
    digits = phone.locator(".digits").inner_text()
    expect(lcd).to_contain_text(digits)
    expect(lcd).to_contain_text("DAI BIEU SO 003")
    people.shoot("desk", twin, phone)
    twin.wait_for_timeout(COMPARING_MS)
    twin.get_by_role("button", name=re.compile("^Tán thành, ")).click()
    expect(twin.get_by_role("group", name="Bàn phím PIN")).to_be_visible()
    twin.keyboard.type(twin.locator(".card .code").inner_text())
    twin.keyboard.press("Enter")
    expect(phone.locator("header")).to_contain_text("Đại biểu số 003")
    expect(lcd).to_contain_text("DA GAN DIEN THOAI")
    people.shoot("desk-bound", twin, phone)
    twin.get_by_role("button", name="Rút thẻ", exact=True).click()
    expect(lcd).to_contain_text("MOI DUA THE VAO")
    expect(phone.locator("header")).to_contain_text("Đại biểu số 003")
