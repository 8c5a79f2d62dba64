"""MQTT 5 in its barest form: what a floor is measured with. Fixed packets over asyncio, nothing else.

OASIS MQTT 5.0, sections 3.1 (CONNECT), 3.3 (PUBLISH), 3.4 (PUBACK), 3.8 (SUBSCRIBE).
"""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

CONNACK, PUBLISH, PUBACK, SUBACK = 0x20, 0x30, 0x40, 0x90


def _string(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(first: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, digit = left >> 7, left & 0x7F
        length += bytes([digit | (0x80 if left else 0)])
        if not left:
            return bytes([first]) + length + body


def publish(topic: str, payload: bytes, id: int) -> bytes:
    """At quality of service 1."""
    return _packet(0x32, _string(topic) + id.to_bytes(2, "big") + b"\x00" + payload)


class RawClient(asyncio.Protocol):
    """One connection. `heard(topic, payload)` is called for each message, `acked()` for each PUBACK."""

    def __init__(self, user: str, password: str) -> None:
        self._user, self._password = user, password
        self._buffer = bytearray()
        self._subscribed = asyncio.Event()
        self.ready = asyncio.Event()
        self.heard: Callable[[str, bytes], None] = lambda topic, payload: None
        self.acked: Callable[[], None] = lambda: None
        self.transport: asyncio.Transport

    @classmethod
    async def connect(cls, port: int, user: str, password: str, topics: list[str]) -> "RawClient":
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: cls(user, password), "127.0.0.1", port)
        await client.ready.wait()
        if topics:
            filters = b"".join(_string(topic) + b"\x01" for topic in topics)
            client.transport.write(_packet(0x82, b"\x00\x01\x00" + filters))
            await client._subscribed.wait()
        return client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flags = b"\xc2\x00\x3c\x03\x21\xff\xff"  # user, password, clean start; 60 s; 65,535 in flight
        body = _string("MQTT") + b"\x05" + flags + _string(f"raw-{self._user}")
        transport.write(_packet(0x10, body + _string(self._user) + _string(self._password)))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        acks = b""
        while (end := self._whole()) is not None:
            start, stop = end
            packet, self._buffer = bytes(self._buffer[:stop]), self._buffer[stop:]
            acks += self._take(packet[0], packet[start:])
        if acks:
            self.transport.write(acks)

    def _whole(self) -> tuple[int, int] | None:
        """Where the first packet's body begins and ends, once all of it is here."""
        length = shift = 0
        for at in range(1, len(self._buffer)):
            length |= (self._buffer[at] & 0x7F) << shift
            shift += 7
            if not self._buffer[at] & 0x80:
                stop = at + 1 + length
                return (at + 1, stop) if len(self._buffer) >= stop else None
        return None

    def _take(self, first: int, body: bytes) -> bytes:
        kind = first & 0xF0
        if kind == PUBLISH:
            size = int.from_bytes(body[:2], "big")
            topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
            qos = first & 0x06
            id, rest = (rest[:2], rest[2:]) if qos else (b"", rest)
            self.heard(topic, rest[1 + rest[0] :])  # properties are short here: one byte of length
            return _packet(0x40, id) if qos else b""
        if kind == PUBACK:
            self.acked()
        elif kind == CONNACK:
            self.ready.set()
        elif kind == SUBACK:
            self._subscribed.set()
        return b""
