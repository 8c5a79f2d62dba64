"""One durable moment of the hall, taken whole: what every view is drawn from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from display.ports import JWS, Hall, Health, LogHead, PlannedVote, Recorded, Seat, Upcoming
from display.second_person import Request
from voting.chamber import Meeting
from voting.commands import Text
from voting.division import Phase
from voting.ids import BallotHash, VoteId


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    meeting: Meeting
    name: Text
    test: bool
    seats: tuple[Seat, ...]
    health: Health
    head: LogHead
    programme: tuple[PlannedVote, ...]
    upcoming: Upcoming | None
    result_jws: Callable[[VoteId], JWS | None]
    """A result never changes once it is signed, so asking later tells the same."""
    recorded: Callable[[BallotHash], Recorded | None]

    seal: Callable[[VoteId, Phase, LogHead], str]
    """The checkpoint that goes with a vote's result; `Seals.seal`."""
    requests: tuple[Request, ...] = ()
    """What officers have asked for that takes two people."""
    two_people: frozenset[str] = frozenset()
    """Which acts those are now."""

    @classmethod
    def of(
        cls,
        hall: Hall,
        at: datetime,
        seal: Callable[[VoteId, Phase, LogHead], str],
        requests: tuple[Request, ...] = (),
        two_people: frozenset[str] = frozenset(),
    ) -> "Moment":
        return cls(
            at=at,
            meeting=hall.meeting,
            name=hall.name,
            test=hall.test,
            seats=hall.seats,
            health=hall.health,
            head=hall.head,
            programme=hall.programme,
            upcoming=hall.upcoming,
            result_jws=hall.result_jws,
            recorded=hall.recorded,
            seal=seal,
            requests=requests,
            two_people=two_people,
        )
