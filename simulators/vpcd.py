"""A simulated card in Debian's virtual reader: vpcd → pcscd → any PC/SC program.

vpcd listens, the card calls: one TCP port a slot. A message is its length (two bytes, big-endian) and its
payload; a payload of one byte is the reader's own: 0 power off, 1 power on, 2 reset, 4 tell the ATR.
vpcd binds all addresses, so it is run in a network namespace of its own (tests/firmware_bridge/pcscd.py).
"""

import asyncio
import socket
from contextlib import suppress

from simulators.card import SimulatedCard

DIAL_EVERY_S = 0.02
_POWER = {0x00, 0x01, 0x02}
_ATR = 0x04
# Linux's own; absent elsewhere, and then each APDU is 40 ms slower and no more.
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)


class VpcdSlot:
    """One slot of the virtual reader. `insert` a card, `pull` it; vpcd looks every 400 ms."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._line: socket.socket | None = None
        self._serving: asyncio.Task[None] | None = None

    async def insert(self, card: SimulatedCard, within_s: float = 10.0) -> None:
        """Raises TimeoutError when no vpcd listens within this time."""
        async with asyncio.timeout(within_s):
            self._line = await self._dial()
        card.reset()
        self._serving = asyncio.create_task(_serve(self._line, card))

    async def pull(self) -> None:
        """At once, in the middle of whatever the card does."""
        if self._serving is not None and self._line is not None:
            self._serving.cancel()
            with suppress(asyncio.CancelledError):
                await self._serving
            self._line.close()
            self._serving = self._line = None

    async def _dial(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        while True:
            line = socket.socket()
            line.setblocking(False)
            try:
                await loop.sock_connect(line, self._address)
            except ConnectionRefusedError:
                line.close()
                await asyncio.sleep(DIAL_EVERY_S)
            else:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return line


async def _serve(line: socket.socket, card: SimulatedCard) -> None:
    """Until the reader hangs up: vpcd gone is the same to a card as being pulled."""
    loop = asyncio.get_running_loop()
    while (message := await _message(loop, line)) is not None:
        answer = await _answer(card, message)
        if answer is not None:
            await loop.sock_sendall(line, len(answer).to_bytes(2, "big") + answer)


async def _answer(card: SimulatedCard, message: bytes) -> bytes | None:
    if len(message) != 1:
        await asyncio.sleep(card.seconds_needed(message))
        return card.transmit(message)
    if message[0] in _POWER:
        card.reset()
    return card.atr if message[0] == _ATR else None


async def _message(loop: asyncio.AbstractEventLoop, line: socket.socket) -> bytes | None:
    head = await _exactly(loop, line, 2)
    return None if head is None else await _exactly(loop, line, int.from_bytes(head, "big"))


async def _exactly(loop: asyncio.AbstractEventLoop, line: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        if _QUICKACK is not None:
            # vpcd writes length and payload apart: without an immediate ACK the second waits 40 ms (Nagle).
            line.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        try:
            part = await loop.sock_recv(line, size - len(data))
        except ConnectionError:
            return None
        if not part:
            return None
        data += part
    return data
