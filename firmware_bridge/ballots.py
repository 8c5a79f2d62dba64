"""One seat's ballots in one vote: what was pressed, what still waits for its receipt, what is recorded.

Pure: time is an argument, signing is somebody else's. One ballot is under way at a time: a key pressed
while another ballot waits is remembered and follows it, because its `prev` must name a ballot that the hall
has. The member may vote by phone meanwhile: the hall tells which ballot is in force, and the seat goes on
from that one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from firmware_bridge.messages import CardSigned, Jws

FIRST_REPEAT_S, LATER_REPEATS_S = 0.8, 1.6
"""docs/specs/bus.md: lost messages cost a moment. A full house's burst is answered before the first repeat
also on a slow day: who repeats sooner doubles the load of a hall that is only late."""
SAME_ACT_S = 3.0
"""A press is signed again over a phone's ballot only so soon after: an older one may be older than what the
member said by phone since, perhaps because the seat didn't answer."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key press that asks for a ballot: what the signer must fill into the form."""

    key: str
    rev: int
    prev: str | None


@dataclass(frozen=True, slots=True)
class ToSign:
    """A ballot that the card itself is to sign."""

    payload: Mapping[str, object]
    """Filled in, its nonce the name of this one asking: a PIN for it is good for nothing else."""
    card: str
    """`x5t#S256` of the card that signed in here; no other is asked."""

    @property
    def chal(self) -> str:
        return str(self.payload["nonce"])


@dataclass(frozen=True, slots=True)
class CardPress:
    """A press that waits for the card's signature, since when."""

    press: Press
    chal: str
    since: float


Words = Jws | CardSigned
"""What goes up for a ballot, and goes up again until it is answered."""


@dataclass(frozen=True, slots=True)
class SentBallot:
    press: Press
    ballot: str
    """Hash of the payload: the ballot's identity."""
    jws: Words
    pressed_at: float
    """When it was signed; `asked_at`: when its key went down, which is earlier for one that had to wait."""
    asked_at: float
    repeat_at: float
    again: bool = False
    """Signed once more, on the ballot in force."""
    stale: bool = False
    """Refused because it doesn't follow the ballot in force, which is asked for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The hall's receipt for this ballot was checked."""

    ballot: str
    rev: int
    key: str | None
    """None: known from the hall's state only, as on a bridge that was restarted."""
    code: str
    at: float
    by_phone: bool = False


Signer = Callable[[Press], tuple[str, Jws] | None]
"""Signs a press: the ballot's hash and statement, or None when there is no session to sign with."""


class Casting:
    """The ballots of one seat in one vote. `change`: a recorded choice may be replaced before the close."""

    def __init__(self, change: bool) -> None:
        self.change = change
        self.pending: SentBallot | None = None
        self.recorded: Recorded | None = None
        self.refused = False
        self.asking: CardPress | None = None
        """The card is asked to sign this; nothing was sent for it yet."""
        self._next: tuple[str, float] | None = None
        """A key that waits for its turn, and when it went down."""

    def press(self, key: str, sign: Signer, now: float) -> Jws | None:
        """The statement to send for this press, or None: same choice again, no change allowed, not yet its
        turn."""
        if self.pending is not None:
            if self.change:
                self._next = None if key == self.pending.press.key else (key, now)
            return None
        if self.recorded is not None and (not self.change or self.recorded.key == key):
            return None
        return self._send(key, sign, now, now)

    def for_card(self, key: str) -> Press | None:
        """What the card is to sign for this press; None: it asks for nothing new, or not yet."""
        if self.pending is not None or (self.recorded is not None and not self.change):
            return None
        before = self.recorded
        if before is not None and before.key == key:
            return None
        return Press(key, before.rev + 1 if before else 1, before.ballot if before else None)

    def by_card(self, ballot: str, words: CardSigned, now: float) -> CardSigned | None:
        """The card has signed what it was asked for. None where another ballot came into force since."""
        asked, self.asking = self.asking, None
        in_force = self.recorded.ballot if self.recorded else None
        if asked is None or self.pending is not None or asked.press.prev != in_force:
            return None
        self.pending = SentBallot(asked.press, ballot, words, now, asked.since, now + FIRST_REPEAT_S)
        self.refused = False
        return words

    def receipt(self, ballot: str, code: str, sign: Signer, now: float) -> Jws | None:
        """Takes a checked receipt; an unknown, doubled or late one is harmless. Returns a waiting change's
        ballot."""
        if self.pending is None or self.pending.ballot != ballot:
            return None
        press, self.pending = self.pending.press, None
        if self.recorded is None or press.rev > self.recorded.rev:
            self.recorded = Recorded(ballot, press.rev, press.key, code, now)
        return self._follow(sign, now)

    def refuse(self, ballot: str, sign: Signer, now: float) -> Jws | None:
        """Takes a final refusal of the waiting ballot. Returns a waiting change's ballot, which starts
        anew."""
        if self.pending is None or self.pending.ballot != ballot:
            return None
        self.pending, self.refused = None, True
        return self._follow(sign, now)

    def told(self, ballot: str, rev: int, code: str, now: float, by_phone: bool = False) -> None:
        """The hall says that this ballot is the one in force; of two, the one of the higher revision is.

        A waiting ballot goes on being sent: only the hall's answer to it says whether it was recorded
        before.
        """
        if self.recorded is not None and self.recorded.ballot == ballot:
            self.recorded = replace(self.recorded, by_phone=by_phone or self.recorded.by_phone)
            return
        key = None
        if self.pending is not None and self.pending.ballot == ballot:
            key, self.pending = self.pending.press.key, None
        if self.recorded is None or rev > self.recorded.rev:
            self.recorded = Recorded(ballot, rev, key, code, now, by_phone)

    def stale(self, ballot: str) -> bool:
        """The waiting ballot doesn't follow the one in force. True: ask which that is, then `go_on`.

        False: it isn't waiting here, or was signed again once already, and is refused like any other.
        """
        if self.pending is None or self.pending.ballot != ballot or self.pending.again:
            return False
        self.pending = replace(self.pending, stale=True)
        return True

    def go_on(self, sign: Signer, now: float) -> Jws | None:
        """Signs a stale press once more, where a newer ballot in force is known by now.

        Dropped instead where it is too old (SAME_ACT_S), asks for nothing new, or no change is allowed.
        """
        waiting, known = self.pending, self.recorded
        if waiting is None or not waiting.stale or known is None or known.rev < waiting.press.rev:
            return None
        self.pending = None
        if not self.change:
            return None
        key, asked_at = self._next or (waiting.press.key, waiting.asked_at)
        self._next = None
        jws = self._follow_with(key, asked_at, sign, now)
        if self.pending is not None:
            self.pending = replace(self.pending, again=True)
        return jws

    def repeats_due(self, now: float) -> Words | None:
        """The waiting ballot, when it is time to send it once more."""
        waiting = self.pending
        if waiting is None or now < waiting.repeat_at:
            return None
        return self._again(waiting, now)

    def repeat_now(self, now: float) -> Words | None:
        """The waiting ballot at once: the line, or the hall, has just come back."""
        return None if self.pending is None else self._again(self.pending, now)

    def give_up(self) -> bool:
        """The grace is over. True when a ballot was still waiting: nobody at the seat knows what became of
        it."""
        waited = self.pending is not None
        self.pending, self._next = None, None
        return waited

    def _follow(self, sign: Signer, now: float) -> Jws | None:
        waiting, self._next = self._next, None
        return None if waiting is None else self._follow_with(*waiting, sign, now)

    def _follow_with(self, key: str, asked_at: float, sign: Signer, now: float) -> Jws | None:
        known = self.recorded
        if known is not None:
            by_others = known.key is None and known.at > asked_at
            if known.key == key or (by_others and now - asked_at > SAME_ACT_S):
                return None
        return self._send(key, sign, asked_at, now)

    def _send(self, key: str, sign: Signer, asked_at: float, now: float) -> Jws | None:
        before = self.recorded
        press = Press(key, before.rev + 1 if before else 1, before.ballot if before else None)
        signed = sign(press)
        if signed is None:
            return None
        ballot, jws = signed
        self.pending = SentBallot(press, ballot, jws, now, asked_at, now + FIRST_REPEAT_S)
        self.refused = False
        return jws

    def _again(self, waiting: SentBallot, now: float) -> Words:
        self.pending = replace(waiting, repeat_at=now + LATER_REPEATS_S)
        return waiting.jws
