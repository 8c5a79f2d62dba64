"""One seat: its console, the card in its slot, the session that the card delegated, and the vote before it.

A pure state machine: what happens comes in with the line's time, what is to be said and signed goes to the
row's `Outbox`, and `faces.view_of` says what the console shows. `slot.py` is the card's part of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from firmware_bridge import texts
from firmware_bridge.ballots import Casting, Press
from firmware_bridge.messages import (
    BindPhone,
    Form,
    Jws,
    Lines,
    PhoneDeclined,
    PinOutcome,
    SeatShows,
    SeatStatus,
    Speak,
)
from firmware_bridge.outbox import CardAsk, Outbox
from firmware_bridge.phone_ask import ASKED_S, PhoneAsk
from firmware_bridge.slot import CardSlot

Declined = Literal["refused", "timeout", "no_session"]
NOTICE_S = 4.0
PRESSES_IN_A_ROW_S = 3.0
"""Request-key presses closer than this are one act: the second asks for a debate."""


@dataclass(frozen=True, slots=True)
class Notice:
    lines: Lines
    until: float


@dataclass(slots=True)
class Voting:
    """The vote before the seat, since when its form is here and its phase holds, and until when a
    pressed ballot is repeated."""

    form: Form
    since: float
    casting: Casting
    ends_at: float | None = None
    unanswered: bool = False
    phase_since: float = 0.0

    def remaining_s(self, now: float) -> float | None:
        if self.form.phase != "open" or self.form.remaining_ms is None:
            return None
        return max(0.0, self.form.remaining_ms / 1000 - (now - self.since))


class Seat:
    def __init__(self, seat: str, address: int, outbox: Outbox) -> None:
        self.id = seat
        self.address = address
        self.status: SeatStatus = "silent"
        self.serial = ""
        self.slot = CardSlot(seat, outbox)
        self.notice: Notice | None = None
        self.binding: PhoneAsk | None = None
        self.shows = SeatShows(seat, None, False, "none")
        self.voting: Voting | None = None
        self._out = outbox
        self._request_presses = 0
        self._request_pressed_at = float("-inf")

    # -- the vote ------------------------------------------------------------------------------------

    def may_press(self) -> bool:
        vote = self.voting
        if vote is None or vote.form.phase != "open" or not self.slot.signed_in or self.status != "online":
            return False
        casting = vote.casting
        return casting.change or (casting.pending is None and casting.recorded is None)

    def form_came(self, form: Form, now: float) -> None:
        """A form or a new phase of it. The grace begins here with the closing, on this bridge's own
        clock."""
        before = self.voting
        same = before is not None and before.form.vote == form.vote
        casting = before.casting if before is not None and same else Casting(form.change)
        casting.change = form.change
        ends_at = before.ends_at if before is not None and same else None
        if form.phase in ("closing", "closed") and ends_at is None:
            ends_at = now + form.grace_ms / 1000
        if form.phase in ("announced", "open", "held"):
            ends_at = None
        if form.phase == "cancelled":
            casting.give_up()
        if form.phase == "open" and self.binding is not None and not self.binding.confirmed:
            self._drop_binding("no_session")  # the keys are needed for the vote; the phone may ask again
        if before is None or (before.form.vote, before.form.phase) != (form.vote, form.phase):
            self.notice = None  # a greeting must not stand before the question
        unanswered = before is not None and same and before.unanswered
        goes_on = before is not None and same and before.form.phase == form.phase
        phase_since = before.phase_since if before is not None and goes_on else now
        self.voting = Voting(form, now, casting, ends_at, unanswered, phase_since)

    def key(self, key: str, pressed_at: float, now: float) -> None:
        """A voting key went down. What was pressed before this vote opened was not pressed for it."""
        if self.status != "online":
            return
        if self.binding is not None and not self.binding.confirmed:
            self._answer_binding(self.binding, key, pressed_at, now)
        elif self.slot.at_desk:
            self._notice(texts.NO_VOTES_HERE, now)
        elif not self.slot.signed_in:
            self._notice(
                texts.NO_CARD if self.slot.card is None else self.slot.prompt or texts.NO_SESSION, now
            )
        elif self.may_press() and self.voting is not None and key in self.voting.form.keys:
            if pressed_at < self.voting.phase_since:
                self._notice(texts.PRESS_AGAIN, now)
                return
            self._send(self.voting.casting.press(key, self.signer(), now))
        else:
            self._notice(self._why_not(), now)

    def receipt(self, ballot: str, code: str, now: float) -> None:
        if self.voting is not None:
            self._send(self.voting.casting.receipt(ballot, code, self.signer(), now))

    def ballot_refused(self, ballot: str, lines: Lines, final: bool, now: float) -> None:
        """A refusal that is not final leaves the ballot waiting: the hall could not record, it did not say
        no."""
        vote = self.voting
        if (
            not final
            or vote is None
            or vote.casting.pending is None
            or vote.casting.pending.ballot != ballot
        ):
            return
        self._notice(lines, now)
        self._send(vote.casting.refuse(ballot, self.signer(), now))

    def ballot_stale(self, ballot: str, lines: Lines, now: float) -> None:
        """The press doesn't follow the member's ballot in force, which came by phone: asked for, and the
        press signed once more on it. Its lamp blinks meanwhile."""
        if self.voting is None or not self.voting.casting.stale(ballot):
            self.ballot_refused(ballot, lines, True, now)
            return
        self._send(self.voting.casting.go_on(self.signer(), now))
        waiting = self.voting.casting.pending
        if waiting is not None and waiting.stale:
            self._out.ask_state = True

    def recorded(self, vote: str, ballot: str, rev: int, code: str, now: float) -> None:
        """The hall's state has a receipt for this seat."""
        if self.voting is not None and self.voting.form.vote == vote:
            self.voting.casting.told(ballot, rev, code, now)

    def recorded_by_phone(self, vote: str, ballot: str, rev: int, code: str, now: float) -> None:
        if self.voting is not None and self.voting.form.vote == vote:
            self.voting.casting.told(ballot, rev, code, now, by_phone=True)
            self._send(self.voting.casting.go_on(self.signer(), now))

    def signer(self) -> Callable[[Press], tuple[str, Jws] | None]:
        session, vote = self.slot.session, self.voting

        def sign(press: Press) -> tuple[str, Jws] | None:
            if session is None or vote is None or vote.form.form is None:
                return None
            choice = vote.form.keys[press.key]
            return session.ballot(vote.form.form, self.serial, choice, press)

        return sign

    # -- the request key, the floor ---------------------------------------------------------------

    def request_key(self, now: float) -> None:
        if not self.slot.signed_in:
            out = texts.NO_CARD if self.slot.card is None else texts.NO_SESSION
            self._notice(texts.NO_VOTES_HERE if self.slot.at_desk else out, now)
            return
        in_a_row = now - self._request_pressed_at <= PRESSES_IN_A_ROW_S
        self._request_presses = self._request_presses + 1 if in_a_row else 1
        self._request_pressed_at = now
        self._out.sayings.append(Speak(self.id, self._request_presses))

    def is_desk(self, desk: bool) -> None:
        """As the hall says. At a desk there is no question, whatever the hall votes on meanwhile."""
        self.slot.at_desk = desk
        if desk:
            self.voting = None

    def floor_came(self, shows: SeatShows) -> None:
        if shows.text is not None and shows != self.shows:
            self.notice = None  # an older word must not stand before the answer
        self.shows = shows

    def greet(self, now: float) -> None:
        """The member is signed in, and sees whose name the card stands for."""
        self._notice(self.slot.greeting, now)

    def tell(self, lines: Lines, now: float) -> None:
        self._notice(lines, now)

    # -- time ------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        if self.notice is not None and now >= self.notice.until:
            self.notice = None
        if self.binding is not None and now >= self.binding.until:
            self.decline_binding("timeout", now)
        self.slot.tick(now)
        vote = self.voting
        if vote is None:
            return
        if vote.ends_at is not None and now >= vote.ends_at and vote.casting.give_up():
            # Recorded or not, nobody here knows: the hall's state will say (Row.state_came).
            vote.unanswered = True
            self._out.ask_state = True
            return
        self._send(vote.casting.repeats_due(now))

    def next_due(self) -> float | None:
        times = [self.slot.next_due()]
        if self.binding is not None:
            times.append(self.binding.until)
        vote = self.voting
        if vote is not None and vote.casting.pending is not None:
            times += [vote.casting.pending.repeat_at, vote.ends_at]
        return min((at for at in times if at is not None), default=None)

    # -- the line, and the hall's state ----------------------------------------------------------------

    def state_came(self, session: str | None, now: float) -> None:
        """After the form and the recorded ballot were told: what still waits goes up at once."""
        self.slot.state_came(session, now)
        vote = self.voting
        if vote is None:
            return
        if vote.unanswered:
            vote.unanswered = False
            recorded = vote.casting.recorded
            known = (texts.NOT_RECORDED, texts.LOCKED[0])
            self._notice(known if recorded is None else texts.recorded(recorded.code, ""), now)
        self._go_on(vote.casting, now)

    def _go_on(self, casting: Casting, now: float) -> None:
        waiting = casting.pending
        if waiting is None or not waiting.stale:
            self._send(casting.repeat_now(now))
            return
        self._send(casting.go_on(self.signer(), now))
        if casting.pending is waiting:  # refused as stale, and nothing newer is in force: nobody's guess
            self.ballot_refused(waiting.ballot, texts.PRESS_AGAIN, True, now)

    def card_pulled(self, now: float, reader_lost: bool = False) -> None:
        """The key is gone with the card, and so is the waiting ballot's right to be repeated from here.

        A lost reader ends the session too, since nobody sees any more whose card it is, but says so.
        """
        self.notice = None
        self._drop_binding("no_session")
        self.slot.pulled(now, reader_lost)

    # -- a phone ---------------------------------------------------------------------------------------

    def asked_to_bind(self, words: BindPhone, now: float) -> None:
        """The hall asks whether this phone is the member's. Both screens show the same digits.

        Whoever asks second waits: digits that somebody compares don't change under his eyes, and a card
        that signs for one phone isn't given another.
        """
        if not self.slot.admitted or (self.voting is not None and self.voting.form.phase == "open"):
            self._out.sayings.append(PhoneDeclined(self.id, words.chal, "no_session"))
        elif self.binding is None:
            self.binding = PhoneAsk(words, now + ASKED_S)
        elif self.binding.words.chal != words.chal:
            self._out.sayings.append(PhoneDeclined(self.id, words.chal, "busy"))

    def digits_shown(self, chal: str, now: float) -> None:
        """The console has acknowledged the digits of this phone."""
        if self.binding is not None and self.binding.words.chal == chal and self.binding.shown_at is None:
            self.binding.shown_at = now

    def console_changed(self) -> None:
        """It went, came back or is doubted: whatever it showed, it is told anew."""
        if self.binding is not None:
            self.binding.shown_at = None

    def phone_signed(self, jws: Jws) -> None:
        """The card has delegated to the phone's key; the phone learns it from the hall."""
        self.binding = self.slot.prompt = None
        self._out.statements.append(jws)

    def _answer_binding(self, asked: PhoneAsk, key: str, pressed_at: float, now: float) -> None:
        if key == "1" and asked.may_confirm(pressed_at):
            asked.confirm(now)
            self._notice(texts.BOUND, now)
            self._out.cards.append(CardAsk(self.id, asked.words))
        elif key == "2":
            self.decline_binding("refused", now)

    def decline_binding(self, outcome: Declined, now: float) -> None:
        if self._drop_binding(outcome):
            self._notice(texts.NOT_BOUND, now)

    def _drop_binding(self, outcome: Declined) -> bool:
        asked, self.binding = self.binding, None
        if asked is not None:
            self._out.sayings.append(PhoneDeclined(self.id, asked.words.chal, outcome))
        return asked is not None

    def pin_failed(self, outcome: PinOutcome, tries_left: int | None, now: float) -> None:
        """The card was not shown the right PIN: for its session, or for a phone's while one is open."""
        lines = self.slot.pin_failed(outcome, tries_left)
        if outcome != "wrong" and self.binding is not None and self.binding.confirmed:
            self._drop_binding("refused")
        if self.slot.prompt is None:
            self._notice(lines, now)

    def card_unusable(self, now: float) -> None:
        self.slot.unusable()
        self._drop_binding("refused")
        if self.slot.prompt is None:
            self._notice(texts.CARD_UNUSABLE, now)

    # -- within ----------------------------------------------------------------------------------------

    def _why_not(self) -> Lines:
        vote = self.voting
        phase = "closed" if vote is None else vote.form.phase
        if phase == "open":
            return texts.NO_CHANGE
        if phase == "held":
            return texts.HELD
        return texts.LOCKED if phase == "closing" else texts.NOT_OPEN

    def _notice(self, lines: Lines, now: float) -> None:
        self.notice = Notice(lines, now + NOTICE_S)

    def _send(self, jws: Jws | None) -> None:
        if jws is not None:
            self._out.statements.append(jws)
