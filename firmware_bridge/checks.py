"""The shapes of the members of bus messages, as small checks: a value in, the value out, or `BadMessage`.

What comes from the bus was written by somebody else. A member that is missing, surplus or of another shape
makes the whole statement bad; nothing is guessed, and nothing is converted.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from audit.errors import BadEvidence
from audit.signing import from_jwk
from firmware_bridge.errors import BridgeError

Check = Callable[[Any], Any]
T = TypeVar("T")
LONGEST_TEXT = 200
LONGEST_CERTIFICATE = 16_384
"""Base64 characters: more than any certificate that a PIV card can hold."""
LONGEST_SEAL = 1024
"""Characters of a PIN sealed by a phone; a true one has about 500."""


class BadMessage(BridgeError):
    """A statement on the bus that can't be what it says it is: counted, dropped, the sitting goes on."""


def a_text(value: Any) -> str:
    if type(value) is not str or len(value) > LONGEST_TEXT:
        raise BadMessage(f"a text of at most {LONGEST_TEXT} characters is expected")
    return value


def a_certificate(value: Any) -> str:
    if type(value) is not str or len(value) > LONGEST_CERTIFICATE:
        raise BadMessage("a certificate in base64 is expected")
    return value


def a_seal(value: Any) -> str:
    """A sealed PIN, unread: its form is judged by whoever can open it."""
    if type(value) is not str or not 0 < len(value) <= LONGEST_SEAL:
        raise BadMessage(f"a sealed PIN of at most {LONGEST_SEAL} characters is expected")
    return value


def a_p256_key(value: Any) -> dict[str, str]:
    """A public P-256 key as a JWK, nothing private in it: phones seal to it, so it must be one."""
    found: dict[str, str] = table(a_text)(value)
    if found.keys() != {"kty", "crv", "x", "y"} or found["crv"] != "P-256":
        raise BadMessage("a public P-256 key is expected")
    try:
        from_jwk(found)
    except BadEvidence as bad:
        raise BadMessage(str(bad)) from None
    return found


def a_number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BadMessage("a whole number is expected")
    return value


def a_flag(value: Any) -> bool:
    if type(value) is not bool:
        raise BadMessage("true or false is expected")
    return value


def two_lines(value: Any) -> tuple[str, str]:
    """Two lines of a console; longer ones are cut by whoever shows them, never refused."""
    if type(value) is not list or len(value) != 2:
        raise BadMessage("two lines are expected")
    return a_text(value[0]), a_text(value[1])


def an_object(value: Any) -> Any:
    """A statement or a key inside a message: its own reader judges it (audit.statement)."""
    if type(value) is not dict:
        raise BadMessage("an object is expected")
    return value


def one_of(*words: str) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not str or value not in words:
            raise BadMessage(f"one of {', '.join(words)} is expected")
        return value

    return check


def or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def many(check: Check) -> Check:
    def checked(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise BadMessage("a list is expected")
        return tuple(check(one) for one in value)

    return checked


def table(check: Check) -> Check:
    def checked(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise BadMessage("an object is expected")
        return {a_text(name): check(one) for name, one in value.items()}

    return checked


def nested(kind: type[Any]) -> Check:
    return lambda value: read(kind, value)


@cache
def _members(kind: type[Any]) -> Mapping[str, Check]:
    """Each member's check stands in its type: `Annotated[str, a_text]`."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: get_args(hints[name])[1] for name in kind.__dataclass_fields__}


def read(kind: type[T], value: Any) -> T:
    """One message from its JSON object: exactly the members that `kind` has. Raises BadMessage."""
    if type(value) is not dict:
        raise BadMessage("an object is expected")
    wanted = _members(cast(Any, kind))
    if value.keys() != wanted.keys():
        raise BadMessage(f"missing or unknown: {', '.join(sorted(value.keys() ^ wanted.keys()))}")
    return kind(**{name: _checked(name, check, value[name]) for name, check in wanted.items()})


def _checked(name: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except BadMessage as bad:
        raise BadMessage(f"{name}: {bad}") from None


def plain(value: Any) -> Any:
    """The JSON form of a message: tuples become lists, nested messages objects."""
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value
