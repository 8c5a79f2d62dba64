"""The card slot of a seat: from the card's arrival to the hall's word that its session is recorded.

Pure. Each step that waits for the hall's answer is said again until it comes; a pulled card ends everything
here at once, and the hall is told until it says that it knows.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from firmware_bridge import texts
from firmware_bridge.messages import (
    READER_LOST,
    Card,
    Challenge,
    Jws,
    Lines,
    Pin,
    PinAwaited,
    PinOutcome,
    Up,
)
from firmware_bridge.outbox import CardAsk, Outbox, SeatSession

CARD_FAILED = "card_failed"
"""A card's `error` where it was asked to sign, and could not."""
ASK_AGAIN_S = 1.6
"""Like a ballot's later repeats: five hundred cards at once must not become a storm."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What went up and has no answer yet: a message, or the session statement itself."""

    words: Up | Jws
    again_at: float


class CardSlot:
    def __init__(self, seat: str, outbox: Outbox) -> None:
        self.seat = seat
        self.card: bytes | None = None
        self.session: SeatSession | None = None
        self.signed_in = False
        """The hall has recorded the session: only then may anything be signed with it."""
        self.at_desk = False
        """This place is a registrar's desk: no session of its own, no vote."""
        self.known = False
        """The hall knows the card at this desk as a member's."""
        self.asleep = False
        """The hall has put the session to sleep: nothing is signed before the PIN has made a new one."""
        self.prompt: Lines | None = None
        self.greeting: Lines = texts.SIGNED_IN
        self._signs: str | None = None
        """The choice in the ballot that the card is asked to sign, as the console names it."""
        self._awaits_pin: str | None = None
        """The challenge for which a PIN from the phone is awaited."""
        self._reader_lost = False
        self._looked = self._hall_has_session = False
        """Until the reader has looked once nobody knows who is there: "no card" would sign a member out."""
        self._asking: Asking | None = None
        self._at_work_on: str | None = None
        """The challenge that the card signs, or has signed: told twice, it neither interrupts a PIN nor
        asks again."""
        self._out = outbox

    @property
    def admitted(self) -> bool:
        """Signed in, or known at a desk: the card may be asked to sign for a phone."""
        return self.signed_in or self.known

    @property
    def at_work(self) -> bool:
        """A sign-in is under way, and the hall hasn't recorded it."""
        return self._at_work_on is not None and not self.signed_in

    def found_empty(self, now: float) -> None:
        """The reader has looked for the first time, and no card lies there."""
        self._looked = True
        if self._hall_has_session:
            self._ask(self._presence(), now)

    def inserted(self) -> None:
        self._reader_lost = False
        self.prompt = texts.READING

    def read(self, certificate: bytes, now: float) -> None:
        self.card, self._looked = certificate, True
        self._ask(self._presence(), now)

    def unreadable(self, code: str, lines: Lines = texts.CARD_UNREADABLE) -> None:
        self.prompt, self._looked = lines, True
        self._out.sayings.append(Card(self.seat, True, None, None, code))

    def challenged(self, words: Challenge) -> None:
        """The hall knows the card: it may delegate a key. A card that is at it, or gone, isn't asked
        again."""
        if self.card is None or self.signed_in:
            return
        if self._at_work_on == words.chal:
            if self.session is None:
                self._asking = None  # the card is told; a statement under way goes on being said
            return
        self._asking = self.session = None
        self._at_work_on = words.chal
        self.greeting = words.greeting
        self.pin_asked()
        self._out.cards.append(CardAsk(self.seat, words))

    def welcomed(self, text: Lines) -> None:
        """The desk's card is a member's. Told again, it doesn't disturb a PIN that is being asked for."""
        if self.card is None:
            return
        if not self.known:
            self.prompt = None
        self._asking, self.known, self.greeting = None, True, text

    def signs(self, choice: str) -> None:
        """From here on it is a ballot that the card is asked for, not a session."""
        self._signs, self.prompt = choice, texts.ballot_to_sign(choice)

    def done(self) -> None:
        """The card has signed the ballot, or is not to any more."""
        self._signs = self._awaits_pin = self.prompt = None

    def pin_asked(self) -> None:
        """The pad waits for digits: for a ballot, the session, or a phone's while one is open here."""
        if self._signs is None:
            self.prompt = texts.ASLEEP if self.asleep else texts.PIN_WANTED
        else:
            self.prompt = texts.pin_for_ballot(self._signs)

    def pin_awaited(self, chal: str, code: str) -> None:
        """The reader has no pad: the phone is asked, with the code that only somebody here can read."""
        self._awaits_pin = chal
        if self._signs is None:
            self.prompt = texts.pin_on_phone(code, self.seat, at_desk=self.at_desk)
        else:
            self.prompt = texts.pin_on_phone_for_ballot(code, self._signs)
        self._out.sayings.append(PinAwaited(self.seat, chal))

    def pin_came(self) -> None:
        """Typed on the pad, or from a phone: the card has it, and takes its time."""
        self._awaits_pin = None
        self.prompt = texts.SIGNING if self._signs is None else texts.SIGNING_BALLOT

    def pin_declined(self, outcome: PinOutcome, left: int | None) -> None:
        """What came from the phone was not shown to the card; the wait and its code go on."""
        self._out.sayings.append(Pin(self.seat, outcome, left))

    def pin_failed(self, outcome: PinOutcome, tries_left: int | None) -> Lines:
        """What the seat is told of it. Where a session is open already the prompt must not stay."""
        self._awaits_pin = None
        lines = texts.pin_failed(outcome, tries_left)
        if outcome != "wrong":
            self._at_work_on = self._signs = None
        self.prompt = None if self.admitted and outcome != "wrong" else lines
        self._out.sayings.append(Pin(self.seat, outcome, tries_left))
        return lines

    def unusable(self, lines: Lines = texts.CARD_UNUSABLE) -> None:
        self._at_work_on = self._awaits_pin = self._signs = None
        self.prompt = None if self.admitted else lines
        # A phone that gave the PIN is told too: the unit says why.
        self._out.sayings.append(Card(self.seat, True, None, None, CARD_FAILED))

    def session_made(self, session: SeatSession, now: float) -> None:
        if self.card is None:
            return  # pulled while it was signing
        self.session, self.prompt = session, texts.SIGNING
        self._ask(session.jws, now)

    def recorded(self, session: str) -> bool:
        """The hall says that this session is signed in. True when that is news."""
        if self.session is None or self.session.statement != session:
            return False
        news = not self.signed_in
        self.signed_in, self.prompt, self._asking, self.asleep = True, None, None, False
        return news

    def refused(self, lines: Lines, final: bool) -> None:
        """The hall says no to this card or its session; it says why, and the text stays while the card
        does."""
        if self.card is None or self.signed_in:
            return
        if final:
            self._asking = self._at_work_on = None
            self.known = False
        self.prompt = lines

    def ended(self, session: str, now: float, asleep: bool = False) -> None:
        """The hall has ended a session or put it to sleep, or answers that the pulled card's is ended."""
        if self.card is None:
            self._asking = None
        elif self.session is not None and self.session.statement == session:
            self.asleep = asleep
            self._forget_session()
            self._ask(self._presence(), now)

    def pulled(self, now: float, reader_lost: bool = False) -> None:
        self.card = self._at_work_on = self._awaits_pin = self._signs = None
        self._reader_lost, self.known, self.asleep = reader_lost, False, False
        self._looked = True
        self.prompt = texts.READER_LOST if reader_lost else None
        self._forget_session()
        self._ask(self._presence(), now)

    def state_came(self, session: str | None, now: float) -> None:
        """The hall's whole knowledge of this seat: ours is said again, for a hall that has lost it.

        A session that the hall doesn't have any more is over; one that it doesn't have yet is sent again.
        """
        if self._awaits_pin is not None:
            self._out.sayings.append(PinAwaited(self.seat, self._awaits_pin))
        self._hall_has_session = session is not None
        ours = self.session is not None and self.session.statement == session
        if ours:
            self.signed_in = True
            self.prompt = None if self._signs is None else self.prompt
        elif self.signed_in:
            self._forget_session()
        if self.session is not None and not self.signed_in:
            self._ask(self.session.jws, now)
        elif self.card is not None or (self._looked and session is not None):
            self._ask(self._presence(), now)

    def tick(self, now: float) -> None:
        if self._asking is not None and now >= self._asking.again_at:
            self._ask(self._asking.words, now)

    def next_due(self) -> float | None:
        return None if self._asking is None else self._asking.again_at

    def _presence(self) -> Card:
        held = self.session.statement if self.session is not None and self.signed_in else None
        if self.card is None:
            return Card(self.seat, False, None, None, READER_LOST if self._reader_lost else None)
        return Card(self.seat, True, base64.b64encode(self.card).decode(), held, None)

    def _ask(self, words: Up | Jws, now: float) -> None:
        self._asking = Asking(words, now + ASK_AGAIN_S)
        if isinstance(words, Mapping):
            self._out.statements.append(words)
        else:
            self._out.sayings.append(words)

    def _forget_session(self) -> None:
        """The key dies with its last name here; nothing of it was ever outside this process."""
        self.session, self._at_work_on, self.signed_in = None, None, False
