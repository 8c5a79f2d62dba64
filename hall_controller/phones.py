"""A member's phone: bound by the card at the member's seat or at a registrar's desk, then known by its key.

The phone shows eight digits of its key, the console there shows the same, and the member's ✓ key lets the
card delegate to that key. Neither page nor hall ever holds the phone's private key.

At a desk nobody is signed in and nobody votes: the card alone is judged, so a phone is bound there in an
open vote too, and also while the member is signed in at the seat (docs/specs/bus.md).
"""

import hmac
from collections.abc import Callable, Mapping

from audit import base64url, fingerprint, instant
from audit.errors import BadEvidence, LogBroken, Untrusted
from audit.signing import from_jwk, thumbprint, verify
from audit.statement import Statement
from display.ports import BindingState, BoundPhone, PhoneBinding
from firmware_bridge.messages import AtDesk, BindPhone, PhoneDeclined
from hall_controller import unit_text
from hall_controller.admission import Admission
from hall_controller.bridges import Bridges
from hall_controller.bus import HallBus
from hall_controller.card_here import CardHere
from hall_controller.card_texts import ASK_AGAIN, untrusted
from hall_controller.clock import Clock
from hall_controller.delegations import CHALLENGE_BYTES, SESSION_LIFE, Delegations, answers
from hall_controller.enrolments import Enrolment, Enrolments
from hall_controller.errors import NotRecorded
from hall_controller.hall import Hall
from hall_controller.phone_challenges import Challenges
from hall_controller.phone_refusals import (
    CardNotTakenAtDesk,
    NoCardAtDesk,
    NoPhoneBound,
    PhoneKeyUnusable,
    PlaceUnknown,
    SeatBusy,
    SeatBusyVoting,
)
from hall_controller.submission import Submission
from voting.attendance import Session
from voting.chamber import Sitting
from voting.commands import SignOut
from voting.division import Phase
from voting.errors import NotSignedIn, Refused
from voting.ids import MemberId, SeatId

PROOF_PREFIX = b"parl-phone-session:"
"""What a phone signs with its key outside ballots can't be taken for a ballot, nor the other way round."""


class Phones:
    def __init__(
        self,
        hall: Hall,
        bus: HallBus,
        admission: Admission,
        delegations: Delegations,
        bridges: Bridges,
        origin: str,
        clock: Clock,
        token: Callable[[int], bytes],
    ) -> None:
        self._hall = hall
        self._bus = bus
        self._admission = admission
        self._delegations = delegations
        self._bridges = bridges
        self._origin = origin
        self._clock = clock
        self._token = token
        self._enrolments = Enrolments(clock)
        self._challenges = Challenges(token)

    def request(self, key: Mapping[str, str], seat: SeatId, code: str | None = None) -> PhoneBinding:
        """Asks the card at `seat`, which may be a desk, to bind this public key. `code`: what the desk's
        unit shows. Raises Refused."""
        try:
            key_id = thumbprint(from_jwk(key))
        except BadEvidence as bad:
            raise PhoneKeyUnusable() from bad
        if key.get("crv") != "P-256":
            raise PhoneKeyUnusable()
        sitting = self._hall.meeting.open_sitting()
        member, here = self._holder_at(seat, sitting)
        if seat in self._bridges.desks:
            self._admission.check_code(seat, code)
        standing = self._enrolments.standing(seat)
        if standing is not None:
            return self._asked_again(standing, key_id)
        # At a desk by card: who comes next doesn't wait for what the one before tried.
        self._enrolments.note_asking(here.fingerprint if seat in self._bridges.desks else seat)
        asked = self._ask(key, seat, sitting.id, member)
        enrolment = self._enrolments.begin(self._new(), here.bridge, asked, key_id)
        self._bus.tell(here.bridge, asked)
        return _binding(enrolment)

    def state(self, enrolment: str) -> BindingState | None:
        """With a fresh challenge once the phone is bound."""
        found = self._enrolments.of(enrolment)
        if found is None:
            return None
        if found.state == "bound":
            return BindingState("bound", self.challenge(found.key_id))
        if found.state == "refused":
            return BindingState("refused")
        return BindingState("expired" if self._clock() > found.until else "waiting")

    def challenge(self, key_id: str) -> str:
        """What the phone with this key signs to be let in.

        Any key is given one, known or not, and nothing is kept of it: asking tells nothing of who has a
        phone, and costs the hall no memory. A phone that the log knows gets in by it after a restart too.
        """
        return self._challenges.new(key_id, self._clock())

    def prove(self, key_id: str, challenge: str, signature: bytes) -> BoundPhone | None:
        """Who holds the phone; None where the proof doesn't hold. A challenge proves once."""
        if not self._challenges.stands(challenge, key_id, self._clock()):
            return None
        session = self.session_of(key_id)
        key = None if session is None else self._delegations.key_of(session.id)
        if session is None or key is None:
            return None
        try:
            verify(key, "ES256", PROOF_PREFIX + challenge.encode(), signature)
        except BadEvidence:
            return None
        # Only now: a stranger's attempt must not use up what the phone itself was given.
        self._challenges.spend(challenge, self._clock())
        return BoundPhone(session.member, key_id)

    def session_of(self, key_id: str) -> Session | None:
        """The live session of the phone with this key."""
        live = self._hall.meeting.attendance.sessions.values()
        return next(
            (one for one in live if one.channel == "mobile" and hmac.compare_digest(one.key, key_id)), None
        )

    async def lost(self, desk: SeatId, code: str | None) -> None:
        """Ends the phone of whoever's card lies at this desk: from now on nothing of it is taken anywhere.

        Only at a desk, where a registrar sees whose card it is, and by who reads the `code` on its unit.
        Raises Refused, NotRecorded, LogBroken.
        """
        sitting = self._hall.meeting.open_sitting()
        if desk not in self._bridges.desks:
            raise PlaceUnknown(place=desk)
        member, here = self._holder_at_desk(desk, self._admission.card_at(desk), sitting)
        self._admission.check_code(desk, code)
        session = self._hall.meeting.attendance.held_by(member, "mobile")
        if session is None:
            raise NoPhoneBound()
        await self._hall.submit(Submission(SignOut(session.id, "phone_lost"), "member"))
        self._bus.tell(here.bridge, AtDesk(desk, unit_text.phone_ended(sitting.members[member])))

    # -- what the seat answers -------------------------------------------------------------------------

    def declined(self, said: PhoneDeclined) -> None:
        found = self._enrolments.waiting_for(said.chal)
        if found is not None and found.seat == said.seat:
            self._enrolments.declined(found, "expired" if said.outcome == "timeout" else "refused")

    def card_gone(self, place: str) -> None:
        """Its `declined` may have been lost; whoever comes to a desk next doesn't wait for that phone."""
        found = self._enrolments.standing(place)
        if found is not None:
            self._enrolments.refused(found)

    async def statement(self, bridge: str, sealed: Statement) -> None:
        """A card's delegation to a phone's key, over the bridge of the seat that was asked."""
        found = self._enrolments.waiting_for(sealed.payload["chal"])
        here = None if found is None else self._admission.card_at(found.seat)
        if (
            found is None
            or here is None
            or found.bridge != bridge
            or not answers(sealed, found.asked, None)
        ):
            self._bus.drop("challenge_unknown", bridge)
            return
        try:
            await self._delegations.record(found.seat, sealed, self._delegations.judged(sealed, here))
        except Untrusted as no:
            self._refuse(found, f"card_{no.code}", untrusted(no.code))
        except BadEvidence as bad:
            self._bus.drop("bad_signature", bridge, bad)
        except Refused as no:
            self._refuse(found, no.code, no.lines)
        except (NotRecorded, LogBroken):
            self._refuse(found, "not_recorded", ASK_AGAIN)
        else:
            self._enrolments.bound(found)
            self._tell_bound(found)

    def _tell_bound(self, found: Enrolment) -> None:
        """A desk serves one member after the other: it says when this one may take the card out."""
        sitting = self._hall.meeting.sitting
        if found.seat in self._bridges.desks and sitting is not None:
            member = sitting.members[MemberId(found.asked.member)]
            self._bus.tell(found.bridge, AtDesk(found.seat, unit_text.phone_bound(member)))

    def _refuse(self, found: Enrolment, code: str, lines: tuple[str, str]) -> None:
        self._enrolments.refused(found)
        self._delegations.refuse(found.bridge, found.seat, None, code, lines)

    # -- within ----------------------------------------------------------------------------------------

    def _holder_at(self, place: SeatId, sitting: Sitting) -> tuple[MemberId, CardHere]:
        """Whose card may bind a phone there now. Raises Refused."""
        if place not in self._bridges.of_seat:
            raise PlaceUnknown(place=place)
        here = self._admission.card_at(place)
        if place in self._bridges.desks:
            return self._holder_at_desk(place, here, sitting)
        vote = self._hall.meeting.in_play
        if vote is not None and vote.phase is not Phase.ANNOUNCED:
            raise SeatBusyVoting()
        session = self._admission.session_at(place)
        if session is None or session.asleep or here is None:
            raise NotSignedIn()
        return session.member, here

    def _holder_at_desk(
        self, desk: SeatId, here: CardHere | None, sitting: Sitting
    ) -> tuple[MemberId, CardHere]:
        if here is None:
            raise NoCardAtDesk()
        try:
            return self._admission.holder(sitting, desk, here), here
        except Untrusted as no:
            raise CardNotTakenAtDesk() from no

    def _asked_again(self, standing: Enrolment, key_id: str) -> PhoneBinding:
        """The same phone gets the same answer, and the seat the same word, which may have been lost."""
        if standing.key_id != key_id:
            raise SeatBusy()
        self._bus.tell(standing.bridge, standing.asked)
        return _binding(standing)

    def _ask(self, key: Mapping[str, str], seat: str, sit: str, member: MemberId) -> BindPhone:
        return BindPhone(
            seat=seat,
            key=dict(key),
            digits=fingerprint.digits(thumbprint(key)),
            chal=self._new(),
            exp=instant.write(self._clock() + SESSION_LIFE),
            sit=sit,
            log=self._origin,
            member=member,
        )

    def _new(self) -> str:
        return base64url.encode(self._token(CHALLENGE_BYTES))


def _binding(one: Enrolment) -> PhoneBinding:
    return PhoneBinding(one.id, one.key_id, one.asked.digits, one.until)
