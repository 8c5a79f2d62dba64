"""The hall's bus without a broker: `BusLink`s in one process, on a network that loses, doubles and
reorders.

Rights are the broker's own: a link hears what it subscribed to and may, and says only what it may. All dice
come from the seed, so a misfortune happens again when it is asked for.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from firmware_bridge.links import Heard


@dataclass(frozen=True, slots=True)
class BusFaults:
    """Shares of messages; `late_s` is the longest time that a reordered one is held back."""

    lost: float = 0.0
    doubled: float = 0.0
    reordered: float = 0.0
    late_s: float = 0.05


class SimulatedBus:
    """The network. `faults` may be changed while it runs; `cut` and `mend` a link, or all of them."""

    def __init__(self, faults: BusFaults | None = None, seed: int = 0) -> None:
        self.faults = faults or BusFaults()
        self.tape: list[tuple[str, bytes]] = []
        """Everything that was published, in order: what an eavesdropper has."""
        self._random = Random(seed)
        self._links: list[SimulatedLink] = []

    def link(
        self,
        listen_to: Iterable[str],
        may_say: Callable[[str], bool] = lambda _: True,
        will: tuple[str, bytes] | None = None,
    ) -> "SimulatedLink":
        link = SimulatedLink(self, tuple(listen_to), may_say, will)
        self._links.append(link)
        return link

    def cut(self) -> None:
        """The broker goes away: every link loses its connection."""
        for link in self._links:
            link.cut()

    def mend(self) -> None:
        for link in self._links:
            link.mend()

    def inject(self, topic: str, payload: bytes) -> None:
        """Somebody who got past the broker's rights speaks."""
        self._carry(topic, payload)

    def spread(self, topic: str, payload: bytes) -> None:
        self.tape.append((topic, payload))
        if self._random.random() < self.faults.lost:
            return
        self._carry(topic, payload)
        if self._random.random() < self.faults.doubled:
            self._carry(topic, payload)

    def _carry(self, topic: str, payload: bytes) -> None:
        loop = asyncio.get_running_loop()
        if self._random.random() < self.faults.reordered:
            loop.call_later(self._random.uniform(0, self.faults.late_s), self._deliver, topic, payload)
        else:
            loop.call_soon(self._deliver, topic, payload)

    def _deliver(self, topic: str, payload: bytes) -> None:
        for link in self._links:
            link.hear(topic, payload)


class SimulatedLink:
    """`BusLink` on a SimulatedBus."""

    def __init__(
        self,
        bus: SimulatedBus,
        listen_to: tuple[str, ...],
        may_say: Callable[[str], bool],
        will: tuple[str, bytes] | None,
    ) -> None:
        self._bus = bus
        self._listen_to = listen_to
        self._may_say = may_say
        self._will = will
        self._heard: Heard | None = None
        self._joined: Callable[[], None] = lambda: None
        self._cut = False

    @property
    def connected(self) -> bool:
        return self._heard is not None and not self._cut

    async def run(self, heard: Heard, joined: Callable[[], None]) -> None:
        self._heard, self._joined = heard, joined
        try:
            if self.connected:
                joined()
            await asyncio.get_running_loop().create_future()
        finally:
            self._heard = None
            self._say_will()

    def publish(self, topic: str, payload: bytes, off: Callable[[], None] = lambda: None) -> None:
        asyncio.get_running_loop().call_soon(off)
        if self.connected and self._may_say(topic):
            self._bus.spread(topic, payload)

    def cut(self) -> None:
        """Its connection breaks; the broker, if it still stands, publishes the will."""
        if self.connected:
            self._cut = True
            self._say_will()

    def mend(self) -> None:
        if self._cut:
            self._cut = False
            if self._heard is not None:
                self._joined()

    def hear(self, topic: str, payload: bytes) -> None:
        if (
            self.connected
            and self._heard is not None
            and any(_covers(one, topic) for one in self._listen_to)
        ):
            self._heard(topic, payload)

    def _say_will(self) -> None:
        if self._will is not None:
            self._bus.spread(*self._will)


def _covers(pattern: str, topic: str) -> bool:
    """MQTT's `+`: one level, whatever its name."""
    wanted, found = pattern.split("/"), topic.split("/")
    return len(wanted) == len(found) and all(w in ("+", f) for w, f in zip(wanted, found, strict=True))
