"""The built pages in a real browser, before a hall with the real rules: what people see and press.

Needs Chromium and the built pages (`make pages`); skipped with the reason where one is absent.
"""

import re
import shutil
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import async_playwright, expect

from audit import signing
from display.ports import PinOutcome
from tests.display.opened_door import served
from tests.display.simulated_hall import SimulatedHall
from voting import commands as c

PAGES = Path(__file__).parents[2] / "display" / "web" / "dist"
CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not (PAGES / "index.html").is_file(), reason="the pages are not built: make pages"),
]


class Visitor:
    """One browser page; what it complains of is kept, a violated policy too."""

    def __init__(self, page, address):
        self.page, self.address, self.complaints, self.refused = page, address, [], []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message):
        if message.type == "error" and "Failed to load resource" in message.text:
            self.refused.append(f"{message.text} {message.location.get('url')}")
        elif message.type == "error":
            self.complaints.append(message.text)

    async def go(self, path):
        await self.page.goto(self.address + path)
        return self

    async def sees(self, *texts):
        for text in texts:
            await expect(self.page.locator("body")).to_contain_text(text, timeout=8_000)

    async def press(self, name):
        await self.page.get_by_role("button", name=name).first.click()


@asynccontextmanager
async def browsing(address):
    """A function that opens another browser with its own cookies."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        visitors, apps = [], []

        async def visitor(width=1280, height=800, **options):
            context = await browser.new_context(viewport={"width": width, "height": height}, **options)
            visitors.append(Visitor(await context.new_page(), address))
            return visitors[-1]

        async def app(width=390, height=844, path="/member", **options):
            """The page in a window of its own, as an installed app has it: `display-mode: standalone`."""
            folder = tempfile.mkdtemp(prefix="hall-app-")
            context = await playwright.chromium.launch_persistent_context(
                folder,
                executable_path=CHROMIUM,
                args=[*QUIET, f"--app={address}{path}"],
                viewport={"width": width, "height": height},
                **options,
            )
            apps.append((context, folder))
            visitors.append(Visitor(context.pages[0], address))
            await context.pages[0].wait_for_load_state()
            return visitors[-1]

        visitor.app = app
        yield visitor
        for context, folder in apps:
            await context.close()
            shutil.rmtree(folder, ignore_errors=True)
        await browser.close()
        assert [one.complaints for one in visitors] == [[] for _ in visitors]


@asynccontextmanager
async def visiting(hall):
    """The served pages and a function that opens another browser."""
    async with served(PAGES, hall) as house, browsing(house.address) as visitor:
        yield house, visitor


@pytest.fixture
def hall():
    hall = SimulatedHall()
    hall.convene(present=10)
    return hall


def invited(house, role):
    code = house.access.invite(role, "Nguyễn Thư ký", timedelta(minutes=10), "secretary-1")
    return f"/{role}#code={code}"


async def test_a_vote_through_console_phone_wall_and_auditors_page(hall):
    async with visiting(hall) as (house, visitor):
        wall = await (await visitor(1920, 1080)).go("/wall")
        await wall.sees("HỆ THỐNG SẴN SÀNG", "10")

        officer = await (await visitor(1440, 900)).go(invited(house, "officer"))
        await officer.sees("Có mặt")
        assert "code" not in officer.page.url

        phone = await visitor.app()
        await phone.page.get_by_label("Số ghế").fill("3")
        await phone.press("Tiếp tục")
        digits = await phone.page.locator(".digits").inner_text()
        (enrolment,) = hall._bindings
        assert len(digits.replace(" ", "")) == 8
        hall.press_yes(enrolment)
        await phone.sees("Đại biểu 3", "Chưa có nội dung biểu quyết")

        await officer.page.keyboard.press("F9")
        await wall.sees("CHUẨN BỊ BIỂU QUYẾT", "Phương án 1")
        await officer.sees("BẮT ĐẦU BIỂU QUYẾT")
        await officer.page.keyboard.press("F9")
        await wall.sees("ĐANG BIỂU QUYẾT")
        await phone.press("Tán thành")
        await phone.sees("Đã ghi nhận: Tán thành")
        await phone.page.get_by_text("Các biên nhận trên điện thoại này").click()
        await phone.sees("Chữ ký của hội trường trên biên nhận đúng.")
        for member in hall.members()[3:10]:
            hall.press(member, "approve")

        await officer.sees("KẾT THÚC BIỂU QUYẾT")
        await officer.page.keyboard.press("F9")
        dialog = officer.page.get_by_role("dialog")
        await expect(dialog.get_by_role("button", name="Quay lại")).to_be_focused()
        await officer.page.keyboard.press("F9")
        await expect(dialog).to_be_visible()
        await officer.page.keyboard.press("F2")
        await wall.sees("ĐÃ KHÓA PHÍM")
        hall.end_closing()
        await officer.sees("Kết quả đã tính, chưa công bố")
        await wall.sees("ĐÃ KẾT THÚC – CHỜ CÔNG BỐ")
        await officer.page.keyboard.press("F9")
        await officer.page.keyboard.press("F2")
        await wall.sees("KẾT QUẢ LẤY Ý KIẾN", "66,67%", "ĐƯỢC QUÁ NỬA TÁN THÀNH", "cần 7")

        auditor = await (await visitor()).go(invited(house, "auditor"))
        await auditor.sees("Chữ ký đúng", "66,67%", "hall verify hall-export --anchor anchor.toml")


async def test_a_page_at_which_nobody_signed_in_says_that_the_hall_is_a_test_and_is_refused_nothing(hall):
    async with visiting(hall) as (_, visitor):
        for path, text in (
            ("/member", "Cài ứng dụng"),
            ("/officer", "Mã đăng nhập"),
            ("/", "Chọn màn hình"),
        ):
            page = await (await visitor(390, 844)).go(path)
            await page.sees(text, "THỬ NGHIỆM – KHÔNG PHẢI PHIÊN HỌP THẬT")
            await page.page.wait_for_load_state("networkidle")
            assert page.refused == []
        hall.test = False
        real = await (await visitor(390, 844)).go("/member")
        await real.sees("Cài ứng dụng")
        await real.page.wait_for_load_state("networkidle")
        assert "THỬ NGHIỆM" not in await real.page.locator("body").inner_text()


async def test_a_phone_that_waits_at_its_seat_asks_for_no_session_when_its_page_is_loaded_again(hall):
    async with visiting(hall) as (_, visitor):
        phone = await visitor.app()
        await phone.page.get_by_label("Số ghế").fill("3")
        await phone.press("Tiếp tục")
        await phone.page.locator(".digits").wait_for()
        await phone.page.reload()
        await phone.sees("So sánh tám chữ số")
        assert phone.refused == []
        hall.press_yes(list(hall._bindings)[-1])
        await phone.sees("Chưa có nội dung biểu quyết")
        assert phone.refused == []


async def test_the_pin_form_comes_by_itself_while_the_phone_is_bound_and_goes_again(hall):
    bridge = signing.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
    async with visiting(hall) as (_, visitor):
        phone = await visitor.app()
        await phone.page.get_by_label("Số ghế").fill("3")
        await phone.press("Tiếp tục")
        await phone.page.locator(".digits").wait_for()
        hall.await_pin("003", bridge)
        await phone.sees("NGUYEN VAN A")
        await expect(phone.page.locator(".digits")).to_have_count(0)
        code = phone.page.get_by_label(re.compile("^Mã .* trên thiết bị tại ghế"))
        await expect(code).to_be_focused()
        await code.press_sequentially("1234567"[: int(await code.get_attribute("maxlength"))])
        await phone.page.get_by_label("Mã PIN của thẻ").fill("123456")
        await phone.press("Gửi mã PIN")
        await phone.sees("Thẻ đang kiểm tra mã PIN…")
        assert len(hall.pins_sent) == 1
        hall.pin_outcomes["003"] = PinOutcome("signed_in")
        await phone.sees("So sánh tám chữ số")
        hall.press_yes(list(hall._bindings)[-1])
        await phone.sees("Chưa có nội dung biểu quyết")


async def test_a_phone_at_a_card_that_is_not_signed_in_takes_the_pin_first_and_goes_on(hall):
    bridge = signing.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
    hall.await_pin("011", bridge)
    async with visiting(hall) as (_, visitor):
        phone = await visitor.app()
        await phone.page.get_by_label("Số ghế").fill("11")
        await phone.press("Tiếp tục")
        await phone.sees("NGUYEN VAN A")
        hall.pins.clear()
        hall.sign_in("m011")
        hall.pin_outcomes["011"] = PinOutcome("signed_in")
        await phone.sees("So sánh tám chữ số")


async def test_a_phone_is_bound_at_the_registrars_desk_with_the_pin_typed_on_it(hall):
    bridge = signing.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
    async with visiting(hall) as (_, visitor):
        phone = await visitor.app()
        await phone.page.get_by_label("Tại bàn đăng ký").check()
        await expect(phone.page.get_by_label("Số ghế")).to_have_count(0)
        code = phone.page.get_by_label("Mã trên thiết bị ở bàn (sau chữ MA)").first
        await code.fill("111111")
        await phone.press("Tiếp tục")
        await phone.sees("Chưa có thẻ")
        hall.await_pin("desk-1", bridge)
        await phone.page.wait_for_timeout(500)
        await expect(phone.page.get_by_label("Mã PIN của thẻ")).to_have_count(0)
        hall.pins.clear()
        hall.at_desk = "m003"
        await phone.press("Tiếp tục")
        await phone.sees("Mã không khớp")
        await code.fill("482 193")
        await phone.press("Tiếp tục")
        await phone.sees("Nếu thiết bị ở Bàn đăng ký hiện đúng tên bạn", "Đang chờ xác nhận ở Bàn đăng ký…")
        hall.await_pin("desk-1", bridge)
        await phone.sees("Mã PIN cho thẻ ở Bàn đăng ký.")
        await phone.page.get_by_label("Mã sáu chữ số trên thiết bị ở bàn").fill("482133")
        await phone.page.get_by_label("Mã PIN của thẻ").fill("123456")
        await phone.press("Gửi mã PIN")
        hall.pin_outcomes["desk-1"] = PinOutcome("signed_in")
        hall.press_yes(list(hall._bindings)[-1])
        await phone.sees("Đại biểu 3", "Chưa có nội dung biểu quyết")


async def bound_phone(hall, visitor, seat="3"):
    phone = await visitor.app()
    await phone.page.get_by_label("Số ghế").fill(seat)
    await phone.press("Tiếp tục")
    await phone.page.locator(".digits").wait_for()
    hall.press_yes(list(hall._bindings)[-1])
    await phone.sees("Chưa có nội dung biểu quyết")
    return phone


async def test_a_ballot_that_could_not_be_recorded_says_so_and_is_sent_until_it_is(hall):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        hall.announce()
        hall.open()
        await phone.sees("ĐANG BIỂU QUYẾT")
        hall.failing = True
        await phone.press("Không tán thành")
        await phone.sees("Chưa được ghi nhận – đang gửi lại")
        await phone.page.reload()
        await phone.sees("Chưa được ghi nhận – đang gửi lại")
        hall.failing = False
        await phone.sees("Đã ghi nhận: Không tán thành")
        assert len(hall.meeting.current.ballots) == 1


async def test_after_a_restart_in_an_open_vote_the_phone_goes_on_by_itself(hall):
    async with AsyncExitStack() as running:
        house = await running.enter_async_context(served(PAGES, hall))
        async with browsing(house.address) as visitor:
            phone = await bound_phone(hall, visitor)
            hall.announce()
            hall.open()
            await phone.sees("ĐANG BIỂU QUYẾT")
            hall.failing = True
            await phone.press("Tán thành")
            await phone.sees("Chưa được ghi nhận – đang gửi lại")
            await running.aclose()
            hall.restart()
            hall.failing = False
            async with served(PAGES, hall, port=int(house.address.rsplit(":", 1)[1])):
                await phone.sees("Đã ghi nhận: Tán thành")
                assert hall.meeting.current.ballots["m003"].channel == "mobile"


async def test_a_phone_that_was_replaced_is_told_to_be_bound_anew(hall):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        await bound_phone(hall, visitor)
        await phone.sees("Số ghế")
        await expect(phone.page.get_by_text("Đại biểu 3")).to_have_count(0)


async def test_a_lost_phone_is_ended_from_its_members_row_after_a_question_that_names_the_member(hall):
    async with visiting(hall) as (house, visitor):
        phone = await bound_phone(hall, visitor)
        officer = await (await visitor(1440, 900)).go(invited(house, "officer"))
        await officer.press(re.compile("^Có mặt"))
        page, attendance = officer.page, officer.page.get_by_role("dialog", name="Điểm danh")
        await expect(attendance.get_by_role("searchbox")).to_be_focused()
        end = attendance.get_by_role("button", name="Ngắt điện thoại: Đại biểu 3", exact=True)
        await end.focus()
        await page.keyboard.press("Enter")
        asked = page.get_by_role("dialog", name="Ngắt điện thoại")
        await expect(asked).to_contain_text("Ngắt điện thoại của đại biểu Đại biểu 3?")
        await expect(asked.get_by_role("button", name="Quay lại")).to_be_focused()
        hall.failing = True
        await page.keyboard.press("F2")
        await expect(attendance.get_by_role("alert")).to_contain_text("Chưa được ghi nhận")
        hall.failing = False
        await attendance.get_by_role("button", name="Gửi lại").click()
        await expect(end).to_have_count(0)
        assert hall.meeting.attendance.session_of("m003", "mobile") is None
        assert "m003" in hall.meeting.attendance.present
        await phone.sees("Số ghế")


async def test_a_ballot_too_late_is_said_to_be_not_recorded(hall):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        hall.announce()
        hall.open()
        await phone.sees("ĐANG BIỂU QUYẾT")
        hall.failing = True
        await phone.press("Tán thành")
        await phone.sees("Chưa được ghi nhận – đang gửi lại")
        hall.close()
        hall.failing = False
        await phone.sees("Không được ghi nhận: Tán thành")


async def test_a_used_code_lets_nobody_in_and_says_so(hall):
    async with visiting(hall) as (house, visitor):
        path = invited(house, "officer")
        await (await (await visitor()).go(path)).sees("Chương trình")
        second = await (await visitor()).go(path)
        await second.sees("Đăng nhập")
        await expect(second.page.get_by_role("alert")).to_be_visible()
        assert await second.page.get_by_text("Chương trình").count() == 0


async def test_every_page_speaks_english_too(hall):
    async with visiting(hall) as (house, visitor):
        english = await (await visitor()).go("/?lang=en")
        await english.sees("Choose a screen")
        for path, text in (("/wall?lang=en", "SYSTEM READY"), ("/member?lang=en", "Install the app")):
            await (await english.go(path)).sees(text)
        officer = await visitor()
        await officer.go(invited(house, "officer").replace("/officer", "/officer?lang=en"))
        await officer.sees("Requests for the floor")


ON_THE_WALL = """() => [...document.querySelectorAll('body *')].flatMap((element) => {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  const { top, bottom, left, right } = element.getBoundingClientRect()
  if (!own || element.closest('.unseen')) return []
  const said = element.textContent.trim().slice(0, 40)
  const style = getComputedStyle(element)
  const [padding, size] = [Number.parseFloat(style.paddingTop), Number.parseFloat(style.fontSize)]
  const above = top + padding < -1
  const outside = above || left < -1 || bottom > innerHeight + 1 || right > innerWidth + 1
  const cut = style.overflowY === 'hidden' && padding < 0.15 * size
  const small = size < 55.9
  return [...(outside ? [`outside: ${said}`] : []), ...(small ? [`small: ${said}`] : []),
    ...(cut ? [`no room for accents: ${said}`] : [])]
})"""
"""What 30 m away can't be read: look.md, "nothing under 56 px of 1080"."""


@pytest.mark.parametrize("lang", ["vi", "en"])
async def test_everything_on_the_wall_is_within_the_screen_and_large_enough(hall, lang):
    async with visiting(hall) as (_, visitor):
        wall = await (await visitor(1920, 1080)).go(f"/wall?lang={lang}")
        await wall.sees({"vi": "HỆ THỐNG SẴN SÀNG", "en": "SYSTEM READY"}[lang])
        assert await wall.page.evaluate(ON_THE_WALL) == []
        hall.announce()
        hall.open()
        for member in hall.members()[:9]:
            hall.press(member, "approve")
        await wall.sees({"vi": "ĐANG BIỂU QUYẾT", "en": "VOTE OPEN"}[lang])
        assert await wall.page.evaluate(ON_THE_WALL) == []
        hall.close()
        hall.declare()
        await wall.sees({"vi": "ĐƯỢC QUÁ NỬA TÁN THÀNH", "en": "Took part"}[lang])
        assert await wall.page.evaluate(ON_THE_WALL) == []
        hall.troubled(store=False)
        await wall.sees({"vi": "Hệ thống tạm thời chưa ghi nhận được", "en": "can't record just now"}[lang])
        assert not [one for one in await wall.page.evaluate(ON_THE_WALL) if "outside" in one]


async def test_in_a_browsers_tab_no_phone_is_bound_but_it_says_how_to_install_and_why(hall):
    async with visiting(hall) as (_, visitor):
        tab = await (await visitor(390, 844, user_agent="Mozilla/5.0 (Linux; Android 15)")).go("/member")
        await tab.sees("Cài ứng dụng trước khi gắn điện thoại", "tự xóa dữ liệu", "Bấm nút ba chấm")
        assert await tab.page.get_by_label("Số ghế").count() == 0
        assert not hall._bindings
        await (await tab.go("/member?lang=en")).sees("Install the app before binding the phone")


async def test_the_app_can_be_installed_and_its_worker_keeps_nothing(hall):
    async with visiting(hall) as (house, visitor), house.browser() as browser:
        said = await browser.get("/member.webmanifest")
        assert said.headers["content-type"] == "application/manifest+json"
        manifest = said.json()
        assert (manifest["display"], manifest["start_url"], manifest["scope"]) == (
            "standalone",
            "/member",
            "/member",
        )
        for icon in manifest["icons"]:
            assert (await browser.get(icon["src"])).content[:4] == b"\x89PNG"
        phone = await bound_phone(hall, visitor)
        context = phone.page.context
        devtools = await context.new_cdp_session(phone.page)
        assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
        await phone.page.evaluate("navigator.serviceWorker.ready")
        assert await phone.page.evaluate("caches.keys()") == []
        await context.set_offline(True)
        await phone.page.reload()
        await phone.sees("Không có kết nối với hội trường")
        assert await phone.page.evaluate("caches.keys()") == []
        await context.set_offline(False)
        await phone.page.reload()
        await phone.sees("Đại biểu 3", "Chưa có nội dung biểu quyết")


FORGET = """(name) => new Promise((done, failed) => {
  const opened = indexedDB.open('dien-hong-phone')
  opened.onsuccess = () => {
    const change = opened.result.transaction('things', 'readwrite')
    if (name === 'broken') change.objectStore('things').get('key').onsuccess = ({ target }) => {
      const key = target.result
      key.pair = { privateKey: key.pair.publicKey, publicKey: key.pair.publicKey }
      change.objectStore('things').put(key, 'key')
      change.objectStore('things').delete('check')
    }
    else change.objectStore('things').clear()
    change.oncomplete = () => { opened.result.close(); done() }
    change.onabort = failed
  }
})"""


@pytest.mark.parametrize(
    ("how", "text"), [("gone", "Trình duyệt đã xóa khóa"), ("broken", "không ký được nữa và đã được thay")]
)
async def test_a_phone_whose_key_is_gone_or_fails_says_so_and_is_bound_again(hall, how, text):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        await phone.sees("Khóa của điện thoại: đã tự kiểm tra, ký đúng")
        await phone.page.evaluate(FORGET, how)
        await phone.page.reload()
        await phone.sees(text)
        await phone.page.get_by_label("Số ghế").fill("3")
        await phone.press("Tiếp tục")
        await phone.page.locator(".digits").wait_for()
        hall.press_yes(list(hall._bindings)[-1])
        await phone.sees("Chưa có nội dung biểu quyết", "đã tự kiểm tra, ký đúng")
        hall.announce()
        hall.open()
        await phone.press("Tán thành")
        await phone.sees("Đã ghi nhận: Tán thành")


async def test_once_a_day_the_key_is_tried_before_the_hall_while_the_page_goes_on(hall):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        proofs = []
        phone.page.on("request", lambda one: proofs.append(one.url) if one.url.endswith("/phone") else None)
        await phone.page.reload()
        await phone.sees("đã tự kiểm tra, ký đúng")
        assert proofs == [], "tried when it was bound, a moment ago"
        await phone.page.clock.install(time=datetime.now(UTC) + timedelta(hours=25))
        async with phone.page.expect_response("**/api/session/phone") as answer:
            await phone.page.reload()
        assert (await answer.value).status == 200
        await phone.sees("Đại biểu 3", "đã tự kiểm tra, ký đúng")


async def test_a_lost_phone_is_ended_at_the_desk_from_anybodys_browser(hall):
    async with visiting(hall) as (_, visitor):
        phone = await bound_phone(hall, visitor)
        hall.at_desk = "m003"
        tab = await (await visitor(390, 844)).go("/member")
        await tab.page.get_by_text("Mất điện thoại đã gắn?").click()
        code = tab.page.get_by_label("Mã trên thiết bị ở bàn (sau chữ MA)")
        await code.fill("111111")
        await tab.press("Khóa điện thoại đã mất")
        await tab.sees("Mã không khớp")
        await code.fill("482 193")
        await tab.press("Khóa điện thoại đã mất")
        await tab.sees("Đã khóa. Điện thoại cũ không xem và không biểu quyết được nữa.")
        await phone.sees("Số ghế")
        assert hall.meeting.attendance.session_of("m003", "mobile") is None


async def test_the_chair_opens_voting_by_phone_for_whom_the_search_shows_and_the_phone_says_so(hall):
    async with visiting(hall) as (house, visitor):
        phone = await bound_phone(hall, visitor)
        hall.do(c.CloseMobile(("m003",), "thử", "chair"))
        hall.announce()
        hall.open()
        await phone.sees("Biểu quyết trên điện thoại chưa được mở cho bạn")
        await expect(phone.page.get_by_role("button", name="Tán thành")).to_have_count(0)
        officer = await (await visitor(1440, 900)).go(invited(house, "officer"))
        await officer.press(re.compile("^Có mặt"))
        opening = officer.page.get_by_role("button", name=re.compile("^Mở biểu quyết từ xa"))
        await expect(opening).to_be_disabled()
        await officer.page.get_by_role("searchbox").fill("Đại biểu 3")
        await officer.page.get_by_label(re.compile("^Lý do")).fill("Đoàn công tác")
        await opening.click()
        await officer.sees("Biểu quyết từ xa đã mở cho 1/12")
        assert set(hall.meeting.attendance.mobile) == {"m003"}
        await phone.press("Không tán thành")
        await phone.sees("Đã ghi nhận: Không tán thành")
