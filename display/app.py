"""Joins feed, door and routes into one web application, and serves it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from display.access import Access
from display.door import Door
from display.feed import Feed
from display.guard import BodyTooLarge, Guard
from display.id_token import Client
from display.openid import OpenId, OpenIdWire
from display.ports import Hall, NotRecorded
from display.refusals import Declined, refusal
from display.routes import (
    acts,
    ballots,
    live,
    officer_cards,
    pages,
    phones,
    pins,
    proofs,
    records,
    sessions,
)
from display.routes import openid as openid_routes
from display.second_person import Requests
from display.throttle import TooManyAttempts
from display.views import Drawn
from voting.errors import Refused

NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""A variable in somebody's environment must not send a hall's requests elsewhere."""


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    hall: Hall,
    access: Access,
    built_pages: Path,
    origins: Iterable[str],
    clock: Callable[[], datetime] = _now,
    shared_sign_in: tuple[Client, OpenIdWire] | None = None,
) -> FastAPI:
    """The pages of one hall. `origins` are its own, as browsers send them ("http://127.0.0.1:8080").

    `built_pages` is display/web/dist. The feed runs for as long as the application's lifespan.
    """
    feed = Feed(lambda: Drawn(door.moment()))
    requests = Requests(clock, access.officers.confirm, feed.tell)
    openid = OpenId(*shared_sign_in, clock, openid_routes.BACK) if shared_sign_in else None
    door = Door(hall, access, feed, built_pages, frozenset(origins), clock, requests, openid)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        unfollow = hall.follow(feed.tell)
        drawing = asyncio.create_task(feed.run())
        try:
            yield
        finally:
            unfollow()
            drawing.cancel()
            with suppress(asyncio.CancelledError):
                await drawing

    # The interactive API pages load scripts from elsewhere: a hall's network has no elsewhere.
    app = FastAPI(
        lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_TELEMETRY
    )
    app.add_middleware(Guard, origins=door.origins)
    _answer_errors(app)
    # Pages last: their route takes every path that nobody else did.
    for part in (
        live, sessions, openid_routes, officer_cards, acts, phones, pins, ballots, proofs, records, pages
    ):  # fmt: skip
        app.include_router(part.routes(door))
    return app


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return refusal(409, error.code, text=error.text)

    @app.exception_handler(Declined)
    async def declined(_: Request, error: Declined) -> Response:
        return refusal(error.status, error.code, error.detail)

    @app.exception_handler(NotRecorded)
    async def not_recorded(_: Request, __: NotRecorded) -> Response:
        return refusal(503, "not_recorded")

    @app.exception_handler(TooManyAttempts)
    async def too_many(_: Request, __: TooManyAttempts) -> Response:
        return refusal(429, "too_many_attempts")

    @app.exception_handler(BodyTooLarge)
    async def too_large(_: Request, __: BodyTooLarge) -> Response:
        return refusal(413, "body_too_large")

    @app.exception_handler(HTTPException)
    async def not_found(_: Request, error: HTTPException) -> Response:
        return refusal(error.status_code, "not_found")
