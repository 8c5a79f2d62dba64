"""OpenID Connect: the state's shared sign-in, by the authorization code flow with PKCE and a nonce.

The provider's word is taken for one thing: who somebody is, by the subject of an ID token that it signed
for this hall and this very asking (OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9207). What that
person may do stands in hall.toml. Left out: refresh tokens, user info, logout at the provider.
"""

import asyncio
import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import quote_plus, urlencode, urlsplit

from joserfc.jwk import ECKey, KeySet, RSAKey

from display import id_token
from display.id_token import Client, Expected, OpenIdFailed, not_valid
from display.serving import is_loopback

ASKED_FOR: Final = timedelta(minutes=10)
"""How long somebody may be away at the provider."""
DESCRIBED_FOR: Final = timedelta(minutes=10)
"""How long the provider's description of itself is believed."""
KEYS_AGAIN: Final = timedelta(seconds=30)
"""How soon an unknown key makes the hall look for new ones."""
MOST_AWAY: Final = 500
"""Browsers at the provider at once; the oldest are forgotten first."""


class OpenIdWire(Protocol):
    """What goes over the network. Raises OpenIdFailed("openid_unreachable")."""

    async def get(self, url: str) -> Mapping[str, Any]:
        """A JSON object."""

    async def post(
        self, url: str, form: Mapping[str, str], basic: tuple[str, str] | None
    ) -> Mapping[str, Any]:
        """A JSON object in answer to a form."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where the browser goes, and what it must bring back in its cookie."""

    url: str
    binding: str


@dataclass(frozen=True, slots=True)
class Came:
    """Whom the provider named."""

    subject: str
    proved: datetime
    """When that person last showed it, by the provider's word."""
    origin: str
    """The hall's own, at which the browser began."""


@dataclass(frozen=True, slots=True)
class _Away:
    binding: bytes
    verifier: str
    origin: str
    expected: Expected


def is_safe(url: str) -> bool:
    """HTTPS; in clear on this very machine only."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


def _random() -> str:
    return secrets.token_urlsafe(32)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class OpenId:
    """One provider. `back` is the path of the hall to which it sends browsers."""

    def __init__(self, client: Client, wire: OpenIdWire, clock: Callable[[], datetime], back: str) -> None:
        self._client = client
        self._wire = wire
        self._clock = clock
        self._back = back
        self._away: dict[str, _Away] = {}
        self._described: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._fetching = asyncio.Lock()

    async def begin(self, origin: str, fresh: timedelta, *, again: bool) -> Sent:
        """Where a browser at `origin` goes to sign in.

        `again`: the provider is to ask the person, whoever is signed in there. `fresh`: how old a sign-in
        there may be otherwise. Raises OpenIdFailed.
        """
        address = str((await self._description())["authorization_endpoint"])
        state, verifier, binding = _random(), _random(), _random()
        expected = Expected(_random(), self._clock(), again)
        self._remember(state, _Away(_digest(binding), verifier, origin, expected))
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": origin + self._back,
            "scope": "openid",
            "state": state,
            "nonce": expected.nonce,
            "code_challenge": urlsafe_b64encode(_digest(verifier)).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "max_age": "0" if again else str(int(fresh.total_seconds())),
        }
        if again:
            asked["prompt"] = "login"
        return Sent(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", binding)

    async def finish(self, said: Mapping[str, str], binding: str | None) -> Came:
        """Who came back. `said`: the query of the provider's answer. Raises OpenIdFailed."""
        away = self._take(said.get("state", ""), binding)
        if said.get("iss", self._client.issuer) != self._client.issuer:
            raise not_valid("answered by another issuer")
        if "error" in said:
            raise OpenIdFailed("openid_refused", f"the provider says {said['error']!r:.60}")
        if not said.get("code"):
            raise not_valid("no code")
        token = await self._id_token(said["code"], away)
        algorithm, kid = id_token.header_of(token, self._client.algorithms)
        claims = id_token.claims_of(token, await self._key(kid, algorithm), algorithm)
        subject, proved = id_token.judged(claims, self._client, away.expected, self._clock())
        return Came(subject, proved, away.origin)

    # -- the browser's errand --------------------------------------------------------------------------

    def _remember(self, state: str, away: _Away) -> None:
        self._away[state] = away
        while len(self._away) > MOST_AWAY:
            del self._away[next(iter(self._away))]

    def _take(self, state: str, binding: str | None) -> _Away:
        """Good once, in time, and for the browser that began it."""
        away = self._away.get(state)
        if away is None or binding is None or not hmac.compare_digest(away.binding, _digest(binding)):
            raise not_valid("no such errand of this browser")
        del self._away[state]
        if self._clock() - away.expected.since > ASKED_FOR:
            raise not_valid("away for too long")
        return away

    # -- the provider ----------------------------------------------------------------------------------

    async def _description(self) -> Mapping[str, Any]:
        now = self._clock()
        if self._described is not None and now - self._described[0] < DESCRIBED_FOR:
            return self._described[1]
        says = await self._wire.get(self._client.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if says.get("issuer") != self._client.issuer:
            raise OpenIdFailed("openid_unreachable", f"describes the issuer {says.get('issuer')!r:.120}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not is_safe(str(says.get(name, ""))):
                raise OpenIdFailed("openid_unreachable", f"its {name} isn't an https address")
        self._described = (now, says)
        return says

    async def _id_token(self, code: str, away: _Away) -> str:
        says, client, basic = await self._description(), self._client, None
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": away.origin + self._back,
            "code_verifier": away.verifier,
        }
        if client.secret is None:
            form["client_id"] = client.client_id
        elif "client_secret_basic" in says.get("token_endpoint_auth_methods_supported", _BASIC):
            # Form-encoded before it is joined: RFC 6749, section 2.3.1.
            basic = (quote_plus(client.client_id), quote_plus(client.secret))
        else:
            form |= {"client_id": client.client_id, "client_secret": client.secret}
        answer = await self._wire.post(str(says["token_endpoint"]), form, basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise not_valid("no ID token")
        return token

    async def _key(self, kid: str | None, algorithm: str) -> RSAKey | ECKey:
        """The published key; an unknown one makes the hall look once more, but not at every stranger's."""
        async with self._fetching:
            now = self._clock()
            found = id_token.fitting_key(self._keys[1], kid, algorithm) if self._keys else None
            if found is None and (self._keys is None or now - self._keys[0] > KEYS_AGAIN):
                address = str((await self._description())["jwks_uri"])
                self._keys = (now, id_token.published(await self._wire.get(address)))
                found = id_token.fitting_key(self._keys[1], kid, algorithm)
        if found is None:
            raise not_valid("signed by a key that the provider doesn't publish")
        return found


_BASIC = ("client_secret_basic",)
"""What a provider takes that doesn't say: OpenID Connect Discovery 1.0, section 3."""
