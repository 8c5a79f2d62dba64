"""Where in the log stands what concerns one member in one vote: an index, rebuilt at each start."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from audit.member_proof import VotePlaces
from hall_controller.submission import Happening
from voting import events as ev
from voting.ids import MemberId, VoteId


@dataclass(slots=True)
class _Vote:
    announced: int
    opened: int | None = None
    closed: int | None = None
    ballots: dict[str, list[int]] = field(default_factory=dict)
    """By member, with the sign-ins that they rest on in `sessions`."""
    sessions: dict[str, list[int]] = field(default_factory=dict)


class OwnPlaces:
    def __init__(self) -> None:
        self._votes: dict[str, _Vote] = {}
        self._session: dict[str, int] = {}
        self._at: dict[tuple[str, str | None], int] = {}
        """The latest sign-in by member and seat: what a card's own ballots lean on."""

    def note(self, happenings: Iterable[Happening]) -> None:
        """Of durable entries only."""
        for happening in happenings:
            self._note(happening.seq, happening.event)

    def of(self, member: MemberId, vote: VoteId) -> VotePlaces:
        """KeyError for a vote that was never announced."""
        known = self._votes[vote]
        sessions = tuple(sorted(set(known.sessions.get(member, ()))))
        ballots = tuple(known.ballots.get(member, ()))
        return VotePlaces(vote, known.announced, known.opened, ballots, sessions, known.closed)

    def _note(self, seq: int, event: ev.Event | None) -> None:
        match event:
            case ev.VoteAnnounced():
                self._votes[event.vote] = _Vote(seq)
            case ev.VoteOpened():
                self._votes[event.vote].opened = seq
            case ev.VoteClosed():
                self._votes[event.vote].closed = seq
            case ev.SignedIn(session=str(session), member=str(member)):
                self._session[session] = self._at[member, event.seat] = seq
            case ev.BallotRecorded(member=str(member)):
                self._ballot(seq, event, member)

    def _ballot(self, seq: int, event: ev.BallotRecorded, member: str) -> None:
        vote = self._votes[event.vote]
        by_card = self._at.get((member, event.seat))
        session = by_card if event.session is None else self._session.get(event.session)
        vote.ballots.setdefault(member, []).append(seq)
        if session is not None:
            vote.sessions.setdefault(member, []).append(session)
