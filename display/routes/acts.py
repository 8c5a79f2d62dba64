"""The officer's acts: one place where a press on the console becomes a command of the rules."""

import base64
import secrets

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from display import orders
from display.door import Door, body
from display.once import IdUsed
from display.ports import NotRecorded
from display.refusals import Declined
from display.schemas import ACT, Act
from voting.ids import OfficerId

_ACT: TypeAdapter[Act] = ACT


def _challenge() -> str:
    """16 random bytes: a ballot that holds them was made after the opening."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    async def done(act: Act, by: OfficerId) -> None:
        command = orders.command(act, by, door.hall, _challenge())
        await door.hall.submit(command, f"officer:{by}")

    @router.post("/api/acts")
    async def act(request: Request) -> dict[str, str]:
        # Asked before the body is read: a stranger isn't told what is wrong with it.
        door.require(request, "acts")
        asked = await body(request, _ACT)
        officer = door.require(request, f"act:{asked.act}").officer
        assert officer is not None
        try:
            await door.once.do(f"{officer}/{asked.id}", asked, lambda: done(asked, officer), NotRecorded)
        except IdUsed as error:
            raise Declined(409, "id_used") from error
        return {"done": asked.id}

    return router
