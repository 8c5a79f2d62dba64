"""A bridge that lies: what its row hears from the consoles, and what these show, isn't what the other says.

It stands where a bad bridge would: between the consoles and what signs with the delegated session keys. Its
members see on their seats just what they would see on an honest one.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Literal

from firmware_bridge.ports import ConsoleBus, ConsoleEvent, Face, FaceShown, KeyPressed, Lamp

Key = Literal["1", "2", "3"]
KEYS: tuple[Key, Key, Key] = ("1", "2", "3")


class SwappingConsoles:
    """Signs another choice than the key pressed, and paints the console as if it hadn't.

    `instead`: for each key that of the choice to be signed, and back. `names`: choices as units write them.
    """

    def __init__(self, consoles: ConsoleBus, instead: Mapping[Key, Key], names: Mapping[Key, str]) -> None:
        self._consoles, self._instead, self._names = consoles, instead, names
        self._told: dict[int, tuple[Face, Face]] = {}
        """By console: the face that the row wanted, and the one that was shown for it."""

    async def run(self) -> None:
        await self._consoles.run()

    async def events(self) -> AsyncIterator[ConsoleEvent]:
        async for event in self._consoles.events():
            yield self._heard(event)

    def show(self, address: int, face: Face) -> None:
        shown = self._painted(face)
        self._told[address] = face, shown
        self._consoles.show(address, shown)

    def attend(self, alert: bool) -> None:
        self._consoles.attend(alert)

    def _heard(self, event: ConsoleEvent) -> ConsoleEvent:
        if isinstance(event, KeyPressed) and event.key != "speak":
            return replace(event, key=self._instead[event.key])
        if isinstance(event, FaceShown):
            wanted, shown = self._told[event.address]
            return replace(event, face=wanted if event.face == shown else event.face)
        return event

    def _painted(self, face: Face) -> Face:
        first, second, third = (face.lamps[KEYS.index(self._instead[key])] for key in KEYS)
        lamps = first, second, third
        named = next((key for key, name in self._names.items() if name == face.lines[1]), None)
        line = face.lines[1] if named is None else self._names[self._instead[named]]
        return replace(face, lamps=lamps, lines=(face.lines[0], line))


class SwallowingConsoles:
    """Signs nothing at all: the press ends here, and the console is told that it is recorded."""

    def __init__(self, consoles: ConsoleBus, code: str) -> None:
        self._consoles, self._code = consoles, code
        self._faces: dict[int, Face] = {}
        self._lied: set[int] = set()

    async def run(self) -> None:
        await self._consoles.run()

    async def events(self) -> AsyncIterator[ConsoleEvent]:
        async for event in self._consoles.events():
            if isinstance(event, KeyPressed) and event.key != "speak":
                self._pretend(event)
            elif not (isinstance(event, FaceShown) and event.address in self._lied):
                yield event

    def show(self, address: int, face: Face) -> None:
        self._faces[address] = face
        if address not in self._lied:
            self._consoles.show(address, face)

    def attend(self, alert: bool) -> None:
        self._consoles.attend(alert)

    def _pretend(self, press: KeyPressed) -> None:
        self._lied.add(press.address)
        first, second, third = (Lamp.STEADY if key == press.key else Lamp.OFF for key in KEYS)
        lamps = first, second, third
        lines = (f"DA GHI NHAN {self._code}", "")
        self._consoles.show(press.address, replace(self._faces[press.address], lamps=lamps, lines=lines))
