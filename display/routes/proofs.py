"""What a member takes away: the own ballots as the log holds them, with proofs. Nobody else's."""

import asyncio

from fastapi import APIRouter, Request, Response

from display import views
from display.door import Door
from display.refusals import Declined
from voting.ids import BallotHash, MemberId, VoteId


def routes(door: Door) -> APIRouter:
    router = APIRouter()
    # One at a time: each reads the log beside the hall's work, and a full house may ask at once.
    proving = asyncio.Lock()

    def whose(request: Request) -> MemberId:
        session = door.require(request, "own_ballots")
        if session.member is None:
            raise Declined(403, "not_allowed")
        return session.member

    @router.get("/api/ballots")
    async def own_ballots(request: Request) -> dict[str, object]:
        return {"votes": views.own_votes(whose(request), door.moment())}

    @router.get("/api/ballots/{ballot}/tlog-proof")
    async def entry_proof(request: Request, ballot: str) -> Response:
        member = whose(request)
        own = {one["ballot"] for vote in views.own_votes(member, door.moment()) for one in vote["ballots"]}
        if ballot not in own:
            raise Declined(404, "no_such_ballot")
        async with proving:
            text = await door.hall.ballot_proof(BallotHash(ballot))
        return _file(text.encode(), f"{ballot[:8]}.tlog-proof", "text/plain; charset=utf-8")

    @router.get("/api/proof")
    async def member_proof(request: Request) -> Response:
        member, asked = whose(request), request.query_params.get("vote")
        votes = [VoteId(one["id"]) for one in views.own_votes(member, door.moment())]
        wanted = [vote for vote in votes if asked in (None, vote)]
        if not wanted:
            raise Declined(404, "no_such_vote")
        async with proving:
            data = await door.hall.member_proof(member, wanted)
        return _file(data, f"{asked or member}.proof.json", "application/json")

    return router


def _file(data: bytes, name: str, media_type: str) -> Response:
    plain = "".join(char if char.isalnum() or char in ".-_" else "-" for char in name if char.isascii())
    headers = {"content-disposition": f'attachment; filename="{plain}"', "cache-control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)
