"""The heart, as everybody else sees it: what is durable, and `submit`, through which whatever happens goes.

Readers see `meeting`, which is always the durable one; `recorder` decides and writes.
"""

from collections.abc import Mapping
from datetime import datetime

from audit.member_proof import VotePlaces
from audit.merkle import Frontier
from hall_controller import receipts
from hall_controller.card_judge import CardJudge
from hall_controller.clock import Clock
from hall_controller.following import Broadcast, Following
from hall_controller.founding import Founded, Founding
from hall_controller.journal import Token
from hall_controller.recorder import Health, Recorder
from hall_controller.store.port import Store
from hall_controller.submission import Recorded, Submission
from hall_controller.trust_stores import TrustStores
from hall_controller.waiting import Answer
from voting.ids import MemberId, VoteId
from voting.meeting import Meeting


class Hall:
    """One controller's hall. `await Hall.start(…)`, `submit`, and `close` at the end."""

    def __init__(self, store: Store, known: Founding, clock: Clock, token: Token) -> None:
        self._store, self._known = store, known
        self._receipts = receipts.Register(known.origin, known.signer)
        self._broadcast = Broadcast()
        self.trust_stores = TrustStores(known.ca, known.algorithms)
        """What cards are judged by where their entries get their place; the door asks by the same."""
        cards = CardJudge(self.trust_stores)
        self._recorder = Recorder(store, known, clock, token, self._receipts, self._broadcast, cards)

    @classmethod
    async def start(cls, store: Store, known: Founding, clock: Clock, token: Token) -> "Hall":
        """Replays the log, or begins one. Raises StoreFailed, LogBroken (also for keys of another log)."""
        hall = cls(store, known, clock, token)
        await hall._recorder.begin()
        return hall

    @property
    def meeting(self) -> Meeting:
        """The durable state; a value, it never changes under a reader."""
        return self._recorder.standing.meeting

    @property
    def head(self) -> Frontier:
        """Of the durable log: size and root."""
        return self._recorder.standing.tip.frontier

    @property
    def epoch(self) -> int:
        return self._store.epoch

    def health(self) -> Health:
        return self._recorder.health()

    def now(self) -> datetime:
        """The hall's time: what an entry would say that was decided now."""
        return self._recorder.now()

    def checkpoint(self) -> str:
        """The signed head of the durable log, a C2SP checkpoint."""
        return self._known.checkpoint(self.head)

    def result(self, vote: str) -> Mapping[str, str] | None:
        """The signed result of a vote, the one that everything shows; None before it is computed."""
        return self._recorder.standing.results.get(vote)

    def receipt(self, ballot: str) -> dict[str, str] | None:
        """The receipt of a recorded ballot, the same bytes each time."""
        return self._receipts.receipt(ballot)

    @property
    def founded(self) -> Founded:
        """What the log says of whom the hall trusts: every list, answer and decision so far."""
        return self._recorder.standing.founded

    @property
    def revocation_lists(self) -> tuple[bytes, ...]:
        """All that the log has listed so far (DER)."""
        return self.founded.crl

    def place(self, ballot: str) -> receipts.Place | None:
        """Where a recorded ballot stands in the log."""
        return self._receipts.place(ballot)

    def own_places(self, member: MemberId, vote: VoteId) -> VotePlaces:
        """Where in the log stands what concerns this member in this vote. KeyError for an unknown vote."""
        return self._receipts.own_places.of(member, vote)

    def follow(self) -> Following:
        """Every commit from now on, for one listener, who is never waited for."""
        return self._broadcast.join()

    async def submit(self, submission: Submission) -> Recorded:
        """Returns once it is durable. Raises Refused, NotRecorded, LogBroken."""
        return await self._recorder.enqueue(submission)

    def enqueue(self, submission: Submission) -> Answer:
        """The answer to come: for who has no task to wait with. It ends as `submit` would."""
        return self._recorder.enqueue(submission)

    async def close(self) -> None:
        """Ends after the group that is being written. The store is closed with it. Once is enough."""
        await self._recorder.close()
