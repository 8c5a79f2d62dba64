"""A phone that a seat is asked to bind: its eight digits stand on the console until they are answered.

One at a time: nobody on the network can put another phone in the place of the one that the member compares.
"""

from dataclasses import dataclass

from firmware_bridge.messages import BindPhone

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
