"""Whether an ID token may be believed, and whom it names: OpenID Connect Core 1.0, section 3.1.3.7. No I/O.

Signatures are joserfc's to judge, under the one published key that fits and an allow-list of algorithms.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384")
"""Never `none`, never a shared secret: an ID token is signed by a key that the provider publishes."""
LEEWAY: Final = timedelta(seconds=60)
"""Between the provider's clock and the hall's."""
LEAST_RSA_BITS: Final = 2048
LONGEST_SUBJECT: Final = 255
"""Characters, by the specification."""


class OpenIdFailed(Exception):
    """Nobody is signed in. `code` is for the page, `detail` for the hall's own log: it holds no token."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def not_valid(why: str) -> OpenIdFailed:
    return OpenIdFailed("openid_not_valid", why)


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows the hall as."""

    issuer: str
    client_id: str
    secret: str | None = None
    """None: a public client, which PKCE alone protects."""
    algorithms: Sequence[str] = ALGORITHMS


@dataclass(frozen=True, slots=True)
class Expected:
    """What this very token must answer."""

    nonce: str
    since: datetime
    """When the browser was sent."""
    again: bool
    """The person was to be asked again, whoever was signed in there."""


def header_of(token: str, algorithms: Sequence[str]) -> tuple[str, str | None]:
    """Algorithm and key id that a token says it was signed with. Raises OpenIdFailed."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise not_valid(f"the token: {type(error).__name__}") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in algorithms or not isinstance(kid, str | None):
        raise not_valid(f"signed by {algorithm!r:.20}")
    return str(algorithm), kid


def claims_of(token: str, key: RSAKey | ECKey, algorithm: str) -> Mapping[str, Any]:
    """What the token says, once its signature holds. Raises OpenIdFailed."""
    try:
        claims = json.loads(jws.deserialize_compact(token, key, algorithms=[algorithm]).payload or b"")
    except (JoseError, ValueError, TypeError) as error:
        raise not_valid(f"the token: {type(error).__name__}") from error
    if not isinstance(claims, dict):
        raise not_valid("the token says nothing")
    return claims


def published(answer: Mapping[str, Any]) -> KeySet:
    """The provider's public keys for signatures, all else passed over. Raises OpenIdFailed."""
    keys = answer.get("keys")
    fitting = [
        {name: value for name, value in key.items() if not name.startswith("x5")}
        for key in (keys if isinstance(keys, list) else ())
        if isinstance(key, dict) and key.get("use", "sig") == "sig" and "d" not in key and _strong(key)
    ]
    try:
        return KeySet.import_key_set({"keys": fitting})
    except (JoseError, ValueError, TypeError) as error:
        raise OpenIdFailed("openid_unreachable", "publishes no keys") from error


def fitting_key(keys: KeySet, kid: str | None, algorithm: str) -> RSAKey | ECKey | None:
    """The one key that may have signed it; without a `kid`, only where there is no choice."""
    wanted: type[RSAKey | ECKey] = RSAKey if algorithm[:2] in ("RS", "PS") else ECKey
    of_kind = [key for key in keys.keys if isinstance(key, RSAKey | ECKey) and isinstance(key, wanted)]
    fitting = of_kind if kid is None else [key for key in of_kind if key.kid == kid]
    return fitting[0] if len(fitting) == 1 else None


def judged(
    claims: Mapping[str, Any], client: Client, expected: Expected, now: datetime
) -> tuple[str, datetime]:
    """Whom it names, and when that person last showed it. Raises OpenIdFailed, naming what is wrong."""
    checks = {
        "iss": claims.get("iss") == client.issuer,
        "aud": _is_for(client, claims),
        "nonce": hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.nonce.encode()),
        "exp": _is_time(claims.get("exp")) and now < _time(claims["exp"]) + LEEWAY,
        "iat": _is_time(claims.get("iat")) and _time(claims["iat"]) <= now + LEEWAY,
        "sub": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= LONGEST_SUBJECT,
        # Asked for by max_age, so it must be there: section 3.1.2.1.
        "auth_time": _is_time(claims.get("auth_time")),
    }
    wrong = [name for name, right in checks.items() if not right]
    if wrong:
        raise not_valid(f"the token's {', '.join(wrong)}")
    proved = _time(claims["auth_time"])
    if expected.again and proved < expected.since - LEEWAY:
        raise not_valid("the provider didn't ask the person again")
    return claims["sub"], min(proved, now)


def _is_for(client: Client, claims: Mapping[str, Any]) -> bool:
    """Made for this hall; where for others too, the hall is who asked for it."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client.client_id not in audiences:
        return False
    if len(audiences) == 1 and "azp" not in claims:
        return True
    return claims.get("azp") == client.client_id


def _strong(key: Mapping[str, Any]) -> bool:
    if key.get("kty") == "EC":
        return key.get("crv") in ("P-256", "P-384")
    return key.get("kty") == "RSA" and len(str(key.get("n", ""))) * 6 >= LEAST_RSA_BITS


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value < 1e11


def _time(value: float) -> datetime:
    return datetime.fromtimestamp(value, UTC)
