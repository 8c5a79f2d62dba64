"""Sessions of those who have signed in: how they begin, how long they last, how they end.

Nothing is kept of a code or a cookie but its hash. Sessions live in memory: a restarted hall asks everybody
to sign in anew (phones do it by themselves, by their keys), and holds no file worth stealing.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from display.officers import MEMBER, Limits, Officer, Officers, Way, officer_id
from display.rights import Post, Role, Who, role_of
from display.throttle import Throttle
from voting.ids import MemberId, OfficerId

RENEWED_FOR = timedelta(seconds=2)
"""How long the token before a renewed one still opens what is open: the page connects anew meanwhile."""


class CodeNotValid(Exception):
    """No such code, or it was used, or it is over. Which of them is nobody's business."""


class CodesNotTaken(Exception):
    """This hall signs nobody in by a code."""


@dataclass(frozen=True, slots=True)
class Session:
    role: Role
    name: str
    started: datetime
    seen: datetime
    proved: datetime
    """When this person last showed who it is; a moment long gone opens nothing dangerous."""
    officer: OfficerId | None = None
    post: Post | None = None
    member: MemberId | None = None
    phone: str | None = None
    """Thumbprint of the phone's key, for a member."""
    way: Way = "code"

    @property
    def who(self) -> Who:
        """Whose rights it has."""
        return self.post or self.role


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


class Access:
    """Invitations and sessions of one running hall. `clock` gives aware UTC time.

    `elsewhere` takes out an invitation that was not made here, by its code's hash, so that it is good once.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        officers: Officers,
        elsewhere: Callable[[str], Invitation | None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self.officers = officers
        self._elsewhere = elsewhere
        self._invitations: dict[str, Invitation] = {}
        self._sessions: dict[str, Session] = {}
        self._ended: dict[str, asyncio.Event] = {}
        """By session, for those whose page waits to hear of its end."""
        self._failures = Throttle(limit=10, window=timedelta(minutes=1))

    # -- by code, where that is allowed ----------------------------------------------------------------

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
        """The cookie's token and the session. Raises CodesNotTaken, CodeNotValid or TooManyAttempts."""
        if not self.officers.codes:
            raise CodesNotTaken
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
        return self._begin(self._invited(invitation, now))

    def _invited(self, invitation: Invitation, now: datetime) -> Session:
        """In a hall for trying things out, an officer who stands on no list may try everything."""
        known = self.officers.of_id(invitation.officer) if invitation.officer else None
        post: Post = known.post if known else "auditor" if invitation.role == "auditor" else "presiding"
        return Session(
            role_of(post), invitation.name, now, now, now, officer=invitation.officer, post=post, way="code"
        )

    # -- by what proves a person -----------------------------------------------------------------------

    def admit_officer(
        self, officer: Officer, way: Way, proved: datetime | None = None
    ) -> tuple[str, Session]:
        """A session for an officer who proved it by card or shared sign-in; `proved`: when, if not now."""
        now = self._clock()
        shown = now if proved is None else min(proved, now)
        session = Session(
            role_of(officer.post), officer.name, now, now, shown,
            officer=officer.id, post=officer.post, way=way,
        )  # fmt: skip
        return self._begin(session)

    def admit_member(self, member: MemberId, name: str, phone: str) -> tuple[str, Session]:
        """A session for a phone that has proved its key."""
        now = self._clock()
        session = Session("member", name, now, now, now, member=member, phone=phone, way="phone")
        return self._begin(session)

    def renewed(self, before: str | None, session: Session) -> None:
        """The same officer signed in again in the same browser: the session before goes, in a moment.

        Not at once, so that the page's open feed ends after the page knows that it has a new session.
        """
        old = None if before is None else self._sessions.get(_hashed(before))
        if before is None or old is None or old.officer != session.officer:
            return
        self._sessions[_hashed(before)] = replace(
            old, started=self._clock() - self.limits(old).longest + RENEWED_FOR
        )

    # -- while it lasts --------------------------------------------------------------------------------

    def limits(self, session: Session) -> Limits:
        return MEMBER if session.post is None else self.officers.limits[session.post]

    def ends(self, session: Session) -> datetime:
        """When the session is over unless somebody uses it before."""
        limits = self.limits(session)
        return min(session.seen + limits.idle, session.started + limits.longest)

    def session(self, token: str | None, role: Role, *, by_hand: bool = True) -> Session | None:
        """The living session of this token in this role; using it keeps it alive.

        `by_hand=False`: the page asks by itself. An officer's page that nobody touches is no use of it.
        """
        if token is None:
            return None
        key, now = _hashed(token), self._clock()
        session = self._sessions.get(key)
        if session is None or session.role != role:
            return None
        if now > self.ends(session):
            self._end({key})
            return None
        if by_hand or session.post is None:
            session = self._sessions[key] = replace(session, seen=now)
        return session

    def is_fresh(self, session: Session) -> bool:
        """Whether this person showed lately who it is. A code can't be shown twice: it is never asked."""
        return session.way == "code" or self._clock() - session.proved <= self.officers.fresh

    def ended(self, token: str) -> asyncio.Event:
        """Set as soon as this session is signed out; whoever waits looks at `ends` by himself."""
        key = _hashed(token)
        if key in self._sessions:
            return self._ended.setdefault(key, asyncio.Event())
        over = asyncio.Event()
        over.set()
        return over

    # -- its end ---------------------------------------------------------------------------------------

    def sign_out(self, token: str) -> None:
        self._end({_hashed(token)})

    def sign_out_everywhere(self, officer: OfficerId) -> None:
        """Each session of this officer, on whatever machine."""
        self._end({key for key, one in self._sessions.items() if one.officer == officer})

    def end_phone(self, phone: str) -> None:
        """Ends the sessions of a phone that the log no longer knows."""
        self._end({key for key, one in self._sessions.items() if one.phone == phone})

    def _end(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._sessions.pop(key, None)
            waiting = self._ended.pop(key, None)
            if waiting is not None:
                waiting.set()

    def _begin(self, session: Session) -> tuple[str, Session]:
        self._forget_the_old(session.started)
        token = secrets.token_urlsafe(32)
        self._sessions[_hashed(token)] = session
        return token, session

    def _forget_the_old(self, now: datetime) -> None:
        self._end({key for key, one in self._sessions.items() if now > self.ends(one)})
        self._invitations = {key: one for key, one in self._invitations.items() if now < one.until}
