"""The feed over real sockets: who may listen, what arrives, and what one bad listener costs the others."""

import asyncio
import json
import socket
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.display.opened_door import Follower, served
from tests.display.simulated_hall import SimulatedHall
from voting import commands as c


async def close_code(socket_):
    """Reads until the hall closes."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(6):
            while True:
                await socket_.recv()
    return socket_.close_code


@pytest.fixture
def hall():
    hall = SimulatedHall()
    hall.convene(present=10)
    return hall


async def test_the_wall_follows_a_vote_without_any_session(hall):
    async with served(hall=hall) as house, house.follow() as socket_:
        wall = Follower(socket_)
        view = await wall.until(lambda view: True)
        assert view["role"] == "public"
        hall.announce()
        await wall.until(lambda view: "vote" in view)
        hall.open()
        for member in hall.members()[:10]:
            hall.press(member, "approve")
        view = await wall.until(lambda view: view["vote"]["recorded"] == 10)
        assert view["vote"]["seats"] == "**********--"
        hall.close()
        hall.declare()
        view = await wall.until(lambda view: "result" in view["vote"])
        assert view["vote"]["result"]["counts"]["approve"] == 10
        assert wall.snapshots == 1


async def test_each_role_gets_its_own_view_and_may_ask_for_less(hall):
    async with served(hall=hall) as house, house.signed_in("officer") as browser:
        for role, expected in ((None, "officer"), ("officer", "officer"), ("public", "public")):
            async with house.follow(browser, role) as socket_:
                view = await Follower(socket_).until(lambda view: True)
                assert view["role"] == expected
                assert ("acts" in view) == (expected == "officer")


@pytest.mark.parametrize("role", ["officer", "auditor", "member", "king"])
async def test_without_its_session_no_role_is_given(hall, role):
    async with served(hall=hall) as house, house.follow(role=role) as socket_:
        assert await close_code(socket_) == 4401


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
async def test_a_foreign_page_never_gets_an_open_socket(hall, origin):
    async with served(hall=hall) as house, house.signed_in("officer") as browser:
        with pytest.raises(InvalidStatus) as refused:
            async with house.follow(browser, origin=origin):
                pass
        assert refused.value.response.status_code == 403


async def test_a_member_sees_the_own_ballot_and_nobody_elses(hall):
    hall.announce()
    hall.open()
    async with (
        served(hall=hall) as house,
        house.follow(house.member("m001")) as first,
        house.follow(house.member("m002")) as second,
    ):
        mine, theirs = Follower(first), Follower(second)
        await mine.until(lambda view: True)
        await theirs.until(lambda view: True)
        hall.press("m001", "reject")
        view = await mine.until(lambda view: "ballot" in view["me"])
        assert view["me"]["ballot"]["choice"] == "reject"
        other = await theirs.until(lambda view: view["vote"]["recorded"] == 1)
        assert "ballot" not in other["me"]


async def test_who_signs_out_hears_nothing_more(hall):
    async with (
        served(hall=hall) as house,
        house.signed_in("officer") as browser,
        house.follow(browser, "officer") as socket_,
    ):
        await Follower(socket_).until(lambda view: True)
        await browser.delete("/api/session?as=officer")
        assert await close_code(socket_) == 4401


async def test_a_phone_that_was_cut_off_hears_nothing_more(hall):
    async with served(hall=hall) as house, house.follow(house.member("m001"), "member") as socket_:
        await Follower(socket_).until(lambda view: True)
        session = hall.meeting.attendance.session_of("m001", "mobile")
        hall.do(c.SignOut(session.id, "phone_lost"))
        hall.announce()
        with suppress(ConnectionClosed):
            async with asyncio.timeout(6):
                async for text in socket_:
                    assert "vote" not in json.loads(text).get("patch", {})
        assert socket_.close_code == 4401


async def test_a_lost_phones_open_feed_is_closed_at_once_whoever_told(hall):
    """By the member at the desk, from a browser that is nobody's: two seconds, where thirty are allowed."""
    async with (
        served(hall=hall) as house,
        house.member("m001") as phone,
        house.follow(phone, "member") as socket_,
        house.browser() as anybodys,
    ):
        await Follower(socket_).until(lambda view: True)
        hall.at_desk = "m001"
        told = {"seat": "desk-1", "code": hall.desk_code}
        unread = await anybodys.post("/api/phones/lost", json={"seat": "desk-1"})
        assert unread.json()["code"] == "desk_code_wrong"
        assert (await anybodys.post("/api/phones/lost", json=told)).status_code == 204
        with suppress(ConnectionClosed):
            async with asyncio.timeout(2):
                async for text in socket_:
                    assert json.loads(text)["type"] != "change", "not even this is for a thief"
        assert socket_.close_code == 4401
        assert (await phone.get("/api/form")).status_code == 401
        again = await anybodys.post("/api/phones/lost", json=told)
        assert again.json()["code"] == "no_phone_bound"


async def test_a_page_that_talks_is_let_go(hall):
    async with served(hall=hall) as house, house.follow() as socket_:
        await socket_.send("open the vote")
        assert await close_code(socket_) == 1008


async def test_nothing_is_deflated_though_browsers_offer_it(hall):
    async with served(hall=hall) as house, house.follow() as socket_:
        assert "Sec-WebSocket-Extensions" in socket_.request.headers
        assert "Sec-WebSocket-Extensions" not in socket_.response.headers


async def test_two_hundred_walls_all_have_a_change(hall):
    async with served(hall=hall) as house:
        sockets = [await house.follow() for _ in range(200)]
        walls = [Follower(one) for one in sockets]
        await asyncio.gather(*(wall.until(lambda view: True) for wall in walls))
        hall.announce()
        await asyncio.gather(*(wall.until(lambda view: "vote" in view) for wall in walls))
        assert {wall.snapshots for wall in walls} == {1}
        await asyncio.gather(*(one.close() for one in sockets))


def stalled(house, browser):
    """A page that stops reading: a socket with a small window that nobody empties."""
    host, port = house.address.removeprefix("http://").split(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect((host, int(port)))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    line.sendall(
        f"GET /feed?as=officer HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {house.address}\r\n"
        f"Cookie: {cookies}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    return line


async def read_messages(line):
    """What the stalled page finds when it wakes: server frames, unmasked (RFC 6455, 5.2)."""
    line.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=line, limit=1 << 24)
    await reader.readuntil(b"\r\n\r\n")
    try:
        while True:
            head = await reader.readexactly(2)
            size = head[1] & 127
            if size > 125:
                size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
            data = await reader.readexactly(size)
            if head[0] == 0x81:
                yield json.loads(data)
    finally:
        writer.close()


async def test_a_stalled_page_delays_nobody_and_finds_the_present_when_it_wakes():
    hall = SimulatedHall(1500)
    hall.convene(present=1400)
    async with served(hall=hall) as house, house.signed_in("officer") as browser:
        line = await asyncio.to_thread(stalled, house, browser)
        async with house.follow() as socket_:
            wall = Follower(socket_)
            await wall.until(lambda view: True)
            for n in range(1400, 1470):
                # Each presence changes the officer's list of members: about 150 kB for the stalled page.
                hall.do(c.MarkPresence(hall.members()[n], True, "x", "s"))
                # Waiting for the stalled page would take for ever; `until` gives up after seconds.
                await wall.until(lambda view, n=n: view["sitting"]["present"] == n + 1)
            assert wall.snapshots == 1
        snapshots = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                async for message in read_messages(line):
                    snapshots += message["type"] == "snapshot"
                    if snapshots == 2:
                        assert message["view"]["sitting"]["present"] == 1470
                        break
        assert snapshots == 2, "one at the beginning, one after what it missed"
