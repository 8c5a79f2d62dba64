"""No order of presses, lists and lost answers makes a log that its own verifier calls damaged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audit.checkpoint import parse_vkey
from audit.signing import to_jwk
from audit.verifier import Anchor, verify
from hall_controller.card_ballots import CardNotTrusted
from hall_controller.card_trust import CardTrust
from hall_controller.export.directory import Directory
from hall_controller.export.writing import export
from hall_controller.hall import Hall
from hall_controller.recount import recount
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_reader, open_sqlite
from hall_controller.submission import Recorded, Submission
from hall_controller.trust_entries import ListTrust
from hall_controller.trust_files import TrustFiles
from tests.hall_controller.chamber import (
    START,
    Chamber,
    Person,
    adjourned,
    declared,
    opened,
    seated,
    started,
)
from tests.hall_controller.failing_store import FailingStore
from voting.ids import VoteId


@dataclass(slots=True)
class Sitting:
    """Everybody is signed in, a vote is open; the first member's card is on a list still to come."""

    folder: Path
    chamber: Chamber
    store: FailingStore
    hall: Hall
    watch: RevocationWatch
    form: dict[str, Any]

    @property
    def victim(self) -> Person:
        return self.chamber.people[0]

    @property
    def new(self) -> ListTrust:
        known = self.chamber.known
        return ListTrust(known.ca, ((self.folder / "crl.der").read_bytes(),))

    def revoke(self) -> None:
        self.chamber.authority.revoke(self.victim.card.certificate, START)
        (self.folder / "crl.der").write_bytes(self.chamber.authority.crl(START))

    async def findings(self) -> list[str]:
        """What `hall verify` finds in the export of this sitting, adjourned."""
        await declared(self.chamber, self.hall)
        await adjourned(self.hall)
        known, out = self.chamber.known, self.folder / "out"
        reader = open_reader(f"sqlite:///{self.folder}/hall.db")
        export(reader, known, None, out, "auditor")
        reader.close()
        report = verify(Directory(out), Anchor(parse_vkey(known.vkey), known.ca), recount)
        return [one.code for one in report.findings]

    def lives(self, person: Person) -> bool:
        return person.session in self.hall.meeting.attendance.sessions


@pytest.fixture
async def sitting(tmp_path: Path) -> AsyncIterator[Sitting]:
    chamber, store = Chamber(), FailingStore(open_sqlite(tmp_path / "hall.db"))
    hall = await started(chamber, store)
    await seated(chamber, hall)
    (tmp_path / "crl.der").write_bytes(chamber.crl)
    keys = SessionKeys()
    for one in chamber.people:
        keys.learn(one.session, to_jwk(one.key.public_key), one.card.certificate)
    trust = CardTrust.standing(chamber.known, hall.founded, hall.trust_stores)
    watch = RevocationWatch(TrustFiles((tmp_path / "crl.der",)), hall, chamber.known, trust, keys)
    await watch.look()
    yield Sitting(tmp_path, chamber, store, hall, watch, await opened(chamber, hall))
    await hall.close()


async def test_a_ballot_that_was_good_at_the_door_and_is_placed_behind_the_list_is_refused(
    sitting: Sitting,
) -> None:
    """In one group with the list, and in the group after it: before the session is ended."""
    sitting.revoke()
    hall, early, late = sitting.hall, sitting.chamber.people[1], sitting.victim
    answers = await asyncio.gather(
        hall.submit(early.ballot(sitting.form, "approve")),
        hall.submit(Submission(sitting.new, "hall")),
        hall.submit(late.ballot(sitting.form, "approve")),
        return_exceptions=True,
    )
    assert isinstance(answers[0], Recorded)
    assert isinstance(answers[2], CardNotTrusted)
    assert (answers[2].code, answers[2].final) == ("card_revoked", True)
    assert sitting.lives(late)
    with pytest.raises(CardNotTrusted):
        await hall.submit(late.ballot(sitting.form, "reject"))
    assert await sitting.findings() == []


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 6, 8, 12, 20, 40])
async def test_a_press_at_any_moment_of_a_lists_coming_leaves_a_sound_log(
    sitting: Sitting, steps: int
) -> None:
    """Recorded before the list or refused behind it, whichever it meets."""
    sitting.revoke()
    looking = asyncio.create_task(sitting.watch.look())
    for _ in range(steps):
        await asyncio.sleep(0)
    pressed = sitting.hall.enqueue(sitting.victim.ballot(sitting.form, "approve"))
    await looking
    (outcome,) = await asyncio.gather(pressed, return_exceptions=True)
    assert isinstance(outcome, Recorded | CardNotTrusted)
    assert not sitting.lives(sitting.victim)
    assert await sitting.findings() == []


async def test_a_press_while_the_list_is_being_written_is_judged_by_it(sitting: Sitting) -> None:
    """The group is decided by what stands before it, not by what stood there when the key was pressed."""
    sitting.revoke()
    stall = sitting.store.stall()
    looking = asyncio.create_task(sitting.watch.look())
    assert await asyncio.to_thread(stall.begun.wait, 5)
    pressed = sitting.hall.enqueue(sitting.victim.ballot(sitting.form, "approve"))
    stall.over.set()
    with pytest.raises(CardNotTrusted):
        await pressed
    await looking
    assert await sitting.findings() == []


async def test_a_list_that_was_written_though_nobody_was_told_is_followed(sitting: Sitting) -> None:
    sitting.revoke()
    sitting.store.fail("after")
    await sitting.watch.look()
    assert len(sitting.hall.revocation_lists) == 1, "nobody knows yet"
    await sitting.hall.submit(sitting.chamber.people[1].ballot(sitting.form, "approve"))
    assert len(sitting.hall.revocation_lists) == 2, "read back before anything else is recorded"
    with pytest.raises(CardNotTrusted):
        await sitting.hall.submit(sitting.victim.ballot(sitting.form, "approve"))
    await sitting.watch.look()
    assert (sitting.watch.state, sitting.lives(sitting.victim)) == ("ok", False)
    assert len(sitting.hall.revocation_lists) == 2, "it isn't listed a second time"
    assert await sitting.findings() == []


async def test_a_sign_in_behind_the_list_is_refused(sitting: Sitting) -> None:
    sitting.revoke()
    answers = await asyncio.gather(
        sitting.hall.submit(Submission(sitting.new, "hall")),
        sitting.hall.submit(sitting.victim.sign_in("s1")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], CardNotTrusted)


async def test_a_ballot_without_the_card_behind_its_session_is_recorded_by_nobody(
    sitting: Sitting,
) -> None:
    ballot = replace(sitting.victim.ballot(sitting.form, "approve"), card=None)
    with pytest.raises(TypeError):
        await sitting.hall.submit(ballot)
    assert not sitting.hall.meeting.votes[VoteId("v1")].ballots


async def test_a_recorded_ballot_keeps_its_receipt_when_the_card_is_revoked(sitting: Sitting) -> None:
    """Sent again it is the same ballot: what was recorded stands, and its receipt with it."""
    ballot = sitting.victim.ballot(sitting.form, "approve")
    receipt = (await sitting.hall.submit(ballot)).receipt
    sitting.revoke()
    await sitting.hall.submit(Submission(sitting.new, "hall"))
    assert (await sitting.hall.submit(ballot)).receipt == receipt
