"""Who asked and who confirmed stand in the log's entry, and a recount asks the rules with both."""

from pathlib import Path

from display.officers import both
from hall_controller.journal import Tip, reread
from hall_controller.recount import recount
from hall_controller.store import open_store
from hall_controller.submission import Submission
from tests.hall_controller.chamber import Chamber, adjourned, opened, seated, started
from voting import commands as c
from voting.ids import OfficerId, VoteId

TWO = both(OfficerId("thu-ky"), OfficerId("chu-toa"))


async def test_both_names_are_recorded_replayed_and_recounted(tmp_path: Path) -> None:
    chamber, store = Chamber(), open_store(f"sqlite:///{tmp_path}/hall.db")
    hall = await started(chamber, store)
    await seated(chamber, hall)
    await opened(chamber, hall)
    vote = VoteId(next(iter(hall.meeting.votes)))
    await hall.submit(Submission(c.CancelVote(vote, "Sai phương án", TWO), f"officer:{TWO}"))
    mark = c.MarkPresence(chamber.people[0].id, False, "Đã ra về", TWO)
    await hall.submit(Submission(mark, f"officer:{TWO}"))
    await adjourned(hall)
    record = [(one.entry, one.body) for one in reread(store, Tip())]
    await hall.close()
    acted = {entry.type: entry.actor for entry, _ in record}
    assert acted["VoteCancelled"] == acted["PresenceMarked"] == "officer:thu-ky+chu-toa"
    assert [one for one in recount(iter(record)) if one.severity == "error"] == []
