"""Who may read which payload: the table of docs/specs/log.md, decided over the entries of one export.

Names are published where the rule book of the vote's kind says so, and only of what was declared; an open
vote's ballots go to nobody, since no output before the close may depend on a choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from audit import base64url, statement
from audit.entry import Entry
from voting import rulebook
from voting.ids import KindId
from voting.kinds import Publish

Reader = Literal["public", "auditor"]

_ENDS = frozenset({"VoteClosed", "VoteCancelled"})
_OF_A_VOTE = frozenset({"ballot", "participation", "account"})
_OF_A_SITTING = frozenset({"session", "signout"})
_WHILE_OPEN = frozenset({"ballot", "result"})
"""What may stand in the log before a vote has ended: choices, and counts of hands."""


@dataclass(slots=True)
class _Vote:
    sit: str
    publish: Publish
    ended: bool = False
    declared: bool = False


@dataclass(slots=True)
class Release:
    """Fill it with every entry of the export, in order; then ask."""

    reader: Reader
    _votes: dict[str, _Vote] = field(default_factory=dict)
    _books: dict[str, rulebook.RuleBook] = field(default_factory=dict)
    _adjourned: set[str] = field(default_factory=set)
    _closed: set[str] = field(default_factory=set)
    """Sittings without a public: none can be held yet, the log's format has the word for it."""

    def note(self, entry: Entry, body: Any) -> None:
        """`body`: the opened payload; needed of the rule book only."""
        if entry.type == "RuleBookAdopted":
            self._books[entry.sit] = rulebook.parse(body["text"])
        elif entry.type == "VoteAnnounced":
            kind = self._books[entry.sit].kinds[KindId(entry.d["definition"]["kind"])]
            self._votes[entry.d["vote"]] = _Vote(entry.sit, kind.publish)
        elif entry.type == "SittingOpened" and entry.d["closed"]:
            self._closed.add(entry.sit)
        elif entry.type == "SittingAdjourned":
            self._adjourned.add(entry.sit)
        elif entry.type in _ENDS:
            self._votes[entry.d["vote"]].ended = True
        elif entry.type == "VoteDeclared":
            self._votes[entry.d["vote"]].declared = True

    def gives(self, entry: Entry) -> bool:
        """Whether this reader gets the entry's payload."""
        if entry.blob is None or entry.blob.cls == "public":
            return entry.blob is not None
        if self.reader == "auditor":
            return entry.blob.cls not in _WHILE_OPEN or self._votes[entry.d["vote"]].ended
        return self._sitting_of(entry) not in self._closed and self._is_published(entry, entry.blob.cls)

    def _sitting_of(self, entry: Entry) -> str:
        """Whose publicity it has: a vote's own, also where it was declared in a later sitting."""
        vote = self._votes.get(entry.d.get("vote", ""))
        return entry.sit if vote is None else vote.sit

    def _is_published(self, entry: Entry, cls: str) -> bool:
        if cls == "incident":
            return False  # whose name was used for what is nobody's reading but the auditor's
        if cls in _OF_A_SITTING:
            return self._names_all(entry.sit)
        vote = self._votes[entry.d["vote"]]
        return vote.declared and vote.publish in (("names",) if cls in _OF_A_VOTE else ("names", "totals"))

    def _names_all(self, sit: str) -> bool:
        """Whether sessions of a sitting may be read: every vote of it publishes names. While it sits, a
        vote that doesn't may yet come, and what was released can't be called back."""
        votes = [vote for vote in self._votes.values() if vote.sit == sit]
        return sit in self._adjourned and bool(votes) and all(vote.publish == "names" for vote in votes)


def certificate_of(entry: Entry, body: Mapping[str, Any]) -> str | None:
    """The member's certificate that a released payload is checked with: its SHA-256 in lower-case hex."""
    if entry.type == "SignedIn":
        return str(body["cert"])
    if entry.type == "BallotRecorded":
        named = statement.parse(body, statement.BALLOT).header.get("x5t#S256")
        return None if named is None else base64url.decode(named).hex()
    return None
