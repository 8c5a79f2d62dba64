"""Saying who one is, staying, signing out; and signing in by a one-time code where a hall takes codes."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from display.access import CodeNotValid, CodesNotTaken, Session
from display.door import Door, address, body
from display.feed import time_text
from display.outgoing import WaysShape, WhoShape
from display.refusals import Declined
from display.rights import POST_NAMES, acts_of
from display.schemas import SignInCode
from display.views.people import words

_CODE = TypeAdapter(SignInCode)
NOBODY: WhoShape = {"role": "public", "name": ""}


def who_shape(door: Door, session: Session) -> WhoShape:
    """What a page may know of its own session: whose it is, what it may ask for, how long it lasts."""
    shown: WhoShape = {"role": session.role, "name": session.name}
    if session.post is None:
        return shown
    officers = door.access.officers
    shown |= {
        "post": session.post,
        "post_name": words(POST_NAMES[session.post]),
        "may": list(acts_of(session.who)),
        "ends": time_text(door.access.ends(session)),
        "proved": time_text(session.proved),
        "way": session.way,
    }
    if session.way != "code":
        shown["fresh_s"] = int(officers.fresh.total_seconds())
    if session.officer is not None:
        shown["officer"] = session.officer
    return shown


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("/api/sign-in")
    async def ways() -> WaysShape:
        """How an officer signs in at this hall; nobody need be signed in to ask."""
        officers = door.access.officers
        desks = [desk for desk in door.hall.desks if desk.id in officers.desks]
        offered: WaysShape = {
            "openid": door.openid is not None,
            "code": officers.codes,
            "desks": [{"id": desk.id, "name": words(desk.name)} for desk in desks],
        }
        return offered

    @router.post("/api/session")
    async def sign_in(request: Request) -> Response:
        asked = await body(request, _CODE)
        try:
            token, session = door.access.redeem(asked.code, address(request))
        except CodesNotTaken as error:
            raise Declined(403, "codes_not_taken") from error
        except CodeNotValid as error:
            raise Declined(401, "code_not_valid") from error
        answer = JSONResponse(who_shape(door, session))
        door.let_in(request, answer, session, token)
        return answer

    @router.get("/api/session")
    async def who(request: Request) -> WhoShape:
        role = door.role(request)
        session = door.session(request, role) if role else None
        return NOBODY if session is None else who_shape(door, session)

    @router.post("/api/session/awake")
    async def awake(request: Request) -> WhoShape:
        """Somebody's hand is on the page: an officer's session lives on."""
        role = door.role(request)
        session = door.session(request, role, by_hand=True) if role else None
        if session is None:
            raise Declined(401, "not_signed_in")
        return who_shape(door, session)

    @router.delete("/api/session")
    async def sign_out(request: Request) -> Response:
        role = door.role(request)
        answer = Response(status_code=204)
        if role is None or role == "public":
            return answer
        session, token = door.session(request, role), door.token(request, role)
        if session is not None and session.officer is not None and "everywhere" in request.query_params:
            door.access.sign_out_everywhere(session.officer)
        if token is not None:
            door.access.sign_out(token)
        door.let_out(request, answer, role)
        return answer

    return router
