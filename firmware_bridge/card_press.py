"""Presses in a vote whose ballots the member's card signs itself: it is asked, answers, or is called off.

Pure. No lamp burns for such a press: until the card has signed, nothing was cast, and what the card signs
for a press that was taken back, or for a vote that is over, is thrown away.
"""

from collections.abc import Callable

from firmware_bridge import texts
from firmware_bridge.ballots import CardPress, Casting, Press, ToSign
from firmware_bridge.messages import CardSigned, Lines
from firmware_bridge.notices import Notices
from firmware_bridge.outbox import CardAsk, Outbox

ToCard = Callable[[Press], ToSign | None]
"""Fills a press in for the card; None where nobody is signed in."""


class ByCard:
    def __init__(self, seat: str, to_card: ToCard, notices: Notices, outbox: Outbox) -> None:
        self._seat, self._to_card, self._notices, self._out = seat, to_card, notices, outbox

    def press(self, casting: Casting, key: str, now: float) -> None:
        """The same key again waits on; another one takes the place of what the card is asked for."""
        if casting.asking is not None and casting.asking.press.key == key:
            return
        wanted = casting.for_card(key)
        words = None if wanted is None else self._to_card(wanted)
        if casting.pending is not None:
            self._notices.say(texts.BALLOT_UNDER_WAY, now)
        elif wanted is None or words is None:
            self.call_off(casting)
        else:
            casting.asking = CardPress(wanted, words.chal, now)
            self._out.cards.append(CardAsk(self._seat, words))

    def signed(self, casting: Casting, chal: str, ballot: str, words: CardSigned, now: float) -> None:
        if casting.asking is None or casting.asking.chal != chal:
            return
        if casting.by_card(ballot, words, now) is None:
            self._notices.say(texts.PRESS_AGAIN, now)
        else:
            self._out.sayings.append(words)

    def failed(self, casting: Casting, lines: Lines, now: float) -> None:
        """The card was not made to sign; the press counts for nothing."""
        if casting.asking is not None:
            casting.asking = None
            self._notices.say(lines, now)

    def call_off(self, casting: Casting) -> bool:
        """False: the card was asked for nothing."""
        asked, casting.asking = casting.asking, None
        if asked is not None:
            self._out.called_off.append(self._seat)
        return asked is not None
