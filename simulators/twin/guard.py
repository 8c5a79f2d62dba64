"""What stands before every route: this machine only, the twin's own origin, a bounded body, safe headers.

The Host header is checked too: a name on the internet that is made to lead to 127.0.0.1 is not this page's.
"""

import logging
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulators.twin.refusals import told

log = logging.getLogger(__name__)

LARGEST_BODY = 4096
"""Bytes. The largest honest body names a member."""


def hosts(port: int) -> frozenset[str]:
    """The names that browsers on this machine use for the twin."""
    return frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})


def own_page(headers: Headers, own_hosts: frozenset[str]) -> bool:
    """Whether the page that asks came from the very address that it asks."""
    return headers.get("host") in own_hosts and headers.get("origin") == f"http://{headers.get('host')}"


def safe_headers(own_hosts: frozenset[str]) -> dict[str, str]:
    sockets = " ".join(f"ws://{host}" for host in sorted(own_hosts))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        f"img-src 'self'; font-src 'self'; connect-src 'self' {sockets}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }


class Guard:
    """ASGI middleware for HTTP; the socket's route asks `own_page` itself."""

    def __init__(self, app: ASGIApp, own_hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = own_hosts
        self._headers = safe_headers(own_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._seal(message)
            await send(message)

        if code := self._refused(scope):
            await _refusal(*code)(scope, receive, sending)
            return
        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            await _refusal(500, "failed")(scope, receive, sending)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts or not _from_here(scope):
            return 403, "foreign_host"
        if scope["method"] not in ("GET", "HEAD") and not own_page(headers, self._hosts):
            return 403, "foreign_origin"
        # The twin's page always says how long a body is, so none has to be counted as it comes.
        if "transfer-encoding" in headers:
            return 411, "length_missing"
        length = headers.get("content-length") or "0"
        return (413, "body_too_large") if not length.isdigit() or int(length) > LARGEST_BODY else None

    def _seal(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")


def _refusal(status: int, code: str) -> JSONResponse:
    return JSONResponse(told(code), status)


def _from_here(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        return client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
