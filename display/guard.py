"""What stands before every route: the hall's own origin, a bounded body, and headers that keep pages apart.

Pure ASGI, so that a streamed export passes through unbuffered.
"""

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from display.refusals import refusal

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
"""Bytes. The largest honest body is a ballot, about 1 kB."""
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def _policy(origins: Iterable[str]) -> str:
    # Older Safari doesn't take 'self' for a web socket, so the hall's own are named.
    sockets = " ".join(sorted("ws" + origin.removeprefix("http") for origin in origins))
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            # A page sets a bar's width by a style attribute; style elements stay forbidden.
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"connect-src 'self' {sockets}".strip(),
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def safe_headers(origins: Iterable[str]) -> dict[str, str]:
    """What goes with every answer, errors too."""
    headers = {
        "content-security-policy": _policy(origins),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }
    if any(urlsplit(origin).scheme == "https" for origin in origins):
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class BodyTooLarge(Exception):
    """The body went over LARGEST_BODY while it was read."""


class Guard:
    """ASGI middleware. `origins` are the hall's own, as browsers send them ("https://hall.example:8443")."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self._app = app
        self._origins = origins
        self._headers = safe_headers(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _Sending(send, self._headers)
        headers = Headers(scope=scope)
        if scope["method"] in CHANGING and headers.get("origin") not in self._origins:
            log.warning("foreign_origin: %s %s", scope["method"], scope["path"])
            await refusal(403, "foreign_origin")(scope, receive, sending)
        elif int(headers.get("content-length") or 0) > LARGEST_BODY:
            await refusal(413, "body_too_large")(scope, receive, sending)
        else:
            await self._answer(scope, _bounded(receive), sending)

    async def _answer(self, scope: Scope, receive: Receive, sending: "_Sending") -> None:
        try:
            await self._app(scope, receive, sending)
        except Exception:
            # A fault of ours: told in the form that pages know, its inside to the log only.
            log.exception("%s %s failed", scope["method"], scope["path"])
            if sending.begun:
                raise
            await refusal(500, "failed")(scope, receive, sending)


class _Sending:
    """Adds the headers to whatever is answered, and knows whether an answer has begun."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            # Figures of a vote must not come back from a cache; built assets say their own.
            headers.setdefault("cache-control", "no-store")
        await self._send(message)


def _bounded(receive: Receive) -> Receive:
    """Counts what comes without a content-length, or with one that lies."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise BodyTooLarge
        return message

    return receiving
