"""Every route, before every role: who is let in, what is refused, and in which words."""

import io
import zipfile

import pytest

from tests.display.opened_door import TEN_MINUTES, opened
from tests.display.simulated_hall import SimulatedHall

ACT = {"act": "open_sitting", "id": "11111111"}
JWS = {"protected": "e30", "payload": "e30", "signature": "AA"}

ROUTES = [
    # method, path, body, roles that are let in
    ("POST", "/api/acts", ACT, {"officer"}),
    ("GET", "/api/form", None, {"member"}),
    ("POST", "/api/ballots", JWS, {"member"}),
    ("POST", "/api/floor", {"kind": "speech"}, {"member"}),
    ("GET", "/api/votes", None, {"auditor"}),
    ("GET", "/api/votes/pm.1", None, {"auditor"}),
    ("GET", "/api/export?for=auditor", None, {"auditor"}),
    ("GET", "/api/session", None, {"public", "member", "officer", "auditor"}),
    ("GET", "/api/hall", None, {"public", "member", "officer", "auditor"}),
    ("GET", "/api/plan", None, {"public", "member", "officer", "auditor"}),
    ("GET", "/api/desks", None, {"public", "member", "officer", "auditor"}),
    ("GET", "/log/checkpoint", None, {"public", "member", "officer", "auditor"}),
    ("GET", "/health", None, {"public", "member", "officer", "auditor"}),
]


def browser_of(house, role):
    if role == "public":
        return house.browser()
    if role == "member":
        return house.member("m001")
    return house.signed_in(role)


@pytest.mark.parametrize("role", ["public", "member", "officer", "auditor"])
async def test_each_role_reaches_what_is_its_own_and_nothing_else(role):
    async with opened() as house, browser_of(house, role) as browser:
        for method, path, body, roles in ROUTES:
            answer = await browser.request(method, path, json=body)
            if role in roles:
                assert answer.status_code not in (401, 403), (role, path)
            else:
                assert answer.status_code == (401 if role == "public" else 403), (role, path)
                expected = "not_signed_in" if role == "public" else "not_allowed"
                assert answer.json()["code"] == expected


@pytest.mark.parametrize("act", ["open", "close", "declare", "cancel", "hold", "extend", "mark_presence"])
async def test_nobody_opens_a_vote_without_the_officers_role(act):
    async with opened() as house:
        for role in ("public", "member", "auditor"):
            async with browser_of(house, role) as browser:
                answer = await browser.post("/api/acts", json={"act": act, "id": "1" * 8, "vote": "pm.1"})
                assert answer.status_code in (401, 403)
        assert len(house.hall._log) == 1


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize(("method", "path", "body", "roles"), [r for r in ROUTES if r[0] == "POST"])
async def test_a_foreign_origin_changes_nothing(origin, method, path, body, roles):
    async with opened() as house, browser_of(house, next(iter(roles))) as browser:
        del browser.headers["origin"]
        headers = {"Origin": origin} if origin else {}
        answer = await browser.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        assert len(house.hall._log) == 1


async def test_a_code_signs_in_once_and_the_cookie_is_kept_from_scripts():
    async with opened() as house, house.browser() as browser:
        code = house.access.invite("officer", "Nguyễn Thư ký", TEN_MINUTES, "secretary-1")
        answer = await browser.post("/api/session", json={"code": code})
        who = answer.json()
        assert (who["role"], who["name"], who["officer"]) == ("officer", "Nguyễn Thư ký", "secretary-1")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert (await browser.get("/api/session")).json()["role"] == "officer"
        again = await browser.post("/api/session", json={"code": code})
        assert (again.status_code, again.json()["code"]) == (401, "code_not_valid")
        assert (await browser.delete("/api/session")).status_code == 204
        assert (await browser.get("/api/session")).json() == {"role": "public", "name": ""}
        assert (await browser.post("/api/acts", json=ACT)).status_code == 401


@pytest.mark.parametrize(
    ("origin", "secure"),
    [
        ("http://127.0.0.1:8080", False),
        ("https://127.0.0.1:8443", True),
        ("https://hall.example", True),
        ("http://hall.example", True),
        ("http://localhost:8080", False),
    ],
)
async def test_a_cookie_goes_in_clear_on_loopback_only_however_else_the_hall_is_reached(origin, secure):
    async with opened(also={"https://hall.example", origin}) as house, house.browser() as browser:
        code = house.access.invite("officer", "A", TEN_MINUTES, "secretary-1")
        answer = await browser.post("/api/session", json={"code": code}, headers={"Origin": origin})
        assert answer.status_code == 200
        assert ("Secure" in answer.headers["set-cookie"]) == secure


async def test_one_browser_may_hold_several_roles():
    async with opened() as house, house.signed_in("officer") as browser:
        code = house.access.invite("auditor", "Kiểm toán", TEN_MINUTES)
        await browser.post("/api/session", json={"code": code})
        assert (await browser.get("/api/session?as=auditor")).json()["name"] == "Kiểm toán"
        assert (await browser.get("/api/session?as=officer")).json()["name"] == "Nguyễn Thư ký"
        assert (await browser.get("/api/session?as=public")).json()["role"] == "public"
        assert (await browser.get("/api/session?as=king")).status_code == 422
        await browser.delete("/api/session?as=officer")
        assert (await browser.get("/api/votes")).status_code == 200
        assert (await browser.post("/api/acts", json=ACT)).status_code == 403


async def test_codes_are_not_guessed_without_end():
    async with opened() as house, house.browser() as browser:
        for _ in range(10):
            assert (await browser.post("/api/session", json={"code": "x"})).status_code == 401
        answer = await browser.post("/api/session", json={"code": "x"})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 400, "not_json"),
        (b"[]", 422, "wrong_shape"),
        (b'{"act":"declare_war","id":"11111111"}', 422, "unknown_act"),
        (b'{"id":"11111111"}', 422, "wrong_shape"),
        (b'{"act":"close","id":"1","vote":"pm.1"}', 422, "wrong_shape"),
        (b'{"act":"close","id":"11111111"}', 422, "wrong_shape"),
        (b'{"act":"close","id":"11111111","vote":7}', 422, "wrong_shape"),
        (b'{"act":"close","id":"11111111","vote":"pm.1","by":"clock"}', 422, "wrong_shape"),
        (b'{"act":"extend","id":"11111111","vote":"pm.1","extra_s":-5}', 422, "wrong_shape"),
        (b'{"act":"extend","id":"11111111","vote":"pm.1","extra_s":1.5}', 422, "wrong_shape"),
        (b'{"act":"hold","id":"11111111","vote":"pm.1","reason":"   "}', 422, "wrong_shape"),
        (b'{"act":"hand_count","id":"11111111","vote":"pm.1","counts":{"approve":-1}}', 422, "wrong_shape"),
        (b"[" * 30000, 400, "not_json"),
        (b'"' + b"x" * 70000 + b'"', 413, "body_too_large"),
    ],
)
async def test_bad_input_gets_a_clear_refusal_and_changes_nothing(content, status, code):
    async with opened() as house, house.signed_in("officer") as browser:
        answer = await browser.post("/api/acts", content=content)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert set(answer.json()["text"]) == {"vi", "en"}
        assert len(house.hall._log) == 1


async def test_a_body_without_a_length_is_measured_too():
    async def endless():
        for _ in range(80):
            yield b"x" * 1024

    async with opened() as house, house.signed_in("officer") as browser:
        answer = await browser.post("/api/acts", content=endless())
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_every_answer_keeps_the_page_to_itself():
    async with opened() as house, house.browser() as browser:
        for path in ("/wall", "/health", "/nowhere", "/api/acts", "/log/nothing"):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "script-src 'self';" in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"


async def test_a_hall_that_fails_unexpectedly_says_so_in_the_same_form(caplog):
    class Broken(SimulatedHall):
        def log_file(self, path):
            raise RuntimeError("a fault of the hall")

    async with opened(hall=Broken()) as house, house.browser() as browser:
        answer = await browser.get("/log/checkpoint")
        assert (answer.status_code, answer.json()["code"]) == (500, "failed")
        assert "content-security-policy" in answer.headers
        assert "a fault of the hall" not in answer.text
        assert "a fault of the hall" in caplog.text


async def test_the_plan_has_a_place_for_every_seat():
    async with opened() as house, house.browser() as browser:
        seats = (await browser.get("/api/plan")).json()["seats"]
        assert [one["seat"] for one in seats] == [seat.id for seat in house.hall.seats]
        assert set(seats[0]) == {"seat", "x", "y", "block"}


async def test_the_auditor_takes_the_export_away_as_one_zip():
    async with opened() as house, house.signed_in("auditor") as browser:
        answer = await browser.get("/api/export?for=public")
        assert answer.headers["content-type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert sorted(archive.namelist()) == ["for", "log/checkpoint"]
        assert archive.read("for") == b"public"
        assert (await browser.get("/api/export?for=friends")).status_code == 422


async def test_an_export_that_finds_no_room_says_so():
    class Full(SimulatedHall):
        def export(self, reader, out):
            raise OSError(28, "No space left on device")

    async with opened(hall=Full()) as house, house.signed_in("auditor") as browser:
        answer = await browser.get("/api/export?for=auditor")
        assert (answer.status_code, answer.json()["code"]) == (503, "export_failed")


async def test_the_auditor_sees_each_votes_arithmetic():
    async with opened() as house, house.signed_in("auditor") as browser:
        hall = house.hall
        hall.convene()
        hall.announce()
        hall.open()
        for member in hall.members()[:7]:
            hall.press(member, "approve")
        hall.close()
        (one,) = (await browser.get("/api/votes")).json()["votes"]
        assert one["result"]["counts"]["approve"] == 7
        assert (await browser.get("/api/votes/pm.1")).json() == one
        assert (await browser.get("/api/votes/pm.9")).json()["code"] == "no_such_vote"


async def test_the_public_log_is_there_for_everybody():
    async with opened() as house, house.browser() as browser:
        checkpoint = await browser.get("/log/checkpoint")
        assert checkpoint.text == house.hall.head.checkpoint
        whole = await browser.get("/log/tile/0/000")
        assert "immutable" in whole.headers["cache-control"]
        assert (await browser.get("/log/tile/0/001.p/3")).headers["cache-control"] == "no-store"
        assert (await browser.get("/log/../../etc/passwd")).status_code == 404


async def test_health_says_when_the_hall_is_down():
    async with opened() as house, house.browser() as browser:
        assert (await browser.get("/health")).json() == {"state": "ok"}
        house.hall.troubled(state="down", store=False)
        answer = await browser.get("/health")
        assert (answer.status_code, answer.json()) == (503, {"state": "down"})


async def test_pages_that_are_not_built_say_what_to_do():
    async with opened() as house, house.browser() as browser:
        for path in ("/", "/wall", "/officer", "/member", "/auditor"):
            answer = await browser.get(path)
            assert answer.status_code == 503
            assert "make pages" in answer.text


async def test_built_pages_are_served_and_nothing_beside_them(tmp_path):
    pages = tmp_path / "dist"
    (pages / "wall").mkdir(parents=True)
    (pages / "assets").mkdir()
    (pages / "twin").mkdir()
    (pages / "twin" / "index.html").write_text("the demo's, on a port of its own")
    (pages / "icon.svg").write_text("<svg/>")
    (pages / "index.html").write_text("choose")
    (pages / "wall" / "index.html").write_text("wall")
    (pages / "assets" / "wall-1a2b.js").write_text("export {}")
    (tmp_path / "secret").write_text("secret")
    (pages / "leak").symlink_to(tmp_path / "secret")
    async with opened(pages) as house, house.browser() as browser:
        assert (await browser.get("/")).text == "choose"
        assert (await browser.get("/wall")).text == "wall"
        assert (await browser.get("/wall/")).text == "wall"
        script = await browser.get("/assets/wall-1a2b.js")
        assert "javascript" in script.headers["content-type"]
        assert "immutable" in script.headers["cache-control"]
        assert (await browser.get("/icon.svg")).text == "<svg/>"
        for path in ("/twin", "/twin/", "/twin/index.html", "/wall/index.html"):
            assert (await browser.get(path)).status_code == 404, path
        for path in ("/leak", "/%2e%2e/secret", "/..%2fsecret", "/assets", "/assets/none.js"):
            assert (await browser.get(path)).status_code == 404, path
