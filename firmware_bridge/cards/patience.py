"""How long a card may take for one command: a slow card is waited for, a silent one is not."""

import asyncio

from firmware_bridge.cards.errors import CardSilent
from firmware_bridge.ports import CardConnection

STEP_S = 12.0
"""For one APDU. The slowest cards sign RSA in 3 s, and ask the reader for more time meanwhile; after four
times that no card is at work any more."""


class PatientConnection:
    """Another connection, whose commands must each be answered within `step_s`. A pad has its own time."""

    def __init__(self, connection: CardConnection, step_s: float = STEP_S) -> None:
        self._connection, self._step_s = connection, step_s

    async def transmit(self, apdu: bytes) -> bytes:
        """Raises CardSilent, and whatever the connection raises."""
        try:
            async with asyncio.timeout(self._step_s):
                return await self._connection.transmit(apdu)
        except TimeoutError:
            raise CardSilent(f"no answer within {self._step_s:g} s") from None

    async def verify_pin_on_pad(self) -> bytes | None:
        return await self._connection.verify_pin_on_pad()

    async def close(self) -> None:
        await self._connection.close()
