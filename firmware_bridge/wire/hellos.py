"""Hellos: who is at an address, proved by its own key, and whether it is alone there.

The answer comes in one of four slots drawn by lot, so that two consoles with one address are heard apart
three times in four, and garble each other otherwise. Only what was read tells of a clone: noise never
does.
"""

from dataclasses import dataclass
from hmac import compare_digest

from firmware_bridge.ports import CloneSuspected, ConsoleEvent, ConsoleLost, ConsoleUp
from firmware_bridge.wire.console import Console, Status
from firmware_bridge.wire.exchange import Exchange
from firmware_bridge.wire.messages import PERSON_KEY, Here
from firmware_bridge.wire.pace import Pace
from firmware_bridge.wire.session import NONCE_BYTES, Session, Side, proof, session_key


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a hello brought. `again`: nothing is known yet, ask once more after a rest."""

    event: ConsoleEvent | None = None
    joined: bool = False
    again: bool = False


@dataclass(slots=True)
class _Doubt:
    """What speaks against an address; forgotten when one console proves itself there, alone."""

    suspected: bool = False
    strange: int = 0
    alone: int = 0
    silent: int = 0
    probe_at: float = 0.0


class HelloDesk:
    """Judges what the consoles of one row answer to hellos."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._doubts: dict[int, _Doubt] = {}

    def answer(self, exchange: Exchange, here: Here, now: float) -> None:
        """Keeps an answer. The window is heard to its end: a second console may still speak."""
        if not exchange.here:
            exchange.deadline -= self._pace.allowance_s - self._pace.marks_allowance_s
            exchange.deadline = max(exchange.deadline, now)
        exchange.here.append(here)

    def probes_due(self, now: float) -> list[int]:
        """Suspected clones that are to be looked at again."""
        due = [
            address for address, doubt in self._doubts.items() if doubt.suspected and now >= doubt.probe_at
        ]
        for address in due:
            self._doubts[address].probe_at = now + self._pace.probe_s
        return due

    def conclude(self, exchange: Exchange, console: Console, now: float) -> Outcome:
        """The window is over: changes the console's status and says what came out."""
        doubt = self._doubt(console)
        if len({(here.serial, here.boot) for here in exchange.here}) > 1:
            return self._suspect(console, doubt)
        if exchange.garbled:
            doubt.alone = 0
            return Outcome(again=True)
        if not exchange.here:
            return self._nobody(console, doubt)
        doubt.silent = 0
        here, nonce = exchange.here[0], exchange.frame.payload[:NONCE_BYTES]
        if not compare_digest(here.proof, proof(console.key, console.address, nonce, here.claim)):
            return self._strange(console, doubt)
        doubt.strange = 0
        if console.status is Status.CLONE and not self._alone(doubt, now):
            return Outcome()
        del self._doubts[console.address]
        return self._join(console, here, nonce)

    def _doubt(self, console: Console) -> _Doubt:
        return self._doubts.setdefault(console.address, _Doubt())

    def _alone(self, doubt: _Doubt, now: float) -> bool:
        """One console answered where two had: believed when it stays so."""
        doubt.alone += 1
        doubt.probe_at = now + self._pace.rest_s
        return doubt.alone >= self._pace.single_hellos

    def _join(self, console: Console, here: Here, nonce: bytes) -> Outcome:
        key = session_key(console.key, console.address, nonce, here.nonce)
        was_up = console.status is Status.UP
        rebooted = console.join(here, Session(key, Side.BRIDGE))
        console.status = Status.UP
        if was_up and not rebooted:
            return Outcome(joined=True)
        able = bool(here.capabilities & PERSON_KEY)
        return Outcome(ConsoleUp(console.address, here.serial, rebooted, able), joined=True)

    def _strange(self, console: Console, doubt: _Doubt) -> Outcome:
        """A readable answer with a proof that isn't this console's: not noise, somebody else is there."""
        doubt.alone = 0
        doubt.strange += 1
        if doubt.strange < self._pace.strange_hellos:
            return Outcome(again=True)
        return self._suspect(console, doubt)

    def _suspect(self, console: Console, doubt: _Doubt) -> Outcome:
        doubt.suspected = True
        doubt.alone = doubt.strange = doubt.silent = 0
        known = console.status is Status.CLONE
        console.status, console.session = Status.CLONE, None
        return Outcome() if known else Outcome(CloneSuspected(console.address))

    def _nobody(self, console: Console, doubt: _Doubt) -> Outcome:
        doubt.alone = 0
        doubt.silent += 1
        if console.status is Status.CLONE and doubt.silent >= self._pace.single_hellos:
            del self._doubts[console.address]
            console.status = Status.ABSENT
            return Outcome(ConsoleLost(console.address))
        return Outcome(again=console.status is Status.UP)
