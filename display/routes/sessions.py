"""Signing in with a one-time code, saying who one is, signing out."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from display.access import CodeNotValid
from display.door import Door, address, body
from display.refusals import Declined
from display.schemas import SignInCode

_CODE = TypeAdapter(SignInCode)


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.post("/api/session")
    async def sign_in(request: Request) -> Response:
        asked = await body(request, _CODE)
        try:
            token, session = door.access.redeem(asked.code, address(request))
        except CodeNotValid as error:
            raise Declined(401, "code_not_valid") from error
        answer = JSONResponse({"role": session.role, "name": session.name})
        door.let_in(request, answer, session, token)
        return answer

    @router.get("/api/session")
    async def who(request: Request) -> Response:
        role = door.role(request)
        session = door.session(request, role) if role else None
        if session is None:
            return JSONResponse({"role": "public", "name": ""})
        return JSONResponse({"role": session.role, "name": session.name})

    @router.delete("/api/session")
    async def sign_out(request: Request) -> Response:
        role = door.role(request)
        answer = Response(status_code=204)
        if role is None or role == "public":
            return answer
        token = door.token(request, role)
        if token is not None:
            door.access.sign_out(token)
        door.let_out(request, answer, role)
        return answer

    return router
