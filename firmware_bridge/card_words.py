"""What a seat is told when its card can't be used: for each fault, and for each status word of the card."""

from collections.abc import Mapping

from firmware_bridge import texts
from firmware_bridge.cards.errors import (
    CardBusy,
    CardError,
    CardMalformed,
    CardRefused,
    CardSilent,
    CardUnreadable,
    CardUntrue,
    ContactOnly,
    WrongCard,
)
from firmware_bridge.cards.status import Told, told_by
from firmware_bridge.messages import Lines

_BY_FAULT: tuple[tuple[type[CardError], Lines], ...] = (
    (ContactOnly, texts.CARD_CONTACT_ONLY),
    (CardUnreadable, texts.CARD_UNREADABLE),
    (CardMalformed, texts.CARD_UNREADABLE),
    (CardSilent, texts.CARD_SILENT),
    (CardUntrue, texts.CARD_UNTRUE),
    (CardBusy, texts.READER_BUSY),
    (WrongCard, texts.CARD_OTHER),
)
_BY_STATUS: Mapping[Told, Lines] = {
    Told.NOTHING: texts.CARD_UNREADABLE,
    Told.PIN_WRONG: texts.pin_wrong(None),
    Told.PIN_BLOCKED: texts.PIN_BLOCKED,
    Told.PIN_NOT_GIVEN: texts.PIN_CANCELLED,
    Told.PUT_IN_AGAIN: texts.CARD_UNREADABLE,
    Told.CONTACT_ONLY: texts.CARD_CONTACT_ONLY,
    Told.NO_KEY: texts.CARD_WITHOUT_KEY,
    Told.UNUSABLE: texts.CARD_UNUSABLE,
}


def told(fault: CardError) -> Lines:
    """Two lines: what happened, and what to do."""
    if isinstance(fault, CardRefused):
        return _BY_STATUS[told_by(fault.status)]
    for kind, lines in _BY_FAULT:
        if isinstance(fault, kind):
            return lines
    return texts.CARD_UNUSABLE
