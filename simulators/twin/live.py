"""The twin's socket: a thin shell round a looker."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, WebSocket
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocketDisconnect

from simulators.twin.guard import own_page
from simulators.twin.lookout import Looker
from simulators.twin.twin import Twin

STALLED_S = 30.0
"""A socket that takes nothing for so long is let go; the page connects anew when it wakes."""
TOO_MANY, TALKING = 1013, 1008


class LookBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    look: Annotated[str, Field(max_length=32)] | None


def seats(twin: Twin, own_hosts: frozenset[str]) -> APIRouter:
    router = APIRouter()

    @router.websocket("/seats")
    async def seats(socket: WebSocket) -> None:
        if not own_page(socket.headers, own_hosts):
            # Before the handshake: another site's page never gets an open socket (answered with 403).
            await socket.close()
            return
        await socket.accept()
        if twin.lookout.full:
            await socket.close(TOO_MANY)
            return
        looker = twin.lookout.join()
        try:
            await _attend(twin, socket, looker)
        finally:
            twin.lookout.leave(looker)

    return router


async def _attend(twin: Twin, socket: WebSocket, looker: Looker) -> None:
    speaking = asyncio.create_task(_speak(socket, looker))
    hearing = asyncio.create_task(_hear(twin, socket, looker))
    try:
        await asyncio.wait({speaking, hearing}, return_when=asyncio.FIRST_COMPLETED)
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(1):
                await socket.close(TALKING)
    finally:
        speaking.cancel()
        hearing.cancel()
        await asyncio.gather(speaking, hearing, return_exceptions=True)


async def _speak(socket: WebSocket, looker: Looker) -> None:
    """Until the page is gone, or takes nothing for STALLED_S."""
    with suppress(TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
        while True:
            text = await looker.next()
            async with asyncio.timeout(STALLED_S):
                await socket.send_text(text)


async def _hear(twin: Twin, socket: WebSocket, looker: Looker) -> None:
    """A page says which seat it looks at, and nothing else: whatever else it says ends the socket."""
    with suppress(WebSocketDisconnect, RuntimeError, ValidationError, KeyError):
        while True:
            wanted = LookBody.model_validate_json(await socket.receive_text()).look
            if wanted is not None and not twin.has(wanted):
                return
            looker.look_at(wanted)
