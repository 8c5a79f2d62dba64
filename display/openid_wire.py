"""The one place from which the hall's pages reach out: to the state's shared sign-in, and nowhere else."""

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from display.id_token import OpenIdFailed
from display.openid import is_safe

PATIENCE_S = 5.0
"""An officer waits for this; a provider that needs longer is told to be unreachable."""
LARGEST_ANSWER = 256 * 1024
"""Bytes. A description or a key set has a few thousand."""


class HttpsWire:
    """`ca`: PEM of the authority that the provider's certificate chains to; None: the machine's own."""

    def __init__(self, ca: Path | None = None) -> None:
        self._tls = ssl.create_default_context(cafile=None if ca is None else str(ca))

    async def get(self, url: str) -> Mapping[str, Any]:
        return await self._asked("GET", url)

    async def post(
        self, url: str, form: Mapping[str, str], basic: tuple[str, str] | None
    ) -> Mapping[str, Any]:
        return await self._asked("POST", url, data=dict(form), auth=basic and httpx.BasicAuth(*basic))

    async def _asked(self, method: str, url: str, **how: Any) -> Mapping[str, Any]:
        if not is_safe(url):
            raise OpenIdFailed("openid_unreachable", f"{url:.120} is not https")
        try:
            # A variable in somebody's environment must not send a sign-in through another machine.
            async with (
                httpx.AsyncClient(verify=self._tls, timeout=PATIENCE_S, trust_env=False) as client,
                client.stream(method, url, **how) as answer,
            ):
                body = await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise OpenIdFailed("openid_unreachable", f"{type(error).__name__} at {url:.120}") from error
        if answer.status_code != httpx.codes.OK:
            raise OpenIdFailed("openid_unreachable", f"{answer.status_code} at {url:.120}")
        try:
            said = json.loads(body)
        except ValueError as error:
            raise OpenIdFailed("openid_unreachable", f"no JSON at {url:.120}") from error
        if not isinstance(said, dict):
            raise OpenIdFailed("openid_unreachable", f"no object at {url:.120}")
        return said


async def _bounded(answer: httpx.Response) -> bytes:
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise OpenIdFailed("openid_unreachable", "its answer is too long")
    return body
