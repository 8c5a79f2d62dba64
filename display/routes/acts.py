"""The officer's acts: one place where a press on the console becomes a command of the rules.

What takes two people becomes a request first, and a command when the second one confirms it.
"""

import base64
import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from display import orders
from display.access import Session
from display.door import Door, body
from display.officers import both
from display.once import IdUsed
from display.ports import NotRecorded
from display.refusals import Declined
from display.schemas import ACT, Act, Answer
from display.second_person import (
    AlreadyAsked,
    NotTheAsker,
    RequestGone,
    SamePerson,
    TooManyWaiting,
)
from voting.errors import Refused
from voting.ids import OfficerId
from voting.meeting import decide

T = TypeVar("T")
_ACT: TypeAdapter[Act] = ACT
_ANSWER = TypeAdapter(Answer)
_DECLINED: dict[type[Exception], tuple[int, str]] = {
    AlreadyAsked: (409, "already_asked"),
    TooManyWaiting: (409, "too_many_waiting"),
    RequestGone: (409, "request_gone"),
    SamePerson: (403, "same_person"),
    NotTheAsker: (403, "not_the_asker"),
}


def _challenge() -> str:
    """16 random bytes: a ballot that holds them was made after the opening."""
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def _able(door: Door, session: Session, act: str) -> OfficerId:
    """Who acts, if they signed in lately enough for it. Raises Declined."""
    fresh = door.access.is_fresh(session)
    if door.access.officers.wants_fresh(act, door.by_the_book()) and not fresh:
        raise Declined(403, "sign_in_again")
    assert session.officer is not None
    return session.officer


def routes(door: Door) -> APIRouter:
    router = APIRouter()

    async def done(act: Act, by: OfficerId) -> None:
        command = orders.command(act, by, door.hall, _challenge())
        await door.hall.submit(command, f"officer:{by}")

    async def asked(act: Act, session: Session, by: OfficerId) -> None:
        """Nothing is asked of a second person that the rules would refuse now."""
        decide(door.hall.meeting, orders.command(act, by, door.hall, _challenge()), door.clock())
        with_words(lambda: door.requests.ask(act, by, session.name))

    @router.post("/api/acts")
    async def act(request: Request) -> dict[str, str]:
        # Asked before the body is read: a stranger isn't told what is wrong with it.
        door.require(request, "console")
        asked_for = await body(request, _ACT)
        session = door.require(request, f"act:{asked_for.act}")
        by = _able(door, session, asked_for.act)
        two = door.access.officers.takes_two(asked_for.act, door.by_the_book())

        async def do() -> None:
            await (asked(asked_for, session, by) if two else done(asked_for, by))

        try:
            await door.once.do(f"{by}/{asked_for.id}", asked_for, do, NotRecorded)
        except IdUsed as error:
            raise Declined(409, "id_used") from error
        return {"asked": f"{by}.{asked_for.id}"} if two else {"done": asked_for.id}

    async def confirmed(id: str, session: Session, by: OfficerId) -> None:
        one = with_words(lambda: door.requests.confirm(id, by, session.name))
        try:
            await done(one.act, both(one.by, by))
        except Refused as no:
            door.requests.refused(one, no.text)
            raise
        except BaseException:
            # Not recorded, or nobody knows why not: what waits may be confirmed again; the rules judge it.
            door.requests.not_done(one)
            raise
        door.requests.done(one)

    @router.post("/api/requests/{id}")
    async def answer(request: Request, id: str) -> dict[str, str]:
        door.require(request, "console")
        said = await body(request, _ANSWER)
        one = with_words(lambda: door.requests.waiting(id))
        session = door.require(request, f"act:{one.act.act}")
        assert session.officer is not None
        by = session.officer
        if said.answer == "withdraw":
            with_words(lambda: door.requests.withdraw(id, by))
        elif said.answer == "decline":
            with_words(lambda: door.requests.decline(id, by, session.name))
        else:
            await confirmed(id, session, _able(door, session, one.act.act))
        return {"done": id}

    return router


def with_words(do: Callable[[], T]) -> T:
    """Raises Declined for what can't be asked or answered."""
    try:
        return do()
    except tuple(_DECLINED) as error:
        raise Declined(*_DECLINED[type(error)]) from error
