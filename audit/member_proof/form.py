"""How a member's proof is written: JCS, members as docs/specs/proof.md gives them. Judges nothing."""

from dataclasses import dataclass
from typing import Any

from audit import base64std, canonical, participation, shapes
from audit.errors import BadEvidence, BadProof
from audit.participation import Leaf

TYPE = "parl-member-proof"
MAX_BYTES = 16_000_000
"""A year of one member's votes has a tenth of it; a reader's memory isn't a stranger's to fill."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry under the checkpoint, with its payload."""

    proof: str
    """C2SP tlog-proof; its extra data is the entry's bytes."""
    payload: str
    """The sealed payload, verbatim."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The close of a vote, and the member's leaf of the list that it commits to."""

    proof: str
    leaf: Leaf
    index: int
    size: int
    """Leaves of the list."""
    path: tuple[bytes, ...]
    """From the leaf's sibling up."""


@dataclass(frozen=True, slots=True)
class OwnVote:
    vote: str
    announced: str
    opened: str | None
    """None where the vote was never opened."""
    ballots: tuple[Shown, ...]
    """Every revision, in the order of the log: the last one counts."""
    closed: Closing | None
    """None where the vote had not closed at this checkpoint."""


@dataclass(frozen=True, slots=True)
class MemberProof:
    member: str
    checkpoint: str
    """The signed note under which everything here stands."""
    ca: tuple[bytes, ...]
    """DER of what may stand between the reader's roots and the card: never believed by itself."""
    certs: tuple[bytes, ...]
    """DER of the cards that signed."""
    sessions: tuple[Shown, ...]
    """The sign-ins whose keys signed the ballots."""
    votes: tuple[OwnVote, ...]


def encode(proof: MemberProof) -> bytes:
    members = {
        "v": 1, "type": TYPE, "member": proof.member, "checkpoint": proof.checkpoint,
        "ca": _texts(proof.ca), "certs": _texts(proof.certs),
        "sessions": [_shown(one) for one in proof.sessions],
        "votes": [_vote(one) for one in proof.votes],
    }  # fmt: skip
    return canonical.encode(members) + b"\n"


def parse(data: bytes) -> MemberProof:
    """Raises BadProof for bytes that aren't a member's proof, whole."""
    if len(data) > MAX_BYTES:
        raise BadProof("larger than any member's proof")
    try:
        members = canonical.read(data)
        if not _is_proof(members) or members["v"] != 1 or members["type"] != TYPE:
            raise BadProof(f"not the members of a {TYPE}")
        return _read(members)
    except BadProof:
        raise
    except BadEvidence as error:
        raise BadProof(f"not a {TYPE}, or not all of it: {error}") from None


def _shown(one: Shown) -> dict[str, Any]:
    return {"proof": one.proof, "payload": one.payload}


def _vote(one: OwnVote) -> dict[str, Any]:
    closed = one.closed
    return {
        "vote": one.vote, "announced": one.announced, "opened": one.opened,
        "ballots": [_shown(ballot) for ballot in one.ballots],
        "closed": None if closed is None else {
            "proof": closed.proof, "leaf": closed.leaf, "index": closed.index, "size": closed.size,
            "path": _texts(closed.path),
        },
    }  # fmt: skip


def _texts(values: tuple[bytes, ...]) -> list[str]:
    return [base64std.encode(value) for value in values]


def _bytes(values: list[str]) -> tuple[bytes, ...]:
    return tuple(base64std.decode(value, BadProof) for value in values)


def _words(value: Any) -> bool:
    return isinstance(value, str)


_is_shown = shapes.members(proof=_words, payload=_words)
_is_closing = shapes.members(
    proof=_words, leaf=participation.is_leaf, index=shapes.count, size=shapes.positive,
    path=shapes.sequence(_words),
)  # fmt: skip
_is_vote = shapes.members(
    vote=shapes.text, announced=_words, opened=shapes.nullable(_words),
    ballots=shapes.sequence(_is_shown), closed=shapes.nullable(_is_closing),
)  # fmt: skip
_is_proof = shapes.members(
    v=shapes.positive, type=_words, member=shapes.text, checkpoint=_words, ca=shapes.sequence(_words),
    certs=shapes.sequence(_words), sessions=shapes.sequence(_is_shown), votes=shapes.sequence(_is_vote),
)  # fmt: skip


def _read(members: dict[str, Any]) -> MemberProof:
    return MemberProof(
        member=members["member"], checkpoint=members["checkpoint"], ca=_bytes(members["ca"]),
        certs=_bytes(members["certs"]), sessions=tuple(Shown(**one) for one in members["sessions"]),
        votes=tuple(map(_read_vote, members["votes"])),
    )  # fmt: skip


def _read_vote(said: dict[str, Any]) -> OwnVote:
    ballots, closed = tuple(Shown(**one) for one in said["ballots"]), said["closed"]
    closing = None
    if closed is not None:
        path = _bytes(closed["path"])
        closing = Closing(closed["proof"], closed["leaf"], closed["index"], closed["size"], path)
    return OwnVote(said["vote"], said["announced"], said["opened"], ballots, closing)
