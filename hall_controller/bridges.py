"""Which bridges there are, by which key each is known, and which seats each may speak for: `bridges.toml`.

[[bridge]]
id = "row-01"
key = { kty = "OKP", crv = "Ed25519", x = "…" }
seats = ["001", "002"]

A registrar's desk is such a place too; that it is one, `hall.toml` says.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from audit.errors import BadEvidence
from audit.signing import PublicKey, from_jwk, thumbprint
from hall_controller.faults import BadFile, read_text

BridgeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


@dataclass(frozen=True, slots=True)
class KnownBridge:
    id: str
    key: PublicKey
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridges:
    by_id: Mapping[str, KnownBridge]
    desks: frozenset[str] = frozenset()
    """Those of the places that are registrar's desks: phones are bound there, and nobody votes."""
    of_seat: Mapping[str, str] = field(init=False)
    """Bridge id by seat, or by desk."""

    def __post_init__(self) -> None:
        owners = {seat: bridge.id for bridge in self.by_id.values() for seat in bridge.seats}
        object.__setattr__(self, "of_seat", owners)

    @classmethod
    def of(cls, bridges: Iterable[KnownBridge], desks: Iterable[str] = ()) -> "Bridges":
        return cls({bridge.id: bridge for bridge in bridges}, frozenset(desks))


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: BridgeId
    key: dict[str, str]
    seats: list[str] = Field(min_length=1, max_length=64)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    bridge: list[_Entry] = Field(min_length=1)


def load(path: Path, desks: Iterable[str] = ()) -> Bridges:
    """Reads `bridges.toml`; `desks` are those of `hall.toml`. Raises BadFile with every fault."""
    try:
        entries = _File.model_validate(tomllib.loads(read_text(path))).bridge
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    except ValidationError as error:
        said = [".".join(map(str, one["loc"])) + f": {one['msg']}" for one in error.errors()]
        raise BadFile(path, said) from error
    return _checked(path, entries, frozenset(desks))


def _checked(path: Path, entries: list[_Entry], desks: frozenset[str]) -> Bridges:
    faults: list[str] = []
    bridges: dict[str, KnownBridge] = {}
    seats: dict[str, str] = {}
    names: dict[str, str] = {}
    for entry in entries:
        if entry.id in bridges or entry.id == "all":
            faults.append(f"bridge {entry.id}: the name is taken")
        for seat in entry.seats:
            if seat in seats:
                faults.append(f"bridge {entry.id}: seat {seat} is {seats[seat]}'s")
            seats[seat] = entry.id
        try:
            key = from_jwk(entry.key)
        except BadEvidence as error:
            faults.append(f"bridge {entry.id}: key: {error}")
            continue
        name = thumbprint(key)
        if name in names:
            faults.append(f"bridge {entry.id}: its key is {names[name]}'s too")
        names[name] = entry.id
        bridges[entry.id] = KnownBridge(entry.id, key, tuple(entry.seats))
    if faults:
        raise BadFile(path, faults)
    return Bridges(bridges, desks)
