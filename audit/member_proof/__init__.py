"""What one member may hold in hand: the own ballots of a log, or that none was recorded in the own name.

One file that stands alone, against the reader's anchor or an export: docs/specs/proof.md. `making` puts it
together from a log, `checking` judges it, `form` says how it is written, `places` finds what belongs in it.
"""

from audit.member_proof.checking import ProofReport, check
from audit.member_proof.form import MAX_BYTES, MemberProof, encode, parse
from audit.member_proof.making import LogParts, VotePlaces, entry_proof, make
from audit.member_proof.places import NotProvable, Places, export_places

__all__ = [
    "MAX_BYTES", "LogParts", "MemberProof", "NotProvable", "Places", "ProofReport", "VotePlaces", "check",
    "encode", "entry_proof", "export_places", "make", "parse",
]  # fmt: skip
