"""How statements travel: packed into bus messages, numbered, signed, and taken only when new.

docs/specs/bus.md, "A message". Both ends of the bus use it; whose key is right, each end knows for itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import orjson

from audit import instant, statement
from audit.signing import Signer
from audit.statement import Statement
from firmware_bridge.checks import BadMessage
from firmware_bridge.messages import DOWN, UP, Down, Jws, Up, members_of, message_of

LARGEST = 256 * 1024
"""Bytes of one bus message. The broker is set to the same limit."""
_AROUND = len(b'{"v":1,"m":[]}')


def pack(statements: Sequence[Jws]) -> Iterator[bytes]:
    """Bus messages holding these statements in order, as few as fit."""
    parts: list[bytes] = []
    size = _AROUND
    for one in statements:
        part = orjson.dumps(one)
        if parts and size + len(part) + 1 > LARGEST:
            yield _joined(parts)
            parts, size = [], _AROUND
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield _joined(parts)


def _joined(parts: Sequence[bytes]) -> bytes:
    return b'{"v":1,"m":[' + b",".join(parts) + b"]}"


def unpack(payload: bytes) -> list[Any]:
    """The statements of a bus message, none of them judged yet. Raises BadMessage."""
    if len(payload) > LARGEST:
        raise BadMessage(f"a message of {len(payload)} bytes")
    try:
        found = orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise BadMessage("not JSON") from None
    if not isinstance(found, dict) or found.keys() != {"v", "m"} or found["v"] != 1:
        raise BadMessage("not a message of version 1")
    if not isinstance(found["m"], list):
        raise BadMessage("a message holds a list of statements")
    return found["m"]


def seal_down(
    message: Down, *, hall: str, to: str, epoch: int, n: int, at: datetime, signer: Signer
) -> Jws:
    """The hall's word to one bridge or to all."""
    payload = {
        "hall": hall,
        "to": to,
        "epoch": epoch,
        "n": n,
        "t": instant.write(at),
        **members_of(message),
    }
    return statement.sign(statement.HALL, payload, signer)


def seal_up(message: Up, *, bridge: str, boot: str, n: int, at: datetime, signer: Signer) -> Jws:
    """A bridge's word to the hall."""
    payload = {"bridge": bridge, "boot": boot, "n": n, "t": instant.write(at), **members_of(message)}
    return statement.sign(statement.CONSOLE, payload, signer)


def open_down(sealed: Statement) -> Down:
    """What a hall's statement says. Its signature is the caller's to check. Raises BadMessage."""
    return _inside(sealed.payload, DOWN, ("hall", "to", "epoch", "n", "t"))  # type: ignore[no-any-return]


def open_up(sealed: Statement) -> Up:
    """What a bridge's statement says. Its signature is the caller's to check. Raises BadMessage."""
    return _inside(sealed.payload, UP, ("bridge", "boot", "n", "t"))  # type: ignore[no-any-return]


def _inside(payload: Mapping[str, Any], kinds: Mapping[str, type[Any]], around: Sequence[str]) -> Any:
    return message_of(kinds, {name: value for name, value in payload.items() if name not in around})


class Numbering:
    """The highest (epoch, n) taken so far from one stream of the hall."""

    def __init__(self) -> None:
        self._newest: tuple[int, int] | None = None

    def take(self, epoch: int, n: int) -> Literal["next", "gap", "stale"]:
        """`stale`: drop it. `gap`: take it, but something before it never came."""
        before = self._newest
        if before is not None and (epoch, n) <= before:
            return "stale"
        self._newest = (epoch, n)
        if before is None or n == (before[1] + 1 if epoch == before[0] else 1):
            return "next"
        return "gap"

    def known_to(self, epoch: int, n: int) -> None:
        """A state includes everything up to here."""
        if self._newest is None or (epoch, n) > self._newest:
            self._newest = (epoch, n)
