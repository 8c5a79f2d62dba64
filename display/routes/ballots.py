"""What a member's phone does once it is let in: the form, the ballot, the request for the floor."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from display.door import Door, body
from display.ports import BoundPhone
from display.refusals import Declined
from display.schemas import FloorWish, SignedBallot
from voting.commands import RequestFloor, WithdrawRequest

_BALLOT = TypeAdapter(SignedBallot)
_WISH = TypeAdapter(FloorWish)


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    def phone(request: Request, what: str) -> BoundPhone:
        session = door.require(request, what)
        if session.member is None or session.phone is None:
            raise Declined(403, "not_allowed")
        return BoundPhone(session.member, session.phone)

    @router.get("/api/form")
    async def form(request: Request) -> Mapping[str, object]:
        return door.hall.mobile_form(phone(request, "form"))

    @router.post("/api/ballots")
    async def cast(request: Request) -> dict[str, object]:
        # The ballot's own signature says whose it is; the session only keeps strangers from taking time.
        phone(request, "ballot")
        ballot = await body(request, _BALLOT)
        return {"receipt": await door.hall.cast_mobile(ballot.model_dump())}

    @router.post("/api/floor", status_code=204)
    async def floor(request: Request) -> Response:
        member = phone(request, "floor").member
        wish = await body(request, _WISH)
        command = WithdrawRequest(member) if wish.kind is None else RequestFloor(member, wish.kind)
        await door.hall.submit(command, "member")
        return Response(status_code=204)

    return router
