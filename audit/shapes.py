"""Which members each kind of statement has, and of what type: docs/specs/statements.md as a table.

A payload has exactly these members. A reader that skipped unknown ones would let a signer say more
than the log is meant to hold; one that guessed missing ones would count what nobody signed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit import base64url, instant, signing
from audit.errors import BadEvidence, BadStatement

_HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_TEXT = 256
"""Characters of an id: more is no name from a chamber."""

Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Shape:
    algs: frozenset[str]
    names: tuple[frozenset[str], ...]
    """The sets of header members, beside alg and typ, that name the key: one of them, whole."""
    payload: Mapping[str, Check]
    open: bool = False
    """True where another spec (docs/specs/bus.md) gives further members."""


def text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT


def hex64(value: Any) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None


def count(value: Any) -> bool:
    return type(value) is int and value >= 0


def positive(value: Any) -> bool:
    return type(value) is int and value >= 1


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def moment(value: Any) -> bool:
    try:
        instant.read(value)
    except (BadEvidence, TypeError):
        return False
    return True


def b64(size: int) -> Check:
    def check(value: Any) -> bool:
        try:
            return isinstance(value, str) and len(base64url.decode(value)) == size
        except BadEvidence:
            return False

    return check


def nullable(check: Check) -> Check:
    return lambda value: value is None or check(value)


def one_of(*texts: str) -> Check:
    return lambda value: isinstance(value, str) and value in texts


def members(**checks: Check) -> Check:
    """An object with exactly these members."""

    def check(value: Any) -> bool:
        if not isinstance(value, dict) or value.keys() != checks.keys():
            return False
        return all(checks[name](member) for name, member in value.items())

    return check


def partly(needed: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these members, and perhaps those: what a format got later, logs of before lack."""

    def check(value: Any) -> bool:
        if not isinstance(value, dict) or not needed.keys() <= value.keys():
            return False
        known = {**needed, **optional}
        return value.keys() <= known.keys() and all(known[name](found) for name, found in value.items())

    return check


def mapping(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(text(n) and check(v) for n, v in value.items())


def sequence(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def share(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(positive, value))


def p256(value: Any) -> bool:
    try:
        return isinstance(value, dict) and "ES256" in signing.algorithms(signing.from_jwk(value))
    except BadEvidence:
        return False


_CARD = frozenset({"ES256", "ES384", "PS256", "RS256"})
_HALL = frozenset({"EdDSA"})
_BY_CERTIFICATE = frozenset({"x5t#S256"})
_BY_KEY = frozenset({"kid"})
_BY_SESSION = frozenset({"kid", "sk"})

HEADER: Mapping[str, Check] = {"kid": b64(32), "sk": hex64, "x5t#S256": b64(32)}

_PERCENT = members(hundredths=count, of=count, base=text)
_CONDITION = members(
    counted=text, share=share, strict=flag, base=text, of=count, have=count, need=count, met=flag
)

SHAPES: Mapping[str, Shape] = {
    "parl-session-key+json": Shape(_CARD, (_BY_CERTIFICATE,), {
        "log": text, "sit": text, "member": text, "seat": nullable(text),
        "channel": one_of("seat", "mobile"), "key": p256, "exp": moment, "chal": b64(16),
    }),
    "parl-ballot+json": Shape(_CARD, (_BY_SESSION, _BY_CERTIFICATE), {
        "log": text, "sit": text, "vote": text, "def": hex64, "member": text, "seat": nullable(text),
        "device": text, "choice": text, "rev": positive, "prev": nullable(hex64), "nonce": b64(16),
        "chal": b64(16),
    }),
    "parl-receipt+json": Shape(_HALL, (_BY_KEY,), {
        "log": text, "vote": text, "ballot": hex64, "seq": count, "t": moment,
    }),
    "parl-result+json": Shape(_HALL, (_BY_KEY,), {
        "log": text, "sit": text, "vote": text, "def": hex64, "round": positive,
        "rule": members(book=text, sha256=hex64, id=text),
        "roll": count, "present": count, "participated": count, "counts": mapping(count), "invalid": count,
        "percent": mapping(_PERCENT), "conditions": sequence(_CONDITION), "casting_vote": nullable(text),
        "outcome": text, "head": members(size=count, root=hex64),
    }),
    "parl-hall+json": Shape(_HALL, (_BY_KEY,), {
        "hall": text, "to": text, "epoch": count, "n": positive, "t": moment, "type": text,
    }, open=True),
    "parl-console+json": Shape(_HALL, (_BY_KEY,), {
        "bridge": text, "boot": text, "n": positive, "t": moment, "type": text,
    }, open=True),
}  # fmt: skip


def shape_of(typ: str) -> Shape:
    """Raises BadStatement for a kind that the house doesn't know."""
    try:
        return SHAPES[typ]
    except (KeyError, TypeError):
        raise BadStatement(f"no such kind of statement: {typ!r:.60}") from None


def check_header(header: Mapping[str, Any], shape: Shape) -> None:
    """Raises BadStatement unless alg is allowed for the kind and exactly one way names the key."""
    alg = header.get("alg")
    if not isinstance(alg, str) or alg not in shape.algs:
        raise BadStatement(f"alg {alg!r:.20} isn't allowed here")
    naming = header.keys() - {"alg", "typ"}
    if naming not in shape.names:
        raise BadStatement(f"the header must name the key in one way, not by {sorted(naming)!r:.100}")
    for name in naming:
        if not HEADER[name](header[name]):
            raise BadStatement(f"{name} isn't well-formed")


def check_payload(payload: Any, shape: Shape) -> None:
    """Raises BadStatement, naming the first member that is missing, too many or of another type."""
    if not isinstance(payload, dict):
        raise BadStatement("the payload must be an object")
    for name, check in shape.payload.items():
        if name not in payload:
            raise BadStatement(f"the payload lacks {name}")
        if not check(payload[name]):
            raise BadStatement(f"the payload's {name} isn't well-formed")
    if not shape.open and len(payload) != len(shape.payload):
        raise BadStatement(f"the payload has more: {sorted(payload.keys() - shape.payload.keys())!r:.100}")
