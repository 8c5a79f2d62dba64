"""The front of a seat unit: keys with their debounce, lamps, microphone, two lines. Time is an argument.

What it does by itself, and nobody else does for it: the lamp of an armed key blinks the moment the key
goes down, and 300 ms later, if that lamp still only blinks, the display says plainly that the ballot
isn't recorded yet. A press that was lost on its way is never passed over in silence: the display asks for
it again. A steady lamp comes from the bridge alone.

Where the bridge asks for the person-present key, a voting key is told once it was let go, and with it
whether that key (for the other hand, or with a finger sensor) was held from its beginning to its end.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.lettering import SCREEN, lines
from firmware_bridge.wire.messages import Key, Lamps, Text, is_newer

DEBOUNCE_S = 0.02
"""A contact bounces for a few milliseconds: the first edge counts, edges this close to it don't."""

NOT_YET_S = 0.3
NOT_YET = ("CHUA DUOC GHI NHAN", "DANG GUI LAI...")
NO_LINE = ("MAT KET NOI", "")
LOST = ("CHUA DUOC GHI NHAN", "MOI BAM LAI")
LOST_S = 4.0
"""A lost press is told at least so long after the line is back, also when the vote is over by then."""

MOST_KEPT = 16
"""Presses waiting to be fetched: more than fingers make in the time that a live bus takes."""

Lit = tuple[Lamp, Lamp, Lamp, Lamp]
DARK: Lit = (Lamp.OFF, Lamp.OFF, Lamp.OFF, Lamp.OFF)
VOTING_KEYS: tuple[Key, ...] = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key went down, counted from power-on modulo 256."""

    number: int
    key: Key
    armed: bool
    at: float
    person: bool = False
    """The person-present key was held as long as this one."""


@dataclass(slots=True)
class _Pressing:
    """A voting key that is down while the person-present key is asked for."""

    key: Key
    at: float
    person: bool


class FrontPanel:
    """One unit's front. `changed` is called after anything visible changed, `pressed` after each press."""

    def __init__(self) -> None:
        self.person = False
        self.changed: Callable[[], None] = lambda: None
        self.pressed: Callable[[KeyDown], None] = lambda press: None
        self._count = 0
        self.switch_off()

    def switch_off(self) -> None:
        """Without power: nothing shows, nothing is remembered."""
        self._count = 0
        self._down: set[Key] = set()
        self._edge_at: dict[Key, float] = {}
        self._lost = False
        self._lost_until: float | None = None
        self._blank(None)

    def switch_on(self, held: set[Key]) -> None:
        """Power comes. A key that is down already is stuck, or leant on: it counts once it was let go."""
        self._down = set(held)
        self._blank(NO_LINE)

    def lose_line(self) -> None:
        """Nobody is heard any more. A press that was under way counts as lost until lamps say otherwise."""
        self._lost, self._lost_until = self._lost or self._waiting is not None, None
        self._blank(NO_LINE)

    def doubt(self) -> None:
        """A new session: perhaps with a bridge that knows nothing of a press that another one fetched."""
        self._doubtful = self._waiting is not None and self._waiting not in self.presses

    def _blank(self, notice: tuple[str, str] | None) -> None:
        """No bridge to say what is true: lamps dark, keys and microphone off, presses dropped."""
        self.presses: deque[KeyDown] = deque(maxlen=MOST_KEPT)
        self.forgotten = self._count
        self._lit, self.microphone, self.armed = DARK, False, False
        self.asks_person = False
        self._pressing: _Pressing | None = None
        self._screen = b" " * SCREEN
        self._blinking: KeyDown | None = None
        self._waiting: KeyDown | None = None
        self._overdue = self._doubtful = False
        self._notice = notice
        self.changed()

    # What the member sees

    @property
    def served(self) -> bool:
        return self._notice is None

    @property
    def lamps(self) -> Lit:
        """Voting keys 1 to 3, then the request key."""
        pressed = self._pressing or self._blinking
        if pressed is None:
            return self._lit
        own = pressed.key
        one, two, three = (
            Lamp.BLINK if key == own else lit for key, lit in zip(VOTING_KEYS, self._lit[:3], strict=True)
        )
        return one, two, three, self._lit[3]

    @property
    def lines(self) -> tuple[str, str]:
        if self._notice is not None:
            return (self._notice[0], LOST[0]) if self._lost else self._notice
        if self._lost:
            return LOST
        return NOT_YET if self._overdue else lines(self._screen)

    # What the member does

    def key_down(self, key: Key, now: float) -> None:
        """A key held down, by a finger or a fault, is one press however long it stays."""
        if key in self._down:
            return
        self._down.add(key)
        bounced = self._edge(key, now)
        if not bounced and self._notice is None:
            self._press(key, now)

    def key_up(self, key: Key, now: float) -> None:
        if key in self._down:
            self._down.discard(key)
            self._edge(key, now)
            self._let_go(key)

    def person_down(self) -> None:
        """A hand, or a finger, on the person-present key."""
        self.person = True

    def person_up(self) -> None:
        self.person = False
        if self._pressing is not None:
            self._pressing.person = False

    def _let_go(self, key: Key) -> None:
        done = self._pressing
        if done is not None and done.key == key:
            self._pressing = None
            self._count_press(key, True, done.at, done.person)

    def _edge(self, key: Key, now: float) -> bool:
        """Notes that the contact opened or closed; True when it did so a moment before."""
        before = self._edge_at.get(key)
        self._edge_at[key] = now
        return before is not None and now - before < DEBOUNCE_S

    def _press(self, key: Key, now: float) -> None:
        armed = self.armed and key in VOTING_KEYS
        if not (armed and self.asks_person):
            self._count_press(key, armed, now, self.person)
        elif self._pressing is None:
            self._pressing = _Pressing(key, now, self.person)
            self._overdue = self._lost = False
            self.changed()

    def _count_press(self, key: Key, armed: bool, at: float, person: bool) -> None:
        self._count = (self._count + 1) & 0xFF
        press = KeyDown(self._count, key, armed, at, person)
        self.presses.append(press)
        if armed:
            self._blinking = self._waiting = press
            self._overdue = self._doubtful = self._lost = False
            self.changed()
        self.pressed(press)

    # What the bridge says

    def light(self, order: Lamps) -> None:
        """Takes lamps, microphone and arming. Lamps that didn't know of a press leave it blinking."""
        before = self._seen()
        self._notice = None
        self._lit, self.microphone, self.armed = order.lamps, order.microphone, order.armed
        self.asks_person = order.person
        if self._blinking is not None and not is_newer(self._blinking.number, order.seen):
            self._blinking = None
        if self._waiting is not None and self.lamps[VOTING_KEYS.index(self._waiting.key)] is not Lamp.BLINK:
            self._lost, self._lost_until = self._doubtful, None
            self._waiting, self._overdue, self._doubtful = None, False, False
        if any(lamp is not Lamp.OFF for lamp in order.lamps[:3]):
            self._lost = False  # the bridge knows of a ballot from here
        self._tell_if_other(before)

    def write(self, order: Text) -> None:
        before = self._seen()
        self._notice = None
        end = order.offset + len(order.letters)
        self._screen = self._screen[: order.offset] + order.letters + self._screen[end:]
        self._tell_if_other(before)

    def _seen(self) -> tuple[object, ...]:
        """All that a watcher could see, and what sets the timer."""
        return (
            self._notice, self._lit, self._blinking, self.microphone, self.armed, self._screen,
            self._waiting, self._overdue, self._lost, self._lost_until, self.asks_person,
        )  # fmt: skip

    def _tell_if_other(self, before: tuple[object, ...]) -> None:
        if self._seen() != before:
            self.changed()

    def forget(self, number: int) -> None:
        """The bridge has the presses up to this one."""
        while self.presses and not is_newer(self.presses[0].number, number):
            self.forgotten = self.presses.popleft().number

    # Its own timer

    @property
    def wake_at(self) -> float | None:
        """When `tick` has something to do; a time that has passed: at once."""
        if self._lost and self._notice is None:
            if self._lost_until is None:
                return float("-inf")
            return None if self.armed else self._lost_until
        waits = self._pressing or self._waiting
        return None if waits is None or self._overdue else waits.at + NOT_YET_S

    def tick(self, now: float) -> None:
        wake_at = self.wake_at
        if wake_at is None or now < wake_at:
            return
        if not self._lost:
            self._overdue = True
            self.changed()
        elif self._lost_until is None:
            self._lost_until = now + LOST_S
            self.changed()
        else:
            self._lost = False
            self.changed()
