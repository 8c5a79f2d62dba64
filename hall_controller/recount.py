"""The rules' part of a verification: voting's own fold over a verified log, and every result counted again.

Given as `recount` to `audit.verifier.verify`. Where ballots are withheld, what can't be counted is checked
for its arithmetic: the parts against the sums, the conditions and the outcome against the rule. Imports
voting, audit and what reads entries back; needs the base install only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeGuard

import voting
from audit import canonical
from audit.entry import Entry
from audit.verifier import Finding, Severity
from hall_controller import decoding, rehearsal, signed_result
from hall_controller.encoding import book_id
from hall_controller.signed_result import Malformed
from voting import events as ev
from voting.counting import result_of
from voting.division import Division
from voting.errors import ImpossibleEvent, Refused
from voting.ids import MemberId
from voting.majority import House, Result, Tally, compute
from voting.meeting import Meeting, evolve

_BOOKS = Path(voting.__file__).parent / "rulebooks"


def recount(record: Iterator[tuple[Entry, Any | None]]) -> Iterable[Finding]:
    """Folds the log as the hall did; yields what its rules would not have allowed, or counted otherwise."""
    fold = _Fold()
    for entry, body in record:
        try:
            event = decoding.decode(entry, body)
            if event is not None:
                yield from fold.take(entry, body, event)
        except Malformed as error:
            yield _finding("error", "entry_malformed", str(error), entry)
            if entry.type in decoding.NEEDED:
                return
        except (ImpossibleEvent, Refused) as error:
            # The fold goes on from the state before it: one bad entry must not hide the next.
            yield _finding("error", "against_the_rules", str(error), entry)
    yield from fold.unfinished()


def _finding(severity: Severity, code: str, text: str, entry: Entry) -> Finding:
    return Finding(severity, code, text, f"entry {entry.seq}")


@dataclass(slots=True)
class _Fold:
    meeting: Meeting = field(default_factory=Meeting)
    computed: dict[str, Any] = field(default_factory=dict)
    """The signed result of each vote, as it was computed last; None where it was withheld."""
    unseen: set[str] = field(default_factory=set)
    """Votes of which a ballot, a hand count or the casting vote was withheld or could not be read."""
    last: Entry | None = None
    blind: bool = False
    """Something of this sitting was withheld: what the hall decided on can't be known in full."""
    leading: tuple[ev.Event, ...] = ()
    start: Meeting = field(default_factory=Meeting)
    """Before the leading events of a command, if there are such."""

    def take(self, entry: Entry, body: Any | None, event: ev.Event) -> Iterator[Finding]:
        before = self.meeting
        self.last = entry
        self.meeting = evolve(before, event, entry.t)
        self._look(event)
        yield from self._rehearsed(entry, body, event, before)
        yield from self._judge(entry, body, event, before)

    def _look(self, event: ev.Event) -> None:
        if isinstance(event, ev.RuleBookAdopted):
            self.blind = False
        withheld = isinstance(event, ev.SignedIn | ev.SignedOut | ev.SessionSlept) and event.session is None
        if isinstance(event, ev.ResultComputed) and event.result is None:
            withheld = True  # of a vote that nobody has declared: whether it was counted can't be told
        if _unseen(event):
            withheld = True
            self.unseen.add(event.vote)
        self.blind = self.blind or withheld

    def _rehearsed(self, entry: Entry, body: Any, event: ev.Event, before: Meeting) -> Iterator[Finding]:
        """Every decision asked again, where this reader sees all that it was made on."""
        if not self.leading:
            self.start = before
        if isinstance(event, rehearsal.LEADING):
            self.leading = (*self.leading, event)
            return
        events, self.leading = (*self.leading, event), ()
        if not self.blind and (text := rehearsal.objection(self.start, events, body, entry.t)):
            yield _finding("error", "against_the_rules", text, entry)

    def _judge(self, entry: Entry, body: Any | None, event: ev.Event, before: Meeting) -> Iterator[Finding]:
        match event:
            case ev.RuleBookAdopted():
                yield from _compared_book(entry, event)
            case ev.BallotRecorded():
                yield from self._ballot(entry, event, before)
            case ev.VoteClosed():
                yield from self._closed(entry, event)
            case ev.ResultComputed(vote=vote):
                self.computed[vote] = body
                yield from self._counted(entry, body, event)
            case ev.VoteDeclared():
                yield from self._declared(entry, body, event)

    def _ballot(self, entry: Entry, event: ev.BallotRecorded, before: Meeting) -> Iterator[Finding]:
        """What is true of a ballot whatever else was withheld; the rest is asked where all is seen."""
        if event.member is None:
            return
        division = before.votes[event.vote]
        if event.member not in before.sitting_of(division).roll:
            yield _finding("error", "not_a_member", f"{event.member} is not on the roll of that day", entry)
        if event.choice not in division.kind.choice_ids:
            text = f"there is no choice {event.choice} in vote {event.vote}"
            yield _finding("error", "choice_unknown", text, entry)
        if event.channel == "mobile" and not _opened(before, division, event.member):
            text = f"mobile voting was not opened for {event.member}"
            yield _finding("error", "mobile_not_opened", text, entry)
        if (event.session is None) != (division.kind.signed_by == "card"):
            text = f"vote {event.vote} wants ballots signed by the {division.kind.signed_by}"
            yield _finding("error", "signed_otherwise", text, entry)

    def _closed(self, entry: Entry, event: ev.VoteClosed) -> Iterator[Finding]:
        division = self.meeting.votes[event.vote]
        if event.vote not in self.unseen and event.ballots != len(division.ballots):
            held = len(division.ballots)
            text = f"vote {event.vote} closes with {event.ballots} ballots, the log holds {held}"
            yield _finding("error", "ballots_differ", text, entry)
        if not event.ballots <= event.present <= event.roll:
            text = f"{event.ballots} ballots of {event.present} present of {event.roll} members"
            yield _finding("error", "numbers_impossible", text, entry)

    def _declared(self, entry: Entry, body: Any, event: ev.VoteDeclared) -> Iterator[Finding]:
        """What was declared is what was computed, and right."""
        computed = self.computed.get(event.vote)
        if None not in (computed, body) and computed != body:
            text = f"vote {event.vote}: the result declared is not the one computed"
            yield _finding("error", "result_replaced", text, entry)
        yield from self._counted(entry, body, event)

    def _counted(
        self, entry: Entry, body: Any, event: ev.ResultComputed | ev.VoteDeclared
    ) -> Iterator[Finding]:
        division, said = self.meeting.votes[event.vote], event.result
        if said is None:
            return
        yield from self._setting(entry, body, division)
        seen = division.id not in self.unseen or division.hand_count is not None
        right = result_of(self.meeting, division) if seen else _recomputed(self.meeting, division, said)
        for name in _differences(said, right):
            one, other = _plain(said, name), _plain(right, name)
            text = f"vote {division.id}: {name} is {one}, by the rule book it is {other}"
            yield _finding("error", "result_wrong", text, entry)
        if not seen and said.participated > _voices(self.meeting, division):
            text = (
                f"vote {division.id}: {said.participated} took part, more than its ballots when it closed"
            )
            yield _finding("error", "result_wrong", text, entry)

    def _setting(self, entry: Entry, jws: Any, division: Division) -> Iterator[Finding]:
        _, setting = signed_result.read(jws)
        book = self.meeting.sitting_of(division).rulebook
        own = (division.sitting, division.definition_hash, division.round, book.id, book.sha256)
        said = (setting.sit, setting.definition, setting.round, setting.book, setting.book_sha256)
        if own != said:
            text = f"vote {division.id}: the result cites another sitting, question, round or rule book"
            yield _finding("error", "result_cites_other", text, entry)

    def unfinished(self) -> Iterator[Finding]:
        if self.meeting.in_play is not None and self.last is not None:
            vote = self.meeting.in_play
            text = f"vote {vote.id} is {vote.phase.value} where this log ends"
            yield _finding("note", "vote_in_play", text, self.last)


def _opened(before: Meeting, division: Division, member: MemberId) -> bool:
    """As far as the openings say; whether somebody sat at a seat then is asked where sign-ins are seen."""
    at_seat = before.sitting_of(division).rulebook.channels.phone_at_seat
    return at_seat or member in before.attendance.mobile


def _unseen(event: ev.Event) -> TypeGuard[ev.BallotRecorded | ev.HandCountEntered | ev.CastingVoteGiven]:
    """What a vote's figures come from, without what it says."""
    match event:
        case ev.BallotRecorded(member=None) | ev.HandCountEntered(counts=None):
            return True
        case ev.CastingVoteGiven(choice=None):
            return True
    return False


def _recomputed(meeting: Meeting, division: Division, said: Result) -> Result:
    """The rule's answer to the counts that the result gives: all that can be checked without ballots."""
    counts = {choice: said.counts.get(choice, 0) for choice in division.kind.choice_ids}
    house = House(division.roll, division.present or 0, meeting.sitting_of(division).rulebook.seats)
    tally = Tally(counts, said.invalid)
    return compute(division.kind.rule, tally, house, division.kind.percent_base, division.casting_vote)


def _voices(meeting: Meeting, division: Division) -> int:
    """How much the ballots can come to at most, when it isn't known whose they are."""
    weights = sorted(
        (member.weight for member in meeting.sitting_of(division).members.values()), reverse=True
    )
    return sum(weights[: division.took_part or 0])


def _differences(said: Result, right: Result) -> list[str]:
    return [one.name for one in fields(Result) if _plain(said, one.name) != _plain(right, one.name)]


def _plain(result: Result, name: str) -> Any:
    value = getattr(result, name)
    return dict(value) if name in ("counts", "percentages") else value


def _compared_book(entry: Entry, event: ev.RuleBookAdopted) -> Iterator[Finding]:
    """A rule book may be the chamber's own; one that bears a shipped id should be the shipped one."""
    shipped = {book_id(text): canonical.sha256_hex(text.encode()) for text in _shipped()}
    id, digest = book_id(event.text), canonical.sha256_hex(event.text.encode())
    if shipped.get(id, digest) != digest:
        text = f"the rule book {id} in the log is not the one that this verifier came with: read it"
        yield _finding("note", "rule_book_differs", text, entry)


def _shipped() -> Iterator[str]:
    for path in sorted(_BOOKS.glob("*.toml")):
        yield path.read_text("utf-8")
