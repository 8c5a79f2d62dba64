"""The built pages, as files. Nothing in them is a secret: what a page may show is decided by the feed."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, PlainTextResponse

from display.door import Door
from display.refusals import Declined

PAGES = ("wall", "officer", "member", "auditor")
_NOT_BUILT = (
    "Các trang chưa được dựng. Hãy chạy: make pages\nThe pages have not been built. Run: make pages\n"
)
_LASTING = {"cache-control": "public, max-age=31536000, immutable"}
_TYPES = {".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}


def _page(pages: Path, name: str) -> Path | None:
    """dist/<name>/index.html or dist/<name>.html, as the build lays them."""
    folder = pages / name if name else pages
    candidates = [folder / "index.html", *([pages / f"{name}.html"] if name else [])]
    return next((file for file in candidates if file.is_file()), None)


def routes(door: Door) -> APIRouter:
    router = APIRouter()
    root = door.pages.resolve()

    def show(name: str) -> Response:
        file = _page(root, name)
        return FileResponse(file) if file else PlainTextResponse(_NOT_BUILT, 503)

    @router.get("/")
    async def choose() -> Response:
        return show("")

    async def page(request: Request) -> Response:
        return show(request.url.path.strip("/"))

    for name in PAGES:
        router.add_api_route(f"/{name}", page, methods=["GET"])
        router.add_api_route(f"/{name}/", page, methods=["GET"])

    @router.get("/{path:path}")
    async def built_file(path: str) -> Response:
        # Pages have their own routes above; another port's page in the same build isn't served here.
        file = (root / path).resolve()
        within = file.is_relative_to(root / "assets") or file.parent == root
        if not within or file.suffix == ".html" or not file.is_file():
            raise Declined(404, "not_found")
        # The build puts a hash of the content into the names under assets/.
        headers = _LASTING if path.startswith("assets/") else None
        return FileResponse(file, media_type=_TYPES.get(file.suffix), headers=headers)

    return router
