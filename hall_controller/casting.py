"""Ballots that come over the bus or from a phone: checked, handed to the hall, answered.

Signatures are checked here, before the queue; what the rules say is the hall's. The same ballot sent again
gets the same receipt; a hall that can't record says so, and the sender goes on trying.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from audit import statement
from audit.errors import BadEvidence, BadSignature, LogBroken
from audit.statement import Statement
from firmware_bridge.messages import CardSigned, Jws, Lines, Refusal
from hall_controller.bus import HallBus
from hall_controller.card_ballots import CardBallots
from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.incidents import MOBILE, Incidents
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Recorded, Submission
from voting.commands import CastBallot, Channel
from voting.errors import NotSignedIn, RefusalKind, Refused, SessionEnded, SessionMismatch
from voting.ids import BallotHash, ChoiceId, MemberId, SeatId, VoteId
from voting.refusals import WrongQuestion

log = structlog.get_logger(__name__)

NOT_NOW: Lines = ("CHUA DUOC GHI NHAN", "HE THONG DANG BAN")


class BallotUntrue(Refused):
    """A ballot whose signature isn't its session's."""

    def __init__(self) -> None:
        text = {
            "vi": "Chữ ký trên phiếu không đúng; phiếu không được ghi nhận.",
            "en": "The ballot's signature doesn't hold; it was not recorded.",
        }
        super().__init__("ballot_untrue", text, ("KHONG DUOC GHI NHAN", "SAI CHU KY"))


class DeskTakesNoVotes(RefusalKind):
    """Whatever signed it: a ballot comes from a member's seat, or from a phone by its own way."""

    vi = "Bàn đăng ký không nhận phiếu; hãy biểu quyết tại ghế hoặc trên điện thoại đã gắn."
    en = "The registrar's desk takes no ballots; vote at the seat or on the phone that was bound."
    unit = ("BAN DANG KY", "KHONG BIEU QUYET")


class Casting:
    """`own_seats(bridge)`: the seats that this bridge may speak for; `desks`: places without votes;
    `by_card` judges ballots that a card signed itself."""

    def __init__(
        self,
        hall: Hall,
        bus: HallBus,
        sessions: SessionKeys,
        origin: str,
        own_seats: Callable[[str], frozenset[str]],
        desks: frozenset[str] = frozenset(),
        *,
        by_card: CardBallots,
        incidents: Incidents,
    ) -> None:
        self._hall = hall
        self._bus = bus
        self._sessions = sessions
        self._origin = origin
        self._own_seats = own_seats
        self._desks = desks
        self._by_card = by_card
        self._incidents = incidents
        self._under_way: set[str] = set()
        """Ballots that the hall is at: the same one, sent again, waits for the same answer."""

    def from_bridge(self, bridge: str, jws: Jws) -> None:
        """Takes one ballot off the bus. Never raises for what a bridge may send."""
        try:
            sealed = statement.parse(jws, statement.BALLOT)
        except BadEvidence as bad:
            self._bus.drop("malformed", bridge, bad)
            return
        self._take(bridge, sealed, lambda: self._checked(sealed, "seat"))

    def from_card(self, bridge: str, said: CardSigned) -> None:
        """The same for a ballot that the card at the seat signed itself."""
        try:
            sealed = statement.parse(said.ballot, statement.BALLOT)
        except BadEvidence as bad:
            self._bus.drop("malformed", bridge, bad)
            return
        if sealed.payload["seat"] != said.seat:
            self._bus.drop("foreign_seat", bridge)
            return
        self._take(bridge, sealed, lambda: self._checked_by_card(sealed, said.cert))

    def _take(self, bridge: str, sealed: Statement, check: Callable[[], Submission]) -> None:
        seat = sealed.payload["seat"]
        if seat not in self._own_seats(bridge):
            self._bus.drop("foreign_seat", bridge)
            return
        if seat in self._desks:
            self._refuse(bridge, seat, sealed.payload_hash, DeskTakesNoVotes())
            return
        again = self._hall.receipt(sealed.payload_hash)
        if again is not None:
            self._bus.pass_on(bridge, again)
        elif sealed.payload_hash not in self._under_way:
            self._begin(bridge, seat, sealed, check)

    async def from_phone(self, jws: Any) -> Jws:
        """A phone's ballot → its receipt. Raises BadStatement, Refused, NotRecorded, LogBroken."""
        sealed = statement.parse(jws, statement.BALLOT)
        try:
            if sealed.payload["seat"] is not None:
                raise SessionMismatch()
            return _receipt(await self._hall.submit(self._checked(sealed, "mobile")))
        except Refused as no:
            self._incidents.refused(no, MOBILE, MemberId(sealed.payload["member"]))
            raise

    def _begin(self, bridge: str, seat: str, sealed: Statement, check: Callable[[], Submission]) -> None:
        try:
            submission = check()
        except Refused as no:
            self._refuse_ballot(bridge, sealed, no)
            return
        answer = self._hall.enqueue(submission)
        self._under_way.add(sealed.payload_hash)
        answer.add_done_callback(lambda done: self._answered(bridge, seat, sealed, done))

    def _checked(self, sealed: Statement, channel: Channel) -> Submission:
        """The command that a ballot asks for, its signature checked under its session's key. Raises
        Refused."""
        self._check_made_for(sealed)
        session = sealed.header.get("sk", "")
        known = self._sessions.of(session)
        if known is None:
            ended = session in self._hall.meeting.attendance.ended
            raise SessionEnded() if ended else NotSignedIn()
        try:
            if sealed.header["kid"] != known.kid:
                raise BadSignature("another key than the session's")
            statement.verify(sealed, known.key)
        except BadSignature as bad:
            raise BallotUntrue() from bad
        self._by_card.check(known.certificate)
        return Submission(_command(sealed, session, channel), "member", sealed.jws, known.certificate)

    def _check_made_for(self, sealed: Statement) -> None:
        """For this log and the open sitting: a test hall's ballot, or yesterday's, is none here.

        The rules know votes and openings only; what else the payload says, they are not told. Raises
        WrongQuestion.
        """
        sitting = self._hall.meeting.sitting
        named = (sealed.payload["log"], sealed.payload["sit"])
        if named[0] != self._origin or (sitting is not None and named[1] != sitting.id):
            raise WrongQuestion()

    def _checked_by_card(self, sealed: Statement, encoded: str) -> Submission:
        """The same for a ballot whose signer is the card, judged at this moment. Raises Refused."""
        self._check_made_for(sealed)
        return Submission(_command(sealed, None, "seat"), "member", self._by_card.judged(sealed, encoded))

    def _answered(
        self, bridge: str, seat: str, sealed: Statement, done: "asyncio.Future[Recorded]"
    ) -> None:
        ballot = sealed.payload_hash
        self._under_way.discard(ballot)
        try:
            self._bus.pass_on(bridge, _receipt(done.result()))
        except Refused as no:
            self._refuse_ballot(bridge, sealed, no)
        except (NotRecorded, LogBroken) as fault:
            log.warning("ballot_not_recorded", bridge=bridge, fault=str(fault))
            self._bus.tell(bridge, Refusal(seat, ballot, "not_recorded", NOT_NOW, False))

    def _refuse_ballot(self, bridge: str, sealed: Statement, no: Refused) -> None:
        """Whose name it bears may be a lie, but it is the name that was used."""
        said = sealed.payload
        self._incidents.refused(no, said["seat"], MemberId(said["member"]))
        self._refuse(bridge, said["seat"], sealed.payload_hash, no)

    def _refuse(self, bridge: str, seat: str, ballot: str, no: Refused) -> None:
        self._bus.tell(bridge, Refusal(seat, ballot, no.code, no.lines, no.final))


def _command(sealed: Statement, session: str | None, channel: Channel) -> CastBallot:
    payload = sealed.payload
    seat, prev = payload["seat"], payload["prev"]
    return CastBallot(
        vote=VoteId(payload["vote"]),
        definition=payload["def"],
        challenge=payload["chal"],
        member=MemberId(payload["member"]),
        seat=None if seat is None else SeatId(seat),
        channel=channel,
        session=session,
        choice=ChoiceId(payload["choice"]),
        rev=payload["rev"],
        prev=None if prev is None else BallotHash(prev),
        ballot=BallotHash(sealed.payload_hash),
    )


def _receipt(recorded: Recorded) -> Jws:
    assert recorded.receipt is not None  # the hall gives one for every ballot
    return recorded.receipt
