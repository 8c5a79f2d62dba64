"""An officer at the console, played by a script: the same sign-in, feed and acts as the page has."""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

View = dict[str, Any]


class ActRefused(Exception):
    """The hall refused an act; the text is the hall's own."""


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396: `patch` applied to `target`; null removes."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


class SimulatedOfficer:
    """Signs in with a code, follows the feed, performs acts. Use as an async context manager."""

    def __init__(self, address: str, code: str) -> None:
        self._address = address
        self._code = code
        self._http = httpx.AsyncClient(base_url=address, headers={"Origin": address}, timeout=30)
        self._news = asyncio.Condition()
        self._following: asyncio.Task[None] | None = None
        self.view: View = {}

    async def __aenter__(self) -> Self:
        answer = await self._http.post("/api/session", json={"code": self._code})
        answer.raise_for_status()
        self._following = asyncio.create_task(self._follow())
        await self.until(bool)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._following is not None:
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
        await self._http.aclose()

    async def _follow(self) -> None:
        url = self._address.replace("http", "ws", 1) + "/feed"
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        headers = {"Cookie": cookies}
        origin = Origin(self._address)
        async for socket in connect(url, origin=origin, additional_headers=headers, compression=None):
            with suppress(ConnectionClosed, OSError, EOFError):
                async for text in socket:
                    await self._take(json.loads(text))

    async def _take(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "snapshot":
            self.view = message["view"]
        elif message["type"] == "change":
            self.view = merged(self.view, message["patch"])
        else:
            return
        async with self._news:
            self._news.notify_all()

    async def until(self, holds: Callable[[View], object], timeout_s: float = 60) -> View:
        """Waits until `holds(view)`; returns that view. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: holds(self.view))
        return self.view

    async def act(self, act: str, **parameters: object) -> Mapping[str, Any]:
        """Performs one act. Raises ActRefused with the hall's words."""
        body = {"act": act, "id": secrets.token_hex(8), **parameters}
        answer = await self._http.post("/api/acts", json=body)
        if answer.status_code != httpx.codes.OK:
            raise ActRefused(f"{act}: {answer.status_code} {answer.text}")
        result: Mapping[str, Any] = answer.json()
        return result
