"""Signing an officer in by the state's shared sign-in: out to the provider, and back."""

import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import TypeAdapter

from display.door import Door, address, body, in_clear_on_loopback
from display.id_token import OpenIdFailed
from display.openid import ASKED_FOR, OpenId
from display.refusals import Declined
from display.rights import role_of
from display.schemas import OpenIdAsked

log = logging.getLogger(__name__)

BACK = "/api/session/openid"
"""Where the provider sends browsers: registered there with the hall's own origin before it."""
AWAY_COOKIE = "hall_openid"
"""Joins the browser that comes back to the one that went. Lax: it comes back from another site."""
_ASKED = TypeAdapter(OpenIdAsked)


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.post(BACK)
    async def begin(request: Request) -> Response:
        openid = _offered(door)
        now = door.clock()
        door.sign_ins.check(address(request), now)
        door.sign_ins.note(address(request), now)
        asked = await body(request, _ASKED)
        origin = request.headers["origin"]
        try:
            sent = await openid.begin(origin, door.access.officers.fresh, again=asked.again)
        except OpenIdFailed as error:
            log.warning("the shared sign-in can't be begun: %s", error)
            raise Declined(503, error.code) from error
        answer = JSONResponse({"go": sent.url})
        answer.set_cookie(
            AWAY_COOKIE, sent.binding, max_age=int(ASKED_FOR.total_seconds()), path=BACK,
            httponly=True, samesite="lax", secure=not in_clear_on_loopback(origin),
        )  # fmt: skip
        return answer

    @router.get(BACK)
    async def back(request: Request) -> Response:
        openid = _offered(door)
        try:
            answer = await _came_back(door, openid, request)
        except OpenIdFailed as error:
            log.warning("nobody is signed in by the shared sign-in: %s", error)
            # In the fragment, like a code: the page says it in words, and no log of a server holds it.
            answer = RedirectResponse(f"/officer#refused={error.code}", 303)
        answer.delete_cookie(AWAY_COOKIE, path=BACK, httponly=True, samesite="lax")
        return answer

    return router


def _offered(door: Door) -> OpenId:
    if door.openid is None:
        raise Declined(404, "not_found")
    return door.openid


async def _came_back(door: Door, openid: OpenId, request: Request) -> Response:
    came = await openid.finish(dict(request.query_params), request.cookies.get(AWAY_COOKIE))
    officer = door.access.officers.of_subject(came.subject)
    if officer is None:
        # Who it was is the provider's word and stays out of the log: most likely a citizen's own id.
        raise OpenIdFailed("openid_not_an_officer", "signed in there, and no officer of this hall")
    token, session = door.access.admit_officer(officer, "openid", came.proved)
    answer = RedirectResponse(f"/{role_of(officer.post)}", 303)
    door.let_in(request, answer, session, token, origin=came.origin)
    return answer
