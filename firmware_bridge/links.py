"""What bridge and hall need from the bus between them: a role with two implementations.

`MqttBus` is the real one; `simulators.bus.SimulatedBus` stands in: it loses and doubles.
Neither promises anything: who waits for an answer asks again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Heard = Callable[[str, bytes], None]
"""Called with topic and payload, on the event loop's thread. Must return soon and must not raise."""


class BusLink(Protocol):
    async def run(self, heard: Heard, joined: Callable[[], None]) -> None:
        """Stays on the bus until cancelled, coming back by itself; calls `joined` after each
        (re)connection."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends, or drops while there is no connection; returns at once."""

    @property
    def connected(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Topics:
    """The names of docs/specs/bus.md."""

    hall: str

    def up(self, bridge: str) -> str:
        return f"dh/{self.hall}/up/{bridge}"

    def will(self, bridge: str) -> str:
        return f"dh/{self.hall}/will/{bridge}"

    def down(self, bridge: str) -> str:
        return f"dh/{self.hall}/down/{bridge}"

    @property
    def to_all(self) -> str:
        return self.down("all")

    @property
    def every_up(self) -> str:
        return self.up("+")

    @property
    def every_will(self) -> str:
        return self.will("+")

    def sender(self, topic: str) -> str:
        """The bridge that a topic of `every_up` or `every_will` belongs to: the broker's rights keep it
        true."""
        return topic.rsplit("/", 1)[-1]
