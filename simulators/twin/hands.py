"""What hands do at a seat: press, pull, type, break. A seat once touched is the visitor's from then on."""

from collections.abc import Callable

from firmware_bridge.wire.messages import Key
from simulators.console import SeatUnit
from simulators.crowd import Crowd, Person
from simulators.hall import SimulatedHall, SimulatedSeat
from simulators.serial_row import SimulatedRow
from simulators.twin.refusals import CannotBeDone


class Hands:
    """`changed(seat)` is called after something changed that the seat's unit doesn't tell by itself.

    Every act raises CannotBeDone, and then nothing has changed. While `open` is False hands are kept off:
    a real sitting is re-enacted, and must come out as it did.
    """

    def __init__(self, hall: SimulatedHall, crowd: Crowd, changed: Callable[[str], None]) -> None:
        self.open = False
        self.taken: set[str] = set()
        self.stuck: dict[str, set[Key]] = {}
        self.seconds: dict[str, float] = {}
        """Seat → from its latest press to the steady lamp."""
        self._hall = hall
        self._crowd = crowd
        self._changed = changed
        self._owners = {person.seat.seat: person for person in crowd.people.values()}
        self._clones: dict[str, SeatUnit] = {}

    def owner(self, seat: str) -> Person | None:
        return self._owners.get(seat)

    def cloned(self, seat: str) -> bool:
        return seat in self._clones

    # -- the keys ------------------------------------------------------------------------------------

    def press(self, seat: str, key: Key) -> None:
        at = self._touch(seat)
        self.seconds.pop(seat, None)
        if key == "speak":
            at.unit.press(key, at.clock())
            return
        lit = at.press(key, person=False)  # the visitor's own hand is on the other key, or isn't
        lit.add_done_callback(lambda done: None if done.cancelled() else self._lit(seat, done.result()))

    def hold(self, seat: str, key: Key) -> None:
        """The key goes down and stays there: a contact that is stuck."""
        at = self._touch(seat)
        self.stuck.setdefault(seat, set()).add(key)
        at.unit.hold(key, at.clock())
        self._changed(seat)

    def release(self, seat: str, key: Key) -> None:
        at = self._touch(seat)
        self.stuck.get(seat, set()).discard(key)
        at.unit.release(key, at.clock())
        self._changed(seat)

    def person(self, seat: str, held: bool) -> None:
        """A hand on the person-present key, until it is taken away."""
        at = self._touch(seat)
        if held:
            at.unit.hold_person()
        else:
            at.unit.release_person()
        self._changed(seat)

    # -- the card ------------------------------------------------------------------------------------

    def insert(self, seat: str, member: str | None) -> None:
        """`member`: whose card; None: the seat's own member's. It is pulled from where it is."""
        at, person = self._seat(seat), self._owners.get(seat)
        if member is not None:
            person = self._crowd.people.get(member)
            if person is None:
                raise CannotBeDone("no_such_member")
        if person is None:
            raise CannotBeDone("no_own_card")
        if at.card is not None:
            raise CannotBeDone("slot_is_full")
        self._touch(seat)
        for other in self._hall.seats.values():
            if other.card is person.card:
                self._touch(other.seat).pull()
        at.insert(person.card)

    def pull(self, seat: str) -> None:
        if self._seat(seat).card is None:
            raise CannotBeDone("slot_is_empty")
        self._touch(seat).pull()

    def type_pin(self, seat: str, pin: str) -> None:
        at = self._seat(seat)
        if not at.readers.asking(seat):
            raise CannotBeDone("pad_is_silent")
        self._touch(seat).readers.type_pin(seat, pin)

    def cancel(self, seat: str) -> None:
        at = self._seat(seat)
        if not at.readers.asking(seat):
            raise CannotBeDone("pad_is_silent")
        self._touch(seat).readers.press_cancel(seat)

    # -- what breaks ---------------------------------------------------------------------------------

    def power(self, seat: str, on: bool) -> None:
        at = self._touch(seat)
        if on and not at.unit.powered:
            at.unit.power_on(at.clock())
        elif not on and at.unit.powered:
            at.unit.power_off()
        self._changed(seat)

    def line(self, seat: str, plugged: bool) -> None:
        row, at = self._row(seat), self._touch(seat)
        if plugged and at.unit not in row.units:
            row.plug(at.unit)
        elif not plugged and at.unit in row.units:
            row.unplug(at.unit)
        self._changed(seat)

    def clone(self, seat: str, there: bool) -> None:
        """A second unit with this seat's address and key on the line: copied, or wrongly set."""
        row, at = self._row(seat), self._touch(seat)
        if there and seat not in self._clones:
            copy = SeatUnit(at.unit.address, f"CL-{seat}", self._hall.keys[seat])
            self._clones[seat] = copy
            row.plug(copy)
        elif not there:
            if seat not in self._clones:
                raise CannotBeDone("no_clone")
            row.unplug(self._clones.pop(seat))
        self._changed(seat)

    # -- whose seat it is ----------------------------------------------------------------------------

    def take(self, seat: str) -> None:
        self._touch(seat)

    def give_back(self, seat: str) -> None:
        """All is put right, and the seat's own member sits here again."""
        at = self._touch(seat)
        for key in tuple(self.stuck.get(seat, ())):
            self.release(seat, key)
        self.person(seat, False)
        if seat in self._clones:
            self.clone(seat, False)
        if at.bridge in self._hall.rows:
            self.line(seat, True)
        self.power(seat, True)
        self._return(at)
        self._changed(seat)

    def _return(self, at: SimulatedSeat) -> None:
        owner = self._owners.get(at.seat)
        if owner is None or at.card is not owner.card:
            at.pull()
        self.taken.discard(at.seat)
        self.seconds.pop(at.seat, None)
        if owner is None:
            return
        for other in self._hall.seats.values():
            if other is not at and other.card is owner.card:
                other.pull()
        self._crowd.come_back(owner.member)

    def _touch(self, seat: str) -> SimulatedSeat:
        at = self._seat(seat)
        if seat not in self.taken:
            self.taken.add(seat)
            if (owner := self._owners.get(seat)) is not None:
                self._crowd.step_aside(owner.member)
            self._changed(seat)
        return at

    def _seat(self, seat: str) -> SimulatedSeat:
        if seat not in self._hall.seats:
            raise CannotBeDone("no_such_seat")
        if not self.open:
            raise CannotBeDone("played")
        return self._hall.seats[seat]

    def _row(self, seat: str) -> SimulatedRow:
        row = self._hall.rows.get(self._seat(seat).bridge)
        if row is None:
            raise CannotBeDone("no_line")
        return row

    def _lit(self, seat: str, seconds: float) -> None:
        self.seconds[seat] = seconds
        self._changed(seat)
