"""The twin itself: seats, hands, the members who vote by themselves, and who looks on."""

from collections.abc import Sequence

from simulators.crowd import Crowd
from simulators.free_members import FreeMembers, Leaning
from simulators.hall import SimulatedHall, SimulatedSeat
from simulators.twin import sight
from simulators.twin.hands import Hands
from simulators.twin.lookout import Lookout
from simulators.twin.refusals import CannotBeDone
from simulators.twin.sight import Place, Seen


class Twin:
    """`places` is the plan, in the order of the letters; `free` are the members who vote as they like.

    `desks`: the registrar's, units of the hall that stand on no plan and are nobody's seat.
    """

    def __init__(
        self,
        hall: SimulatedHall,
        crowd: Crowd,
        free: FreeMembers,
        places: Sequence[Place],
        desks: Sequence[str] = (),
    ) -> None:
        self._hall, self._free, self._places = hall, free, tuple(places)
        self._desks = tuple(desks)
        self._holders = {id(person.card): person for person in crowd.people.values()}
        self.lookout = Lookout(
            [place.seat for place in places],
            lambda seat: sight.letter(hall.seats[seat]),
            self._unit,
            self._whole,
        )
        self.hands = Hands(hall, crowd, self.lookout.changed)
        for seat in hall.seats.values():
            self._watch(seat)
        for readers in hall.readers.values():
            readers.watch(self.lookout.changed)

    def open_to_visitors(self) -> None:
        """From now on seats may be touched."""
        self.hands.open = True
        self.lookout.hall_changed()

    def has(self, seat: str) -> bool:
        return seat in self._hall.seats

    def plan(self) -> Seen:
        """Everything that stays: where seats are, whose they are."""
        seats = []
        for place in self._places:
            owner = self.hands.owner(place.seat)
            seats.append(
                {
                    "seat": place.seat,
                    "x": place.x,
                    "y": place.y,
                    "block": place.block,
                    "row": self._row_of(place.seat),
                    "member": owner and owner.member,
                    "name": owner and owner.name,
                }
            )
        return {"seats": seats, "desks": list(self._desks)}

    def sign_in_all(self) -> None:
        self._need_open()
        self._free.arrive()

    async def leave_all(self) -> None:
        self._need_open()
        await self._free.leave()

    def vote_all(self) -> int:
        self._need_open()
        return self._free.vote()

    def follow(self, on: bool) -> None:
        self._need_open()
        self._free.follows = on
        self.lookout.hall_changed()

    def lean(self, to: Leaning) -> None:
        self._need_open()
        self._free.leaning = to
        self.lookout.hall_changed()

    def _watch(self, seat: SimulatedSeat) -> None:
        seat.unit.watch(lambda: self.lookout.changed(seat.seat))

    def _unit(self, seat: str) -> Seen:
        at, hands = self._hall.seats[seat], self.hands
        owner, seconds = hands.owner(seat), hands.seconds.get(seat)
        return sight.unit_at(at, self._hall) | {
            "card": sight.card_seen(at.card, self._holders),
            "owner": owner and {"member": owner.member, "name": owner.name},
            "taken": seat in hands.taken,
            "stuck": sorted(hands.stuck.get(seat, ())),
            "cloned": hands.cloned(seat),
            "recorded_ms": None if seconds is None else round(seconds * 1000),
        }

    def _whole(self) -> Seen:
        return {
            "open": self.hands.open,
            "taken": sorted(self.hands.taken.difference(self._desks)),
            "follows": self._free.follows,
            "leaning": self._free.leaning,
        }

    def _row_of(self, seat: str) -> str | None:
        bridge = self._hall.seats[seat].bridge
        return bridge if bridge in self._hall.rows else None

    def _need_open(self) -> None:
        if not self.hands.open:
            raise CannotBeDone("played")
