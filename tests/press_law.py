"""The law of a press: its owner hears of it once, or the unit itself goes on saying what isn't recorded."""

from collections.abc import Iterable

from firmware_bridge.ports import Lamp
from simulators.console import SeatUnit
from simulators.front_panel import NOT_YET, KeyDown


class PressLaw:
    """Looks at the units whenever one changes what it shows. `broken`: what was seen against the law."""

    def __init__(self, units: Iterable[SeatUnit]) -> None:
        self.units = {unit.address: unit for unit in units}
        self.pressed: dict[int, list[KeyDown]] = {address: [] for address in self.units}
        self.handed: dict[int, list[str]] = {address: [] for address in self.units}
        self.broken: list[str] = []
        for unit in self.units.values():
            self._watch(unit)

    def hand(self, address: int, key: str) -> None:
        """The owner has taken this press."""
        self.handed[address].append(key)

    @property
    def lost(self) -> int:
        """Armed presses that never came to their owner."""
        return sum(len(self.pressed[address]) - len(self.handed[address]) for address in self.units)

    def check(self) -> None:
        for address, unit in self.units.items():
            self._look(unit)
            if len(self.handed[address]) > len(self.pressed[address]):
                self.broken.append(f"unit {address}: a press came more than once")

    def _watch(self, unit: SeatUnit) -> None:
        def pressed(press: KeyDown) -> None:
            if press.armed:
                self.pressed[unit.address].append(press)

        unit.panel.pressed = pressed
        unit.watch(lambda: self._look(unit))

    def _look(self, unit: SeatUnit) -> None:
        presses, handed = self.pressed[unit.address], self.handed[unit.address]
        if len(handed) >= len(presses) or not unit.powered:
            return
        key = presses[-1].key
        blinks = unit.lamps[("1", "2", "3").index(key)] is Lamp.BLINK
        if not blinks and NOT_YET[0] not in unit.lines:
            self.broken.append(f"unit {unit.address} is dark about key {key}, which nobody heard of")
