"""The twin's page and its interface, on a port of its own, for this machine only.

`GET /` the page · `GET /api/hall` plan and people · `WS /seats` what is seen (live.py) ·
`POST /api/seats/…` and `/api/crowd/…` (acts.py). A refusal: {"code", "text"}, as on the hall's own pages.
"""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from simulators.twin import acts, live
from simulators.twin.guard import Guard, hosts
from simulators.twin.refusals import CannotBeDone, told
from simulators.twin.twin import Twin

_NOT_BUILT = "Trang chưa được dựng. Hãy chạy: make pages\nThe page has not been built. Run: make pages\n"
_LASTING = {"cache-control": "public, max-age=31536000, immutable"}
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".css": "text/css"}
_STATUS = {"no_such_seat": 404, "no_such_member": 404}
_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


def create_app(twin: Twin, pages: Path, port: int) -> FastAPI:
    """`pages` is the folder of built pages, with twin/index.html; `port`: where this will be served."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, telemetry=_NO_TELEMETRY)
    own_hosts = hosts(port)
    app.add_middleware(Guard, own_hosts=own_hosts)
    _answer_errors(app)
    for router in (
        acts.seats(twin),
        acts.crowd(twin),
        live.seats(twin, own_hosts),
        _files(twin, pages.resolve()),
    ):
        app.include_router(router)
    return app


def _files(twin: Twin, root: Path) -> APIRouter:
    router = APIRouter()

    @router.get("/api/hall")
    async def hall() -> dict[str, object]:
        return twin.plan()

    @router.get("/")
    @router.get("/twin")
    async def page() -> Response:
        file = root / "twin" / "index.html"
        return FileResponse(file) if file.is_file() else PlainTextResponse(_NOT_BUILT, 503)

    @router.get("/{path:path}")
    async def built(path: str) -> Response:
        file = (root / path).resolve()
        asset = file.is_relative_to(root / "assets")
        if not file.is_file() or not (asset or file == root / "icon.svg"):
            raise HTTPException(404)
        headers = _LASTING if asset else None
        return FileResponse(file, media_type=_TYPES.get(file.suffix), headers=headers)

    return router


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(CannotBeDone)
    async def cannot(_: Request, error: CannotBeDone) -> Response:
        return JSONResponse(told(error.code), _STATUS.get(error.code, 409))

    @app.exception_handler(RequestValidationError)
    async def misshapen(_: Request, __: RequestValidationError) -> Response:
        return JSONResponse(told("wrong_shape"), 422)

    @app.exception_handler(HTTPException)
    async def not_found(_: Request, __: HTTPException) -> Response:
        return JSONResponse(told("not_found"), 404)
