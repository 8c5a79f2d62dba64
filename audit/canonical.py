"""RFC 8785 (JCS): the one way in which the house writes JSON that is hashed or signed.

Narrower than the RFC on purpose: no floats at all, and integers only where every JSON reader has
them exactly (I-JSON, RFC 7493, section 2.2). A count, a share or a time is an integer here; a float
would print differently in the next tool.
"""

import hashlib
import json
from typing import Any

import orjson
import rfc8785

from audit.errors import NotCanonical

INTEGER_MAX = 2**53 - 1
"""The largest integer that every IEEE double reader keeps apart from its neighbours."""

_BEYOND_BMP = 0xF0
"""No byte of UTF-8 is as large, but in a character beyond the basic plane."""


def encode(obj: Any) -> bytes:
    """JCS bytes of dicts (string names), lists, tuples, strings, integers, booleans and None.

    Raises NotCanonical for everything else: floats, integers beyond ±(2^53 - 1), lone surrogates.
    """
    try:
        _check(obj)
        return _write(obj)
    except RecursionError:
        raise NotCanonical("nested too deeply") from None


def decode(data: bytes) -> Any:
    """The value of bytes that are JCS already. Raises NotCanonical for any other spelling of it."""
    # A name given twice needs no look of its own here: written again, the value has it once.
    value = _read(_PLAIN_READER, data)
    if _write(value) != data:
        raise NotCanonical("JSON, but not in its canonical form (RFC 8785)")
    return value


def read(data: bytes) -> Any:
    """The value of JSON in any spelling; else as strict: no floats, no name twice. Raises NotCanonical."""
    return _read(_READER, data)


def _read(reader: json.JSONDecoder, data: bytes) -> Any:
    try:
        return reader.decode(data.decode("utf-8"))
    except NotCanonical:
        raise
    except RecursionError:
        raise NotCanonical("nested too deeply") from None
    except ValueError as error:
        raise NotCanonical(f"not JSON in UTF-8: {error}") from None


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest(obj: Any) -> str:
    """Lower-case hex SHA-256 of the value's JCS bytes: how the house names a definition or a payload."""
    return sha256_hex(encode(obj))


def _write(value: Any) -> bytes:
    """orjson equals JCS for what `_check` lets through, as long as code point order is UTF-16 order: true
    without characters beyond the basic plane. Forty times as fast as rfc8785."""
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if data.isascii() or max(data) < _BEYOND_BMP:
            return data
        return rfc8785.dumps(value)
    except (orjson.JSONEncodeError, rfc8785.CanonicalizationError) as error:
        raise NotCanonical(f"not to be written in UTF-8, or nested too deeply: {error}") from None


def _check(obj: Any) -> None:
    if type(obj) is str or obj is None or obj is True or obj is False or isinstance(obj, str):
        return
    if isinstance(obj, dict):
        for name, value in obj.items():
            if not isinstance(name, str):
                raise NotCanonical(f"a member's name must be a string: {name!r}")
            if type(value) is not str:
                _check(value)
    elif isinstance(obj, list | tuple):
        for value in obj:
            _check(value)
    elif type(obj) is not int or not -INTEGER_MAX <= obj <= INTEGER_MAX:
        raise NotCanonical(f"no place in canonical JSON here: {obj!r:.60}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotCanonical("an object names a member twice")
    return made


def _integer(text: str) -> int:
    # The length first: int() of a million digits would be an attack on the reader's time.
    if len(text) > 17 or not -INTEGER_MAX <= (value := int(text)) <= INTEGER_MAX:
        raise NotCanonical("an integer beyond 2^53")
    return value


def _refuse_number(text: str) -> Any:
    raise NotCanonical(f"no floats here: {text[:40]}")


_PLAIN_READER = json.JSONDecoder(
    parse_float=_refuse_number, parse_constant=_refuse_number, parse_int=_integer
)
_READER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
    parse_int=_integer,
)
