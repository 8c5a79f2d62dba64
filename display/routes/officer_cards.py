"""Signing an officer in by card: the page shows eight digits, the desk's unit the same, the card signs."""

import base64

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter

from display.door import Door, address, body
from display.feed import time_text
from display.refusals import Declined
from display.routes.sessions import who_shape
from display.schemas import OfficerCardRequest, PhoneProof
from voting.ids import SeatId

_REQUEST = TypeAdapter(OfficerCardRequest)
_PROOF = TypeAdapter(PhoneProof)


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    @router.post("/api/session/card")
    async def ask(request: Request) -> Response:
        now = door.clock()
        door.sign_ins.check(address(request), now)
        asked = await body(request, _REQUEST)
        door.sign_ins.note(address(request), now)
        if asked.desk not in door.access.officers.desks:
            raise Declined(404, "not_found")
        one = await door.hall.request_officer_card(asked.key.model_dump(), SeatId(asked.desk))
        shown = {
            "enrolment": one.enrolment,
            "key_id": one.key_id,
            "digits": one.digits,
            "expires": time_text(one.expires),
        }
        return JSONResponse(shown, 201)

    @router.get("/api/session/card/{enrolment}")
    async def state(enrolment: str) -> dict[str, str]:
        found = door.hall.officer_card(enrolment)
        if found is None:
            raise Declined(404, "not_found")
        return {"state": found.state} | ({"challenge": found.challenge} if found.challenge else {})

    @router.post("/api/session/card/proof")
    async def let_in(request: Request) -> Response:
        proof = await body(request, _PROOF)
        signature = base64.urlsafe_b64decode(proof.signature + "==")
        card = door.hall.prove_officer(proof.key_id, proof.challenge, signature)
        officer = None if card is None else door.access.officers.of_card(card)
        if officer is None:
            raise Declined(401, "card_not_an_officers" if card else "proof_not_valid")
        token, session = door.access.admit_officer(officer, "card")
        answer = JSONResponse(who_shape(door, session))
        door.let_in(request, answer, session, token)
        return answer

    return router
