"""The display before a simulated hall, in process or served on a free port: what pages knock at."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI
from websockets.asyncio.client import connect

from display.access import Access
from display.app import create_app
from display.officers import Officers
from display.patch import patched
from display.serving import open_port, server
from tests.display.simulated_hall import SimulatedHall, thumbprint_of

TEN_MINUTES = timedelta(minutes=10)
PHONE = thumbprint_of("phone")
TRIAL = Officers(codes=True, alone=True)
"""A hall for trying things out with one officer."""


@dataclass
class House:
    hall: SimulatedHall
    access: Access
    address: str
    app: FastAPI | None = None
    """For browsers in this process; None: they come over the network."""

    def browser(self, address="10.0.0.1"):
        """A browser on one of the hall's own pages; it keeps its cookies. `address`: in process only."""
        inside = httpx.ASGITransport(self.app, client=(address, 1)) if self.app else None
        origin = {"Origin": self.address}
        return httpx.AsyncClient(base_url=self.address, headers=origin, transport=inside, timeout=10)

    def signed_in(self, role, name="Nguyễn Thư ký", officer="secretary-1"):
        token, _ = self.access.redeem(self.access.invite(role, name, TEN_MINUTES, officer), "test")
        browser = self.browser()
        browser.cookies.set(f"hall_session_{role}", token)
        return browser

    def member(self, member, phone=PHONE):
        """A browser whose phone is bound already, for the sitting that is open."""
        if self.hall.meeting.sitting is not None:
            self.hall.sign_in(member, "mobile", phone)
            self.hall.open_mobile(member)
        token, _ = self.access.admit_member(member, member, phone)
        browser = self.browser()
        browser.cookies.set("hall_session_member", token)
        return browser

    def follow(self, browser=None, role=None, origin=None):
        cookies = "; ".join(f"{k}={v}" for k, v in (browser.cookies if browser else {}).items())
        path = "/feed" + (f"?as={role}" if role else "")
        return connect(
            self.address.replace("http", "ws", 1) + path,
            origin=origin or self.address,
            additional_headers={"Cookie": cookies} if cookies else {},
        )


@asynccontextmanager
async def opened(pages=Path("/nowhere"), hall=None, also=(), officers=TRIAL, shared_sign_in=None):
    """Requests go straight into the application: no socket, no feed. `also`: more origins of its own."""
    hall = hall or SimulatedHall()
    access = Access(lambda: hall.now, officers)
    address = "http://127.0.0.1:8080"
    app = create_app(hall, access, pages, {address, *also}, lambda: hall.now, shared_sign_in)
    yield House(hall, access, address, app)


@asynccontextmanager
async def served(pages=Path("/nowhere"), hall=None, tls=None, port=0, officers=TRIAL, shared_sign_in=None):
    hall = hall or SimulatedHall()
    access = Access(lambda: hall.now, officers)
    opened = open_port("127.0.0.1", port, tls)
    app = create_app(hall, access, pages, {opened.address}, lambda: hall.now, shared_sign_in)
    running = server(app, tls)
    serving = asyncio.create_task(running.serve(sockets=[opened.socket]))
    while not running.started:  # noqa: ASYNC110  uvicorn tells it no other way
        await asyncio.sleep(0.005)
    try:
        yield House(hall, access, opened.address)
    finally:
        running.should_exit = True
        running.force_exit = True
        with suppress(asyncio.CancelledError):
            await serving


class Follower:
    """What a page does: keeps the view, checks the numbers."""

    def __init__(self, socket):
        self._socket = socket
        self.n = None
        self.view = None
        self.snapshots = 0

    async def until(self, holds, timeout_s=10):
        async with asyncio.timeout(timeout_s):
            while self.view is None or not holds(self.view):
                self.take(json.loads(await self._socket.recv()))
        return self.view

    def take(self, message):
        if message["type"] == "snapshot":
            self.view, self.n = message["view"], message["n"]
            self.snapshots += 1
        elif message["type"] == "change":
            assert message["n"] == self.n + 1, "a gap"
            self.view, self.n = patched(self.view, message["patch"]), message["n"]
        else:
            assert message["n"] == self.n
