"""Lists of revoked cards, read again when their files change: judged, recorded, then in force.

A list that can't be used changes nothing: its authority's former one holds, the officers are told, and the
file is looked at again until it is put right. Sessions of cards that a new list names are ended; ballots
that they cast before stand, as for a card that is pulled.
"""

import asyncio
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from audit.canonical import sha256_hex
from audit.errors import Untrusted
from hall_controller import decisions
from hall_controller.admission import AT_ONCE
from hall_controller.card_trust import CardTrust
from hall_controller.errors import NotRecorded
from hall_controller.faults import BadFile
from hall_controller.founding import Founded, Founding
from hall_controller.hall import Hall
from hall_controller.key_files import load_answer, load_revocation_list
from hall_controller.sessions import SessionKeys
from hall_controller.submission import Submission
from hall_controller.trust_entries import ListTrust
from hall_controller.trust_files import TrustFiles
from voting.commands import SignOut
from voting.errors import Refused

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 2.0
"""A card is revoked by a telephone call; two seconds more keep nobody waiting."""

Lists = Literal["ok", "refused", "over"]
Stamp = tuple[tuple[Path, tuple[int, int, int] | None], ...]


class RevocationWatch:
    """`state` is for the officers: all well, something new can't be used, what is held is past its day.

    `decisions`: the folder of what the presidium decided (`decisions`)."""

    def __init__(
        self,
        files: TrustFiles,
        hall: Hall,
        known: Founding,
        trust: CardTrust,
        sessions: SessionKeys,
        decisions: Path | None = None,
    ) -> None:
        self._files, self._hall, self._known = files, hall, known
        self._trust, self._sessions, self._decisions = trust, sessions, decisions
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
        self._follow()
        try:
            await self._decide()
            stamp = await asyncio.to_thread(_stamp, self._files)
            if stamp != self._seen:
                found = await asyncio.to_thread(self._read)
                if found.brings_more_than(self._hall.founded):
                    await self._renew(found)
                self._say(found.faults)
                self._seen = None if found.faults else stamp
            if self._to_end:
                await self._end_revoked()
        except (NotRecorded, Refused) as fault:
            log.warning("revocation_lists_not_recorded", fault=str(fault))

    def _follow(self) -> None:
        """What the log lists is in force, also where the answer to its recording was lost: a commit that
        nobody knew of is read back with the next one."""
        if self._trust.follow(self._hall.founded):
            self._to_end = True
            log.info("revocation_lists_followed", lists=len(self._hall.founded.crl))

    def _read(self) -> "_Found":
        """What may be in force, and what is wrong with the rest. One authority's fault is not another's:
        what that one revoked mustn't wait for it."""
        held, faults = set(self._hall.founded.ocsp), list[str]()
        lists = self._usable(self._files.lists(), load_revocation_list, self._trust.check_list, faults)
        answers = self._usable(self._files.answers(), load_answer, self._trust.check_answer, faults, held)
        return _Found(lists, answers, tuple(faults))

    def _usable(
        self,
        files: Iterable[Path],
        load: Callable[[Path], bytes],
        check: Callable[[bytes, datetime], None],
        faults: list[str],
        held: Container[bytes] = (),
    ) -> tuple[bytes, ...]:
        """`held`: what was taken before. An answer is short-lived, and no fault once it is past its day."""
        usable, now = list[bytes](), self._hall.now()
        for file in files:
            try:
                found = load(file)
                if found not in held:
                    check(found, now)
            except BadFile as fault:
                faults.append(str(fault))
            except Untrusted as fault:
                faults.append(f"{file}: {fault}")
            else:
                usable.append(found)
        return tuple(dict.fromkeys(usable))

    async def _renew(self, found: "_Found") -> None:
        self._trust.comes(found.lists, found.answers)
        await self._prepare()
        asked = ListTrust(self._known.ca, found.lists, found.answers, self._known.algorithms)
        recorded = await self._hall.submit(Submission(asked, "hall"))
        self._follow()
        log.info(
            "revocation_lists_renewed",
            entry=recorded.seq,
            lists=[sha256_hex(one) for one in found.lists],
            answers=len(found.answers),
        )

    async def _prepare(self) -> None:
        """Every card with a session is judged by them once before they are in force: the next press of a
        full house finds that done (`trust_stores`)."""
        for session in tuple(self._hall.meeting.attendance.sessions):
            self._is_revoked(session)
            await asyncio.sleep(0)

    async def _decide(self) -> None:
        """What the presidium decided meanwhile. Raises NotRecorded, LogBroken."""
        if self._decisions is None:
            return
        for file in await asyncio.to_thread(decisions.waiting, self._decisions):
            try:
                decided = decisions.read(file)
                if not any(decided.is_in(waiver) for waiver in self._hall.founded.waivers):
                    await self._hall.submit(Submission(decided, "hall"))
            except (BadFile, Refused) as fault:
                log.warning("decision_refused", fault=str(fault))
                decisions.set_aside(file)
            else:
                # A crash before this: it is found in the log, and only the file is removed.
                self._follow()
                log.warning("revocation_waived", by=decided.decided_by, reason=decided.reason)
                file.unlink(missing_ok=True)

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
            return no.code in ("revoked", "unknown")
        return False

    async def _end(self, session: str) -> None:
        try:
            await self._hall.submit(Submission(SignOut(session, "card_revoked"), "hall"))
        except Refused:
            return  # it ended in the meantime
        log.warning("session_ended", cause="card_revoked", session=session)


@dataclass(frozen=True, slots=True)
class _Found:
    lists: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    faults: tuple[str, ...]

    def brings_more_than(self, founded: Founded) -> bool:
        return not (set(self.lists) <= set(founded.crl) and set(self.answers) <= set(founded.ocsp))


def _stamp(files: TrustFiles) -> Stamp:
    """What changes with the files and their content; None for one that isn't there."""
    return tuple((file, _stamp_of(file)) for file in (*files.lists(), *files.answers()))


def _stamp_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
