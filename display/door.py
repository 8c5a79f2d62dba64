"""What every route stands on: the hall, who is asking, and how a body is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from display.access import Access, Session
from display.feed import Feed
from display.moment import Moment
from display.once import OnceOnly
from display.openid import OpenId
from display.ports import Hall
from display.refusals import Declined
from display.rights import ROLES, Role, may
from display.seals import Seals
from display.second_person import Requests
from display.serving import is_loopback
from display.throttle import Throttle

T = TypeVar("T")


def cookie_name(role: Role) -> str:
    """Each role has its own cookie: one browser may hold the officer's page and a member's."""
    return f"hall_session_{role}"


@dataclass(frozen=True, slots=True)
class Door:
    hall: Hall
    access: Access
    feed: Feed
    pages: Path
    origins: frozenset[str]
    clock: Callable[[], datetime]
    requests: Requests
    """What one officer has asked for and a second one is to confirm."""
    openid: OpenId | None = None
    """The state's shared sign-in, where officers use it."""
    seals: Seals = field(default_factory=Seals)
    once: OnceOnly = field(default_factory=OnceOnly)
    phone_requests: Throttle = field(default_factory=lambda: Throttle(120, timedelta(minutes=1)))
    """By address: enough for the phones behind one proxy when a sitting opens. Each request lights a
    seat's console, so a door that isn't signed in at may not ask without end; the hall itself lets no seat
    be asked more than six times a minute."""

    desk_codes: Throttle = field(default_factory=lambda: Throttle(20, timedelta(minutes=1)))
    """By address: wrong codes for registrars' desks. A right one always passes: one address may be
    a stranger's who guesses and the member's who reads the unit."""

    sign_ins: Throttle = field(default_factory=lambda: Throttle(30, timedelta(minutes=1)))
    """Each asks the state's shared sign-in, or lights a desk; officers are few."""

    pins_at_seat: Throttle = field(default_factory=lambda: Throttle(4, timedelta(minutes=1)))
    """By seat and address: one stranger's wrong codes can't use up what the seat listens to."""
    pins_sent: Throttle = field(default_factory=lambda: Throttle(120, timedelta(minutes=1)))
    """By address, at all seats: enough for the phones behind one proxy when a sitting opens, and a stranger
    who guesses at many seats finds one code in some eight thousand minutes."""
    pins_for_seat: Throttle = field(default_factory=lambda: Throttle(30, timedelta(minutes=1)))
    """By seat: many addresses together don't keep its bridge busy opening seals."""

    def moment(self) -> Moment:
        """The hall as it is now."""
        two = self.access.officers.two_people(self.by_the_book())
        return Moment.of(self.hall, self.clock(), self.seals.seal, self.requests.shown(), two)

    def by_the_book(self) -> frozenset[str]:
        """What the open sitting's rule book adds to the acts that take two people."""
        sitting = self.hall.meeting.sitting
        return frozenset() if sitting is None else sitting.rulebook.two_people

    def token(self, connection: HTTPConnection, role: Role) -> str | None:
        return connection.cookies.get(cookie_name(role))

    def session(self, connection: HTTPConnection, role: Role, *, by_hand: bool = False) -> Session | None:
        """The living session of this role. A member's lives as long as the log knows the phone.

        `by_hand`: somebody did something on the page, which keeps an officer's session alive.
        """
        session = self.access.session(self.token(connection, role), role, by_hand=by_hand)
        if session is not None and session.phone is not None and not self.stands(session):
            self.access.end_phone(session.phone)
            return None
        return session

    def stands(self, session: Session) -> bool:
        """Whether the log still has this phone as the member's; quick: asked before each message.

        A phone that was signed out, or replaced by another, has nothing more to see. Between two sittings
        no phone is bound, and there is nothing to see but what was public.
        """
        meeting = self.hall.meeting
        if session.member is None or meeting.sitting is None:
            return True
        live = meeting.attendance.session_of(session.member, "mobile")
        return live is not None and live.key == session.phone

    def role(self, connection: HTTPConnection) -> Role | None:
        """The role asked for by `as`, else the highest that a cookie gives. None: asked for, but not held.

        Raises Declined where `as` names no role.
        """
        asked = connection.query_params.get("as")
        if asked is None:
            return next(
                (role for role in ROLES if role == "public" or self.session(connection, role)), "public"
            )
        wanted = next((role for role in ROLES if role == asked), None)
        if wanted is None:
            raise Declined(422, "wrong_shape", "as")
        return wanted if wanted == "public" or self.session(connection, wanted) else None

    def require(self, connection: HTTPConnection, what: str) -> Session:
        """A session whose role may do `what`. Raises Declined: 401 without any, 403 with others only."""
        sessions = [self.session(connection, role, by_hand=True) for role in ROLES if role != "public"]
        held = [session for session in sessions if session is not None]
        able = next((session for session in held if may(session.who, what)), None)
        if able is None:
            raise Declined(403, "not_allowed") if held else Declined(401, "not_signed_in")
        return able

    def let_in(
        self, request: Request, answer: Response, session: Session, token: str, origin: str | None = None
    ) -> None:
        """Sets the session's cookie: not for scripts, not for other sites, not in clear but on loopback.

        `origin`: the page's own, where this request is none of its (a browser that comes back from the
        shared sign-in names no origin). What this browser held as the same officer before is over.
        """
        self.access.renewed(self.token(request, session.role), session)
        answer.set_cookie(
            cookie_name(session.role),
            token,
            max_age=int(self.access.limits(session).longest.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=not in_clear_on_loopback(origin or request.headers.get("origin", "")),
        )

    def let_out(self, request: Request, answer: Response, role: Role) -> None:
        """Takes the role's cookie back."""
        answer.delete_cookie(
            cookie_name(role),
            httponly=True,
            samesite="strict",
            secure=not in_clear_on_loopback(request.headers.get("origin", "")),
        )


def in_clear_on_loopback(page: str) -> bool:
    """The one case where a cookie without Secure harms nobody.

    Judged by the page's own origin, which the guard has compared with the hall's: a proxy in front speaks
    plain HTTP to the hall, and the same hall may also be open on loopback.
    """
    origin = urlsplit(page)
    return origin.scheme == "http" and is_loopback(origin.hostname or "")


def address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


async def body(request: Request, shape: TypeAdapter[T]) -> T:
    """The request's JSON in its shape. Raises Declined: 400 for what isn't JSON, 422 for another shape."""
    try:
        return shape.validate_json(await request.body())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            raise Declined(400, "not_json", first["msg"]) from error
        code = "unknown_act" if first["type"] == "union_tag_invalid" else "wrong_shape"
        place = ".".join(str(part) for part in first["loc"])
        raise Declined(422, code, f"{place}: {first['msg']}" if place else first["msg"]) from error
