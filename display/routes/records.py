"""What auditors and anybody may take away: each vote's arithmetic, the export, the public log,
which hall this is, its plan.
"""

import asyncio
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from display import plan, views
from display.door import Door
from display.ports import Hall, Reader
from display.refusals import Declined

PIECE = 256 * 1024
"""Bytes of the export sent at once."""
READERS: dict[str, Reader] = {"public": "public", "auditor": "auditor"}


def _packed(hall: Hall, reader: Reader) -> BinaryIO:
    """The exported directory as one zip, in a file without a name: closed, it is gone. Blocking."""
    with tempfile.TemporaryDirectory(prefix="hall-export-") as folder:
        out = Path(folder) / "export"
        hall.export(reader, out)
        packed = tempfile.TemporaryFile(prefix="hall-export-")  # noqa: SIM115  `_sent` closes it
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path for path in out.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(out).as_posix())
    return packed


def _sent(packed: BinaryIO) -> Iterator[bytes]:
    """Piece by piece; closed also when the reader goes away before the end."""
    with packed:
        packed.seek(0)
        while piece := packed.read(PIECE):
            yield piece


def routes(door: Door) -> APIRouter:
    router = APIRouter()
    _hall(router, door)
    _votes(router, door)
    _export(router, door)
    _log(router, door)
    return router


def _hall(router: APIRouter, door: Door) -> None:
    seats = [
        {"seat": place.seat, "x": place.x, "y": place.y, "block": place.block}
        for place in plan.arc(door.hall.seats)
    ]

    @router.get("/api/hall")
    async def hall() -> dict[str, object]:
        return dict(views.hall(door.moment()))

    @router.get("/api/plan")
    async def seat_plan() -> dict[str, object]:
        return {"seats": seats}

    @router.get("/health")
    async def health() -> Response:
        state = door.hall.health.state
        return JSONResponse({"state": state}, 503 if state == "down" else 200)


def _votes(router: APIRouter, door: Door) -> None:
    @router.get("/api/votes")
    async def votes(request: Request) -> dict[str, object]:
        door.require(request, "votes")
        return {"votes": views.audited_votes(door.moment())}

    @router.get("/api/votes/{vote}")
    async def one_vote(request: Request, vote: str) -> dict[str, object]:
        door.require(request, "votes")
        found = views.audited_votes(door.moment())
        one = next((shown for shown in found if shown["id"] == vote), None)
        if one is None:
            raise Declined(404, "no_such_vote")
        return dict(one)


def _export(router: APIRouter, door: Door) -> None:
    # One at a time: an export reads the whole log, and the hall has ballots to record meanwhile.
    packing = asyncio.Lock()

    @router.get("/api/export")
    async def export(request: Request) -> Response:
        door.require(request, "export")
        reader = READERS.get(request.query_params.get("for", "auditor"))
        if reader is None:
            raise Declined(422, "wrong_shape", "for")
        try:
            async with packing:
                packed = await asyncio.to_thread(_packed, door.hall, reader)
        except OSError as error:
            raise Declined(503, "export_failed") from error
        name = f"{door.hall.head.origin.replace('/', '-')}-{reader}.zip"
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(packed.seek(0, 2)),
        }
        return StreamingResponse(_sent(packed), media_type="application/zip", headers=headers)


def _log(router: APIRouter, door: Door) -> None:
    @router.get("/log/{path:path}")
    async def log_file(path: str) -> Response:
        found = await door.hall.log_file(path)
        if found is None:
            raise Declined(404, "not_found")
        if path in ("checkpoint", "vkey"):
            return Response(found, media_type="text/plain; charset=utf-8")
        # A whole tile never changes (C2SP tlog-tiles); a partial one, ".p/", is superseded.
        lasting = {} if ".p/" in path else {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found, media_type="application/octet-stream", headers=lasting)
