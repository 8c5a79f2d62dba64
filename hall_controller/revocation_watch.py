"""Lists of revoked cards, read again when their files change: judged, recorded, then in force.

A list that can't be used changes nothing: its authority's former one holds, the officers are told, and the
file is looked at again until it is put right. Sessions of cards that a new list names are ended; ballots
that they cast before stand, as for a card that is pulled.
"""

import asyncio
from pathlib import Path
from typing import Literal

import structlog

from audit.canonical import sha256_hex
from audit.errors import Untrusted
from hall_controller.admission import AT_ONCE
from hall_controller.card_trust import CardTrust
from hall_controller.errors import NotRecorded
from hall_controller.faults import BadFile
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.key_files import load_revocation_list
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Submission
from hall_controller.trust_entries import ListTrust
from voting.commands import SignOut
from voting.errors import Refused

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""A card is revoked by a telephone call; two seconds more keep nobody waiting."""

Lists = Literal["ok", "refused", "over"]
Stamp = tuple[tuple[int, int, int] | None, ...]


class RevocationWatch:
    """`state` is for the officers: all well, a new list can't be used, those held are past their day."""

    def __init__(
        self, files: tuple[Path, ...], hall: Hall, known: Founding, trust: CardTrust, sessions: SessionKeys
    ) -> None:
        self._files, self._hall, self._known = files, hall, known
        self._trust, self._sessions = trust, sessions
        self._seen: Stamp | None = None
        """The files as they were when they were last found good."""
        self._refused: tuple[str, ...] = ()
        self._to_end = True
        """Live sessions are still to be judged by the lists in force: also those of before a restart."""

    @property
    def state(self) -> Lists:
        if not self._trust.lists_are_current(self._hall.now()):
            return "over"
        return "refused" if self._refused else "ok"

    async def run(self) -> None:
        """Until cancelled. Raises LogBroken."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: what is new comes into force, or is refused."""
        try:
            stamp = await asyncio.to_thread(_stamp, self._files)
            if stamp != self._seen:
                lists, faults = await asyncio.to_thread(self._read)
                if not set(lists) <= set(self._hall.revocation_lists):
                    await self._renew(lists)
                self._say(faults)
                self._seen = None if faults else stamp
            if self._to_end:
                await self._end_revoked()
        except (NotRecorded, Refused) as fault:
            log.warning("revocation_lists_not_recorded", fault=str(fault))

    def _read(self) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
        """The lists that may be in force, and what is wrong with the others. One authority's fault is not
        another's: what that one revoked mustn't wait for it."""
        lists, faults, now = list[bytes](), list[str](), self._hall.now()
        for file in self._files:
            try:
                found = load_revocation_list(file)
                self._trust.check_list(found, now)
            except BadFile as fault:
                faults.append(str(fault))
            except Untrusted as fault:
                faults.append(f"{file}: {fault}")
            else:
                lists.append(found)
        return tuple(lists), tuple(faults)

    async def _renew(self, lists: tuple[bytes, ...]) -> None:
        self._trust.comes(lists)
        # Sign-ins that were judged without them are put into the queue before their entry.
        await asyncio.sleep(0)
        recorded = await self._hall.submit(Submission(ListTrust(self._known.ca, lists), "hall"))
        self._trust.holds(lists)
        self._to_end = True
        log.info("revocation_lists_renewed", entry=recorded.seq, lists=[sha256_hex(one) for one in lists])

    def _say(self, faults: tuple[str, ...]) -> None:
        for fault in faults:
            if fault not in self._refused:
                log.warning("revocation_list_refused", fault=fault)
        self._refused = faults

    async def _end_revoked(self) -> None:
        for number, session in enumerate(tuple(self._hall.meeting.attendance.sessions), start=1):
            if self._is_revoked(session):
                await self._end(session)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        self._to_end = False

    def _is_revoked(self, session: str) -> bool:
        known = self._sessions.of(session)
        if known is None:
            return False  # it has ended since
        try:
            self._trust.judge(known.certificate, self._hall.now())
        except Untrusted as no:
            # A list that is missing or too old keeps people from signing in; it throws nobody out.
            return no.code == "revoked"
        return False

    async def _end(self, session: str) -> None:
        try:
            await self._hall.submit(Submission(SignOut(session, "card_revoked"), "hall"))
        except Refused:
            return  # it ended in the meantime
        log.warning("session_ended", cause="card_revoked", session=session)


def _stamp(files: tuple[Path, ...]) -> Stamp:
    """What changes with a file's content; None for one that isn't there."""
    return tuple(map(_stamp_of, files))


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
