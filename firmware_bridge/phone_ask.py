"""A phone that a seat is asked to bind: its eight digits stand on the console until they are answered.

One at a time: nobody on the network can put another phone in the place of the one that the member compares.
"""

from dataclasses import dataclass
from typing import Literal

from firmware_bridge import texts
from firmware_bridge.messages import BindPhone, Jws, PhoneDeclined
from firmware_bridge.notices import Notices
from firmware_bridge.outbox import CardAsk, Outbox

Declined = Literal["refused", "timeout", "no_session"]
ASKED_S = 60.0
"""How long the seat asks whether a phone is the member's: time to compare eight digits."""
COMPARE_S = 1.5
"""A ✓ counts for digits that stood on the console so long when its key went down: nobody compares eight
digits faster, so a quicker one was meant for something else."""
CARD_S = 300.0
"""How long the card may take afterwards: a wrong PIN and a right one, two minutes each."""


@dataclass(slots=True)
class PhoneAsk:
    words: BindPhone
    until: float
    shown_at: float | None = None
    """Since when the console is known to show these digits; None: it isn't."""
    confirmed: bool = False
    """The member said yes: the card is asked, and the keys are free again."""

    def may_confirm(self, pressed_at: float) -> bool:
        return self.shown_at is not None and pressed_at >= self.shown_at + COMPARE_S

    def confirm(self, now: float) -> None:
        self.confirmed, self.until = True, now + CARD_S


class PhoneBinding:
    """The phone that one seat is being asked about, if there is one."""

    def __init__(self, seat: str, notices: Notices, outbox: Outbox) -> None:
        self.asked: PhoneAsk | None = None
        self._seat, self._notices, self._out = seat, notices, outbox

    @property
    def open(self) -> bool:
        """The keys answer for a phone, and for nothing else."""
        return self.asked is not None and not self.asked.confirmed

    @property
    def confirmed(self) -> bool:
        return self.asked is not None and self.asked.confirmed

    def ask(self, words: BindPhone, possible: bool, now: float) -> None:
        """The hall asks whether this phone is the member's. Both screens show the same digits.

        Whoever asks second waits: digits that somebody compares don't change under his eyes, and a card
        that signs for one phone isn't given another.
        """
        if not possible:
            self._out.sayings.append(PhoneDeclined(self._seat, words.chal, "no_session"))
        elif self.asked is None:
            self.asked = PhoneAsk(words, now + ASKED_S)
        elif self.asked.words.chal != words.chal:
            self._out.sayings.append(PhoneDeclined(self._seat, words.chal, "busy"))

    def digits_shown(self, chal: str, now: float) -> None:
        """The console has acknowledged the digits of this phone."""
        if self.asked is not None and self.asked.words.chal == chal and self.asked.shown_at is None:
            self.asked.shown_at = now

    def console_changed(self) -> None:
        """It went, came back or is doubted: whatever it showed, it is told anew."""
        if self.asked is not None:
            self.asked.shown_at = None

    def answer(self, key: str, pressed_at: float, now: float) -> None:
        asked = self.asked
        if key == "1" and asked is not None and asked.may_confirm(pressed_at):
            asked.confirm(now)
            self._notices.say(texts.BOUND, now)
            self._out.cards.append(CardAsk(self._seat, asked.words))
        elif key == "2":
            self.decline("refused", now)

    def signed(self, jws: Jws) -> None:
        """The card has delegated to the phone's key; the phone learns it from the hall."""
        self.asked = None
        self._out.statements.append(jws)

    def decline(self, outcome: Declined, now: float) -> None:
        if self.drop(outcome):
            self._notices.say(texts.NOT_BOUND, now)

    def drop(self, outcome: Declined) -> bool:
        """Without a word at the seat. False: there was none."""
        asked, self.asked = self.asked, None
        if asked is not None:
            self._out.sayings.append(PhoneDeclined(self._seat, asked.words.chal, outcome))
        return asked is not None

    def tick(self, now: float) -> None:
        if self.asked is not None and now >= self.asked.until:
            self.decline("timeout", now)

    def next_due(self) -> float | None:
        return None if self.asked is None else self.asked.until
