"""One sitting at every screen of a real hall: wall, console, phone, a seat of the twin, the auditor's page.

A vote is announced, opened, held, resumed, closed and declared; then it is put again, with its reason. In
the end a stranger unpacks what the auditor downloaded, and recounts it.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from audit import checkpoint
from hall_controller.export.anchor import write_anchor
from tests.e2e.demo_hall import ROOT, DemoHall, demo_hall
from tests.e2e.visitors import Visitors, visitors

CHROMIUM = shutil.which("chromium")
PAGE = ROOT / "display" / "web" / "dist" / "twin" / "index.html"
QUESTION = "Nghị quyết thử nghiệm thứ nhất"
COMPARING_MS = 2_500

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed"),
    pytest.mark.skipif(not PAGE.exists(), reason="the pages aren't built: make pages"),
]


@pytest.fixture
def hall(tmp_path):
    with demo_hall(tmp_path) as hall:
        hall.wait_until_told("12 đại biểu có mặt")
        yield hall
        assert hall.stop() == 0, hall.told()


@pytest.fixture
def people(tmp_path):
    with visitors(CHROMIUM, tmp_path / "shots") as people:
        yield people
        assert people.complaints == []


class Sitting:
    """The screens, once everybody is at theirs."""

    def __init__(self, hall: DemoHall, people: Visitors) -> None:
        self.people = people
        self.wall = people.open(hall.address["wall"], 1920, 1080)
        self.officer = people.open(hall.address["officer"], 1440, 900)
        self.twin = people.open(hall.address["twin"], 1440, 900)
        self.phone = people.open_app(hall.address["member"], 390, 844, has_touch=True)

    def wall_shows(self, *texts: str) -> None:
        for text in texts:
            expect(self.wall.locator("main")).to_contain_text(text)

    def recorded(self, count: int) -> None:
        """As the wall counts."""
        shown = re.compile(rf"Đã biểu quyết\s*{count}/12")
        expect(self.wall.locator("main")).to_contain_text(shown)

    def press(self, key: str) -> None:
        """A function key on the officer's console."""
        self.officer.keyboard.press(key)

    def asked(self, key: str, title: str) -> None:
        """What can't be undone asks once, with the focus on the way back; another key confirms."""
        expect(self.officer.get_by_role("button", name=re.compile(f"^{title}")).first).to_be_enabled()
        self.press(key)
        dialog = self.officer.get_by_role("dialog")
        expect(dialog.get_by_role("heading")).to_have_text(title)

    def confirm(self) -> None:
        self.press("F2")
        expect(self.officer.get_by_role("dialog")).to_have_count(0)

    def look_at(self, seat: str) -> None:
        self.twin.get_by_role("searchbox").fill(seat)
        self.twin.get_by_role("searchbox").press("Enter")
        expect(self.twin.get_by_role("heading", name=f"Ghế {seat}")).to_be_visible()

    @property
    def lcd(self):
        return self.twin.get_by_role("status", name="Màn hình")

    def unit_key(self, name: str):
        return self.twin.get_by_role("button", name=re.compile(f"^{name}, "))

    def has_time(self) -> None:
        """A minute more than the rule book's seconds: a person reads and presses here, many times."""
        self.asked("F4", "Thêm thời gian")
        self.officer.get_by_role("button", name="60").click()
        self.confirm()
        expect(self.wall.locator("main")).to_contain_text(re.compile(r"Còn lại\s*01:"))

    def others_vote(self) -> None:
        """Whoever hasn't yet: the members whose seats nobody took. Their keys are lit: not those
        of the two who have voted, at the seat or by phone."""
        lit = self.twin.get_by_role("listitem").filter(has_text="Phím sáng, chờ bấm")
        expect(lit).to_have_text(re.compile(r"10$"))
        self.twin.get_by_role("button", name="Tất cả biểu quyết").click()


def test_a_whole_vote_and_its_repetition_at_every_screen(hall: DemoHall, people: Visitors, tmp_path: Path):
    at = Sitting(hall, people)
    at.wall_shows("HỆ THỐNG SẴN SÀNG", "12/12")
    expect(at.officer.get_by_role("button", name="Có mặt 12/12")).to_be_visible()
    assert "code" not in at.officer.url
    at.twin.get_by_role("switch", name=re.compile("^Tự biểu quyết")).click()
    people.shoot("ready", at.wall, at.officer)

    a_phone_is_bound_at_its_seat(at)
    the_vote_runs(at)
    it_is_closed_and_declared(at)
    it_is_put_again(at)
    the_member_keeps_both_receipts(at.phone)
    people.shoot("receipts", at.phone)
    proofs = the_member_takes_the_proofs(at.phone, tmp_path)
    people.shoot("own-ballots", at.phone)

    auditor = people.open(hall.address["auditor"], 1280, 900)
    export = the_auditor_takes_it_away(people, auditor, tmp_path)
    a_stranger_recounts(export, tmp_path / "hall", the_head_shown(auditor))
    a_stranger_checks(proofs, tmp_path / "anchor.toml")


def a_phone_is_bound_at_its_seat(at: Sitting) -> None:
    at.phone.get_by_label("Số ghế").fill("3")
    at.phone.get_by_role("button", name="Tiếp tục").click()
    digits = at.phone.locator(".digits").inner_text()
    assert re.fullmatch(r"\d{4} \d{4}", digits)
    at.look_at("003")
    expect(at.lcd).to_contain_text("GAN DIEN THOAI")
    expect(at.lcd).to_contain_text(digits)
    at.people.shoot("comparing", at.phone, at.twin)
    # A ✓ quicker than anybody compares eight digits is not meant for them: the seat goes on asking.
    at.twin.wait_for_timeout(COMPARING_MS)
    at.unit_key("Tán thành").click()
    expect(at.twin.get_by_role("group", name="Bàn phím PIN")).to_be_visible()
    at.twin.keyboard.type(at.twin.locator(".card .code").inner_text())
    at.twin.keyboard.press("Enter")
    expect(at.phone.locator("header")).to_contain_text("Đại biểu số 003")
    expect(at.phone.locator("main")).to_contain_text("Chưa có nội dung biểu quyết")


def the_vote_runs(at: Sitting) -> None:
    at.press("F9")
    at.wall_shows("CHUẨN BỊ BIỂU QUYẾT", QUESTION)
    expect(at.phone.get_by_role("button", name="Không tán thành")).to_be_disabled()
    at.look_at("007")
    expect(at.lcd).to_contain_text("TT")
    at.people.shoot("announced", at.wall, at.officer, at.phone)

    expect(at.officer.get_by_role("button", name=re.compile("^BẮT ĐẦU"))).to_be_enabled()
    at.press("F9")
    at.wall_shows("ĐANG BIỂU QUYẾT")
    at.recorded(0)
    at.has_time()
    at.phone.get_by_role("button", name="Tán thành", exact=True).tap()
    expect(at.phone.locator("main")).to_contain_text("Đã ghi nhận: Tán thành")
    at.recorded(1)
    at.unit_key("Không tán thành").click()
    expect(at.unit_key("Không tán thành")).to_have_attribute("data-lamp", "steady")
    expect(at.lcd).to_contain_text("DA GHI NHAN")
    at.recorded(2)
    at.people.shoot("open", at.wall, at.officer, at.phone, at.twin)

    at.asked("F8", "Tạm dừng")
    at.officer.get_by_label("Lý do").fill("Kiểm tra micro")
    at.confirm()
    at.wall_shows("TẠM DỪNG BIỂU QUYẾT")
    expect(at.phone.locator("main")).to_contain_text("Tạm dừng: chưa biểu quyết được")
    at.people.shoot("held", at.wall, at.officer, at.phone)
    expect(at.officer.get_by_role("button", name=re.compile("^TIẾP TỤC"))).to_be_enabled()
    at.press("F9")
    at.wall_shows("ĐANG BIỂU QUYẾT")
    at.others_vote()
    at.recorded(12)
    at.people.shoot("everybody", at.wall, at.twin)


def it_is_closed_and_declared(at: Sitting) -> None:
    at.asked("F9", "KẾT THÚC BIỂU QUYẾT")
    expect(at.officer.get_by_role("button", name="Quay lại")).to_be_focused()
    at.people.shoot("asked", at.officer)
    at.confirm()
    at.wall_shows("ĐÃ KHÓA PHÍM")
    at.people.shoot("closing", at.wall, at.officer, at.phone)
    at.wall_shows("ĐÃ KẾT THÚC – CHỜ CÔNG BỐ")
    expect(at.officer.locator("main")).to_contain_text("Kết quả đã tính, chưa công bố")
    assert "THÔNG QUA" not in at.wall.locator("main").inner_text()
    at.people.shoot("closed", at.wall, at.officer)
    at.asked("F9", "CÔNG BỐ KẾT QUẢ")
    at.people.shoot("asked", at.officer)
    at.confirm()
    the_result_is_shown(at)
    at.people.shoot("declared", at.wall, at.officer, at.phone)


def the_result_is_shown(at: Sitting) -> None:
    at.wall_shows("KẾT QUẢ BIỂU QUYẾT", QUESTION, "THÔNG QUA", "cần ít nhất 7 đại biểu tán thành")
    row = at.wall.get_by_role("row")
    expect(row.filter(has_text="Tổng số đại biểu Quốc hội")).to_contain_text("12")
    expect(row.filter(has_text="Tham gia biểu quyết")).to_contain_text("100,00%")
    expect(at.wall.get_by_role("img", name="Điểm kiểm chứng đã ký")).to_be_visible()


def it_is_put_again(at: Sitting) -> None:
    at.asked("F3", "Biểu quyết lại")
    at.officer.get_by_label("Lý do").fill("Một số đại biểu chưa nghe rõ nội dung")
    at.officer.get_by_label("Người quyết định").fill("Chủ tọa phiên họp")
    at.people.shoot("again", at.officer)
    at.confirm()
    at.wall_shows("BIỂU QUYẾT LẠI (LẦN 2)", QUESTION)
    expect(at.officer.get_by_label("Chương trình")).to_contain_text("đã thay thế")
    expect(at.officer.get_by_role("button", name=re.compile("^BẮT ĐẦU"))).to_be_enabled()
    at.press("F9")
    at.wall_shows("ĐANG BIỂU QUYẾT", "(LẦN 2)")
    at.has_time()
    at.phone.get_by_role("button", name="Không tán thành").tap()
    expect(at.phone.locator("main")).to_contain_text("Đã ghi nhận: Không tán thành")
    at.unit_key("Tán thành").click()
    expect(at.unit_key("Tán thành")).to_have_attribute("data-lamp", "steady")
    at.others_vote()
    at.recorded(12)
    at.asked("F9", "KẾT THÚC BIỂU QUYẾT")
    at.confirm()
    at.wall_shows("ĐÃ KẾT THÚC – CHỜ CÔNG BỐ")
    at.asked("F9", "CÔNG BỐ KẾT QUẢ")
    at.confirm()
    the_result_is_shown(at)
    at.wall_shows("(LẦN 2)")
    at.people.shoot("declared-again", at.wall, at.officer, at.phone)


def the_member_keeps_both_receipts(phone: Page) -> None:
    phone.get_by_text("Các biên nhận trên điện thoại này").tap()
    verified = phone.get_by_text("✓ Chữ ký của hội trường trên biên nhận đúng.")
    expect(verified).to_have_count(2)
    verified.last.scroll_into_view_if_needed()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def the_member_takes_the_proofs(phone: Page, folder: Path) -> list[Path]:
    """Of the vote on the screen and of the one before: all of it, and each ballot by itself."""
    phone.get_by_text("Phiếu của tôi", exact=True).tap()
    links = phone.get_by_role("link", name=re.compile("^Tải chứng cứ"))
    expect(links).to_have_count(4)
    files = []
    for number in range(4):
        with phone.expect_download() as download:
            links.nth(number).tap()
        files.append(folder / download.value.suggested_filename)
        download.value.save_as(files[-1])
    assert {file.suffix for file in files} == {".json", ".tlog-proof"}
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    return files


def a_stranger_checks(proofs: list[Path], anchor: Path) -> None:
    for file in proofs:
        asked = [sys.executable, "-m", "hall_controller.cli", "verify", "--proof", file, "--anchor", anchor]
        checked = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert checked.returncode == 0, checked.stdout + checked.stderr


def the_auditor_takes_it_away(people: Visitors, auditor: Page, folder: Path) -> Path:
    votes = auditor.get_by_role("article")
    expect(votes).to_have_count(2)
    expect(votes.first).to_contain_text("đã thay thế")
    expect(votes.last).to_contain_text("đã công bố")
    for number in range(2):
        expect(votes.nth(number)).to_contain_text("cần 7 trên 12")
        expect(votes.nth(number)).to_contain_text("Chữ ký đúng")
    people.shoot("audited", auditor)
    auditor.get_by_role("button", name="English").click()
    expect(auditor.get_by_role("heading", name="Head of the log")).to_be_visible()
    expect(auditor.get_by_role("img", name="Signed checkpoint")).to_be_visible()
    expect(votes.last).to_contain_text("Signature is right")
    people.shoot("audited-english", auditor)
    with auditor.expect_download() as download:
        auditor.get_by_role("link", name=re.compile("zip")).click()
    packed = folder / "hall-export.zip"
    download.value.save_as(packed)
    export = folder / "hall-export"
    zipfile.ZipFile(packed).extractall(export)
    return export


def the_head_shown(auditor: Page) -> str:
    """The signed checkpoint as it stands on the page: what somebody may have photographed."""
    return auditor.locator("pre").inner_text().rstrip("\n") + "\n"


def a_stranger_recounts(export: Path, hall: Path, seen: str) -> None:
    """With the hall's key and the cards' authority from elsewhere than the export."""
    anchor = export.parent / "anchor.toml"
    vkey = (export / "log" / "vkey").read_text("ascii").strip()
    assert checkpoint.parse_vkey(vkey)
    write_anchor(anchor, vkey, [(hall / "ca.pem").read_text("ascii")], seen)
    command = [sys.executable, "-m", "hall_controller.cli", "verify", export, "--anchor", anchor]
    verified = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert verified.returncode == 0, verified.stdout + verified.stderr
