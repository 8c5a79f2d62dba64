"""Serves the application: HTTPS on anything but loopback, otherwise refused."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from fastapi import FastAPI


class NotSecure(Exception):
    """Pages would go over a network in clear."""


@dataclass(frozen=True, slots=True)
class Tls:
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Opened:
    """A port that is ours already, so that its address is known before the application is made."""

    socket: socket.socket
    host: str
    port: int
    tls: Tls | None

    @property
    def address(self) -> str:
        """As browsers say it: the hall's own origin."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.tls else 80
        return f"{'https' if self.tls else 'http'}://{host}" + (
            "" if self.port == default else f":{self.port}"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`. A name other than localhost is taken for the network."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def open_port(host: str, port: int, tls: Tls | None = None) -> Opened:
    """Takes the port (0: a free one). Raises NotSecure for a network without TLS, OSError if taken."""
    if tls is None and not is_loopback(host):
        raise NotSecure(f"{host} can be reached over a network: pages are served there by HTTPS only (tls)")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    return Opened(listening, host, listening.getsockname()[1], tls)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to whoever runs the hall; a web server that takes them would stop before it."""
        yield


def server(app: FastAPI, tls: Tls | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        # A page's message is small and goes to a thousand listeners: deflating it costs more than it saves.
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=4096,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        ssl_certfile=tls.cert if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )
    return _Server(config)


async def serve_on(app: FastAPI, opened: Opened) -> None:
    """Serves until cancelled or the server is told to exit."""
    await server(app, opened.tls).serve(sockets=[opened.socket])


async def serve(app: FastAPI, host: str, port: int, tls: Tls | None = None) -> None:
    """Takes the port and serves. Raises NotSecure for a network address without TLS."""
    await serve_on(app, open_port(host, port, tls))
