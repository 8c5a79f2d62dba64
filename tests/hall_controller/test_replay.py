"""Laws of the fold: whatever was done, its log leads to the same meeting, and an auditor finds nothing."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import base64url
from audit.entry import Entry
from hall_controller.errors import NotRecorded
from hall_controller.group import Standing, catch_up
from hall_controller.hall import Hall
from hall_controller.journal import Tip, reread
from hall_controller.recount import recount
from hall_controller.store import open_store
from hall_controller.submission import Submission
from tests.hall_controller.chamber import BY, NAMES_BOOK, OFFICER, Chamber, question, started
from tests.hall_controller.failing_store import FailingStore
from voting import ballot
from voting import commands as c
from voting.errors import Refused
from voting.ids import ChoiceId, OfficerId, VoteId

PEOPLE = Chamber(size=3, book=NAMES_BOOK)
"""Made once: keys and certificates take longer than the sittings."""

_acts = st.sampled_from(
    [
        "open_sitting",
        "adjourn",
        "announce",
        "announce_again",
        "open",
        "hold",
        "resume",
        "extend",
        "close",
        "end_closing",
        "compute",
        "declare",
        "cancel",
        "hand_count",
        "casting",
        "request",
        "withdraw",
        "give",
        "end_speech",
        "sign_in",
        "sign_out",
        "mark",
        "wait",
    ]
)
_ballots = st.tuples(st.integers(0, 2), st.sampled_from(["approve", "reject", "not_voting"]), st.booleans())
_troubles = st.sampled_from(["before", "after", "restart"])
_steps = st.lists(st.one_of(_acts, _ballots, _ballots, _troubles), min_size=5, max_size=40)
_BEGINNING = ["open_sitting", "sign_in", "announce", "open"]


class _Sitting:
    """Does what the steps say; what the rules refuse is refused."""

    def __init__(self, chamber: Chamber, path: Path) -> None:
        self.chamber, self.path = chamber, path
        self.votes = self.sittings = 0

    async def begin(self) -> None:
        self.store = FailingStore(open_store(f"sqlite:///{self.path}/hall.db"))
        self.hall: Hall = await started(self.chamber, self.store)

    async def step(self, step: Any) -> None:
        if step == "restart":
            await self.hall.close()
            await self.begin()
        elif step == "wait":
            self.chamber.clock.pass_(20)
        elif step in ("before", "after"):
            self.store.fail(step)
        else:
            for submission in self._asked(step):
                with contextlib.suppress(Refused, NotRecorded):
                    await self.hall.submit(submission)

    def _asked(self, step: Any) -> Iterator[Submission]:
        if isinstance(step, tuple):
            yield from self._ballot(*step)
        elif step == "open_sitting":
            self.sittings += 1
            yield self.chamber.opening(f"s{self.sittings}")
        elif step == "sign_in":
            for person in self.chamber.people:
                yield person.sign_in(f"s{self.sittings}")
        elif step == "sign_out":
            yield Submission(c.SignOut(self.chamber.people[0].session, "card_removed"), "member")
        else:
            yield self._act(step)

    def _ballot(self, number: int, choice: str, again: bool) -> Iterator[Submission]:
        vote, person = self.hall.meeting.current, self.chamber.people[number]
        if vote is not None and vote.challenge is not None and person.session:
            form = ballot.form(self.hall.meeting, vote.id, self.chamber.known.origin)["form"]
            effective = vote.ballots.get(person.id)
            person.rev, person.last = (effective.rev, effective.ballot) if effective else (0, None)
            yield person.ballot(form, choice, again=again and effective is not None)

    def _act(self, step: str) -> Submission:
        member, other = self.chamber.people[1].id, OfficerId("binh")
        if step.startswith("announce"):
            self.votes += 1
        vote, before = VoteId(f"v{self.votes}"), VoteId(f"v{self.votes - 1}")
        counts = {ChoiceId("approve"): 2, ChoiceId("reject"): 1, ChoiceId("not_voting"): 0}
        commands: dict[str, c.Command] = {
            "adjourn": c.AdjournSitting(BY),
            "announce": c.AnnounceVote(vote, question(), BY),
            "announce_again": c.AnnounceVote(vote, question(), BY, before, "nhầm nội dung", "chủ tọa"),
            "open": c.OpenVote(vote, base64url.encode(self.chamber.token(16)), BY),
            "hold": c.HoldVote(vote, "mất điện", BY),
            "resume": c.ResumeVote(vote, BY),
            "extend": c.ExtendVote(vote, 5, BY),
            "close": c.CloseVote(vote, BY),
            "end_closing": c.EndClosing(vote),
            "compute": c.ComputeResult(vote),
            "declare": c.DeclareVote(vote, BY),
            "cancel": c.CancelVote(vote, "rút nội dung", BY),
            "hand_count": c.EnterHandCount(vote, counts, BY if self.chamber.token.drawn % 2 else other),
            "casting": c.GiveCastingVote(vote, ChoiceId("approve"), BY),
            "request": c.RequestFloor(member, "speech"),
            "withdraw": c.WithdrawRequest(member),
            "give": c.GiveFloor(member, BY),
            "end_speech": c.EndSpeech(BY),
            "mark": c.MarkPresence(self.chamber.people[2].id, False, "xin về sớm", BY),
        }
        return Submission(commands[step], "clock" if step == "end_closing" else OFFICER)


def _record(store: FailingStore) -> list[tuple[Entry, Any]]:
    return [(one.entry, one.body) for one in reread(store.store, Tip())]


async def _sit(steps: list[Any], path: Path) -> None:
    chamber = Chamber(size=0, book=NAMES_BOOK, authority=PEOPLE.authority)
    chamber.people, chamber.crl = PEOPLE.people, PEOPLE.crl
    sitting = _Sitting(chamber, path)
    await sitting.begin()
    for step in [*_BEGINNING, *steps]:
        await sitting.step(step)
    folded, _ = catch_up(sitting.store.store, Standing(), chamber.known)
    if sitting.hall.health().recording:  # otherwise the store may hold what the hall doesn't know of yet
        assert (folded.meeting, folded.tip.frontier) == (sitting.hall.meeting, sitting.hall.head)
    record = _record(sitting.store)
    await sitting.hall.close()
    assert [finding for finding in recount(iter(record)) if finding.severity != "note"] == []


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(_steps)
def test_the_log_leads_to_the_meeting_and_the_rules_agree(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_sit(steps, Path(directory)))
