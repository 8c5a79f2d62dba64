"""What auditors and anybody may take away: each vote's arithmetic, the export, the public log, the plan."""

import asyncio
import tempfile
import zipfile
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.background import BackgroundTask

from display import plan, views
from display.door import Door
from display.ports import Hall, Reader
from display.refusals import Declined

READERS: dict[str, Reader] = {"public": "public", "auditor": "auditor"}


def _packed(hall: Hall, reader: Reader) -> Path:
    """The exported directory as one zip in a temporary file; the caller deletes it. Blocking."""
    with tempfile.TemporaryDirectory(prefix="hall-export-") as folder:
        out = Path(folder) / "export"
        hall.export(reader, out)
        handle, name = tempfile.mkstemp(prefix="hall-export-", suffix=".zip")
        with open(handle, "wb") as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path for path in out.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(out).as_posix())
    return Path(name)


def routes(door: Door) -> APIRouter:
    router = APIRouter()
    # One at a time: an export reads the whole log, and the hall has ballots to record meanwhile.
    packing = asyncio.Lock()
    seats = [
        {"seat": place.seat, "x": place.x, "y": place.y, "block": place.block}
        for place in plan.arc(door.hall.seats)
    ]

    @router.get("/api/plan")
    async def seat_plan() -> dict[str, object]:
        return {"seats": seats}

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

    @router.get("/api/export")
    async def export(request: Request) -> Response:
        door.require(request, "export")
        reader = READERS.get(request.query_params.get("for", "auditor"))
        if reader is None:
            raise Declined(422, "wrong_shape", "for")
        async with packing:
            packed = await asyncio.to_thread(_packed, door.hall, reader)
        name = f"{door.hall.head.origin.replace('/', '-')}-{reader}.zip"
        return FileResponse(
            packed, media_type="application/zip", filename=name, background=BackgroundTask(packed.unlink)
        )

    @router.get("/log/{path:path}")
    async def log_file(path: str) -> Response:
        found = door.hall.log_file(path)
        if found is None:
            raise Declined(404, "not_found")
        if path in ("checkpoint", "vkey"):
            return Response(found, media_type="text/plain; charset=utf-8")
        # A whole tile never changes (C2SP tlog-tiles); a partial one, ".p/", is superseded.
        lasting = {} if ".p/" in path else {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found, media_type="application/octet-stream", headers=lasting)

    @router.get("/health")
    async def health() -> Response:
        state = door.hall.health.state
        return JSONResponse({"state": state}, 503 if state == "down" else 200)

    return router
