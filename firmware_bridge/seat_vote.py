"""The vote before a seat: its form and phase, the presses in it, what the hall answers to them. Pure."""

from dataclasses import dataclass

from firmware_bridge import texts
from firmware_bridge.ballots import Casting, Signer, Words
from firmware_bridge.card_press import ByCard
from firmware_bridge.messages import CardSigned, Form, Lines
from firmware_bridge.notices import Notices
from firmware_bridge.outbox import Outbox


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


class SeatVote:
    """`sign` signs a press with the member's session, where there is one; `by_card` has the card do it, in
    votes that want that."""

    def __init__(self, sign: Signer, by_card: ByCard, notices: Notices, outbox: Outbox) -> None:
        self.voting: Voting | None = None
        self._sign, self._by_card, self._notices, self._out = sign, by_card, notices, outbox

    @property
    def open(self) -> bool:
        return self.voting is not None and self.voting.form.phase == "open"

    @property
    def asks_person(self) -> bool:
        return self.voting is not None and self.voting.form.person

    def changeable(self) -> bool:
        """A press would count: none has yet, or the vote lets it be changed."""
        if self.voting is None or not self.open:
            return False
        casting = self.voting.casting
        return casting.change or (casting.pending is None and casting.recorded is None)

    def form_came(self, form: Form, now: float) -> None:
        """A form or a new phase of it."""
        before = self.voting
        if before is None or (before.form.vote, before.form.phase) != (form.vote, form.phase):
            self._notices.clear()  # a greeting must not stand before the question
        same = before if before is not None and before.form.vote == form.vote else None
        casting = same.casting if same is not None else Casting(form.change)
        casting.change = form.change
        if form.phase == "cancelled":
            casting.give_up()
        if before is not None and (same is None or form.phase == "cancelled"):
            self._by_card.call_off(before.casting)
        unanswered = same is not None and same.unanswered
        phase_since = same.phase_since if same is not None and same.form.phase == form.phase else now
        self.voting = Voting(form, now, casting, _ends_at(same, form, now), unanswered, phase_since)

    def begin_anew(self) -> None:
        """Another member: nothing is recorded here yet. A ballot under way is still its member's."""
        if self.voting is not None and self.voting.casting.pending is None:
            self.voting.casting = Casting(self.voting.form.change)

    def over(self) -> None:
        self.call_off()
        self.voting = None

    # -- the card, where it signs ----------------------------------------------------------------------

    @property
    def asks_card(self) -> bool:
        """The card is asked to sign a ballot now."""
        return self.voting is not None and self.voting.casting.asking is not None

    def call_off(self) -> None:
        if self.voting is not None:
            self._by_card.call_off(self.voting.casting)

    def card_signed(self, chal: str, ballot: str, words: CardSigned, now: float) -> None:
        """What the card signed is sent; one that nobody waits for any more is thrown away."""
        if self.voting is not None:
            self._by_card.signed(self.voting.casting, chal, ballot, words, now)

    def card_failed(self, lines: Lines, now: float) -> None:
        if self.voting is not None:
            self._by_card.failed(self.voting.casting, lines, now)

    # -- presses, and what the hall answers ------------------------------------------------------------

    def press(self, key: str, pressed_at: float, now: float) -> None:
        """Of somebody who may vote. What was pressed before this vote opened was not pressed for it."""
        if self.voting is None or not self.changeable() or key not in self.voting.form.keys:
            self._notices.say(self._why_not(), now)
        elif pressed_at < self.voting.phase_since:
            self._notices.say(texts.PRESS_AGAIN, now)
        elif self.voting.form.signed_by == "card":
            self._by_card.press(self.voting.casting, key, now)
        else:
            self._send(self.voting.casting.press(key, self._sign, now))

    def receipt(self, ballot: str, code: str, now: float) -> None:
        if self.voting is not None:
            self._send(self.voting.casting.receipt(ballot, code, self._sign, now))

    def refused(self, ballot: str, lines: Lines, final: bool, now: float) -> None:
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
        self._notices.say(lines, now)
        self._send(vote.casting.refuse(ballot, self._sign, now))

    def stale(self, ballot: str, lines: Lines, now: float) -> None:
        """The press doesn't follow the member's ballot in force, which came by phone: asked for, and the
        press signed once more on it. Its lamp blinks meanwhile. A card signs nothing twice by itself."""
        if self.voting is not None and self.voting.form.signed_by == "card":
            self._out.ask_state = True
            self.refused(ballot, lines, True, now)
            return
        if self.voting is None or not self.voting.casting.stale(ballot):
            self.refused(ballot, lines, True, now)
            return
        self._send(self.voting.casting.go_on(self._sign, now))
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
            self._send(self.voting.casting.go_on(self._sign, now))

    def state_came(self, now: float) -> None:
        """After the form and the recorded ballot were told: what still waits goes up at once."""
        vote = self.voting
        if vote is None:
            return
        if vote.unanswered:
            vote.unanswered = False
            recorded = vote.casting.recorded
            known = (texts.NOT_RECORDED, texts.LOCKED[0])
            self._notices.say(known if recorded is None else texts.recorded(recorded.code, ""), now)
        self._go_on(vote.casting, now)

    def _go_on(self, casting: Casting, now: float) -> None:
        waiting = casting.pending
        if waiting is None or not waiting.stale:
            self._send(casting.repeat_now(now))
            return
        self._send(casting.go_on(self._sign, now))
        if casting.pending is waiting:  # refused as stale, and nothing newer is in force: nobody's guess
            self.refused(waiting.ballot, texts.PRESS_AGAIN, True, now)

    def tick(self, now: float) -> None:
        vote = self.voting
        if vote is None:
            return
        if vote.ends_at is not None and now >= vote.ends_at and self._by_card.call_off(vote.casting):
            self._notices.say(texts.NOT_SIGNED_IN_TIME, now)
        if vote.ends_at is not None and now >= vote.ends_at and vote.casting.give_up():
            # Recorded or not, nobody here knows: the hall's state will say (`state_came`).
            vote.unanswered = True
            self._out.ask_state = True
            return
        self._send(vote.casting.repeats_due(now))

    def next_due(self) -> float | None:
        vote = self.voting
        if vote is None:
            return None
        if vote.casting.pending is None:
            return vote.ends_at if vote.casting.asking is not None else None
        repeat_at, ends_at = vote.casting.pending.repeat_at, vote.ends_at
        return repeat_at if ends_at is None else min(repeat_at, ends_at)

    def _why_not(self) -> Lines:
        phase = "closed" if self.voting is None else self.voting.form.phase
        if phase == "open":
            return texts.NO_CHANGE
        if phase == "held":
            return texts.HELD
        return texts.LOCKED if phase == "closing" else texts.NOT_OPEN

    def _send(self, words: Words | None) -> None:
        if isinstance(words, CardSigned):
            self._out.sayings.append(words)
        elif words is not None:
            self._out.statements.append(words)


def _ends_at(before: Voting | None, form: Form, now: float) -> float | None:
    """The grace begins here with the closing, on this bridge's own clock. `before`: of the same vote."""
    if form.phase in ("announced", "open", "held"):
        return None
    ends_at = before.ends_at if before is not None else None
    if form.phase in ("closing", "closed") and ends_at is None:
        return now + form.grace_ms / 1000
    return ends_at
