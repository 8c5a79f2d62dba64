"""What the page may ask for: hands at one seat, and the members whose seats nobody took."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from firmware_bridge.wire.messages import Key
from simulators.free_members import Leaning
from simulators.twin.twin import Twin


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class KeyBody(_Body):
    key: Key


class InsertBody(_Body):
    member: Annotated[str, Field(max_length=64)] | None = None


class PinBody(_Body):
    pin: Annotated[str, Field(pattern=r"^[0-9]{1,12}$")]


class SwitchBody(_Body):
    on: bool


class LeanBody(_Body):
    to: Leaning


def seats(twin: Twin) -> APIRouter:
    router, hands = APIRouter(prefix="/api/seats/{seat}"), twin.hands

    @router.post("/press", status_code=204)
    async def press(seat: str, body: KeyBody) -> None:
        hands.press(seat, body.key)

    @router.post("/hold", status_code=204)
    async def hold(seat: str, body: KeyBody) -> None:
        hands.hold(seat, body.key)

    @router.post("/release", status_code=204)
    async def release(seat: str, body: KeyBody) -> None:
        hands.release(seat, body.key)

    @router.post("/person", status_code=204)
    async def person(seat: str, body: SwitchBody) -> None:
        hands.person(seat, body.on)

    @router.post("/insert", status_code=204)
    async def insert(seat: str, body: InsertBody) -> None:
        hands.insert(seat, body.member)

    @router.post("/pull", status_code=204)
    async def pull(seat: str) -> None:
        hands.pull(seat)

    @router.post("/pin", status_code=204)
    async def pin(seat: str, body: PinBody) -> None:
        hands.type_pin(seat, body.pin)

    @router.post("/cancel", status_code=204)
    async def cancel(seat: str) -> None:
        hands.cancel(seat)

    @router.post("/power", status_code=204)
    async def power(seat: str, body: SwitchBody) -> None:
        hands.power(seat, body.on)

    @router.post("/line", status_code=204)
    async def line(seat: str, body: SwitchBody) -> None:
        hands.line(seat, body.on)

    @router.post("/clone", status_code=204)
    async def clone(seat: str, body: SwitchBody) -> None:
        hands.clone(seat, body.on)

    @router.post("/take", status_code=204)
    async def take(seat: str) -> None:
        hands.take(seat)

    @router.post("/give_back", status_code=204)
    async def give_back(seat: str) -> None:
        hands.give_back(seat)

    return router


def crowd(twin: Twin) -> APIRouter:
    router = APIRouter(prefix="/api/crowd")

    @router.post("/sign_in", status_code=204)
    async def sign_in() -> None:
        twin.sign_in_all()

    @router.post("/leave", status_code=204)
    async def leave() -> None:
        await twin.leave_all()

    @router.post("/vote")
    async def vote() -> dict[str, int]:
        return {"voting": twin.vote_all()}

    @router.post("/follow", status_code=204)
    async def follow(body: SwitchBody) -> None:
        twin.follow(body.on)

    @router.post("/lean", status_code=204)
    async def lean(body: LeanBody) -> None:
        twin.lean(body.to)

    return router
