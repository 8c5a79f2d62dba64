"""One seat's ballots in one vote: what was pressed, what still waits for its receipt, what is recorded.

Pure: time is an argument, signing is somebody else's. One ballot is under way at a time: a key pressed
while another ballot waits is remembered and follows it, because its `prev` must name a ballot that the hall
has.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from firmware_bridge.messages import Jws

FIRST_REPEATS_S = (0.4, 0.8)
LATER_REPEATS_S = 1.6
"""docs/specs/bus.md: lost messages cost a moment, a hall that is down isn't stormed by five hundred
seats."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key press that asks for a ballot: what the signer must fill into the form."""

    key: str
    rev: int
    prev: str | None


@dataclass(frozen=True, slots=True)
class SentBallot:
    press: Press
    ballot: str
    """Hash of the payload: the ballot's identity."""
    jws: Jws
    pressed_at: float
    repeat_at: float
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """The hall's receipt for this ballot was checked."""

    ballot: str
    rev: int
    key: str | None
    """None: known from the hall's state only, as on a bridge that was restarted."""
    code: str
    at: float


Signer = Callable[[Press], tuple[str, Jws] | None]
"""Signs a press: the ballot's hash and statement, or None when there is no session to sign with."""


class Casting:
    """The ballots of one seat in one vote. `change`: a recorded choice may be replaced before the close."""

    def __init__(self, change: bool) -> None:
        self.change = change
        self.pending: SentBallot | None = None
        self.recorded: Recorded | None = None
        self.refused = False
        self._next_key: str | None = None

    def press(self, key: str, sign: Signer, now: float) -> Jws | None:
        """The statement to send for this press, or None: same choice again, no change allowed, not yet its
        turn."""
        if self.pending is not None:
            if self.change:
                self._next_key = None if key == self.pending.press.key else key
            return None
        if self.recorded is not None and (not self.change or self.recorded.key == key):
            return None
        return self._send(key, sign, now)

    def receipt(self, ballot: str, code: str, sign: Signer, now: float) -> Jws | None:
        """Takes a checked receipt; an unknown, doubled or late one is harmless. Returns a waiting change's
        ballot."""
        if self.pending is None or self.pending.ballot != ballot:
            return None
        press, self.pending = self.pending.press, None
        self.recorded = Recorded(ballot, press.rev, press.key, code, now)
        return self._follow(sign, now)

    def refuse(self, ballot: str, sign: Signer, now: float) -> Jws | None:
        """Takes a final refusal of the waiting ballot. Returns a waiting change's ballot, which starts
        anew."""
        if self.pending is None or self.pending.ballot != ballot:
            return None
        self.pending, self.refused = None, True
        return self._follow(sign, now)

    def told(self, ballot: str, rev: int, code: str, now: float) -> None:
        """The hall's state says that this ballot is the seat's recorded one."""
        if self.recorded is not None and self.recorded.ballot == ballot:
            return
        key = None
        if self.pending is not None and self.pending.ballot == ballot:
            key, self.pending = self.pending.press.key, None
        if self.pending is None or self.recorded is None:
            self.recorded = Recorded(ballot, rev, key, code, now)

    def repeats_due(self, now: float) -> Jws | None:
        """The waiting ballot, when it is time to send it once more."""
        waiting = self.pending
        if waiting is None or now < waiting.repeat_at:
            return None
        return self._again(waiting, now)

    def repeat_now(self, now: float) -> Jws | None:
        """The waiting ballot at once: the line, or the hall, has just come back."""
        return None if self.pending is None else self._again(self.pending, now)

    def give_up(self) -> bool:
        """The grace is over. True when a ballot was still waiting: nobody at the seat knows what became of
        it."""
        waited = self.pending is not None
        self.pending, self._next_key = None, None
        return waited

    def _follow(self, sign: Signer, now: float) -> Jws | None:
        key, self._next_key = self._next_key, None
        if key is None or (self.recorded is not None and self.recorded.key == key):
            return None
        return self._send(key, sign, now)

    def _send(self, key: str, sign: Signer, now: float) -> Jws | None:
        before = self.recorded
        press = Press(key, before.rev + 1 if before else 1, before.ballot if before else None)
        signed = sign(press)
        if signed is None:
            return None
        ballot, jws = signed
        self.pending = SentBallot(press, ballot, jws, now, now + FIRST_REPEATS_S[0])
        self.refused = False
        return jws

    def _again(self, waiting: SentBallot, now: float) -> Jws:
        repeats = waiting.repeats + 1
        wait = FIRST_REPEATS_S[repeats] if repeats < len(FIRST_REPEATS_S) else LATER_REPEATS_S
        self.pending = replace(waiting, repeat_at=now + wait, repeats=repeats)
        return waiting.jws
