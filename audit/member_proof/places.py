"""Where in an exported log stands what concerns one member: read once, from the first entry to the last."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from audit import bundle, entry, statement
from audit.bundle import Source
from audit.entry import Entry
from audit.errors import BadEvidence
from audit.member_proof.making import VotePlaces
from audit.verifier.log_files import LogFiles


class NotProvable(Exception):
    """Nothing can be proved of this member from this export, and why."""


@dataclass(slots=True)
class _Vote:
    id: str
    sit: str
    announced: int
    opened: int | None = None
    ballots: list[int] = field(default_factory=list)
    sessions: list[int] = field(default_factory=list)
    closed: int | None = None
    withheld: bool = False
    listed: bool = True
    """On the roll, by the list that the close commits to; True while there is none."""


class ExportParts:
    """`LogParts` of an export whose files were found whole."""

    def __init__(self, source: Source, log: LogFiles) -> None:
        self._source, self._log = source, log

    @property
    def checkpoint(self) -> str:
        return self._source[bundle.CHECKPOINT].decode()

    def entry(self, seq: int) -> bytes:
        return self._log.raw[seq]

    def payload(self, seq: int) -> bytes:
        ref = self._log.entries[seq].blob
        return self._source["" if ref is None else bundle.blob_path(ref.sha256)]

    def path(self, seq: int) -> Sequence[bytes]:
        return self._log.tree.inclusion(seq)

    def certificate(self, sha256: str) -> bytes:
        return self._source[bundle.cert_path(sha256)]


@dataclass(frozen=True, slots=True)
class Places:
    votes: tuple[VotePlaces, ...]
    ca: tuple[bytes, ...]
    """DER of the authorities that the log lists."""


def export_places(source: Source, log: LogFiles, member: str, vote: str | None) -> Places:
    """`vote`: None for every vote of a sitting on whose roll the member is, as far as it is shown.

    Raises NotProvable, naming what is missing; BadEvidence, LogBroken for a payload that isn't whole.
    """
    reading = _Reading(source, member)
    for one in log.entries:
        reading.take(one)
    found, ca = reading.votes, tuple(dict.fromkeys(reading.ca))
    if vote is not None:
        return Places((_places(_asked(found, vote, member)),), ca)
    shown = [one for one in found.values() if one.listed and not one.withheld]
    if not shown:
        hidden = any(one.withheld for one in found.values())
        raise NotProvable(_WITHHELD if hidden else f"{member} is on no roll in this export")
    return Places(tuple(map(_places, shown)), ca)


_WITHHELD = (
    "this export withholds the ballots and who took part: a member's own proof comes from the hall, "
    "or from the auditor's export"
)


def _asked(found: dict[str, _Vote], vote: str, member: str) -> _Vote:
    one = found.get(vote)
    if one is None:
        raise NotProvable(f"there is no vote {vote} here; there are: {', '.join(found) or 'none'}")
    if one.withheld:
        raise NotProvable(f"vote {vote}: {_WITHHELD}")
    if not one.listed:
        raise NotProvable(f"{member} isn't on the roll of vote {vote}")
    return one


def _places(one: _Vote) -> VotePlaces:
    sessions = tuple(sorted(set(one.sessions)))
    return VotePlaces(one.id, one.announced, one.opened, tuple(one.ballots), sessions, one.closed)


class _Reading:
    def __init__(self, source: Source, member: str) -> None:
        self._source, self._member = source, member
        self._session: dict[str, int] = {}
        """The member's sign-ins by the statement's hash."""
        self._at: dict[tuple[str, str | None], int] = {}
        """The latest by sitting and seat: what a card's own ballots lean on."""
        self._roll: frozenset[str] = frozenset()
        self.votes: dict[str, _Vote] = {}
        self.ca: list[bytes] = []

    def take(self, one: Entry) -> None:
        match one.type:
            case "TrustListed":
                self.ca += map(base64.b64decode, (self._body(one) or {"ca": []})["ca"])
            case "RollEstablished":
                body = self._body(one)
                self._roll = frozenset(m["id"] for m in body["members"]) if body else frozenset()
            case "VoteAnnounced":
                known = _Vote(one.d["vote"], one.sit, one.seq, listed=self._member in self._roll)
                self.votes[known.id] = known
            case "VoteOpened":
                self.votes[one.d["vote"]].opened = one.seq
            case "SignedIn":
                self._signed_in(one)
            case "BallotRecorded":
                self._ballot(one, self.votes[one.d["vote"]])
            case "VoteClosed":
                self._closed(one, self.votes[one.d["vote"]])

    def _signed_in(self, one: Entry) -> None:
        body = self._body(one)
        if body is None:
            return
        said = statement.parse(body["jws"], statement.SESSION_KEY)
        if said.payload["member"] == self._member:
            self._session[said.payload_hash] = one.seq
            self._at[one.sit, said.payload["seat"]] = one.seq

    def _ballot(self, one: Entry, vote: _Vote) -> None:
        body = self._body(one)
        if body is None:
            vote.withheld = True
            return
        said = statement.parse(body, statement.BALLOT)
        if said.payload["member"] != self._member:
            return
        by_card = self._at.get((one.sit, said.payload["seat"]))
        session = self._session.get(said.header["sk"]) if "sk" in said.header else by_card
        if session is None:
            vote.withheld = True
            return
        vote.ballots.append(one.seq)
        vote.sessions.append(session)

    def _closed(self, one: Entry, vote: _Vote) -> None:
        body = self._body(one)
        vote.closed, vote.withheld = one.seq, vote.withheld or body is None
        if body is not None:
            vote.listed = any(leaf["member"] == self._member for leaf in body["leaves"])

    def _body(self, one: Entry) -> Any | None:
        if one.blob is None:
            raise BadEvidence(f"entry {one.seq} has no payload")
        data = self._source.get(bundle.blob_path(one.blob.sha256))
        return None if data is None else entry.open_blob(data, one.blob)
