"""The programme beside the meeting: which sitting may be opened next, what is planned in the open one."""

from dataclasses import dataclass
from pathlib import Path

from display.ports import PlannedVote, Upcoming
from hall_controller import rulebooks
from hall_controller.faults import read_text
from hall_controller.programme import PlannedSitting, Programme
from hall_controller.roster import Roster
from voting.commands import OpenSitting
from voting.ids import KindId, OfficerId, SittingId, VoteId
from voting.meeting import Meeting


@dataclass(frozen=True, slots=True)
class Plans:
    programme: Programme
    roster: Roster
    base: Path
    """The folder that rule books named by a path are relative to."""

    def next_sitting(self, meeting: Meeting) -> PlannedSitting | None:
        """The first planned one that was not held yet; None while a sitting is open."""
        if meeting.sitting is not None:
            return None
        held = {sitting.id for sitting in meeting.past}
        return next((one for one in self.programme.sittings if one.id not in held), None)

    def upcoming(self, meeting: Meeting) -> Upcoming | None:
        planned = self.next_sitting(meeting)
        return None if planned is None else Upcoming(SittingId(planned.id), planned.on, planned.title)

    def opening(self, meeting: Meeting, by: OfficerId) -> OpenSitting | None:
        """The command, with rule book, roll and seating of that day. Raises BadFile, NoSuchRuleBook."""
        planned = self.next_sitting(meeting)
        if planned is None:
            return None
        return OpenSitting(
            sitting=SittingId(planned.id),
            on=planned.on,
            title=planned.title,
            rulebook_text=self.rulebook_text(planned.rulebook),
            members=self.roster.on(planned.on),
            seating=self.roster.seating(planned.on),
            by=by,
        )

    def rulebook_text(self, named: str) -> str:
        """A shipped rule book by its id, or a file beside the programme by its path."""
        return read_text(self.base / named) if named.endswith(".toml") else rulebooks.text(named)

    def questions(self, meeting: Meeting) -> tuple[PlannedVote, ...]:
        planned = None if meeting.sitting is None else self.programme.sitting(meeting.sitting.id)
        if planned is None:
            return ()
        return tuple(
            PlannedVote(
                vote=VoteId(vote.id),
                kind=KindId(vote.kind),
                item=item.title,
                title=vote.title,
                option=vote.option,
                supersedes=None if vote.supersedes is None else VoteId(vote.supersedes),
            )
            for item in planned.items
            for vote in item.votes
        )
