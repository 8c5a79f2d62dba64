"""Commands and responses of ISO 7816-4: what goes over the one method that a card has.

Short commands, chained where the data is longer than 255 bytes, work with every PIV card and reader (NIST
SP 800-73-4 part 2, 2.4), so they are the default; extended ones save turns where card and reader take them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware_bridge.cards.errors import CardMalformed, CardRefused
from firmware_bridge.cards.status import Status, meaning_of
from firmware_bridge.ports import CardConnection

__all__ = ["Command", "Response", "Status", "exchange"]

SHORT = 255
"""Most data bytes that a short command carries."""
LONGEST_ANSWER = 65_536
"""Bytes. No PIV object comes near; a card that keeps answering 61xx must not fill the bridge's memory."""
_CHAINED = 0x10
_GET_RESPONSE = 0xC0


@dataclass(frozen=True, slots=True)
class Command:
    """One command, however many APDUs it takes. Its data stays out of `repr`: it may be a PIN."""

    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    answers: bool = False
    """An answer is expected: ask for as much as the card has."""
    cla: int = 0x00

    def apdus(self, extended: bool = False) -> Iterator[bytes]:
        """The APDUs to send: one, or a chain of short ones."""
        if extended and (len(self.data) > SHORT or self.answers):
            yield self._extended()
            return
        *before, last = [self.data[at : at + SHORT] for at in range(0, len(self.data) or 1, SHORT)]
        for part in before:
            yield self._head(_CHAINED) + bytes([len(part)]) + part
        yield self._head() + (bytes([len(last)]) + last if last else b"") + (b"\0" if self.answers else b"")

    def _head(self, chained: int = 0) -> bytes:
        return bytes([self.cla | chained, self.ins, self.p1, self.p2])

    def _extended(self) -> bytes:
        body = len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        return self._head() + b"\0" + body + (b"\0\0" if self.answers else b"")


@dataclass(frozen=True, slots=True)
class Response:
    data: bytes
    status: int

    @classmethod
    def parse(cls, answer: bytes) -> "Response":
        """Raises CardMalformed when not even a status word came."""
        if len(answer) < 2:
            raise CardMalformed(f"an answer of {len(answer)} bytes has no status word")
        return cls(answer[:-2], int.from_bytes(answer[-2:], "big"))

    @property
    def ok(self) -> bool:
        return self.status == Status.OK

    @property
    def more(self) -> bool:
        """61xx: the card has more to give."""
        return self.status >> 8 == 0x61

    @property
    def right_length(self) -> int | None:
        """6Cxx: the length that the card wants to be asked for."""
        return self.status & 0xFF if self.status >> 8 == 0x6C else None

    @property
    def tries_left(self) -> int | None:
        """63Cx: so many tries are left."""
        return self.status & 0x0F if self.status >> 4 == 0x63C else None

    @property
    def meaning(self) -> str:
        if self.tries_left is not None:
            return f"wrong PIN, tries left: {self.tries_left}"
        return meaning_of(self.status)

    def expect(self, step: str) -> bytes:
        """The data of a good answer. Raises CardRefused otherwise, naming the step."""
        if not self.ok:
            raise CardRefused(step, self.status, self.meaning)
        return self.data


async def exchange(connection: CardConnection, command: Command, *, extended: bool = False) -> Response:
    """Sends the command, chained if need be; returns the whole answer. Raises CardGone, CardMalformed."""
    *before, last = command.apdus(extended)
    for apdu in before:
        response = Response.parse(await connection.transmit(apdu))
        if not response.ok:
            return response
    return await _whole_answer(connection, last)


async def _whole_answer(connection: CardConnection, apdu: bytes) -> Response:
    response = Response.parse(await connection.transmit(apdu))
    if response.right_length is not None:
        response = Response.parse(await connection.transmit(apdu[:-1] + bytes([response.right_length])))
    data = response.data
    while response.more:
        wanted = response.status & 0xFF
        response = Response.parse(await connection.transmit(bytes([0, _GET_RESPONSE, 0, 0, wanted])))
        data += response.data
        if len(data) > LONGEST_ANSWER or (response.more and not response.data):
            raise CardMalformed("the card's answer has no end")
    return Response(data, response.status)
