"""The hall as the pages are given it: `display.ports.Hall` over the heart, the intake and the seats."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from audit.errors import LogBroken
from audit.signing import to_jwk
from display.ports import (
    JWS,
    BindingState,
    BoundPhone,
    Desk,
    Health,
    LogHead,
    NotRecorded,
    PhoneBinding,
    PinOutcome,
    PinRequest,
    PlannedVote,
    Reader,
    Recorded,
    Seat,
    Upcoming,
)
from hall_controller import errors
from hall_controller.config import HallSection
from hall_controller.desks import DeskSection
from hall_controller.export.writing import export
from hall_controller.faults import BadFile
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.intake import Intake
from hall_controller.log_files import LogFiles
from hall_controller.mobile_form import mobile_form
from hall_controller.own_proofs import OwnProofs
from hall_controller.planned import Plans
from hall_controller.revocation_watch import Lists
from hall_controller.rulebooks import NoSuchRuleBook
from hall_controller.seats import Seats
from hall_controller.store.port import LogReader
from hall_controller.submission import Submission
from voting.commands import Command, OpenSitting, Text
from voting.errors import RuleBookFaulty
from voting.ids import BallotHash, MemberId, OfficerId, SeatId, VoteId
from voting.meeting import Meeting

LOOK_EVERY_S = 0.25
"""How often seats' health is looked at: it changes by the hundred when a row comes or goes."""


class GivenHall:
    """`reader` is a reading connection of its own; `bus_connected` says whether the broker is there."""

    def __init__(
        self,
        hall: Hall,
        section: HallSection,
        known: Founding,
        *,
        plans: Plans,
        desks: Sequence[DeskSection],
        intake: Intake,
        seats: Seats,
        reader: LogReader,
        bus_connected: Callable[[], bool],
        clock_is_right: Callable[[], bool],
        revocation: Callable[[], Lists],
    ) -> None:
        self._hall, self._section, self._known = hall, section, known
        self._plans, self._intake, self._seats = plans, intake, seats
        self.desks = tuple(Desk(SeatId(desk.id), desk.name) for desk in desks)
        self._reader, self._bus_connected, self._clock_is_right = reader, bus_connected, clock_is_right
        self._revocation = revocation
        self._files = LogFiles(reader)
        self._proofs = OwnProofs(reader, self._files, known)
        self._told: list[Callable[[], None]] = []
        self._looked_at: tuple[tuple[object, ...], Health] | None = None
        """Health of the seats, and what it was looked at for."""

    async def run(self) -> None:
        """Tells the followers of each commit and each change of health, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_commits())
            tasks.create_task(self._follow_health())

    # -- what stands -----------------------------------------------------------------------------------

    @property
    def name(self) -> Text:
        return self._section.name

    @property
    def test(self) -> bool:
        return self._section.test

    @property
    def meeting(self) -> Meeting:
        return self._hall.meeting

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        return tuple(Seat(one.id, one.block) for one in self._plans.roster.seats)

    @property
    def health(self) -> Health:
        own, broker, clock = self._hall.health(), self._bus_connected(), self._clock_is_right()
        lists = self._revocation()
        well = broker and clock and lists == "ok"
        # Looked at with every picture, ten times a second in a vote; seats change far less often.
        of_seats = self._seats_looked_at()
        return replace(
            of_seats,
            state="down" if not own.recording else of_seats.state if well else "degraded",
            broker=broker,
            store=own.recording,
            clock=clock,
            lists=lists,
            last_commit_ms=round(own.last_commit_ms),
        )

    def _seats_looked_at(self) -> Health:
        vote = self.meeting.current
        seen = (self._seats.revision, self.meeting.attendance, None if vote is None else vote.id)
        # The very same objects, not equal ones: comparing the whole attendance would cost what this saves.
        if self._looked_at is None or any(
            a is not b for a, b in zip(self._looked_at[0], seen, strict=True)
        ):
            offline, clones = self._seats.offline(), self._seats.clones()
            of_seats = Health(
                state="degraded" if offline or clones else "ok",
                seats_online=self._seats.online(),
                seats_offline=tuple(map(SeatId, offline)),
                clones=tuple(map(SeatId, clones)),
                shown=self._shown(),
            )
            self._looked_at = (seen, of_seats)
        return self._looked_at[1]

    @property
    def head(self) -> LogHead:
        head, signer = self._hall.head, self._known.signer
        keys = {signer.kid: to_jwk(signer.public_key)}
        return LogHead(
            self._known.origin,
            self._known.vkey,
            head.size,
            head.root().hex(),
            self._hall.checkpoint(),
            keys,
        )

    @property
    def programme(self) -> tuple[PlannedVote, ...]:
        return self._plans.questions(self.meeting)

    @property
    def upcoming(self) -> Upcoming | None:
        return self._plans.upcoming(self.meeting)

    def opening(self, by: OfficerId) -> OpenSitting | None:
        try:
            return self._plans.opening(self.meeting, by)
        except (BadFile, NoSuchRuleBook) as error:
            # The officer is told in the same words as of any other rule book that can't be used.
            raise RuleBookFaulty((str(error),)) from error

    def result_jws(self, vote: VoteId) -> JWS | None:
        return self._hall.result(vote)

    def recorded(self, ballot: BallotHash) -> Recorded | None:
        place = self._hall.place(ballot)
        return None if place is None else Recorded(place.seq, place.at)

    # -- what is asked ---------------------------------------------------------------------------------

    def follow(self, told: Callable[[], None]) -> Callable[[], None]:
        self._told.append(told)

        def end() -> None:
            with suppress(ValueError):
                self._told.remove(told)

        return end

    async def submit(self, command: Command, actor: str) -> None:
        try:
            await self._hall.submit(Submission(command, actor))
        except (errors.NotRecorded, LogBroken) as error:
            raise NotRecorded(str(error)) from error

    async def log_file(self, path: str) -> bytes | None:
        if path == "checkpoint":
            return self._hall.checkpoint().encode()
        if path == "vkey":
            return f"{self._known.vkey}\n".encode()
        return await self._files.tile(path, self._hall.head.size)

    def export(self, reader: Reader, out: Path) -> None:
        export(self._reader, self._known, None, out, reader)

    async def request_phone_binding(
        self, key: Mapping[str, str], seat: SeatId, code: str | None = None
    ) -> PhoneBinding:
        return self._intake.request_phone_binding(key, seat, code)

    def phone_binding(self, enrolment: str) -> BindingState | None:
        return self._intake.phone_binding(enrolment)

    async def phone_lost(self, desk: SeatId, code: str | None) -> None:
        try:
            await self._intake.phone_lost(desk, code)
        except (errors.NotRecorded, LogBroken) as error:
            raise NotRecorded(str(error)) from error

    def phone_challenge(self, key_id: str) -> str:
        return self._intake.phone_challenge(key_id)

    def prove_phone(self, key_id: str, challenge: str, signature: bytes) -> BoundPhone | None:
        return self._intake.prove_phone(key_id, challenge, signature)

    async def request_officer_card(self, key: Mapping[str, str], desk: SeatId) -> PhoneBinding:
        return self._intake.officer_cards.request(key, desk)

    def officer_card(self, enrolment: str) -> BindingState | None:
        return self._intake.officer_cards.state(enrolment)

    def prove_officer(self, key_id: str, challenge: str, signature: bytes) -> str | None:
        return self._intake.officer_cards.prove(key_id, challenge, signature)

    def pin_request(self, seat: SeatId) -> PinRequest | None:
        return self._intake.pin_request(seat)

    def pin_outcome(self, seat: SeatId) -> PinOutcome:
        return self._intake.pin_outcome(seat)

    async def send_pin(self, seat: SeatId, chal: str, sealed: str) -> None:
        self._intake.send_pin(seat, chal, sealed)

    async def member_proof(self, member: MemberId, votes: Sequence[VoteId]) -> bytes:
        places = [self._hall.own_places(member, vote) for vote in votes]
        return await self._proofs.of_member(member, places, self._hall.head)

    async def ballot_proof(self, ballot: BallotHash) -> str:
        place = self._hall.place(ballot)
        if place is None:
            raise KeyError(ballot)
        return await self._proofs.of_entry(place.seq, self._hall.head)

    def mobile_form(self, phone: BoundPhone) -> Mapping[str, object]:
        return mobile_form(self.meeting, phone.member, phone.key_id, self._known.origin)

    async def cast_mobile(self, ballot: JWS) -> JWS:
        try:
            return await self._intake.cast_mobile(ballot)
        except (errors.NotRecorded, LogBroken) as error:
            raise NotRecorded(str(error)) from error

    # -- within ----------------------------------------------------------------------------------------

    async def _follow_commits(self) -> None:
        async for _ in self._hall.follow():
            self._tell()

    async def _follow_health(self) -> None:
        seen = (self._seats.revision, True, True, True, "ok")
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            recording, clock = self._hall.health().recording, self._clock_is_right()
            now = (self._seats.revision, self._bus_connected(), recording, clock, self._revocation())
            if now != seen:
                seen = now
                self._tell()

    def _tell(self) -> None:
        for told in tuple(self._told):
            told()

    def _shown(self) -> Mapping[VoteId, int]:
        """At how many seats a member who is signed in there has the question before them."""
        vote = self.meeting.current
        if vote is None:
            return {}
        showing, live = self._seats.shown(vote.id), self.meeting.attendance.sessions.values()
        return {vote.id: sum(one.seat in showing for one in live if not one.asleep)}
