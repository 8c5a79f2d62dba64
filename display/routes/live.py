"""The feed's socket: a thin shell round a listener's outbox."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from display.access import Session
from display.door import Door, address
from display.feed import Listener, time_text
from display.refusals import Declined
from display.rights import Role

STALLED_S = 30.0
"""A socket that takes nothing for so long is let go; the page connects anew when it wakes."""
RECHECK_S = 1.0
"""How soon a socket ends whose session has expired; one that is signed out ends at once."""
NO_SESSION, TOO_MANY, TALKING = 4401, 1013, 1008


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.websocket("/feed")
    async def feed(socket: WebSocket) -> None:
        if socket.headers.get("origin") not in door.origins:
            # Before the handshake: another site's page never gets an open socket (answered with 403).
            await socket.close()
            return
        await socket.accept()
        try:
            role = door.role(socket)
        except Declined:
            role = None
        if role is None:
            await socket.close(NO_SESSION)
        elif not door.feed.admits(role, address(socket)):
            await socket.close(TOO_MANY)
        else:
            await _attend(door, socket, role)

    return router


async def _attend(door: Door, socket: WebSocket, role: Role) -> None:
    session = door.session(socket, role)
    listener = door.feed.join(role, session.member if session else None, address(socket))

    def welcome(recheck: bool) -> bool:
        if session is None:
            return True
        return door.session(socket, role) is not None if recheck else door.stands(session)

    speaking = asyncio.create_task(_speak(door, socket, listener, welcome))
    hearing = asyncio.create_task(_hear(socket))
    ending = asyncio.create_task(_end(door, socket, role, session))
    tasks = (ending, speaking, hearing)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code = next((task.result() for task in tasks if task.done()), None)
        if code is not None:
            with suppress(RuntimeError, TimeoutError):
                async with asyncio.timeout(1):
                    await socket.close(code)
    finally:
        door.feed.leave(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _speak(
    door: Door, socket: WebSocket, listener: Listener, welcome: Callable[[bool], bool]
) -> int | None:
    """Sends what the outbox has until the listener is gone, stalls, or is no longer welcome."""
    clock = asyncio.get_running_loop().time
    checked = clock()
    while True:
        text = await listener.outbox.next(lambda: time_text(door.clock()))
        # A phone that was cut off isn't told even this; whether the cookie still holds is asked less often.
        recheck = clock() - checked >= RECHECK_S
        if not welcome(recheck):
            return NO_SESSION
        checked = clock() if recheck else checked
        try:
            async with asyncio.timeout(STALLED_S):
                await socket.send_text(text)
        except (TimeoutError, RuntimeError, OSError, WebSocketDisconnect):
            return None


async def _end(door: Door, socket: WebSocket, role: Role, session: Session | None) -> int:
    """An officer's page learns at once that its session is over: signed out here or elsewhere, or expired.

    A member's phone is told by `_speak`, and nobody else's picture ends.
    """
    token = door.token(socket, role)
    if session is None or session.post is None or token is None:
        await asyncio.Event().wait()
    assert token is not None
    over = door.access.ended(token)
    while door.session(socket, role) is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(RECHECK_S):
                await over.wait()
    return NO_SESSION


async def _hear(socket: WebSocket) -> int | None:
    """A page has nothing to say here: whatever it sends ends the socket."""
    with suppress(WebSocketDisconnect, RuntimeError):
        message = await socket.receive()
        if message["type"] != "websocket.disconnect":
            return TALKING
    return None
