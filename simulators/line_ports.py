"""The bridge's end of a simulated line: a pseudo-terminal, or a socket like a serial server's."""

import asyncio
import contextlib
import os
import socket
import tty
from collections.abc import Callable
from typing import Protocol

READ_BYTES = 4096


class LinePort(Protocol):
    """Where a bridge plugs in."""

    url: str

    async def serve(self, received: Callable[[bytes], None]) -> None:
        """Hands on what the bridge writes, until cancelled; then the line is gone."""

    def write(self, data: bytes) -> None:
        """To the bridge. What nobody reads is lost, as on a real line."""

    def cut(self) -> None:
        """The adapter is pulled."""

    def close(self) -> None:
        """Nobody can plug in any more."""


class PtyPort:
    """A pseudo-terminal. After `cut` its path is gone for good."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        # Raw at once: until someone sets this, the terminal echoes. And the slave stays open, or reading
        # the master fails with EIO while no bridge has the line.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.url = os.ttyname(self._slave)
        self._open = True

    async def serve(self, received: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        loop.add_reader(self._master, self._read, received)
        try:
            await loop.create_future()
        finally:
            self.cut()

    def _read(self, received: Callable[[bytes], None]) -> None:
        received(os.read(self._master, READ_BYTES))

    def write(self, data: bytes) -> None:
        if not self._open:
            return
        try:
            os.write(self._master, data)
        except BlockingIOError:
            return  # 20 kB unread: nobody is listening

    def cut(self) -> None:
        if not self._open:
            return
        self._open = False
        with contextlib.suppress(RuntimeError):  # no loop: it was never served
            asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        os.close(self._slave)

    def close(self) -> None:
        self.cut()


class SocketPort:
    """A listening TCP socket on loopback, for one bridge at a time. After `cut` it may come again."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "socket://{}:{}".format(*self._listener.getsockname())
        self._bridge: asyncio.Transport | None = None

    async def serve(self, received: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Plug(self, received), sock=self._listener)
        try:
            await loop.create_future()
        finally:
            self.cut()
            server.close()

    def write(self, data: bytes) -> None:
        if self._bridge is not None:
            self._bridge.write(data)

    def cut(self) -> None:
        if self._bridge is not None:
            self._bridge.abort()
        self._bridge = None

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def plugged(self, bridge: asyncio.Transport) -> None:
        self.cut()
        self._bridge = bridge

    def unplugged(self, bridge: asyncio.BaseTransport | None) -> None:
        if self._bridge is bridge:
            self._bridge = None


class _Plug(asyncio.Protocol):
    def __init__(self, port: SocketPort, received: Callable[[bytes], None]) -> None:
        self._port = port
        self._received = received
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port.plugged(transport)

    def data_received(self, data: bytes) -> None:
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.unplugged(self._transport)
