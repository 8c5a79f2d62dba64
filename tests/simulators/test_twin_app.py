"""The twin over a real port: its own page on this machine may act and look, nobody else."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from simulators.twin.app import create_app
from simulators.twin.lookout import MOST_PAGES
from tests.simulators.twin_hall import twin_hall


@asynccontextmanager
async def served(small, pages):
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(
        create_app(small.twin, pages, port), log_config=None, ws="websockets-sansio", ws_max_size=4096
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listening]))
    address = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=address, headers={"origin": address}) as browser:
            yield browser
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        for row in small.hall.rows.values():
            row.close()


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "twin").mkdir()
    (tmp_path / "assets").mkdir()
    (tmp_path / "officer").mkdir()
    (tmp_path / "twin" / "index.html").write_text("<p>twin")
    (tmp_path / "officer" / "index.html").write_text("<p>officer")
    (tmp_path / "assets" / "a.js").write_text("1")
    return tmp_path


@pytest.fixture
async def browser(pages):
    small = twin_hall()
    async with served(small, pages) as browser:
        browser.small = small
        yield browser


async def test_the_page_and_its_parts_are_served_with_a_strict_policy(browser):
    page = await browser.get("/")
    assert page.text == "<p>twin"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in page.headers
    assert (await browser.get("/assets/a.js")).headers["cache-control"].endswith("immutable")
    for path in (
        "/officer/index.html",
        "/assets/../officer/index.html",
        "/assets/%2e%2e/officer/index.html",
        "/nothing",
    ):
        assert (await browser.get(path)).status_code == 404


async def test_the_plan_names_seats_and_their_members(browser):
    plan = (await browser.get("/api/hall")).json()["seats"]
    assert plan[0] == {
        "seat": "001", "x": 0.0, "y": 0.5, "block": "A", "row": "row-01",
        "member": "m-001", "name": "Đại biểu 001",
    }  # fmt: skip
    assert (plan[3]["row"], plan[3]["member"]) == (None, None)


async def test_a_members_card_is_put_into_the_registrars_desk_which_is_no_seat(browser):
    assert (await browser.get("/api/hall")).json()["desks"] == ["desk-1"]
    small = browser.small
    small.at("002").insert(small.crowd.people["m-002"].card)
    assert (await browser.post("/api/seats/desk-1/insert", json={"member": "m-002"})).status_code == 204
    assert small.at("002").card is None, "pulled from where it was"
    assert small.at("desk-1").card is small.crowd.people["m-002"].card
    assert small.twin._whole()["taken"] == ["002"], (
        "the card's own seat is the visitor's, the desk is no seat"
    )
    assert (await browser.post("/api/seats/desk-1/press", json={"key": "1"})).status_code == 204
    assert (await browser.post("/api/seats/desk-1/pull")).status_code == 204
    assert small.at("desk-1").card is None
    assert (await browser.post("/api/seats/desk-1/insert", json={})).json()["code"] == "no_own_card"


ACTS = [
    ("press", {"key": "1"}), ("hold", {"key": "2"}), ("release", {"key": "2"}),
    ("insert", {"member": "m-002"}), ("pull", None), ("power", {"on": False}), ("line", {"on": False}),
    ("clone", {"on": True}), ("take", None), ("give_back", None),
]  # fmt: skip


async def test_hands_act_over_http(browser):
    for act, body in ACTS:
        answer = await browser.post(f"/api/seats/001/{act}", json=body)
        assert (answer.status_code, answer.text) == (204, ""), act
    for act, body in (
        ("sign_in", None),
        ("follow", {"on": False}),
        ("lean", {"to": "against"}),
        ("leave", None),
    ):
        assert (await browser.post(f"/api/crowd/{act}", json=body)).status_code == 204
    assert (await browser.post("/api/crowd/vote")).json() == {"voting": 0}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/seats/999/press", '{"key":"1"}', 404, "no_such_seat"),
        ("/api/seats/001/press", '{"key":"4"}', 422, "wrong_shape"),
        ("/api/seats/001/press", "{", 422, "wrong_shape"),
        ("/api/seats/001/press", '{"key":"1","more":1}', 422, "wrong_shape"),
        ("/api/seats/001/pin", '{"pin":"12ab"}', 422, "wrong_shape"),
        ("/api/seats/001/pin", '{"pin":"123456"}', 409, "pad_is_silent"),
        ("/api/seats/001/power", '{"on":"yes"}', 422, "wrong_shape"),
        ("/api/seats/004/line", '{"on":false}', 409, "no_line"),
        ("/api/seats/001/explode", "{}", 404, "not_found"),
        ("/api/crowd/lean", '{"to":"left"}', 422, "wrong_shape"),
        ("/api/seats/001/insert", json.dumps({"member": "m" * 5000}), 413, "body_too_large"),
    ],
)
async def test_what_cannot_be_done_is_told_in_both_languages(browser, path, body, status, code):
    answer = await browser.post(path, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()["text"]) == {"vi", "en"}


async def test_a_body_without_its_length_is_not_read(browser):
    async def endless():
        for _ in range(9):
            yield b" " * 1000

    answer = await browser.post("/api/seats/001/press", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (411, "length_missing")


async def test_foreign_pages_and_names_are_refused(browser):
    body = {"key": "1"}
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", ""):
        answer = await browser.post("/api/seats/001/press", json=body, headers={"origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    answer = await browser.get("/", headers={"host": "rebound.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_host")
    assert not browser.small.twin.hands.taken


def socket_of(browser, **changed):
    origin = str(browser.base_url).rstrip("/")
    return connect(
        origin.replace("http", "ws") + "/seats", **{"origin": origin, "compression": None, **changed}
    )


async def test_the_socket_tells_the_seats_and_the_unit_looked_at(browser):
    async with socket_of(browser) as page:
        assert json.loads(await page.recv())["seats"] == "xxxx"
        await page.send('{"look":"001"}')
        assert json.loads(await page.recv())["unit"]["serial"] == "SU-001"
        await browser.post("/api/seats/001/insert", json={})
        assert json.loads(await page.recv())["unit"]["card"]["pin"] == "123456"
        await page.send('{"look":null}')
        assert json.loads(await page.recv())["unit"] is None


@pytest.mark.parametrize("said", ["{", "{}", '{"look":"999"}', '{"look":1}', "x" * 5000, b"\x00"])
async def test_a_page_that_says_anything_else_is_let_go(browser, said):
    async with socket_of(browser) as page:
        await page.recv()
        await page.send(said)
        with suppress(ConnectionClosed):
            async with asyncio.timeout(5):
                while True:
                    await page.recv()
    assert page.close_code in (1008, 1009)


@pytest.mark.parametrize("origin", ["http://evil.example", None])
async def test_no_other_page_gets_a_socket(browser, origin):
    with pytest.raises(InvalidStatus) as refused:
        async with socket_of(browser, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_foreign_name_that_leads_here_gets_no_socket(browser):
    port = browser.base_url.port
    name = f"rebound.example:{port}"
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://{name}/seats", origin=f"http://{name}", host="127.0.0.1", port=port):
            pass
    assert refused.value.response.status_code == 403


async def test_more_pages_than_the_hall_has_eyes_for_are_sent_away(browser):
    for _ in range(MOST_PAGES):
        browser.small.twin.lookout.join()
    async with socket_of(browser) as late:
        with pytest.raises(ConnectionClosed):
            await late.recv()
        assert late.close_code == 1013
