"""Puts a member's proof together from a log: of an export, or of the hall's own store."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from audit import base64url, entry, participation, proof, statement
from audit.entry import Entry
from audit.errors import BadProof
from audit.member_proof.form import Closing, MemberProof, OwnVote, Shown


class LogParts(Protocol):
    """What is asked of a log. Every method raises LookupError for what isn't there."""

    @property
    def checkpoint(self) -> str:
        """The signed note of the head; paths lead to its root."""

    def entry(self, seq: int) -> bytes: ...

    def payload(self, seq: int) -> bytes:
        """The sealed payload of an entry."""

    def path(self, seq: int) -> Sequence[bytes]: ...

    def certificate(self, sha256: str) -> bytes:
        """DER, by its hash in hex."""


@dataclass(frozen=True, slots=True)
class VotePlaces:
    """Where in the log stands what concerns one member in one vote."""

    vote: str
    announced: int
    opened: int | None
    ballots: tuple[int, ...]
    """Of the member alone, each revision."""
    sessions: tuple[int, ...]
    """The sign-ins by whose keys those were signed; none where the card itself signed."""
    closed: int | None


def entry_proof(log: LogParts, seq: int) -> str:
    """One entry's `.tlog-proof`. The entry itself is its extra data, so that the file stands alone; nobody
    need believe it, as its hash is where the path begins."""
    return proof.write(seq, log.path(seq), log.checkpoint, extra=log.entry(seq))


def make(log: LogParts, member: str, places: Sequence[VotePlaces], ca: Sequence[bytes]) -> MemberProof:
    """`ca`: DER of the authorities that the log lists.

    Raises LookupError for what the log doesn't hold, BadProof where the member has no leaf in a list.
    """
    votes = tuple(_vote(log, member, one) for one in places)
    sessions = sorted({seq for one in places for seq in one.sessions})
    ballots = [seq for one in places for seq in one.ballots]
    named = dict.fromkeys(filter(None, (_certificate(_body(log, seq)) for seq in (*sessions, *ballots))))
    return MemberProof(
        member, log.checkpoint, tuple(ca), tuple(map(log.certificate, named)),
        tuple(_shown(log, seq) for seq in sessions), votes,
    )  # fmt: skip


def _vote(log: LogParts, member: str, places: VotePlaces) -> OwnVote:
    return OwnVote(
        vote=places.vote,
        announced=entry_proof(log, places.announced),
        opened=None if places.opened is None else entry_proof(log, places.opened),
        ballots=tuple(_shown(log, seq) for seq in places.ballots),
        closed=None if places.closed is None else _closing(log, member, places.closed),
    )


def _shown(log: LogParts, seq: int) -> Shown:
    return Shown(entry_proof(log, seq), log.payload(seq).decode())


def _closing(log: LogParts, member: str, seq: int) -> Closing:
    leaves = _body(log, seq)["leaves"]
    try:
        leaf, index, path = participation.prove(leaves, member)
    except KeyError:
        raise BadProof(f"{member} isn't on the list of who took part") from None
    return Closing(entry_proof(log, seq), leaf, index, len(leaves), tuple(path))


def _body(log: LogParts, seq: int) -> Any:
    found: Entry = entry.decode(log.entry(seq))
    if found.blob is None:
        raise BadProof(f"entry {seq} has no payload")
    return entry.open_blob(log.payload(seq), found.blob)


def _certificate(body: Any) -> str | None:
    """The card's certificate that a sign-in, or a ballot that the card signed itself, is checked with."""
    if "cert" in body:
        return str(body["cert"])
    header = statement.parse(body, statement.BALLOT).header
    return base64url.decode(header["x5t#S256"]).hex() if "x5t#S256" in header else None
