"""What a card, its reader or its holder can refuse. Each kind carries what the seat must be told."""

from firmware_bridge.errors import BridgeError


class CardError(BridgeError):
    """The family: this card, here and now, can't be used."""


class CardGone(CardError):
    """No card in the slot, or it was pulled. The connection is spent: a card put back needs a new one."""


class CardBusy(CardError):
    """Another program holds the reader."""


class CardUnreadable(CardError):
    """Something is in the slot, but it doesn't answer as a PIV card: the wrong way round, foreign."""


class ContactOnly(CardUnreadable):
    """Read without contact, where PIV gives neither the keys 9A and 9C nor the PIN (SP 800-73-4 part 1)."""


class CardSilent(CardError):
    """The card doesn't answer: it is let go, whatever it was doing."""


class CardRefused(CardError):
    """The card answered with a status word that the step can't go on with."""

    def __init__(self, step: str, status: int, meaning: str) -> None:
        super().__init__(f"{step}: the card answers {status:04X}, {meaning}")
        self.step = step
        self.status = status


class CardMalformed(CardError):
    """The card's answer isn't what PIV says it must be. Nothing in it is believed."""


class CardUntrue(CardError):
    """The card's signature doesn't fit its certificate: it is not used."""


class WrongCard(CardError):
    """The card now in the slot is not the card that the hall's challenge was given for."""


class NotSignable(CardError):
    """What the hall asks the card to sign is not a well-formed statement: the card is not asked."""


class KeyUnknown(CardError):
    """The card is administered by a key that wasn't shown to it."""


class ManagementKeyFixed(CardError):
    """The card's management key can't be changed to this one."""


class NoPinPad(CardError):
    """The PIN was to be typed on the reader, which has no keys."""


class PinNotGiven(CardError):
    """The family: the card's holder was not proved. `outcome` is the word of the bus message `pin`."""

    outcome = "wrong"

    def __init__(self, message: str, tries_left: int | None = None) -> None:
        super().__init__(message)
        self.tries_left = tries_left


class PinWrong(PinNotGiven):
    def __init__(self, tries_left: int | None) -> None:
        super().__init__(
            f"wrong PIN, tries left: {'unknown' if tries_left is None else tries_left}", tries_left
        )


class PinBlocked(PinNotGiven):
    """No tries left: only the issuer can unblock the card."""

    outcome = "blocked"

    def __init__(self) -> None:
        super().__init__("the card's PIN is blocked", 0)


class PinCancelled(PinNotGiven):
    outcome = "cancelled"

    def __init__(self) -> None:
        super().__init__("the holder pressed cancel on the PIN pad")


class PinTimeout(PinNotGiven):
    outcome = "timeout"

    def __init__(self) -> None:
        super().__init__("nobody typed the PIN in time")


class PinCodesSpent(PinNotGiven):
    """From phones came wrong codes only: somebody guesses, or misreads. The card has lost no try."""

    outcome = "codes_spent"

    def __init__(self) -> None:
        super().__init__("too many wrong codes for the PIN on the phone")


class PinMalformed(PinNotGiven):
    """Not six to eight digits: it was not shown to the card, so no try was spent."""


class SealBroken(CardError):
    """A sealed PIN that this bridge can't open, or that was sealed for another seat or challenge."""


class WrongCode(CardError):
    """A sealed PIN whose sender doesn't know the code on the seat's console: the card isn't shown it."""
