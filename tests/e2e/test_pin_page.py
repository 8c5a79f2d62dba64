"""The member page in a real browser: what it sends of a PIN only the bridge can open, and it keeps none."""

import re
import shutil

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.async_api import async_playwright, expect

from audit.signing import to_jwk
from display.ports import PinOutcome
from firmware_bridge.cards.sealed_pin import open_pin
from tests.display.opened_door import served
from tests.e2e.demo_hall import ROOT

CHROMIUM = shutil.which("chromium")
PAGES = ROOT / "display" / "web" / "dist"
BRIDGE = ec.generate_private_key(ec.SECP256R1())
CHAL, CODE, PIN = "AAECAwQFBgcICQoLDA0ODw", "000417", "27182818"
KEPT = """async () => {
  const bases = await indexedDB.databases()
  const things = await Promise.all(bases.map(({ name }) => new Promise((resolve) => {
    const opened = indexedDB.open(name)
    opened.onsuccess = () => {
      const stores = [...opened.result.objectStoreNames]
      if (!stores.length) return resolve([])
      const reads = stores.map((store) => new Promise((done) => {
        const all = opened.result.transaction(store).objectStore(store).getAll()
        all.onsuccess = () => done(all.result)
      }))
      resolve(Promise.all(reads))
    }
  })))
  const fields = [...document.querySelectorAll('input')].map((input) => input.value)
  return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, things, fields])
}"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium isn't installed"),
    pytest.mark.skipif(
        not (PAGES / "member" / "index.html").exists(), reason="the pages aren't built: make pages"
    ),
]


async def test_a_pin_typed_on_the_phone_reaches_the_bridge_sealed_and_stays_nowhere():
    async with served(PAGES) as house, async_playwright() as play:
        house.hall.await_pin("003", to_jwk(BRIDGE.public_key()), CHAL)
        browser = await play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 390, "height": 844}, locale="vi-VN")
        said = []
        page.on("request", lambda request: said.append(f"{request.url} {request.post_data}"))
        await page.goto(f"{house.address}/member")
        await page.get_by_role("button", name="Nhập mã PIN trên điện thoại").click()
        pin = page.get_by_role("region", name="Nhập mã PIN trên điện thoại")
        await pin.get_by_label("Số ghế").fill("3")
        await pin.get_by_role("button", name="Tiếp tục").click()
        await expect(pin.get_by_text("NGUYEN VAN A")).to_be_visible()
        await type_and_send(page, pin)
        await expect(pin.get_by_text("Thẻ đang kiểm tra mã PIN…")).to_be_visible()
        (seat, chal, sealed), *more = house.hall.pins_sent
        assert not more
        assert open_pin(sealed, BRIDGE, seat=seat, chal=chal, code=CODE) == PIN.encode()
        house.hall.pin_outcomes["003"] = PinOutcome("wrong", 2)
        await expect(pin.get_by_role("alert")).to_have_text(re.compile("Sai mã PIN, còn 2 lần"))
        await type_and_send(page, pin)
        house.hall.pin_outcomes["003"] = PinOutcome("signed_in")
        await expect(pin.get_by_role("status")).to_have_text(re.compile("Đúng mã PIN"))
        assert PIN not in await page.evaluate(KEPT)
        assert PIN not in str(said)
        await browser.close()


async def type_and_send(page, pin):
    """Until the hall has answered: the card's outcome must not be there before the PIN is."""
    await pin.get_by_label("Mã sáu chữ số").fill(CODE)
    await pin.get_by_label("Mã PIN của thẻ").fill(PIN)
    async with page.expect_response(lambda answer: answer.request.method == "POST"):
        await pin.get_by_role("button", name="Gửi mã PIN").click()
