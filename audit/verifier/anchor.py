"""What a reader already holds, apart from the export: the only thing believed (docs/specs/log.md)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import checkpoint, trust
from audit.checkpoint import Checkpoint, Vkey
from audit.errors import BadEvidence

_NAMES = {"vkey", "ca", "checkpoint", "crl_published"}


class BadAnchor(BadEvidence):
    """The anchor's file isn't one: nothing can be judged against it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    vkey: Vkey
    ca: tuple[bytes, ...]
    """DER of the roots that members' cards chain to."""
    checkpoint: Checkpoint | None = None
    """A head of this log seen earlier, its signature judged."""
    crl_published: bool = True
    """False where these authorities publish no revocation lists: only the reader may say so."""

    @classmethod
    def parse(cls, toml_text: str) -> "Anchor":
        """Raises BadAnchor, saying which member isn't right."""
        try:
            members = tomllib.loads(toml_text)
        except tomllib.TOMLDecodeError as error:
            raise BadAnchor(f"the anchor isn't TOML: {error}") from None
        try:
            return cls._of(members)
        except BadAnchor:
            raise
        except BadEvidence as error:
            raise BadAnchor(f"the anchor: {error}") from None

    @classmethod
    def _of(cls, members: Mapping[str, Any]) -> "Anchor":
        if unknown := members.keys() - _NAMES:
            raise BadAnchor(f"the anchor has members that mean nothing: {', '.join(sorted(unknown))}")
        pems, published = members.get("ca", []), members.get("crl_published", True)
        if not isinstance(pems, list) or not isinstance(published, bool):
            raise BadAnchor("the anchor's ca is a list of PEM texts, crl_published is true or false")
        key = checkpoint.parse_vkey(_text(members, "vkey"))
        roots = tuple(der for pem in pems for der in trust.certificates(str(pem)))
        seen = checkpoint.verify(_text(members, "checkpoint"), key) if "checkpoint" in members else None
        return cls(key, roots, seen, published)


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise BadAnchor(f"the anchor needs {name}, a text")
    return value
