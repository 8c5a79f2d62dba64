"""The shared sign-in against a real provider on a port: who it names gets in, whatever is off keeps out."""

from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from display.id_token import Client
from display.officers import Officer, Officers
from display.openid import MOST_AWAY, OpenId, is_safe
from display.openid_wire import HttpsWire
from tests.display.opened_door import opened
from tests.display.openid_provider import CLIENT, SECRET, other_key, provider
from tests.display.simulated_hall import SimulatedHall
from voting.ids import OfficerId

THU_KY = Officer(OfficerId("thu-ky"), "Trần Thị Bình", "secretary", subject="sub-thu-ky")
CHU_TOA = Officer(OfficerId("chu-toa"), "Nguyễn Văn An", "presiding", subject="sub-chu-toa")
KIEM = Officer(OfficerId("kiem-toan"), "Lê Chi", "auditor", subject="sub-kiem-toan")
BACK = "/api/session/openid"


@asynccontextmanager
async def house(**client):
    """The pages of a hall whose officers sign in at a provider; both live on real protocol, one clock."""
    hall = SimulatedHall()
    async with provider(lambda: hall.now) as there:
        known = Client(**{"issuer": there.issuer, "client_id": CLIENT, "secret": SECRET} | client)
        officers = Officers((THU_KY, CHU_TOA, KIEM))
        shared = (known, HttpsWire())
        async with opened(Path("/nowhere"), hall, officers=officers, shared_sign_in=shared) as here:
            yield here, there


async def sent(browser, **asked):
    answer = await browser.post(BACK, json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["go"]


async def away(url):
    """The browser at the provider, which sends it back."""
    async with httpx.AsyncClient(trust_env=False) as outside:
        answer = await outside.get(url)
    return answer.headers["location"]


async def round_trip(browser, **asked):
    return await browser.get(await away(await sent(browser, **asked)), headers={"origin": ""})


async def who(browser, role="officer"):
    return (await browser.get(f"/api/session?as={role}")).json()


def refused(answer):
    """The code that the page is told in its address."""
    assert answer.status_code == 303
    return parse_qs(urlsplit(answer.headers["location"]).fragment).get("refused", [None])[0]


async def test_whom_the_provider_names_is_signed_in_with_the_post_of_the_list():
    async with house() as (here, there), here.browser() as browser:
        answer = await round_trip(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/officer")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        me = await who(browser)
        assert (me["officer"], me["post"], me["way"]) == ("thu-ky", "secretary", "openid")
        (asked,) = there.asked
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) >= 22
        assert len(asked["state"]) >= 22


async def test_an_auditor_comes_to_the_auditors_page():
    async with house() as (here, there), here.browser() as browser:
        there.person = "sub-kiem-toan"
        assert (await round_trip(browser)).headers["location"] == "/auditor"
        assert (await who(browser, "auditor"))["post"] == "auditor"
        assert (await browser.get("/api/votes")).status_code == 200


async def test_a_citizen_who_is_no_officer_gets_nowhere():
    async with house() as (here, there), here.browser() as browser:
        there.person = "sub-somebody"
        assert refused(await round_trip(browser)) == "openid_not_an_officer"
        assert (await who(browser))["role"] == "public"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": None},
        {"aud": ["hall", "another-client"]},
        {"aud": ["hall", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"nonce": "of another asking"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 4_000_000_000},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
        {"auth_time": None},
        {"auth_time": True},
    ],
    ids=str,
)
async def test_a_token_that_says_one_thing_wrong_signs_nobody_in(lie):
    async with house() as (here, there), here.browser() as browser:
        there.spoil = lie
        assert refused(await round_trip(browser)) == "openid_not_valid"
        assert (await who(browser))["role"] == "public"


async def test_a_token_for_several_is_taken_where_the_hall_asked_for_it():
    async with house() as (here, there), here.browser() as browser:
        there.spoil = {"aud": ["hall", "another-client"], "azp": "hall"}
        assert refused(await round_trip(browser)) is None


async def test_a_signature_by_a_key_that_is_not_published_or_shared_or_none_is_refused():
    async with house() as (here, there), here.browser() as browser:
        there.publishes = [other_key("k1")]
        assert refused(await round_trip(browser)) == "openid_not_valid"
    async with house() as (here, there), here.browser() as browser:
        there.key, there.algorithm = OctKey.import_key(SECRET + SECRET), "HS256"
        assert refused(await round_trip(browser)) == "openid_not_valid"
    async with house(algorithms=("ES256",)) as (here, there), here.browser() as browser:
        assert refused(await round_trip(browser)) == "openid_not_valid"


async def test_a_short_rsa_key_is_no_key():
    async with house() as (here, there), here.browser() as browser:
        there.key = RSAKey.generate_key(1024, parameters={"kid": "k1"})
        assert refused(await round_trip(browser)) in ("openid_unreachable", "openid_not_valid")


async def test_a_provider_that_changes_its_keys_is_believed_after_one_look():
    async with house() as (here, there), here.browser() as browser:
        assert refused(await round_trip(browser)) is None
        there.key, there.algorithm = other_key(), "ES256"
        here.hall.forward(seconds=31)
        assert refused(await round_trip(browser)) is None
        there.key = other_key("k3")
        assert refused(await round_trip(browser)) == "openid_not_valid", (
            "not asked at every stranger's token"
        )
        assert there.fetched.count("/keys") == 2


async def test_an_answer_is_good_once_for_the_browser_that_began_and_in_time():
    async with house() as (here, _), here.browser() as browser, here.browser() as thief:
        back = await away(await sent(browser))
        assert refused(await thief.get(back)) == "openid_not_valid"
        assert refused(await browser.get(back)) is None
        assert refused(await browser.get(back)) == "openid_not_valid"
        late = await away(await sent(browser))
        here.hall.forward(minutes=11)
        assert refused(await browser.get(late)) == "openid_not_valid"


async def test_a_code_that_was_meant_for_another_errand_is_not_taken():
    """Another person's code in one's own answer: the proof key of the errand doesn't fit it."""
    async with house() as (here, _), here.browser() as browser, here.browser() as other:
        mine, theirs = await away(await sent(browser)), await away(await sent(other))
        code = parse_qs(urlsplit(theirs).query)["code"][0]
        mixed = mine.replace(parse_qs(urlsplit(mine).query)["code"][0], code)
        assert refused(await browser.get(mixed)) == "openid_unreachable"


async def test_another_issuers_answer_and_a_refusal_are_told_apart():
    async with house() as (here, there), here.browser() as browser:
        back = await away(await sent(browser))
        assert refused(await browser.get(back.replace("iss=http", "iss=https"))) == "openid_not_valid"
        there.error = "access_denied"
        assert refused(await round_trip(browser)) == "openid_refused"


async def test_the_provider_is_believed_only_where_it_names_itself_and_speaks_https():
    lies = {
        "issuer": "https://elsewhere.example",
        "jwks_uri": "http://id.example/keys",
        "token_endpoint": 7,
    }
    for lie in ({name: value} for name, value in lies.items()):
        async with house() as (here, there), here.browser() as browser:
            there.says = lie
            answer = await browser.post(BACK, json={})
            assert (answer.status_code, answer.json()["code"]) == (503, "openid_unreachable")


async def test_a_provider_that_is_down_is_said_to_be_and_nobody_is_signed_in():
    async with house(issuer="http://127.0.0.1:9") as (here, _), here.browser() as browser:
        answer = await browser.post(BACK, json={})
        assert (answer.status_code, answer.json()["code"]) == (503, "openid_unreachable")


async def test_a_sign_in_that_the_provider_remembers_is_as_old_as_it_says_and_is_asked_for_anew():
    async with house() as (here, there), here.browser() as browser:
        there.ago = timedelta(minutes=10)
        await round_trip(browser)
        assert (await who(browser))["proved"] == "2019-06-03T06:50:00.000Z"
        here.hall.forward(minutes=6)
        here.hall.convene()
        here.hall.announce()
        cancel = {"act": "cancel", "id": "cancel-0001", "vote": "pm.1", "reason": "Sai nội dung"}
        answer = await browser.post("/api/acts", json=cancel)
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_again")
        assert refused(await round_trip(browser, again=True)) is None
        assert there.asked[-1]["prompt"] == "login"
        assert there.asked[-1]["max_age"] == "0"
        answer = await browser.post("/api/acts", json=cancel | {"id": "cancel-0002"})
        assert answer.json() == {"asked": "thu-ky.cancel-0002"}


async def test_a_provider_that_did_not_ask_again_signs_nobody_in_again():
    async with house() as (here, there), here.browser() as browser:
        there.spoil = {"auth_time": int((here.hall.now - timedelta(minutes=5)).timestamp())}
        assert refused(await round_trip(browser, again=True)) == "openid_not_valid"


async def test_a_foreign_page_can_not_begin_it():
    async with house() as (here, _), here.browser() as browser:
        answer = await browser.post(BACK, json={}, headers={"Origin": "https://evil.example"})
        assert answer.json()["code"] == "foreign_origin"


async def test_where_there_is_none_nothing_answers():
    async with opened() as here, here.browser() as browser:
        assert (await browser.post(BACK, json={})).status_code == 404
        assert (await browser.get(BACK)).status_code == 404


async def test_browsers_that_never_come_back_cost_bounded_memory():
    class Wire:
        async def get(self, url):
            names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
            return dict.fromkeys(names, "https://id.example")

    hall = SimulatedHall()
    openid = OpenId(Client("https://id.example", CLIENT), Wire(), lambda: hall.now, BACK)
    for _ in range(MOST_AWAY + 20):
        await openid.begin("https://hall.example", timedelta(minutes=15), again=False)
    assert len(openid._away) == MOST_AWAY


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example/x", True), ("http://127.0.0.1:8000", True), ("http://localhost/", True),
        ("http://id.example", False), ("https://", False), ("file:///etc/passwd", False), ("", False),
    ],
)  # fmt: skip
def test_only_https_or_this_machine(url, safe):
    assert is_safe(url) is safe
