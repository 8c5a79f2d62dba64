"""Whose log it is: its name, the hall's key, whom the hall trusts. What entry 0 and `TrustListed` say."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audit import canonical, checkpoint
from audit.entry import Entry
from audit.errors import LogBroken
from audit.merkle import Frontier
from audit.signing import Signer, to_jwk
from hall_controller import encoding
from hall_controller.encoding import Draft


@dataclass(frozen=True, slots=True)
class Founding:
    """What the hall knows of itself before it reads its log."""

    origin: str
    """`<domain>/<hall>/<year>`."""
    signer: Signer
    """Ed25519: checkpoints, receipts, results."""
    ca: tuple[bytes, ...] = ()
    """DER certificates that members' cards chain to."""
    crl: tuple[bytes, ...] = ()
    """DER revocation lists."""

    @property
    def vkey(self) -> str:
        return checkpoint.vkey(self.origin, self.signer.public_key)

    def checkpoint(self, head: Frontier) -> str:
        """The signed head, C2SP tlog-checkpoint: the same bytes for the same head."""
        return checkpoint.sign(self.origin, head.size, head.root(), self.signer)


@dataclass(frozen=True, slots=True)
class Founded:
    """What the log says of the same."""

    created: bool = False
    trust: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """SHA-256 of CA certificates and of revocation lists, as listed last."""
    crl: tuple[bytes, ...] = ()
    """DER of every revocation list that was listed: `hall verify` judges by all, so the hall does."""

    def after(self, entry: Entry, known: Founding, body: Mapping[str, Any] | None) -> "Founded":
        """`body`: the entry's opened payload.

        Raises LogBroken for a log of another name or key: writing on would make two logs of one."""
        if entry.type == "LogCreated":
            own = encoding.log_created(
                known.origin, known.vkey, {known.signer.kid: to_jwk(known.signer.public_key)}
            )
            if entry.d != own.d:
                raise LogBroken(f"this log is {entry.d.get('vkey')!s:.120}, the hall's key is {known.vkey}")
            return replace(self, created=True)
        if entry.type == "TrustListed":
            assert body is not None  # a public payload; the journal has opened it
            listed = map(base64.b64decode, body["crl"])
            trust = tuple(entry.d["ca"]), tuple(entry.d["crl"])
            return replace(self, trust=trust, crl=tuple(dict.fromkeys((*self.crl, *listed))))
        return self


def drafts(founded: Founded, known: Founding) -> list[Draft]:
    """The entries that are missing: at the very start both, later a trust list that has changed."""
    missing = []
    if not founded.created:
        keys = {known.signer.kid: to_jwk(known.signer.public_key)}
        missing.append(encoding.log_created(known.origin, known.vkey, keys))
    if founded.trust != (_hashes(known.ca), _hashes(known.crl)):
        missing.append(encoding.trust_list(known.ca, known.crl))
    return missing


def _hashes(ders: Sequence[bytes]) -> tuple[str, ...]:
    return tuple(canonical.sha256_hex(der) for der in ders)
