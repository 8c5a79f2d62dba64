"""A small sitting to put questions to: members m001…, seats 001…, a rule book that is shipped or given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from hall_controller import rulebooks
from voting import commands as c
from voting.division import Division
from voting.events import Event
from voting.ids import BallotHash, ChoiceId, KindId, MemberId, OfficerId, SeatId, SittingId, VoteId
from voting.meeting import Meeting, decide, evolve
from voting.members import Member

DAY = date(2019, 6, 3)
NOON = datetime(2019, 6, 3, 5, tzinfo=UTC)
SECRETARY = OfficerId("thu-ky")
CHAIR = OfficerId("chu-toa")
CHALLENGE = "AAAAAAAAAAAAAAAAAAAAAA"
BOOK = "vn.qh.2016-01-01"


def member(n: int) -> MemberId:
    return MemberId(f"m{n:03}")


def seat(n: int) -> SeatId:
    return SeatId(f"{n:03}")


def question(kind: str = "poll", title: str = "Khoản 8 Điều 5") -> c.Question:
    return c.Question(
        KindId(kind), {"vi": title, "en": "Article 5(8)"}, {"vi": "Dự thảo Luật", "en": "Draft law"}
    )


def open_sitting(
    members: int = 9, book: str = BOOK, id: str = "phien-1", text: str | None = None
) -> c.OpenSitting:
    people = tuple(
        Member(member(n), f"Đại biểu {n}", "Hà Nội", date(2016, 5, 22)) for n in range(1, members + 1)
    )
    return c.OpenSitting(
        sitting=SittingId(id),
        on=DAY,
        title={"vi": "Phiên họp", "en": "Sitting"},
        rulebook_text=text if text is not None else rulebooks.text(book),
        members=people,
        seating={person.id: seat(n) for n, person in enumerate(people, start=1)},
        by=SECRETARY,
    )


@dataclass
class Hall:
    """Decides and folds, as the hall does, with a clock that the test moves."""

    meeting: Meeting = field(default_factory=Meeting.empty)
    at: datetime = NOON
    log: list[tuple[Event, datetime]] = field(default_factory=list)

    def do(self, command: c.Command) -> tuple[Event, ...]:
        events = decide(self.meeting, command, self.at)
        for event in events:
            self.meeting = evolve(self.meeting, event, self.at)
            self.log.append((event, self.at))
        return events

    def later(self, seconds: float) -> "Hall":
        self.at += timedelta(seconds=seconds)
        return self

    def vote(self, id: str = "v1") -> Division:
        return self.meeting.votes[VoteId(id)]

    def sign_in(self, n: int, session: str = "", channel: c.Channel = "seat") -> None:
        self.do(sign_in(n, session, channel, self.at))

    def open_mobile(self, *ns: int) -> None:
        self.do(c.OpenMobile(tuple(map(member, ns)), "Tham dự từ xa", CHAIR))

    def announce(self, id: str = "v1", kind: str = "poll") -> None:
        self.do(c.AnnounceVote(VoteId(id), question(kind), SECRETARY))

    def open(self, id: str = "v1", kind: str = "poll", duration_s: int | None = 30) -> None:
        self.announce(id, kind)
        self.do(c.OpenVote(VoteId(id), CHALLENGE, SECRETARY, duration_s))

    def cast(self, n: int, choice: str = "approve", id: str = "v1") -> BallotHash:
        command = self.ballot(n, choice, id)
        self.do(command)
        return command.ballot

    def ballot(
        self, n: int, choice: str = "approve", id: str = "v1", channel: c.Channel = "seat"
    ) -> c.CastBallot:
        """The next ballot of a member, as their signer would fill the form in."""
        division = self.vote(id)
        current = division.ballots.get(member(n))
        rev = current.rev + 1 if current else 1
        return c.CastBallot(
            vote=VoteId(id),
            definition=division.definition_hash,
            challenge=division.challenge or "",
            member=member(n),
            seat=seat(n) if channel == "seat" else None,
            channel=channel,
            session=f"{channel}-{n}",
            choice=ChoiceId(choice),
            rev=rev,
            prev=current.ballot if current else None,
            ballot=hash_of(f"{id}/{n}/{rev}/{choice}"),
        )

    def close(self, id: str = "v1") -> None:
        """Closes by an officer, lets the grace pass, computes the result."""
        self.do(c.CloseVote(VoteId(id), SECRETARY))
        self.end(id)

    def end(self, id: str = "v1") -> None:
        self.later(60).do(c.EndClosing(VoteId(id)))
        self.do(c.ComputeResult(VoteId(id)))


def sign_in(n: int, session: str = "", channel: c.Channel = "seat", at: datetime = NOON) -> c.SignIn:
    return c.SignIn(
        member=member(n),
        seat=seat(n) if channel == "seat" else None,
        channel=channel,
        session=session or f"{channel}-{n}",
        key=f"key-{n}",
        expires=at + timedelta(hours=8),
    )


def hash_of(text: str) -> BallotHash:
    return BallotHash(sha256(text.encode()).hexdigest())


def sitting_hall(members: int = 9, present: Iterable[int] | None = None, book: str = BOOK) -> Hall:
    """A hall with an open sitting; everyone is signed in at their seat unless `present` says who."""
    hall = Hall()
    hall.do(open_sitting(members, book))
    for n in range(1, members + 1) if present is None else present:
        hall.sign_in(n)
    return hall
