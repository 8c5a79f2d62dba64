"""Judges a member's proof, or one entry's: against the reader's anchor, an export, or both.

What stands under the checkpoint is then judged as `hall verify` judges it in a whole log, by the same code.
Left out, because one member's part can't show it: revocation lists, the end of a session, and whether the
list of who took part is true of others. An export shows those.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit import bundle, catalogue, checkpoint, entry, merkle, participation, proof, trust
from audit.canonical import sha256_hex
from audit.checkpoint import Checkpoint, Vkey
from audit.entry import Entry
from audit.errors import BadCheckpoint, BadEvidence, BadProof, LogBroken, Untrusted
from audit.member_proof import form, showing
from audit.member_proof.form import MemberProof, OwnVote, Shown
from audit.merkle import Tree
from audit.verifier import ballots, foundations, sessions
from audit.verifier.anchor import Anchor
from audit.verifier.log_files import LogFiles
from audit.verifier.report import Finding
from audit.verifier.state import State


@dataclass(frozen=True, slots=True)
class ProofReport:
    findings: tuple[Finding, ...]
    shown: tuple[str, ...] = ()
    """What the proof says, a sentence each; only where it holds may that be believed."""
    origin: str = ""
    size: int = 0
    """Entries under the proof's checkpoint."""

    @property
    def sound(self) -> bool:
        return all(finding.severity == "note" for finding in self.findings)


class _No(Exception):
    def __init__(self, code: str, text: str, where: str = "") -> None:
        self.finding = Finding("error", code, text, where)


def check(data: bytes, anchor: Anchor | None, export: LogFiles | None) -> ProofReport:
    """Raises nothing: whatever is wrong is a finding. `export`: read already, and found whole."""
    judge = _Judge(anchor, export)
    try:
        judge.read(data)
    except _No as no:
        judge.findings.append(no.finding)
    head = judge.head
    return ProofReport(
        tuple(judge.findings), tuple(judge.shown), head.origin if head else "", head.size if head else 0
    )


@dataclass(slots=True)
class _Judge:
    anchor: Anchor | None
    export: LogFiles | None
    note: str = ""
    head: Checkpoint | None = None
    findings: list[Finding] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    def read(self, data: bytes) -> None:
        try:
            if data.startswith(proof.FIRST.encode()):
                self._entry_alone(data.decode())
            else:
                self._member(form.parse(data))
        except (BadProof, UnicodeDecodeError) as error:
            raise _No("proof_unreadable", f"{error}") from None

    # -- the checkpoint, and what stands under it -------------------------------------------------------

    def under(self, note: str) -> None:
        """Raises _No unless the reader's key signed this head, and it is one of the reader's log."""
        self.note, key = note, self._key()
        try:
            self.head = checkpoint.verify(note, key)
        except BadCheckpoint as error:
            raise _No(
                "proof_foreign", f"its checkpoint isn't of {key.name}, by the key held: {error}"
            ) from None
        if self.anchor is None:
            text = "judged by the export's own key; authenticity not judged: compare it with what you hold"
            self.findings.append(Finding("note", "not_judged", text))
        elif (seen := self.anchor.checkpoint) is not None and seen.size == self.head.size:
            self._same_root(seen.root, "the checkpoint that the reader saw")
        if self.export is not None:
            self._within(self.export.tree)

    def _key(self) -> Vkey:
        key = self.anchor.vkey if self.anchor else self.export.key if self.export else None
        if key is None:
            raise _No("proof_not_judged", "needs an anchor, or an export whose key can be read")
        return key

    def _within(self, tree: Tree) -> None:
        assert self.head is not None
        if self.head.size > tree.size:
            text = (
                f"of a log of {self.head.size} entries, the export ends at {tree.size}: ask for a later one"
            )
            raise _No("proof_beyond", text)
        self._same_root(tree.root(self.head.size), "the export")

    def _same_root(self, root: bytes, what: str) -> None:
        assert self.head is not None
        if root != self.head.root:
            text = f"the first {self.head.size} entries of {what} aren't those of the proof: two logs"
            raise _No("proof_differs", text)

    def opened(self, text: str, where: str, type_: str, vote: str | None = None) -> Entry:
        """The entry of a `.tlog-proof`, of this kind and this vote. Raises _No."""
        found = self._included(text, where)
        if found.type != type_ or (vote is not None and found.d.get("vote") != vote):
            said = f"a {found.type} of {found.d.get('vote', found.sit)!s:.80}"
            raise _No("proof_swapped", f"{said}, not the {type_} that it stands for", where)
        return found

    def _included(self, text: str, where: str) -> Entry:
        parts = proof.parse(text)
        if parts.checkpoint != self.note:
            raise _No("proof_swapped", "proved under another checkpoint than the rest", where)
        assert self.head is not None
        leaf = merkle.leaf_hash(parts.extra)
        try:
            merkle.verify_inclusion(leaf, parts.index, self.head.size, parts.hashes, self.head.root)
            found = entry.decode(parts.extra)
            catalogue.check(found)
        except BadEvidence as error:
            raise _No("proof_path", f"this entry isn't under the checkpoint: {error}", where) from None
        except LogBroken as error:
            raise _No("proof_path", f"no entry of a log: {error}", where) from None
        if found.seq != parts.index:
            raise _No("proof_path", f"entry {found.seq} in the place of {parts.index}", where)
        return found

    def _body(self, one: Entry, shown: Shown) -> Any:
        if one.blob is None:
            raise _No("proof_payload", "the entry names no payload", f"entry {one.seq}")
        try:
            body = entry.open_blob(shown.payload.encode(), one.blob)
            catalogue.check_body(one, body)
        except (LogBroken, UnicodeEncodeError) as error:
            raise _No(
                "proof_payload", f"another payload than the entry's: {error}", f"entry {one.seq}"
            ) from None
        return body

    # -- one entry's proof -----------------------------------------------------------------------------

    def _entry_alone(self, text: str) -> None:
        parts = proof.parse(text)
        self.under(parts.checkpoint)
        if not parts.extra and self.export is not None and parts.index < len(self.export.raw):
            text = proof.write(parts.index, parts.hashes, parts.checkpoint, self.export.raw[parts.index])
        elif not parts.extra:
            raise _No("proof_without_entry", "it doesn't hold its entry: only an export can show it")
        self.shown += showing.entry_alone(self._included(text, "the proof"))

    # -- a member's ------------------------------------------------------------------------------------

    def _member(self, one: MemberProof) -> None:
        self.under(one.checkpoint)
        state = self._state(one)
        seen: list[tuple[Entry, Any]] = []
        for number, session in enumerate(one.sessions, start=1):
            opened = self.opened(session.proof, f"sign-in {number}", "SignedIn")
            seen.append((opened, self._body(opened, session)))
        votes = [self._vote(one, vote, seen) for vote in one.votes]
        self._judge_statements(state, one.member, seen)
        for vote, closed in zip(one.votes, votes, strict=True):
            self._judge_close(state, one.member, vote, closed)
        if not self.findings or all(finding.severity == "note" for finding in self.findings):
            self.shown += showing.member(one, seen, state)

    def _state(self, one: MemberProof) -> State:
        """What the verifier of whole logs judges in; the member's own cards are all that it knows."""
        certs = {bundle.cert_path(sha256_hex(der)): der for der in one.certs}
        assert self.head is not None
        state = State(certs, Tree(), self.anchor, self.head.origin, self._key())
        roots = self.anchor.ca if self.anchor else one.ca
        try:
            state.trust = trust.TrustStore(roots, intermediates=one.ca, crl_published=False)
        except Untrusted as error:
            raise _No("proof_unreadable", f"its authorities: {error}") from None
        return state

    def _vote(self, one: MemberProof, vote: OwnVote, seen: list[tuple[Entry, Any]]) -> Entry | None:
        where = f"vote {vote.vote}"
        seen.append((self.opened(vote.announced, where, "VoteAnnounced", vote.vote), None))
        if vote.opened is not None:
            seen.append((self.opened(vote.opened, where, "VoteOpened", vote.vote), None))
        for shown in vote.ballots:
            ballot = self.opened(shown.proof, where, "BallotRecorded", vote.vote)
            seen.append((ballot, self._body(ballot, shown)))
        return (
            None if vote.closed is None else self.opened(vote.closed.proof, where, "VoteClosed", vote.vote)
        )

    def _judge_statements(self, state: State, member: str, seen: list[tuple[Entry, Any]]) -> None:
        seen.sort(key=lambda one: one[0].seq)
        for one, _ in seen:
            state.rolls[one.sit] = frozenset({member})
        for one, body in seen:
            _JUDGES[one.type](state, one, body)
        self.findings += state.findings

    def _judge_close(self, state: State, member: str, own: OwnVote, closed: Entry | None) -> None:
        last = state.votes[own.vote].effective.get(member)
        if closed is None or own.closed is None:
            return
        leaf, where = own.closed.leaf, f"vote {own.vote}"
        for text in _faults_of_leaf(own, closed, member, None if last is None else last[1]):
            self.findings.append(Finding("error", "proof_leaf", text, where))
        root = bytes.fromhex(closed.d["took_part"])
        try:
            participation.verify_leaf(leaf, own.closed.index, own.closed.size, own.closed.path, root)
        except BadProof as error:
            text = f"not a leaf of the list that the close commits to: {error}"
            self.findings.append(Finding("error", "proof_leaf", text, where))


def _faults_of_leaf(own: OwnVote, closed: Entry, member: str, effective: str | None) -> Iterator[str]:
    assert own.closed is not None
    leaf = own.closed.leaf
    if leaf["member"] != member:
        yield f"the leaf is {leaf['member']}'s, the proof {member}'s"
    if leaf["ballot"] != effective:
        said, shown = leaf["ballot"] or "none", effective or "none"
        yield f"the list has the ballot {said} for {member}, the proof shows {shown} as the last"
    if closed.seq < max((proof.parse(one.proof).index for one in own.ballots), default=0):
        yield "a ballot after the close"


_JUDGES: Mapping[str, Any] = {
    "SignedIn": sessions.signed_in,
    "VoteAnnounced": foundations.vote_announced,
    "VoteOpened": foundations.vote_opened,
    "BallotRecorded": ballots.ballot_recorded,
}
