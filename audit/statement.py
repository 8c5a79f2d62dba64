"""Signed statements: flattened JWS (RFC 7515, section 7.2.2) over JCS payloads, docs/specs/statements.md.

Reading goes in two steps, because the key is found by what the statement says: `parse` takes only
well-formed statements but judges no signature, `verify` judges the signature under a key that the
caller trusts. Why this isn't left to a JOSE library: docs/decisions/0004-jws-verification.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from audit import base64url, canonical, shapes, signing
from audit.errors import BadEvidence, BadSignature, BadStatement
from audit.signing import PublicKey, Signer

SESSION_KEY = "parl-session-key+json"
BALLOT = "parl-ballot+json"
RECEIPT = "parl-receipt+json"
RESULT = "parl-result+json"
HALL = "parl-hall+json"
CONSOLE = "parl-console+json"

MAX_CHARS = 262_144
"""Of a statement's payload in base64url: a bus message has at most 256 kB."""
MAX_HEADER_CHARS = 1024
"""Twice what the longest of ours has; and what is remembered of them stays small."""
_JWS_NAMES = frozenset({"protected", "payload", "signature"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A well-formed statement, its signature not judged by having one of these."""

    typ: str
    header: Mapping[str, str]
    payload: Mapping[str, Any]
    payload_hash: str
    """Lower-case hex SHA-256 of the payload's bytes: the statement's identity."""
    jws: Mapping[str, str]
    """As it came: `protected`, `payload`, `signature`."""
    signature: bytes

    @property
    def alg(self) -> str:
        return self.header["alg"]

    @property
    def signing_input(self) -> bytes:
        return _signing_input(self.jws["protected"], self.jws["payload"])


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that waits for its signature, as a card gives it: `signing_input` goes to the card."""

    alg: str
    protected: str
    payload: str
    payload_hash: str

    @property
    def signing_input(self) -> bytes:
        return _signing_input(self.protected, self.payload)

    def finish(self, signature: bytes) -> dict[str, str]:
        """The flattened JWS. `signature` is r‖s for ECDSA (`signing.raw_ecdsa` turns DER into it)."""
        encoded = base64url.encode(signature)
        return {"protected": self.protected, "payload": self.payload, "signature": encoded}


def draft(typ: str, payload: Mapping[str, Any], alg: str, **header: str) -> Draft:
    """`header` names the key: `kid=`, `sk=`, or `x5t#S256` by `**`. Raises as `parse` would."""
    protected = _protected(typ, alg, tuple(header.items()))
    shapes.check_payload(payload, shapes.shape_of(typ))
    data = canonical.encode(payload)
    return Draft(alg, protected, base64url.encode(data), canonical.sha256_hex(data))


def sign(typ: str, payload: Mapping[str, Any], signer: Signer, **header: str) -> dict[str, str]:
    """A flattened JWS. The header names the key by the signer's `kid`, unless `x5t#S256` is given."""
    if "x5t#S256" not in header:
        header.setdefault("kid", signer.kid)
    unsigned = draft(typ, payload, signer.alg, **header)
    return unsigned.finish(signer.sign(unsigned.signing_input))


def parse(jws: Any, typ: str) -> Statement:
    """The statement in this flattened JWS (parsed JSON). Raises BadStatement; judges no signature."""
    shape = shapes.shape_of(typ)
    try:
        _check_parts(jws)
        header = _header(jws["protected"], typ)
        data = base64url.decode(jws["payload"])
        payload = canonical.decode(data)
        shapes.check_payload(payload, shape)
        signature = base64url.decode(jws["signature"])
    except BadStatement:
        raise
    except BadEvidence as error:
        raise BadStatement(str(error)) from None
    return Statement(typ, header, payload, canonical.sha256_hex(data), dict(jws), signature)


def typ_of(jws: Any) -> str:
    """Which kind a statement says it is, before `parse`. Raises BadStatement."""
    _check_parts(jws)
    return _typ(jws["protected"])


def verify(statement: Statement, public_key: PublicKey) -> None:
    """Raises BadSignature unless this key signed it. Whose key it is, the caller knows."""
    try:
        signing.verify(public_key, statement.alg, statement.signing_input, statement.signature)
    except BadSignature:
        raise
    except BadEvidence as error:
        raise BadSignature(str(error)) from None


def fill(
    form: Mapping[str, Any], *, member: str, seat: str | None, device: str, choice: str, rev: int,
    prev: str | None, nonce: bytes,
) -> dict[str, Any]:  # fmt: skip
    """A ballot's payload: the hall's form {log, sit, vote, def, chal} and the press.

    `nonce`: 16 random bytes. Raises BadStatement if the result wouldn't be a ballot.
    """
    if form.keys() != {"log", "sit", "vote", "def", "chal"}:
        raise BadStatement(f"not a ballot form: {sorted(form)!r:.100}")
    payload = {
        **form, "member": member, "seat": seat, "device": device, "choice": choice, "rev": rev,
        "prev": prev, "nonce": base64url.encode(nonce),
    }  # fmt: skip
    shapes.check_payload(payload, shapes.SHAPES[BALLOT])
    return payload


def _check_parts(jws: Any) -> None:
    """No unprotected header: nothing that isn't signed can steer the reader."""
    if not isinstance(jws, Mapping) or jws.keys() != _JWS_NAMES:
        raise BadStatement("a flattened JWS is protected, payload and signature, nothing else")
    for value in jws.values():
        if not isinstance(value, str) or len(value) > MAX_CHARS:
            raise BadStatement("the parts of a JWS are texts of at most 256 kB")
    if len(jws["protected"]) > MAX_HEADER_CHARS:
        raise BadStatement(f"a protected header has at most {MAX_HEADER_CHARS} characters")


@lru_cache(maxsize=4096)
def _protected(typ: str, alg: str, naming: tuple[tuple[str, str], ...]) -> str:
    """A signer's header, checked and written once: all its statements of a kind carry the same."""
    header = {"alg": alg, "typ": typ, **dict(naming)}
    shapes.check_header(header, shapes.shape_of(typ))
    return base64url.encode(canonical.encode(header))


@lru_cache(maxsize=4096)
def _header(protected: str, typ: str) -> Mapping[str, str]:
    """The protected header, checked. Remembered: a session's ballots all carry the same one."""
    header = _read_header(protected)
    if header.get("typ") != typ:
        raise BadStatement(f"a {header.get('typ')!r:.60}, not a {typ}")
    shapes.check_header(header, shapes.shape_of(typ))
    return header


@lru_cache(maxsize=4096)
def _typ(protected: str) -> str:
    """Headers of one signer are all alike: decoded once, a hall's whole traffic is looked up."""
    try:
        typ = _read_header(protected).get("typ")
    except BadEvidence as error:
        raise BadStatement(str(error)) from None
    shapes.shape_of(typ if isinstance(typ, str) else "")
    return str(typ)


@lru_cache(maxsize=4096)
def _read_header(protected: str) -> Mapping[str, Any]:
    # Its order of members is the signer's library's; two of one name are refused.
    header = canonical.read(base64url.decode(protected))
    if not isinstance(header, dict):
        raise BadStatement("the protected header must be an object")
    return MappingProxyType(header)


def _signing_input(protected: str, payload: str) -> bytes:
    return f"{protected}.{payload}".encode("ascii")
