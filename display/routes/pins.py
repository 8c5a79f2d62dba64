"""A card's PIN from its member's phone, where the reader at the seat has no keys; carried sealed, unread.

No session: whoever stands at the seat proves it to the seat's bridge, by the code on the console.
"""

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from display.door import Door, address, body
from display.refusals import Declined
from display.schemas import PinFromPhone
from display.throttle import Throttle
from voting.ids import SeatId

_PIN = TypeAdapter(PinFromPhone)


def _patience(door: Door, seat: str, sender: str) -> tuple[tuple[Throttle, str], ...]:
    """What counts a PIN, and under which name."""
    return (door.pins_at_seat, f"{seat} {sender}"), (door.pins_sent, sender), (door.pins_for_seat, seat)


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    def known(seat: str) -> SeatId:
        places = [*(one.id for one in door.hall.seats), *(one.id for one in door.hall.desks)]
        found = next((one for one in places if one == seat), None)
        if found is None:
            raise Declined(404, "not_found")
        return found

    @router.get("/api/pin/{seat}")
    async def asked(seat: str) -> dict[str, object]:
        here = known(seat)
        outcome, request = door.hall.pin_outcome(here), door.hall.pin_request(here)
        said: dict[str, object] = {"state": outcome.state}
        if outcome.tries_left is not None:
            said["tries_left"] = outcome.tries_left
        if request is not None:
            named = {} if request.greeting is None else {"greeting": list(request.greeting)}
            said["request"] = {"chal": request.chal, "key": dict(request.key)} | named
        return said

    @router.post("/api/pin/{seat}", status_code=204)
    async def send(seat: str, request: Request) -> Response:
        here, now = known(seat), door.clock()
        patience = _patience(door, here, address(request))
        for throttle, whose in patience:
            throttle.check(whose, now)
        # Counted before it is read: many that are sent slowly, side by side, are many all the same.
        for throttle, whose in patience:
            throttle.note(whose, now)
        pin = await body(request, _PIN)
        await door.hall.send_pin(here, pin.chal, pin.sealed)
        return Response(status_code=204)

    return router
