"""Small signed files from the network: revocation lists and OCSP answers. The only place that fetches them.

Whoever signed is judged afterwards, so an address in clear is as good as any; but nothing else is taken for
an address than http and https, and nothing is waited for or read without end.
"""

import time
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

MAX_BYTES = 32 * 1024 * 1024
"""Of one file; the lists of a whole country have some ten megabytes."""
STEP_S, WHOLE_S = 10.0, 60.0
"""For a connection or the next piece of an answer; for all of it."""
_REDIRECTS = 3
_SEND_AGAIN = frozenset({301, 302, 303, 307, 308})


class NotFetched(Exception):
    """Why there is nothing from that address."""


class Download:
    """`with Download() as download: download.get(url)`. Proxies are taken from the environment."""

    def __init__(self, max_bytes: int = MAX_BYTES, whole_s: float = WHOLE_S) -> None:
        self._max_bytes, self._whole_s = max_bytes, whole_s
        self._client = httpx.Client(timeout=min(STEP_S, whole_s), follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, url: str) -> bytes:
        """Raises NotFetched."""
        until = time.monotonic() + self._whole_s
        for _ in range(_REDIRECTS + 1):
            data, elsewhere = self._ask("GET", url, until)
            if elsewhere is None:
                return data
            url = elsewhere
        raise NotFetched(f"sent on more than {_REDIRECTS} times")

    def post(self, url: str, body: bytes, kind: str) -> bytes:
        """`kind`: the body's media type. Nobody's answer sends a request on. Raises NotFetched."""
        until = time.monotonic() + self._whole_s
        data, elsewhere = self._ask("POST", url, until, body, kind)
        if elsewhere is not None:
            raise NotFetched(f"sends on to {elsewhere[:200]}")
        return data

    def _ask(
        self, method: str, url: str, until: float, body: bytes | None = None, kind: str = ""
    ) -> tuple[bytes, str | None]:
        check_address(url)
        headers = {"Content-Type": kind} if kind else {}
        try:
            with self._client.stream(method, url, content=body, headers=headers) as answer:
                if answer.status_code in _SEND_AGAIN and "location" in answer.headers:
                    return b"", urljoin(url, answer.headers["location"])
                if answer.status_code != httpx.codes.OK:
                    raise NotFetched(f"answers {answer.status_code}")
                return self._read(answer, until), None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotFetched(str(error) or type(error).__name__) from error

    def _read(self, answer: httpx.Response, until: float) -> bytes:
        data = bytearray()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > self._max_bytes:
                raise NotFetched(f"longer than {self._max_bytes} bytes")
            if time.monotonic() > until:
                raise NotFetched(f"not whole after {self._whole_s:.0f} s")
        return bytes(data)


def check_address(url: str) -> None:
    """Raises NotFetched for what isn't http or https: a certificate may name a file, or a directory."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise NotFetched(f"no address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise NotFetched(f"{parts.scheme or 'an address without scheme'}: only http and https are fetched")
    if not host or parts.username is not None or parts.password is not None:
        raise NotFetched("an address is a host and a path, and holds no password")
