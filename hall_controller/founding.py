"""Whose log it is: its name, the hall's key, whom the hall trusts. What entry 0 and `TrustListed` say."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from audit import canonical, checkpoint
from audit import entry as log_entry
from audit.algorithms import ANY, Algorithms
from audit.entry import Entry
from audit.errors import BadEvidence, LogBroken
from audit.merkle import Frontier
from audit.signing import Signer, to_jwk
from audit.waiver import Waiver
from hall_controller import encoding
from hall_controller.encoding import Draft, StandsOn
from hall_controller.trust_entries import ListTrust, trust_list


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
    ocsp: tuple[bytes, ...] = ()
    """DER OCSP answers, fetched beforehand."""
    algorithms: Algorithms = ANY
    """By what cards and authorities may sign."""

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
    listed: Mapping[str, Any] | None = None
    """What the latest trust list says: hashes, and what is allowed."""
    stands_on: StandsOn | None = None
    """Where it stands: what a sitting that opens now names."""
    crl: tuple[bytes, ...] = ()
    """DER of every revocation list that was listed: `hall verify` judges by all, so the hall does."""
    ocsp: tuple[bytes, ...] = ()
    """DER of every OCSP answer, likewise."""
    waivers: tuple[Waiver, ...] = ()

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
            return self._listed(entry, body)
        if entry.type == "RevocationWaived":
            return self._waived(entry)
        return self

    def _listed(self, entry: Entry, body: Mapping[str, Any]) -> "Founded":
        crl, ocsp = (map(base64.b64decode, body.get(name, ())) for name in ("crl", "ocsp"))
        return replace(
            self,
            listed=entry.d,
            stands_on=StandsOn(entry.seq, canonical.sha256_hex(log_entry.encode(entry))),
            crl=tuple(dict.fromkeys((*self.crl, *crl))),
            ocsp=tuple(dict.fromkeys((*self.ocsp, *ocsp))),
        )

    def _waived(self, entry: Entry) -> "Founded":
        try:
            return replace(self, waivers=(*self.waivers, Waiver.read(entry.d, entry.t)))
        except BadEvidence as error:
            raise LogBroken(f"entry {entry.seq}: {error}") from error


def drafts(founded: Founded, known: Founding) -> list[Draft]:
    """The entries that are missing: at the very start both, later a trust list that has changed."""
    missing = []
    if not founded.created:
        keys = {known.signer.kid: to_jwk(known.signer.public_key)}
        missing.append(encoding.log_created(known.origin, known.vkey, keys))
    trust = trust_list(ListTrust(known.ca, known.crl, known.ocsp, known.algorithms))
    if founded.listed != trust.d:
        missing.append(trust)
    return missing
