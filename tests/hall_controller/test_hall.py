"""The heart: what is recorded, what is answered, and what is left when recording fails."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit import checkpoint, statement
from audit.errors import LogBroken
from hall_controller.errors import NotRecorded, Unrecordable
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.store import open_store
from hall_controller.store.port import Group
from hall_controller.submission import Commit, Recorded, Submission
from tests.hall_controller.chamber import (
    BY,
    OFFICER,
    ORIGIN,
    START,
    Chamber,
    closed,
    declared,
    opened,
    question,
    seated,
    started,
    the_hall,
)
from tests.hall_controller.failing_store import FailingStore
from voting import commands as c
from voting import events as ev
from voting.division import Phase
from voting.errors import Refused, SittingNotOpen
from voting.ids import ChoiceId, VoteId


def _types(store: FailingStore, start: int = 0) -> list[str]:
    return [entry.type for entry, _ in store.store.entries(start)]


async def test_a_log_begins_with_whose_it_is(hall: Hall, store: FailingStore) -> None:
    assert _types(store) == ["LogCreated", "TrustListed"]
    assert hall.head.size == 2


async def test_a_vote_from_opening_to_declaration(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    before = hall.head.size
    for person, choice in zip(chamber.people, ["approve", "approve", "approve", "reject"], strict=False):
        await hall.submit(person.ballot(form, choice))
    await declared(chamber, hall)
    assert _types(store, before) == [
        *["BallotRecorded"] * 4, "VoteClosing", "VoteClosed", "ResultComputed", "VoteDeclared"
    ]  # fmt: skip
    vote = hall.meeting.votes[VoteId("v1")]
    assert vote.phase is Phase.DECLARED
    assert vote.result is not None
    assert (vote.result.counts[ChoiceId("approve")], vote.result.outcome) == (3, "adopted")


async def test_a_receipt_is_signed_and_says_where_the_ballot_stands(chamber: Chamber, hall: Hall) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    submission = chamber.people[0].ballot(form, "approve")
    recorded = await hall.submit(submission)
    receipt = statement.parse(recorded.receipt, statement.RECEIPT)
    statement.verify(receipt, the_hall().public_key)
    assert isinstance(submission.command, c.CastBallot)
    assert receipt.payload["ballot"] == submission.command.ballot
    assert (receipt.payload["seq"], receipt.payload["log"]) == (recorded.seq, ORIGIN)
    assert recorded.seq == hall.head.size - 1


async def test_the_same_ballot_gets_the_same_receipt_byte_for_byte(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    submission = chamber.people[0].ballot(form, "approve")
    answers = await asyncio.gather(*(hall.submit(submission) for _ in range(5)))
    later = await hall.submit(submission)
    await closed(chamber, hall)
    after_the_close = await hall.submit(submission)
    receipts = [answer.receipt for answer in [*answers, later, after_the_close]]
    assert all(receipt == receipts[0] and receipt is not None for receipt in receipts)
    assert _types(store).count("BallotRecorded") == 1


async def test_what_arrives_during_a_commit_is_one_group_in_its_order(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    store.groups.clear()
    ballots = [person.ballot(form, "approve") for person in chamber.people]
    answers = await asyncio.gather(*map(hall.submit, ballots))
    assert sum(store.groups) == 5
    assert len(store.groups) <= 2
    assert [answer.seq for answer in answers] == list(range(answers[0].seq, answers[0].seq + 5))


async def test_each_command_of_a_group_is_decided_on_what_its_predecessors_left(
    chamber: Chamber, hall: Hall
) -> None:
    announce, open_ = chamber.acts_of_a_vote("v1")
    acts = [chamber.opening(), announce, open_, announce, chamber.opening("s2")]
    answers = await asyncio.gather(*map(hall.submit, acts), return_exceptions=True)
    assert [isinstance(answer, Recorded) for answer in answers] == [True, True, True, False, False]
    assert all(isinstance(answer, Refused) for answer in answers[3:])
    assert hall.meeting.votes[VoteId("v1")].phase is Phase.OPEN


async def test_a_refused_command_changes_nothing(chamber: Chamber, hall: Hall) -> None:
    head, meeting = hall.head, hall.meeting
    with pytest.raises(SittingNotOpen):
        await hall.submit(Submission(c.AdjournSitting(BY), OFFICER))
    assert (hall.head, hall.meeting) == (head, meeting)


async def test_what_no_entry_can_hold_is_refused_before_it_is_recorded(
    chamber: Chamber, hall: Hall
) -> None:
    await seated(chamber, hall)
    head = hall.head
    long = {"vi": "Rất dài " * 10_000, "en": "long"}
    with pytest.raises(Unrecordable):
        await hall.submit(
            Submission(c.AnnounceVote(VoteId("v1"), c.Question(question().kind, long, long), BY), OFFICER)
        )
    assert hall.head == head
    await opened(chamber, hall)


async def test_a_ballot_that_does_not_fit_its_payload_is_refused(chamber: Chamber, hall: Hall) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    submission = chamber.people[0].ballot(form, "approve")
    assert isinstance(submission.evidence, dict)
    huge = submission.evidence | {"signature": "A" * 1400}
    with pytest.raises(Unrecordable):
        await hall.submit(replace(submission, evidence=huge))
    assert (await hall.submit(submission)).receipt is not None


async def test_a_fault_in_one_command_reaches_its_asker_alone(chamber: Chamber, hall: Hall) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    good = [person.ballot(form, "approve") for person in chamber.people[:2]]
    faulty = replace(good[0], evidence=None)  # a ballot without its statement
    answers = await asyncio.gather(hall.submit(faulty), *map(hall.submit, good), return_exceptions=True)
    assert isinstance(answers[0], TypeError)
    assert all(isinstance(answer, Recorded) for answer in answers[1:])


@pytest.mark.parametrize("stood_there", [False, True])
async def test_after_a_failed_write_everybody_hears_not_recorded_and_may_send_again(
    chamber: Chamber, hall: Hall, store: FailingStore, stood_there: bool
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    meeting = hall.meeting
    ballots = [person.ballot(form, "approve") for person in chamber.people]
    store.fail("after" if stood_there else "before")
    answers = await asyncio.gather(*map(hall.submit, ballots), return_exceptions=True)
    assert any(isinstance(answer, NotRecorded) for answer in answers)
    failed = [one for one, answer in zip(ballots, answers, strict=True) if isinstance(answer, NotRecorded)]
    if len(failed) == len(ballots) and not stood_there:
        assert hall.meeting == meeting
        assert not hall.health().recording
    again = await asyncio.gather(*map(hall.submit, failed))
    assert all(answer.receipt is not None for answer in again)
    assert hall.health().recording
    assert _types(store).count("BallotRecorded") == 5
    assert _types(store).count("RecordingInterrupted") == 1
    assert len(hall.meeting.votes[VoteId("v1")].ballots) == 5


async def test_time_that_was_lost_is_given_back(chamber: Chamber, hall: Hall, store: FailingStore) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    first, second = (person.ballot(form, "approve") for person in chamber.people[:2])
    store.fail("before", "reading")
    for one in (first, second):
        with pytest.raises(NotRecorded):
            await hall.submit(one)
        chamber.clock.pass_(20)
    chamber.clock.pass_(20)
    # Sixty seconds have gone, the vote lasts thirty: it is still open, since none of them could be used.
    with pytest.raises(Refused):
        await hall.submit(Submission(c.CloseVote(VoteId("v1"), "clock"), "clock"))
    assert (await hall.submit(first)).receipt is not None
    assert hall.meeting.votes[VoteId("v1")].phase is Phase.OPEN
    assert hall.meeting.votes[VoteId("v1")].given_back.total_seconds() > 59


async def test_a_contradiction_in_the_store_ends_the_taking_of_commands(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await hall.submit(chamber.opening())
    foreign = next(store.store.entries(0, 1))[0]
    store.store.append(Group((replace(foreign, seq=hall.head.size),)))
    for _ in range(2):
        with pytest.raises(LogBroken):
            await hall.submit(Submission(c.AdjournSitting(BY), OFFICER))
    assert hall.health().broken is not None


async def test_a_restart_replays_to_the_same_meeting_and_gives_the_same_receipts(
    chamber: Chamber, hall: Hall, store: FailingStore, tmp_path: Path
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    submission = chamber.people[0].ballot(form, "approve")
    receipt = (await hall.submit(submission)).receipt
    await declared(chamber, hall)
    meeting, head, result, note = hall.meeting, hall.head, hall.result("v1"), hall.checkpoint()
    await hall.close()
    again = await started(chamber, open_store(f"sqlite:///{tmp_path}/hall.db"))
    assert (again.meeting, again.head, again.result("v1"), again.checkpoint()) == (
        meeting,
        head,
        result,
        note,
    )
    assert (await again.submit(submission)).receipt == receipt
    assert again.epoch == 2
    await again.close()


async def test_a_restart_in_an_open_vote_is_noted_and_the_vote_does_not_close_by_itself(
    chamber: Chamber, hall: Hall, store: FailingStore, tmp_path: Path
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    await hall.submit(chamber.people[0].ballot(form, "approve"))
    await hall.close()
    chamber.clock.pass_(300)
    again = await started(chamber, open_store(f"sqlite:///{tmp_path}/hall.db"))
    vote = again.meeting.votes[VoteId("v1")]
    assert vote.phase is Phase.OPEN
    assert len(vote.ballots) == 1
    assert vote.given_back.total_seconds() >= 300
    with pytest.raises(Refused):
        await again.submit(Submission(c.CloseVote(VoteId("v1"), "clock"), "clock"))
    assert (await again.submit(chamber.people[1].ballot(form, "reject"))).receipt is not None
    await again.close()


async def test_a_hall_with_another_key_does_not_go_on_in_this_log(
    chamber: Chamber, hall: Hall, tmp_path: Path
) -> None:
    await hall.close()
    stranger = Founding(ORIGIN, the_hall(2), chamber.known.ca, chamber.known.crl)
    store = open_store(f"sqlite:///{tmp_path}/hall.db")
    with pytest.raises(LogBroken, match="hall's key"):
        await Hall.start(store, stranger, chamber.clock, chamber.token)
    store.close()


async def test_a_changed_trust_list_is_listed_at_the_next_start(
    chamber: Chamber, hall: Hall, tmp_path: Path
) -> None:
    await hall.close()
    chamber.authority.revoke(chamber.people[0].card.certificate, START)
    chamber.crl = chamber.authority.crl(START)
    path = f"sqlite:///{tmp_path}/hall.db"
    store = FailingStore(open_store(path))
    again = await started(chamber, store)
    assert _types(store) == ["LogCreated", "TrustListed", "TrustListed"]
    await again.close()


async def test_the_checkpoint_is_the_durable_head(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await hall.submit(chamber.opening())
    note = checkpoint.verify(hall.checkpoint(), chamber.known.vkey)
    assert (note.size, note.root) == (hall.head.size, hall.head.root())
    store.fail("before")
    with pytest.raises(NotRecorded):
        await hall.submit(chamber.people[0].sign_in("s1"))
    assert checkpoint.verify(hall.checkpoint(), chamber.known.vkey) == note


async def test_the_result_cites_the_log_just_before_it(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await seated(chamber, hall)
    await opened(chamber, hall)
    computed = await closed(chamber, hall)
    signed = statement.parse(hall.result("v1"), statement.RESULT)
    statement.verify(signed, the_hall().public_key)
    assert signed.payload["head"]["size"] == computed.seq
    assert signed.payload["rule"]["book"] == "vn.qh.2016-01-01"


async def test_listeners_hear_every_commit_with_the_meeting_behind_it(chamber: Chamber, hall: Hall) -> None:
    following = hall.follow()
    await seated(chamber, hall)
    await opened(chamber, hall)
    await hall.close()
    heard = [commit async for commit in following]
    seqs = [happening.seq for commit in heard for happening in commit.happenings]
    assert seqs == list(range(2, 2 + len(seqs)))
    assert heard[-1].meeting == hall.meeting
    assert heard[-1].head == hall.head
    assert not any(commit.gap for commit in heard)


async def test_a_listener_that_sleeps_is_not_waited_for_and_gets_the_newest(
    chamber: Chamber, hall: Hall
) -> None:
    asleep = hall.follow()
    await hall.submit(chamber.opening())
    for number in range(300):
        mark = c.MarkPresence(chamber.people[0].id, number % 2 == 0, "điểm danh", BY)
        await hall.submit(Submission(mark, OFFICER))
    await hall.close()
    heard: list[Commit] = [commit async for commit in asleep]
    assert len(heard) < 300
    assert heard[0].gap
    assert heard[-1].meeting == hall.meeting


async def test_a_clock_that_steps_backwards_does_not_reach_the_log(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await hall.submit(chamber.opening())
    chamber.clock.pass_(-3600)
    recorded = await hall.submit(chamber.people[0].sign_in("s1"))
    assert recorded.at >= START


async def test_a_closed_hall_answers_not_recorded(chamber: Chamber, hall: Hall) -> None:
    await hall.close()
    with pytest.raises(NotRecorded):
        await hall.submit(chamber.opening())


async def test_a_change_of_mind_is_a_second_entry_and_one_effective_ballot(
    chamber: Chamber, hall: Hall, store: FailingStore
) -> None:
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    person = chamber.people[0]
    await hall.submit(person.ballot(form, "approve"))
    await hall.submit(person.ballot(form, "reject", again=True))
    await closed(chamber, hall)
    result = hall.meeting.votes[VoteId("v1")].result
    assert _types(store).count("BallotRecorded") == 2
    assert result is not None
    assert (result.participated, result.counts[ChoiceId("reject")]) == (1, 1)


def test_events_of_ballots_name_nobody_in_public(tmp_path: Path) -> None:
    async def sit() -> None:
        chamber = Chamber()
        store = open_store(f"sqlite:///{tmp_path}/hall.db")
        hall = await started(chamber, store)
        await seated(chamber, hall)
        form = await opened(chamber, hall)
        recorded: Any = await hall.submit(chamber.people[0].ballot(form, "approve"))
        data = next(store.entries(recorded.seq))[0].data.decode()
        assert isinstance(recorded.events[0], ev.BallotRecorded)
        assert "mem-" not in data
        assert "approve" not in data
        assert '"actor":"member"' in data
        await hall.close()

    asyncio.run(sit())
