"""What the reader of a log has learnt so far: only from entries under the checkpoint."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.algorithms import ANY, Algorithms
from audit.bundle import Source
from audit.checkpoint import Vkey
from audit.entry import Entry
from audit.merkle import Tree
from audit.ocsp import OcspAnswer
from audit.revocation import RevocationList
from audit.signing import PublicKey
from audit.trust import TrustStore
from audit.verifier.anchor import Anchor
from audit.verifier.report import Finding, Severity
from audit.waiver import Waiver


@dataclass(slots=True)
class Session:
    """A key that a card delegated to, for one seat or phone and one sitting."""

    member: str
    sit: str
    seat: str | None
    kid: str
    key: PublicKey
    expires: datetime
    card: str | None = None
    """Hash of its certificate; None where that was found bad when the session began."""
    over: bool = False


@dataclass(slots=True)
class Vote:
    sit: str
    definition: str
    round: int
    challenge: str | None = None
    """None until it is opened."""
    closed: Mapping[str, Any] | None = None
    """The public part of VoteClosed."""
    recorded: set[str] = field(default_factory=set)
    """Hash of every ballot recorded, whether shown or not."""
    effective: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Revision and hash of each member's latest ballot, of those shown."""
    unseen: int = 0
    """Ballots that weren't shown, or couldn't be read."""
    computed: Entry | None = None
    """The latest ResultComputed."""
    computed_jws: Any = None


@dataclass(slots=True)
class State:
    source: Source
    tree: Tree
    anchor: Anchor | None
    origin: str
    key: Vkey | None
    """What the head was judged by: the reader's own, or without an anchor the one that the export shows."""
    findings: list[Finding] = field(default_factory=list)
    keys: dict[str, PublicKey] = field(default_factory=dict)
    trust: TrustStore | None = None
    listed_ca: dict[str, bytes] = field(default_factory=dict)
    listed_crl: dict[str, RevocationList] = field(default_factory=dict)
    listed_ocsp: dict[str, OcspAnswer] = field(default_factory=dict)
    algorithms: Algorithms = ANY
    """What the hall allowed, as its latest trust list says."""
    waivers: list[Waiver] = field(default_factory=list)
    trust_entry: tuple[int, str] | None = None
    """Number and hash of the latest trust list's entry."""
    cards: dict[str, bytes] = field(default_factory=dict)
    """Certificates of cards that were read, by hash (DER)."""
    certificates: set[str] = field(default_factory=set)
    """Hashes of all that an entry or a statement names."""
    books: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By sitting: the rule book's id and the hash of its text."""
    rolls: dict[str, frozenset[str]] = field(default_factory=dict)
    """By sitting: who is a member on that day."""
    sessions: dict[str, Session] = field(default_factory=dict)
    at_place: dict[tuple[str, str | None, str], list[Session]] = field(default_factory=dict)
    """The same sessions by member, seat and sitting: what a card's own ballots lean on."""
    unseen_sessions: Counter[str] = field(default_factory=Counter)
    """By sitting: sign-ins that weren't shown."""
    votes: dict[str, Vote] = field(default_factory=dict)
    unusable: set[int] = field(default_factory=set)
    """Entries whose payload can't be read as a statement: the recount isn't given it."""
    done: Counter[str] = field(default_factory=Counter)
    """What was checked, counted for the report."""

    def find(self, code: str, text: str, entry: Entry, severity: Severity = "error") -> None:
        self.findings.append(Finding(severity, code, text, f"entry {entry.seq}"))
