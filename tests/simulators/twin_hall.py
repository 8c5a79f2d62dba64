"""A hall for the twin's tests: three seats on a line, one network console, a registrar's desk."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random

from firmware_bridge.ports import Lamp
from firmware_bridge.wire.lettering import screen
from firmware_bridge.wire.messages import Lamps, Text
from simulators.authority import Authority, p256
from simulators.card import SimulatedCard
from simulators.crowd import Crowd, Person
from simulators.free_members import FreeMembers
from simulators.hall import BridgePlan, SimulatedHall, plan_bridges
from simulators.twin.sight import Place
from simulators.twin.twin import Twin

SEATS, DESK = ("001", "002", "003", "004"), "desk-1"
OFF, STEADY, BLINK = Lamp.OFF, Lamp.STEADY, Lamp.BLINK


@cache
def _credential():
    return Authority(datetime(2026, 11, 21, tzinfo=UTC)).issue(
        "m", "M", datetime(2026, 11, 21, tzinfo=UTC), p256()
    )


@dataclass
class TwinHall:
    hall: SimulatedHall
    crowd: Crowd
    free: FreeMembers
    twin: Twin

    def at(self, seat):
        return self.hall.seats[seat]

    def show(self, seat, *, lines=("", ""), lamps=(OFF, OFF, OFF), armed=False, microphone=False):
        """What the bridge says that the unit shows, knowing of every press so far."""
        panel = self.at(seat).unit.panel
        seen = panel._count
        panel.light(Lamps(seen, seen, (*lamps, OFF), microphone, armed))
        panel.write(Text(seen, 0, screen(lines)))


def twin_hall():
    hall = SimulatedHall([*plan_bridges(SEATS, rows=1, per_row=3), BridgePlan(DESK, (DESK,), False)])
    people = [
        Person(
            f"m-{seat}",
            f"Đại biểu {seat}",
            hall.seats[seat],
            SimulatedCard({0x9A: _credential()}),
            "123456",
        )
        for seat in SEATS[:3]
    ]
    crowd = Crowd(people, Random(7))
    free = FreeMembers(crowd, [person.member for person in people], Random(7), spread_s=0.0, idle=0.0)
    places = [Place(seat, number / 4, 0.5, "A") for number, seat in enumerate(SEATS)]
    twin = Twin(hall, crowd, free, places, [DESK])
    twin.open_to_visitors()
    return TwinHall(hall, crowd, free, twin)
