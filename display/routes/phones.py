"""Binding a member's phone at a seat or at a registrar's desk, and letting a bound phone in."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from display.door import Door, address, body
from display.feed import time_text
from display.refusals import Declined
from display.schemas import PhoneKnown, PhoneLost, PhoneProof, PhoneRequest
from display.views.people import member_name
from voting.errors import Refused
from voting.ids import SeatId

_REQUEST = TypeAdapter(PhoneRequest)
_LOST = TypeAdapter(PhoneLost)
_KNOWN = TypeAdapter(PhoneKnown)
_PROOF = TypeAdapter(PhoneProof)


@contextmanager
def _patience(door: Door, whose: str, place: str) -> Iterator[None]:
    """How often one address may ask a seat, and be wrong about a desk's code. Raises TooManyAttempts."""
    now = door.clock()
    if all(desk.id != place for desk in door.hall.desks):
        door.phone_requests.check(whose, now)
        door.phone_requests.note(whose, now)
    try:
        yield
    except Refused as no:
        if no.code == "desk_code_wrong":
            door.desk_codes.check(whose, now)
            door.desk_codes.note(whose, now)
        raise


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("/api/desks")
    async def desks() -> dict[str, object]:
        members = [desk for desk in door.hall.desks if desk.id not in door.access.officers.desks]
        return {"desks": [{"id": desk.id, "name": dict(desk.name)} for desk in members]}

    @router.post("/api/phones")
    async def ask(request: Request) -> Response:
        asked = await body(request, _REQUEST)
        with _patience(door, address(request), asked.seat):
            seat, key = SeatId(asked.seat), asked.key.model_dump()
            binding = await door.hall.request_phone_binding(key, seat, asked.code)
        shown = {
            "enrolment": binding.enrolment,
            "key_id": binding.key_id,
            "digits": binding.digits,
            "expires": time_text(binding.expires),
        }
        return JSONResponse(shown, 201)

    @router.post("/api/phones/lost", status_code=204)
    async def lost(request: Request) -> Response:
        # From whatever browser: the phone itself is gone. The card at the desk says whose it was.
        told = await body(request, _LOST)
        with _patience(door, address(request), told.seat):
            await door.hall.phone_lost(SeatId(told.seat), told.code)
        return Response(status_code=204)

    @router.get("/api/phones/{enrolment}")
    async def state(enrolment: str) -> dict[str, str]:
        found = door.hall.phone_binding(enrolment)
        if found is None:
            raise Declined(404, "not_found")
        return {"state": found.state} | ({"challenge": found.challenge} if found.challenge else {})

    @router.post("/api/session/phone/challenge")
    async def challenge(request: Request) -> dict[str, str]:
        # Not throttled: after a restart all phones ask at once, many of them from one address.
        known = await body(request, _KNOWN)
        return {"challenge": door.hall.phone_challenge(known.key_id)}

    @router.post("/api/session/phone")
    async def let_in(request: Request) -> Response:
        proof = await body(request, _PROOF)
        signature = base64.urlsafe_b64decode(proof.signature + "==")
        phone = door.hall.prove_phone(proof.key_id, proof.challenge, signature)
        if phone is None:
            raise Declined(401, "proof_not_valid")
        name = member_name(door.hall.meeting, phone.member)
        token, session = door.access.admit_member(phone.member, name, phone.key_id)
        answer = JSONResponse({"role": "member", "name": name})
        door.let_in(request, answer, session, token)
        return answer

    return router
