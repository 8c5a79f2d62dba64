"""What bridge and hall need from the bus between them: a role with two implementations.

`MqttBus` is the real one; `simulators.bus.SimulatedBus` stands in: it loses and doubles.
Neither promises anything: who waits for an answer asks again.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from firmware_bridge.messages import Jws

Heard = Callable[[str, bytes], None]
"""Called with topic and payload, on the event loop's thread. Must return soon and must not raise."""


class BusLink(Protocol):
    async def run(self, heard: Heard, joined: Callable[[], None]) -> None:
        """Stays on the bus until cancelled, coming back by itself; calls `joined` after each
        (re)connection."""

    def publish(self, topic: str, payload: bytes, off: Callable[[], None] = lambda: None) -> None:
        """Sends, or drops while there is no connection; returns at once.

        `off` is called later, once, when the message has left us: the broker has it, or it was dropped. It
        promises nothing of its arrival and serves to pace the sender.
        """

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


class PacedTopic:
    """What one sender says on one topic: while a message is on its way, the next one gathers.

    A quiet hall's statement leaves at once; in a rush the broker's own pace makes the messages fewer and
    fuller, without a timer.
    """

    def __init__(self, link: BusLink, topic: str, pack: Callable[[list[Jws]], Iterable[bytes]]) -> None:
        self._link, self._topic, self._pack = link, topic, pack
        self._waiting: list[Jws] = []
        self._under_way = 0
        self._called = False

    def say(self, statements: Iterable[Jws]) -> None:
        """What is said in one turn of the loop goes together."""
        self._waiting += statements
        if self._waiting and not self._under_way and not self._called:
            self._called = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._called = False
        waiting, self._waiting = self._waiting, []
        payloads = list(self._pack(waiting))
        self._under_way = len(payloads)
        for payload in payloads:
            self._link.publish(self._topic, payload, self._off)

    def _off(self) -> None:
        self._under_way -= 1
        if not self._under_way and self._waiting:
            self._send()
