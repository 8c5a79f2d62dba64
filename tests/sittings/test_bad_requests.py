"""Bad requests at the pages' door of a hall that sits: answered in the door's own form, nothing is lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.sittings.hall_under_test import VOTE, HallUnderTest, choices, hall_under_test
from tests.sittings.proof import proved

CLOSE = {"act": "close", "id": "12345678", "vote": VOTE}
TOO_DEEP = b'{"act":' + b"[" * 20_000
JSON = {"content-type": "application/json"}


@asynccontextmanager
async def _signed_in(hall: HallUnderTest, role: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=hall.address, headers={"Origin": hall.address}) as client:
        answer = await client.post("/api/session", json={"code": hall.code(role)})
        assert answer.status_code == 200
        yield client


async def _refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert all(answer.json()["text"][language] for language in ("vi", "en"))


async def test_refusals_are_clear_and_nothing_is_lost(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote(wanted)
        before = len(hall.seen().entries)
        async with (
            _signed_in(hall, "officer") as officer,
            _signed_in(hall, "auditor") as auditor,
            httpx.AsyncClient(base_url=hall.address) as nobody,
        ):
            own = {"Origin": hall.address}
            for body in (b"{torn", b"\xff\xfe", TOO_DEEP):
                answer = await officer.post("/api/acts", content=body, headers=JSON)
                await _refused(answer, 400, "not_json")
            await _refused(await officer.post("/api/acts", content=b" " * 70_000), 413, "body_too_large")
            await _refused(await officer.post("/api/acts", json=[CLOSE]), 422, "wrong_shape")
            await _refused(await officer.post("/api/acts", json=CLOSE | {"vote": 7}), 422, "wrong_shape")
            await _refused(await officer.post("/api/acts", json=CLOSE | {"act": "x"}), 422, "unknown_act")
            await _refused(await auditor.post("/api/acts", json=CLOSE), 403, "not_allowed")
            await _refused(await nobody.post("/api/acts", json=CLOSE, headers=own), 401, "not_signed_in")
            await _refused(await nobody.post("/api/acts", json=CLOSE), 403, "foreign_origin")
            foreign = {"Origin": "https://elsewhere.example"}
            await _refused(
                await officer.post("/api/acts", json=CLOSE, headers=foreign), 403, "foreign_origin"
            )
            guess = {"code": "a" * 22}
            await _refused(
                await nobody.post("/api/session", json=guess, headers=own), 401, "code_not_valid"
            )
            await _refused(await auditor.post("/api/ballots", json={}), 403, "not_allowed")
            await _feed_is_closed_to(hall, auditor)
        assert len(hall.seen().entries) == before
        assert hall.phase() == "open"
        await proved(hall, wanted)


async def _feed_is_closed_to(hall: HallUnderTest, auditor: httpx.AsyncClient) -> None:
    url = hall.address.replace("http", "ws", 1) + "/feed"
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in auditor.cookies.items())}
    with pytest.raises(InvalidStatus):
        async with connect(url, origin=Origin("https://elsewhere.example"), additional_headers=cookies):
            pass
    async with connect(
        url + "?as=officer", origin=Origin(hall.address), additional_headers=cookies
    ) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
