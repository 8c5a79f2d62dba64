"""How long a card may take for one command: a slow card is waited for, a silent one is not."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from firmware_bridge.cards.errors import CardSilent
from firmware_bridge.ports import CardConnection

T = TypeVar("T")
STEP_S = 12.0
"""For one APDU. The slowest cards sign RSA in 3 s, and ask the reader for more time meanwhile; after four
times that no card is at work any more."""

PAD_S = 75.0
"""For a PIN on the pad: its two half minutes (docs/specs/cards.md), and the card's own time."""


class PatientConnection:
    """Another connection, whose commands must each be answered within `step_s`, a pad's within PAD_S."""

    def __init__(self, connection: CardConnection, step_s: float = STEP_S) -> None:
        self._connection, self._step_s = connection, step_s

    async def transmit(self, apdu: bytes) -> bytes:
        """Raises CardSilent, and whatever the connection raises."""
        return await _within(self._step_s, self._connection.transmit(apdu))

    async def verify_pin_on_pad(self) -> bytes | None:
        """Raises CardSilent, and whatever the connection raises."""
        return await _within(PAD_S, self._connection.verify_pin_on_pad())

    async def close(self) -> None:
        await self._connection.close()


async def _within(seconds: float, answer: Coroutine[Any, Any, T]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await answer
    except TimeoutError:
        raise CardSilent(f"no answer within {seconds:g} s") from None
