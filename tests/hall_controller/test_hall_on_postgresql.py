"""The same heart on the hall's own store: a cut connection loses nothing that was acknowledged."""

import asyncio

import psycopg
import pytest

from hall_controller.errors import NotRecorded
from hall_controller.group import Standing, catch_up
from hall_controller.store import open_reader, open_store
from tests.hall_controller.chamber import Chamber, declared, opened, seated, started
from tests.postgres import postgres_server, postgres_url
from voting.ids import VoteId

__all__ = ["postgres_server", "postgres_url"]


async def test_a_vote_survives_a_cut_connection(postgres_url: str) -> None:
    chamber = Chamber()
    hall = await started(chamber, open_store(postgres_url))
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    first, *others = [person.ballot(form, "approve") for person in chamber.people]
    receipt = (await hall.submit(first)).receipt
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")
    with pytest.raises(NotRecorded):
        await hall.submit(others[0])
    await asyncio.gather(*map(hall.submit, others))
    assert (await hall.submit(first)).receipt == receipt
    await declared(chamber, hall)
    assert len(hall.meeting.votes[VoteId("v1")].ballots) == 5
    meeting, head = hall.meeting, hall.head
    await hall.close()
    reader = open_reader(postgres_url)
    folded, happenings = catch_up(reader, Standing(), chamber.known)
    assert (folded.meeting, folded.tip.frontier) == (meeting, head)
    assert [one.type for one in happenings].count("RecordingInterrupted") == 1
    reader.close()
