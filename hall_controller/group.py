"""One group of commands on a provisional state; and the same fold over what stands in the log already.

Everything here works on values: dropping a `Provisional` undoes it. `Standing` is what the hall knows, the
meeting and the log's end together, so that they can't part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from rpds import HashTrieMap

from audit import instant, participation
from audit.entry import Entry
from audit.errors import BadEntry, BadEvidence, LogBroken
from hall_controller import decoding, encoding, signed_result
from hall_controller.card_judge import CardJudge
from hall_controller.clock import Clock
from hall_controller.encoding import Definition, Draft, Enclosure, TookPart
from hall_controller.errors import Unrecordable
from hall_controller.founding import Founded, Founding
from hall_controller.journal import Placed, Tip, Token, place, reread
from hall_controller.signed_result import Malformed
from hall_controller.store.port import LogReader
from hall_controller.submission import Happening, Recorded, Submission
from hall_controller.trust_entries import ListTrust, WaiveRevocation, revocation_waived, trust_list
from voting import ballot
from voting import events as ev
from voting.errors import ImpossibleEvent, Refused
from voting.ids import BallotHash
from voting.meeting import Meeting, decide, evolve
from voting.refusals import AlreadyRecorded


@dataclass(frozen=True, slots=True)
class Standing:
    """What the hall knows after an entry."""

    meeting: Meeting = field(default_factory=Meeting)
    tip: Tip = field(default_factory=Tip)
    founded: Founded = field(default_factory=Founded)
    results: "HashTrieMap[str, Mapping[str, str]]" = field(default_factory=HashTrieMap)
    """The signed result of each vote, the latest: what a declaration repeats."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """The ballot is recorded already, perhaps in this very group: its receipt is the answer."""

    ballot: BallotHash


Outcome = Recorded | Repeat | Exception


class Provisional:
    """Decides a group's commands one after the other, each on what its predecessors left."""

    def __init__(
        self, standing: Standing, known: Founding, clock: Clock, token: Token, cards: CardJudge
    ) -> None:
        self.standing, self._cards = standing, cards
        self.placed: list[Placed] = []
        self.happenings: list[Happening] = []
        self._known, self._clock, self._token = known, clock, token

    def decide(self, submission: Submission) -> Recorded | Repeat:
        """Raises Refused; then nothing has changed."""
        if isinstance(submission.command, ListTrust | WaiveRevocation):
            return self._about_trust(submission.command, submission.actor)
        at = self._now()
        try:
            events = decide(self.standing.meeting, submission.command, at)
        except AlreadyRecorded as repeated:
            return Repeat(repeated.ballot)
        self._cards.check(submission, self.standing.founded, at)
        standing, placed = self.standing, []
        for event in events:
            enclosure = self._enclosure(standing, event, submission)
            draft = encoding.encode(event, submission.actor, enclosure)
            one = self._place(standing, draft, at, _sitting(standing, event))
            standing = _after(standing, one.entry, one.tip, event, draft)
            placed.append(one)
        self._take(standing, placed, events)
        return Recorded(standing.tip.size - 1, at, tuple(events))

    def _about_trust(self, command: ListTrust | WaiveRevocation, actor: str) -> Recorded:
        if isinstance(command, ListTrust):
            self.add(trust_list(command))
        else:
            self.add(revocation_waived(command, self._now(), actor))
        return Recorded(self.standing.tip.size - 1, self.placed[-1].entry.t, ())

    def add(self, draft: Draft) -> None:
        """An entry about the log itself."""
        one = self._place(self.standing, draft, self._now(), self.standing.tip.sit)
        body = draft.payload.body if draft.payload else None
        founded = self.standing.founded.after(one.entry, self._known, body)
        self._take(replace(self.standing, tip=one.tip, founded=founded), [one], [None])

    def _now(self) -> datetime:
        # Cut to what the entry will say: a replay decides on the same instant as the hall did.
        return self.standing.tip.not_before(instant.cut(self._clock()))

    def _place(self, standing: Standing, draft: Draft, at: datetime, sit: str) -> Placed:
        try:
            return place(standing.tip, draft, at, sit, self._token)
        except (BadEntry, BadEvidence) as error:
            raise Unrecordable(fault=error) from error

    def _take(self, standing: Standing, placed: list[Placed], events: Sequence[ev.Event | None]) -> None:
        self.standing = standing
        self.placed += placed
        for one, event in zip(placed, events, strict=True):
            self.happenings.append(Happening(one.entry.seq, one.entry.t, one.entry.type, event))

    def _enclosure(self, standing: Standing, event: ev.Event, submission: Submission) -> Enclosure:
        match event:
            case ev.SignedIn() | ev.BallotRecorded():
                return submission.evidence
            case ev.SittingOpened():
                return standing.founded.stands_on
            case ev.VoteAnnounced():
                return Definition(_definition(standing.meeting, event))
            case ev.VoteClosed():
                return self._took_part(standing.meeting, event)
            case ev.ResultComputed():
                return self._signed_result(standing, event)
            case ev.VoteDeclared():
                return standing.results[event.vote]
            case _:
                return None

    def _took_part(self, meeting: Meeting, event: ev.VoteClosed) -> TookPart:
        division = meeting.votes[event.vote]
        effective = {str(member): str(one.ballot) for member, one in division.ballots.items()}
        members = map(str, meeting.sitting_of(division).members)
        leaves, root = participation.build(members, effective, self._token(participation.SEED_BYTES))
        return TookPart(root.hex(), leaves)

    def _signed_result(self, standing: Standing, event: ev.ResultComputed) -> Mapping[str, str]:
        """`head` is the log just before this entry: who holds the result holds all that led to it."""
        division, head = standing.meeting.votes[event.vote], standing.tip.frontier
        book = standing.meeting.sitting_of(division).rulebook
        setting = signed_result.Setting(
            log=self._known.origin, sit=division.sitting, vote=event.vote,
            definition=division.definition_hash, round=division.round, book=book.id,
            book_sha256=book.sha256, head_size=head.size, head_root=head.root().hex(),
        )  # fmt: skip
        assert event.result is not None  # the hall withholds nothing from itself
        return signed_result.sign(event.result, setting, self._known.signer)


def catch_up(store: LogReader, standing: Standing, known: Founding) -> tuple[Standing, list[Happening]]:
    """Folds what the store holds behind `standing`. Raises LogBroken, StoreFailed."""
    _check_not_behind(store, standing.tip)
    happenings = []
    for one in reread(store, standing.tip):
        try:
            event = decoding.decode(one.entry, one.body)
            founded = standing.founded.after(one.entry, known, one.body)
            if event is None:
                standing = replace(standing, tip=one.tip, founded=founded)
            else:
                standing = _folded(standing, one.entry, one.tip, event, one.body)
        except (Malformed, ImpossibleEvent, Refused) as error:
            raise LogBroken(f"entry {one.entry.seq}: {error}") from error
        happenings.append(Happening(one.entry.seq, one.entry.t, one.entry.type, event))
    return standing, happenings


def _check_not_behind(store: LogReader, tip: Tip) -> None:
    """A store that lost what was acknowledged (a restored backup, another file) must not be written on."""
    if not tip.size:
        return
    last = next(iter(store.entries(tip.size - 1, tip.size)), None)
    if last is None or last[0].hash != tip.prev:
        raise LogBroken(f"the store no longer holds entry {tip.size - 1} as it was recorded")


def _after(standing: Standing, entry: Entry, tip: Tip, event: ev.Event, draft: Draft) -> Standing:
    return _folded(standing, entry, tip, event, draft.payload.body if draft.payload else None)


def _folded(standing: Standing, entry: Entry, tip: Tip, event: ev.Event, body: object) -> Standing:
    """The one fold, live and in replay."""
    meeting = evolve(standing.meeting, event, entry.t)
    results = standing.results
    if isinstance(event, ev.ResultComputed) and isinstance(body, Mapping):
        results = results.insert(event.vote, dict(body))
    return Standing(meeting, tip, standing.founded, results)


def _definition(meeting: Meeting, event: ev.VoteAnnounced) -> dict[str, Any]:
    return ballot.definition(meeting, event.vote, event.question, event.round, event.supersedes)


def _sitting(standing: Standing, event: ev.Event) -> str:
    """The sitting that an entry belongs to: one that begins with it, else the last one."""
    return str(getattr(event, "sitting", standing.tip.sit))
