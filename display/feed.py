"""The live feed: the hall's views, drawn at most ten times a second and handed to every listener.

A view is drawn once for each role, encoded once, and offered to each listener's outbox; a member's own part
is added to it. This module knows neither sockets nor rules: `Picture` is what it is given to draw from.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

from display.outbox import BEAT_S, Outbox, encoded, with_member
from display.patch import View, merge_patch
from display.rights import Role
from voting.ids import MemberId

PACE_S = 0.1
"""At most ten views a second: the eye asks for no more, and 500 presses become a few messages."""
MOST_LISTENERS: Final[dict[Role, int]] = {"public": 3_000, "member": 1_800, "auditor": 100, "officer": 100}
"""Memory and descriptors of one process, at about 40 kB a listener; more are asked to come back later.

Each role has places of its own: whoever opens sockets without end takes no officer's.
"""
MOST_FROM_ADDRESS = 1_500
"""Public listeners of one address. Walls and phones behind one proxy are many; a stranger leaves half."""

log = logging.getLogger(__name__)


class Picture(Protocol):
    """One durable moment of the hall; asked again and again it says the same."""

    @property
    def at(self) -> datetime: ...

    def view(self, role: Role) -> View:
        """What this role may see, a member's own part left out."""

    def me(self, member: MemberId) -> View:
        """What only this member may see."""


def time_text(at: datetime) -> str:
    """RFC 3339, UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def _surviving(what: str) -> Iterator[None]:
    """One view that can't be drawn must not take the others down: its walls keep the last one."""
    try:
        yield
    except Exception:
        log.exception("%s could not be drawn", what)


@dataclass(eq=False, slots=True)
class Listener:
    role: Role
    member: MemberId | None
    outbox: Outbox
    address: str = ""
    me: View = field(default_factory=dict)
    """The member's own part as this listener knows it."""


@dataclass(slots=True)
class _Shared:
    """What all listeners of one role see, and its encoding, made when first asked for."""

    view: View
    text: str | None = None


class Feed:
    def __init__(self, picture: Callable[[], Picture]) -> None:
        self._draw_picture = picture
        self._picture: Picture | None = None
        self._shared: dict[Role, _Shared] = {}
        self._listeners: dict[Role, set[Listener]] = {}
        self._public_from: Counter[str] = Counter()
        self._dirty = asyncio.Event()

    def tell(self) -> None:
        """Something changed. Returns at once: safe to be called by the hall after each commit."""
        self._dirty.set()

    def admits(self, role: Role, address: str) -> bool:
        """Whether there is a place for one more listener of this role, who comes from this address."""
        if len(self._listeners.get(role, ())) >= MOST_LISTENERS[role]:
            return False
        return role != "public" or self._public_from[address] < MOST_FROM_ADDRESS

    def join(self, role: Role, member: MemberId | None = None, address: str = "") -> Listener:
        """A new listener; its outbox begins with a snapshot."""
        outbox = Outbox(lambda: self._snapshot(listener))
        listener = Listener(role, member, outbox, address)
        if role == "public":
            self._public_from[address] += 1
        self._listeners.setdefault(role, set()).add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        remaining = self._listeners.get(listener.role, set())
        if listener.role == "public" and listener in remaining:
            self._public_from[listener.address] -= 1
            if not self._public_from[listener.address]:
                del self._public_from[listener.address]
        remaining.discard(listener)
        if not remaining:
            # Nobody looks: the view is not kept up, so it must not be taken for the present one later.
            self._listeners.pop(listener.role, None)
            self._shared.pop(listener.role, None)

    async def run(self) -> None:
        """Draws until cancelled: at once at a first change, then no faster than PACE_S; and each beat."""
        while True:
            try:
                async with asyncio.timeout(BEAT_S):
                    await self._dirty.wait()
            except TimeoutError:
                pass  # health and time change a view without a commit
            self._dirty.clear()
            with _surviving("the hall's picture"):
                self.draw()
            await asyncio.sleep(PACE_S)

    def draw(self) -> None:
        """Draws the present once for each role that has listeners and offers what changed."""
        self._picture = self._draw_picture()
        for role in tuple(self._listeners):
            with _surviving(f"the view of the role {role}"):
                self._draw_for(role, self._picture)

    def _draw_for(self, role: Role, picture: Picture) -> None:
        old, view = self._shared.get(role), picture.view(role)
        if old is None:
            # Nobody of this role has been given anything yet: each outbox still asks for its snapshot.
            self._shared[role] = _Shared(view)
            return
        patch = merge_patch(old.view, view)
        if patch:
            self._shared[role] = _Shared(view)
        self._offer(role, time_text(picture.at), patch)

    def _offer(self, role: Role, t: str, patch: View) -> None:
        text = encoded(patch)
        for listener in self._listeners[role]:
            own = text if listener.member is None else with_member(text, self._own_change(listener))
            if own != "{}":
                listener.outbox.offer(t, own)

    def _own_change(self, listener: Listener) -> View:
        assert self._picture is not None
        assert listener.member is not None
        if listener.outbox.needs_snapshot:
            return {}
        me = self._picture.me(listener.member)
        change, listener.me = merge_patch(listener.me, me), me
        return change

    def _snapshot(self, listener: Listener) -> tuple[str, str]:
        shared, picture = self._present(listener.role)
        if shared.text is None:
            shared.text = encoded(shared.view)
        text = shared.text
        if listener.member is not None:
            listener.me = picture.me(listener.member)
            text = with_member(text, listener.me)
        return time_text(picture.at), text

    def _present(self, role: Role) -> tuple[_Shared, Picture]:
        """The view that this role's next patch will be relative to; drawn now if nobody looked before."""
        if self._picture is None:
            self._picture = self._draw_picture()
        if role not in self._shared:
            self._shared[role] = _Shared(self._picture.view(role))
        return self._shared[role], self._picture
