"""Who may do what: one table of rights, one-time sign-in codes, sessions.

Nothing is kept of a code or a cookie but its hash. Sessions live in memory: a restarted hall asks everybody
to sign in anew (phones do it by themselves, by their keys), and holds no file worth stealing.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from display.throttle import Throttle
from voting.ids import MemberId, OfficerId

Role = Literal["public", "member", "auditor", "officer"]
ROLES: Final[tuple[Role, ...]] = ("officer", "auditor", "member", "public")
"""From the highest: what a page that names no role is given first."""

ACTS: Final = frozenset({
    "open_sitting", "adjourn", "announce", "open", "hold", "resume", "extend", "close", "declare", "cancel",
    "revote", "casting_vote", "hand_count", "mark_presence", "give_floor", "end_speech", "withdraw_request",
    "end_phone",
})  # fmt: skip
"""What an officer may ask for; each is one command of `voting.commands`."""

_EVERYBODY: Final = frozenset[Role](ROLES)
RIGHTS: Final[dict[str, frozenset[Role]]] = {
    **{f"act:{act}": frozenset[Role]({"officer"}) for act in ACTS},
    "acts": frozenset[Role]({"officer"}),
    "form": frozenset[Role]({"member"}),
    "ballot": frozenset[Role]({"member"}),
    "floor": frozenset[Role]({"member"}),
    "votes": frozenset[Role]({"auditor"}),
    "export": frozenset[Role]({"auditor"}),
    "feed": _EVERYBODY,
    "hall": _EVERYBODY,
    "plan": _EVERYBODY,
    "pin": _EVERYBODY,
    "log": _EVERYBODY,
}
"""Who may do what. What isn't in this table nobody may do."""

IDLE: Final[dict[Role, timedelta]] = {
    "officer": timedelta(hours=1),
    "auditor": timedelta(hours=1),
    "member": timedelta(hours=4),
}
"""An open feed counts as use, so this is the time with every page closed. A phone sleeps between votes."""
LONGEST: Final = timedelta(hours=14)
"""No sitting is longer than a day's; after it everybody signs in anew."""


_OFFICER_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_NOT_OFFICERS: Final = frozenset({"hall", "clock", "member"})
"""Who else acts in the log."""


class NotAnOfficerId(ValueError):
    """Every act stands in the log by the officer's id: it is short, plain, and nobody else's."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"{said!r} can't be an officer's id: 2 to 40 of a-z, 0-9 and -, the first one not -; "
            f"{', '.join(sorted(_NOT_OFFICERS))} are taken"
        )


def officer_id(said: str) -> OfficerId:
    """Raises NotAnOfficerId."""
    if not _OFFICER_ID.fullmatch(said) or said in _NOT_OFFICERS:
        raise NotAnOfficerId(said)
    return OfficerId(said)


class CodeNotValid(Exception):
    """No such code, or it was used, or it is over. Which of them is nobody's business."""


@dataclass(frozen=True, slots=True)
class Session:
    role: Role
    name: str
    started: datetime
    seen: datetime
    officer: OfficerId | None = None
    member: MemberId | None = None
    phone: str | None = None
    """Thumbprint of the phone's key, for a member."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a one-time code opens."""

    role: Role
    name: str
    officer: OfficerId | None
    """Who the log will say acted; None for an auditor."""
    until: datetime


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def may(role: Role, what: str) -> bool:
    """Asks the one table. An act that isn't in it is refused to everybody."""
    return role in RIGHTS.get(what, frozenset())


class Access:
    """Invitations and sessions of one running hall. `clock` gives aware UTC time.

    `elsewhere` takes out an invitation that was not made here, by its code's hash, so that it is good once.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        elsewhere: Callable[[str], Invitation | None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._elsewhere = elsewhere
        self._invitations: dict[str, Invitation] = {}
        self._sessions: dict[str, Session] = {}
        self._failures = Throttle(limit=10, window=timedelta(minutes=1))

    def invite(self, role: Role, name: str, valid_for: timedelta, officer: OfficerId | None = None) -> str:
        """A one-time sign-in code of 128 random bits, for a link's fragment.

        An officer is named: `officer` (else `name`) is who the log says acted. A member has no code: a
        phone is bound by the member's card. Raises NotAnOfficerId; ValueError for a role without codes.
        """
        if role not in ("officer", "auditor"):
            raise ValueError(f"a {role} is not invited by code")
        code = secrets.token_urlsafe(16)
        by = officer_id(officer or name) if role == "officer" else None
        self._invitations[_hashed(code)] = Invitation(role, name, by, self._clock() + valid_for)
        return code

    def redeem(self, code: str, address: str) -> tuple[str, Session]:
        """The cookie's token and the session. Raises CodeNotValid or TooManyAttempts."""
        now = self._clock()
        # Taken out before it is judged: a code is used up by whoever shows it first, in time or not.
        key = _hashed(code)
        invitation = self._invitations.pop(key, None) or self._elsewhere(key)
        if invitation is None or now >= invitation.until:
            # Only failures are counted, and only they are turned away: whoever tries junk from a shared
            # address doesn't lock out the officer beside him. 128 random bits aren't guessed anyway.
            self._failures.check(address, now)
            self._failures.note(address, now)
            raise CodeNotValid
        session = Session(invitation.role, invitation.name, now, now, officer=invitation.officer)
        return self._begin(session)

    def admit_member(self, member: MemberId, name: str, phone: str) -> tuple[str, Session]:
        """A session for a phone that has proved its key."""
        now = self._clock()
        return self._begin(Session("member", name, now, now, member=member, phone=phone))

    def session(self, token: str | None, role: Role) -> Session | None:
        """The living session of this token in this role; using it keeps it alive."""
        if token is None:
            return None
        key, now = _hashed(token), self._clock()
        session = self._sessions.get(key)
        if session is None or session.role != role:
            return None
        if now - session.seen > IDLE[role] or now - session.started > LONGEST:
            del self._sessions[key]
            return None
        self._sessions[key] = replace(session, seen=now)
        return session

    def sign_out(self, token: str) -> None:
        self._sessions.pop(_hashed(token), None)

    def end_phone(self, phone: str) -> None:
        """Ends the sessions of a phone that the log no longer knows."""
        self._sessions = {key: one for key, one in self._sessions.items() if one.phone != phone}

    def _begin(self, session: Session) -> tuple[str, Session]:
        self._forget_the_old(session.started)
        token = secrets.token_urlsafe(32)
        self._sessions[_hashed(token)] = session
        return token, session

    def _forget_the_old(self, now: datetime) -> None:
        self._sessions = {
            key: one for key, one in self._sessions.items() if now - one.seen <= IDLE[one.role]
        }
        self._invitations = {key: one for key, one in self._invitations.items() if now < one.until}
