"""What the bridge knows of one console: its session, what it shows and is to show, what it reported.

No time and no bytes here: `link` decides when something is sent, this decides what.
"""

from enum import Enum, auto

from firmware_bridge.ports import Face, KeyPressed, Lamp
from firmware_bridge.wire.lettering import SCREEN, screen
from firmware_bridge.wire.messages import Here, Key, Lamps, Press, Taken, Text, is_newer
from firmware_bridge.wire.session import Session

Light = tuple[tuple[Lamp, Lamp, Lamp, Lamp], bool, bool, bool]
"""Lamps of the three voting keys and the request key, microphone, voting keys armed, person key asked."""

Order = Lamps | Text | Taken
"""What a bridge tells a console under seal."""


class Status(Enum):
    ABSENT = auto()
    UP = auto()
    CLONE = auto()
    """Two answer to this address: neither is told anything until one is gone."""


class Console:
    """One console of the row. `wanted` is its owner's word; `_lit` and `_drawn`: what it acknowledged."""

    def __init__(self, address: int, key: bytes) -> None:
        self.address = address
        self.key = key
        self.status = Status.ABSENT
        self.session: Session | None = None
        self.boot: bytes | None = None
        self.serial = ""
        self.wanted = Face()
        self.wanted_screen = screen(self.wanted.lines)
        self.unconfirmed = False
        """Its owner waits for FaceShown."""
        self.newest = 0
        """The newest press that reached the bridge."""
        self._forgotten = 0
        """The newest press that the console was told to forget, and acknowledged."""
        self._told = 0
        """The newest press that the owner took from the events."""
        self._seen = 0
        """The newest press that the owner knew when it asked for the wanted face."""
        self._blink: tuple[int, Key] | None = None
        """The console blinks by itself since this press; no lamps that knew of it were acknowledged yet."""
        self._lit: Light | None = None
        self._drawn: bytes | None = None

    def join(self, here: Here, session: Session) -> bool:
        """A proved console begins a session: all is to be shown again. Returns whether it rebooted."""
        rebooted = self.boot is not None and self.boot != here.boot
        if self.boot != here.boot:
            self.newest = self._told = self._seen = here.taken
            self._blink = None
        self.boot, self.serial, self.session = here.boot, here.serial, session
        self._forgotten = here.taken
        self._lit = self._drawn = None
        self.unconfirmed = True
        return rebooted

    def show(self, face: Face) -> None:
        """Takes the owner's word. It settles the presses that the owner had been told of."""
        if face.lines != self.wanted.lines:
            self.wanted_screen = screen(face.lines)
        self.wanted = face
        self._seen = self._told
        self.unconfirmed = True

    def tell(self, number: int) -> None:
        """The owner has taken this press from the events."""
        self._told = number

    def take(self, presses: tuple[Press, ...], now: float) -> list[tuple[KeyPressed, int]]:
        """The presses that weren't known yet, each with its number. A press reported twice is one press."""
        fresh = []
        for press in presses:
            if not is_newer(press.number, self.newest):
                continue
            self.newest = press.number
            if press.armed and press.key != "speak":
                self._blink = (press.number, press.key)
            at = now - press.age_ms / 1000
            fresh.append((KeyPressed(self.address, press.key, at, press.person), press.number))
        return fresh

    @property
    def owes_taken(self) -> bool:
        """The console still keeps presses that have arrived here."""
        return self.newest != self._forgotten

    def lamps(self) -> Lamps | None:
        """The lamps frame that is due, or None where the console shows what it is to show."""
        light = _light(self.wanted)
        if self._lit is not None and self._overlaid(light, self._settled) == self._overlaid(
            self._lit, False
        ):
            return None
        return Lamps(self.newest, self._seen, *light)

    def text(self) -> Text | None:
        """The text frame that is due: the shortest span that makes the display right, or None."""
        if self._drawn is None:
            return Text(self.newest, 0, self.wanted_screen)
        if self._drawn == self.wanted_screen:
            return None
        differs = [place for place in range(SCREEN) if self._drawn[place] != self.wanted_screen[place]]
        return Text(self.newest, differs[0], self.wanted_screen[differs[0] : differs[-1] + 1])

    def owed(self) -> Taken | None:
        """The acknowledgement of presses that is due, or None."""
        return Taken(self.newest) if self.owes_taken else None

    def acknowledged(self, order: Order) -> None:
        """The console carried this out."""
        self._forgotten = order.taken
        if isinstance(order, Lamps):
            self._lit = (order.lamps, order.microphone, order.armed, order.person)
            if self._blink is not None and not is_newer(self._blink[0], order.seen):
                self._blink = None
        elif isinstance(order, Text):
            before = self._drawn or bytes(SCREEN)
            self._drawn = (
                before[: order.offset] + order.letters + before[order.offset + len(order.letters) :]
            )

    def confirm(self) -> bool:
        """True once for each face asked for, when the console shows it in full."""
        shown = self.unconfirmed and self._settled and self.lamps() is None and self.text() is None
        if shown:
            self.unconfirmed = False
        return shown

    @property
    def _settled(self) -> bool:
        """Who asked for the wanted face knew of the press that makes a lamp blink by itself."""
        return self._blink is None or not is_newer(self._blink[0], self._seen)

    def _overlaid(self, light: Light, settled: bool) -> Light:
        """`light` as a unit shows it that blinks by itself."""
        if settled or self._blink is None:
            return light
        one, two, three, request = light[0]
        key = self._blink[1]
        own = Lamp.BLINK
        lamps = (
            own if key == "1" else one,
            own if key == "2" else two,
            own if key == "3" else three,
            request,
        )
        return lamps, *light[1:]


def _light(face: Face) -> Light:
    return (*face.lamps, face.request_lamp), face.microphone, face.keys_armed, face.person
