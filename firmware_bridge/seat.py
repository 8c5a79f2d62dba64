"""One seat: its console, the card in its slot, the session that the card delegated, and the vote before it.

A pure state machine: what happens comes in with the line's time, what is to be said and signed goes to the
row's `Outbox`, and `faces.view_of` says what the console shows. The card's part of it is `slot.py`, the
vote's `seat_vote.py`, a phone's `phone_ask.py`; here they meet.
"""

from firmware_bridge import texts
from firmware_bridge.ballots import Press, ToSign
from firmware_bridge.card_press import ByCard
from firmware_bridge.messages import (
    BindPhone,
    CardSigned,
    Form,
    IncidentKind,
    Jws,
    Lines,
    PinOutcome,
    SeatShows,
    SeatStatus,
    Speak,
)
from firmware_bridge.notices import Notice, Notices
from firmware_bridge.outbox import Outbox
from firmware_bridge.phone_ask import PhoneAsk, PhoneBinding
from firmware_bridge.seat_vote import SeatVote, Voting
from firmware_bridge.slot import CardSlot
from firmware_bridge.suspicion import Suspicion

PRESSES_IN_A_ROW_S = 3.0
"""Request-key presses closer than this are one act: the second asks for a debate."""


class Seat:
    def __init__(self, seat: str, address: int, outbox: Outbox) -> None:
        self.id = seat
        self.address = address
        self.status: SeatStatus = "silent"
        self.serial = ""
        self.person_key = False
        """The console has a person-present key."""
        self.notices = Notices()
        self.slot = CardSlot(seat, outbox)
        by_card = ByCard(seat, self._to_card, self.notices, outbox)
        self.vote = SeatVote(self._sign, by_card, self.notices, outbox)
        self.phone = PhoneBinding(seat, self.notices, outbox)
        self.shows = SeatShows(seat, None, False, "none")
        self._suspicion = Suspicion(seat, outbox)
        self._card: bytes | None = None
        """The certificate of the card that was here last."""
        self._out = outbox
        self._request_presses = 0
        self._request_pressed_at = float("-inf")

    @property
    def voting(self) -> Voting | None:
        return self.vote.voting

    @property
    def binding(self) -> PhoneAsk | None:
        return self.phone.asked

    @property
    def notice(self) -> Notice | None:
        return self.notices.standing

    # -- the keys --------------------------------------------------------------------------------------

    def may_press(self) -> bool:
        able = self.person_key or not self.vote.asks_person
        return able and self.slot.signed_in and self.status == "online" and self.vote.changeable()

    def key(self, key: str, pressed_at: float, now: float, person: bool = False) -> None:
        """A voting key went down. `person`: with the person-present key, as long as it was."""
        if self.status != "online":
            return
        if self.phone.open:
            self.phone.answer(key, pressed_at, now)
        elif self.slot.at_desk:
            self.tell(texts.NO_VOTES_HERE, now)
        elif not self.slot.signed_in:
            self._without_session(now)
        elif self.vote.open and self.vote.asks_person and not (person and self.person_key):
            # Nothing is signed: somebody else's hand may be at this key.
            self.tell(texts.HOLD_PERSON_KEY if self.person_key else texts.NO_PERSON_KEY, now)
            self._suspicion.note("no_person_key", self.voting, now)
        else:
            self.vote.press(key, pressed_at, now)

    def _without_session(self, now: float) -> None:
        if self.slot.asleep:
            self.tell(texts.ASLEEP, now)
        else:
            self.tell(
                texts.NO_CARD if self.slot.card is None else self.slot.prompt or texts.NO_SESSION, now
            )
        kind: IncidentKind = "press_asleep" if self.slot.asleep else "key_without_card"
        self._suspicion.note(kind, self.voting, now)

    def request_key(self, now: float) -> None:
        if not self.slot.signed_in:
            out = texts.NO_CARD if self.slot.card is None else texts.NO_SESSION
            self.tell(texts.NO_VOTES_HERE if self.slot.at_desk else out, now)
            return
        in_a_row = now - self._request_pressed_at <= PRESSES_IN_A_ROW_S
        self._request_presses = self._request_presses + 1 if in_a_row else 1
        self._request_pressed_at = now
        self._out.sayings.append(Speak(self.id, self._request_presses))

    def _sign(self, press: Press) -> tuple[str, Jws] | None:
        session, vote = self.slot.session, self.voting
        if session is None or vote is None or vote.form.form is None:
            return None
        return session.ballot(vote.form.form, self.serial, vote.form.keys[press.key], press)

    def _to_card(self, press: Press) -> ToSign | None:
        """The card is asked for one thing at a time: a phone that waits for it may ask again."""
        session, vote = self.slot.session, self.voting
        if session is None or vote is None or vote.form.form is None:
            return None
        self.phone.drop("no_session")
        choice = vote.form.keys[press.key]
        self.slot.signs(vote.form.labels.get(press.key, choice))
        return session.to_card(vote.form.form, self.serial, choice, press)

    # -- what the hall says ----------------------------------------------------------------------------

    def form_came(self, form: Form, now: float) -> None:
        """A form or a new phase of it."""
        if form.phase == "open" and self.phone.open:
            self.phone.drop("no_session")  # the keys are needed for the vote; the phone may ask again
        self.vote.form_came(form, now)

    def is_desk(self, desk: bool) -> None:
        """At a desk there is no question, whatever the hall votes on meanwhile."""
        self.slot.at_desk = desk
        if desk:
            self.vote.over()

    def floor_came(self, shows: SeatShows) -> None:
        if shows.text is not None and shows != self.shows:
            self.notices.clear()  # an older word must not stand before the answer
        self.shows = shows

    def greet(self, now: float) -> None:
        """The member is signed in, and sees whose name the card stands for."""
        self.tell(self.slot.greeting, now)

    def tell(self, lines: Lines, now: float) -> None:
        self.notices.say(lines, now)

    def asked_to_bind(self, words: BindPhone, now: float) -> None:
        self.phone.ask(words, self.slot.admitted and not self.vote.open, now)

    def signed_out(self, session: str, now: float, asleep: bool = False) -> None:
        """The hall has ended a session, or answers that the pulled card's is ended."""
        self.slot.ended(session, now, asleep)
        self._only_signed_in()

    def state_came(self, session: str | None, now: float) -> None:
        """After the form and the recorded ballot were told."""
        self.slot.state_came(session, now)
        self._only_signed_in()
        self.vote.state_came(now)

    # -- time ------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        self.notices.tick(now)
        self.phone.tick(now)
        self.slot.tick(now)
        self.vote.tick(now)

    def next_due(self) -> float | None:
        times = (self.slot.next_due(), self.phone.next_due(), self.vote.next_due())
        return min((at for at in times if at is not None), default=None)

    # -- the card --------------------------------------------------------------------------------------

    def card_read(self, certificate: bytes, now: float) -> None:
        """Where members sit as they like the next card is another's: what the last one voted is not his."""
        if self._card is not None and self._card != certificate:
            self.vote.begin_anew()
        self._card = certificate
        self.slot.read(certificate, now)

    def card_pulled(self, now: float, reader_lost: bool = False) -> None:
        """The key is gone with the card, and so is the waiting ballot's right to be repeated from here.

        A lost reader ends the session too, since nobody sees any more whose card it is, but says so.
        """
        self.notices.clear()
        self.phone.drop("no_session")
        at_work = texts.PULLED_SIGNING_BALLOT if self.vote.asks_card else None
        if at_work is None and self.slot.at_work:
            at_work = texts.PULLED_SIGNING_IN
        self.slot.pulled(now, reader_lost)
        self.vote.call_off()
        if at_work is not None and not reader_lost:
            self.tell(at_work, now)

    def _only_signed_in(self) -> None:
        if not self.slot.signed_in:
            self.vote.call_off()

    def ballot_signed(self, chal: str, ballot: str, words: CardSigned, now: float) -> None:
        """By the card itself, whose signature was checked. Not sent once nobody is signed in any more."""
        self.slot.done()
        if self.slot.signed_in:
            self.vote.card_signed(chal, ballot, words, now)

    def phone_signed(self, jws: Jws) -> None:
        """The card has delegated to the phone's key."""
        self.slot.prompt = None
        self.phone.signed(jws)

    def pin_failed(self, outcome: PinOutcome, tries_left: int | None, now: float) -> None:
        """The card was not shown the right PIN: for its session, or for a phone's while one is open."""
        lines = self.slot.pin_failed(outcome, tries_left)
        if outcome != "wrong" and self.phone.confirmed:
            self.phone.drop("refused")
        if outcome != "wrong":
            self.vote.card_failed(lines, now)
        if self.slot.prompt is None:
            self.tell(lines, now)

    def card_unusable(self, now: float, lines: Lines = texts.CARD_UNUSABLE) -> None:
        """`lines`: what the member is to do about it."""
        self.slot.unusable(lines)
        self.phone.drop("refused")
        self.vote.card_failed(lines, now)
        if self.slot.prompt is None:
            self.tell(lines, now)
