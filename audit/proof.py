"""One entry's proof that stands alone: C2SP tlog-proof, an inclusion path and its checkpoint."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit import base64std, checkpoint, merkle
from audit.checkpoint import Checkpoint, Vkey
from audit.errors import BadProof

FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_MAX_PATH = 64
"""Hashes: no tree is higher."""


@dataclass(frozen=True, slots=True)
class Proof:
    index: int
    hashes: tuple[bytes, ...]
    """From the leaf's sibling up."""
    checkpoint: str
    """The signed note, verbatim."""
    extra: bytes = b""
    """Not authenticated: nothing may be believed of it."""


def write(index: int, hashes: Sequence[bytes], checkpoint: str, extra: bytes = b"") -> str:
    said = [f"extra {base64std.encode(extra)}"] if extra else []
    lines = [FIRST, *said, f"index {index}", *map(base64std.encode, hashes)]
    return "\n".join(lines) + "\n\n" + checkpoint


def parse(text: str) -> Proof:
    """Raises BadProof unless the text is a tlog-proof; its checkpoint isn't judged."""
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != FIRST:
        raise BadProof(f"not a {FIRST}")
    extra = base64std.decode(lines.pop(0)[6:], BadProof) if lines and lines[0].startswith("extra ") else b""
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if not found or len(lines) > _MAX_PATH:
        raise BadProof("no index, or more hashes than a tree is high")
    return Proof(int(found[1]), tuple(base64std.decode(line, BadProof) for line in lines), note, extra)


def verify(text: str, entry: bytes, vkey: str | Vkey) -> Checkpoint:
    """The checkpoint under which these entry bytes stand in the log of `vkey`.

    Raises BadProof if the path doesn't lead there, BadCheckpoint if the checkpoint isn't signed by the key.
    """
    proof = parse(text)
    head = checkpoint.verify(proof.checkpoint, vkey)
    merkle.verify_inclusion(merkle.leaf_hash(entry), proof.index, head.size, proof.hashes, head.root)
    return head
