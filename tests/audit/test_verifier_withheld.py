"""What a reader may not see is named, not hidden, and the export doesn't tell it by other ways."""

import pytest

from audit.verifier import verify
from tests.audit.builder import LogBuilder, begun, ended, recount, sitting, voted

TOTALS_ONLY = {"public", "result", "declared"}


def quiet_recount(record):  # type: ignore[no-untyped-def]
    """A recount that knows that it can't count what it isn't shown."""
    for _ in record:
        pass
    return ()


def test_a_public_export_is_verified_and_says_what_it_lacks() -> None:
    log = sitting()
    report = verify(log.export(classes=TOTALS_ONLY), log.anchor(), quiet_recount)
    assert report.verdict == "verified as far as it is shown"
    assert report.findings == ()
    assert len(report.withheld) == 3
    assert report.withheld[0].startswith("6 ballot payloads of v1: not checked: signatures")
    assert "ballots" not in "".join(report.checked)


def test_a_public_export_shows_neither_who_took_part_nor_how() -> None:
    log = sitting()
    files = log.export(classes=TOTALS_ONLY)
    # The roll and the rule book are public: everything else must name no member, seat or single choice.
    roll = {f"blobs/{e.blob.sha256}" for e in log.entries if e.blob and e.blob.cls == "public"}
    rest = b"".join(data for path, data in files.items() if path not in roll)
    assert b"m001" not in rest
    assert b'"seat"' not in rest
    assert b"choice" not in rest
    assert len([path for path in files if path.startswith("certs/")]) == 1


def test_every_ballots_entry_has_the_same_length_whatever_it_says() -> None:
    log = begun()
    log.cast("v1", "m001", "approve")
    log.cast("v1", "m002", "a-much-longer-choice-than-the-others")
    first, second = [e for e in log.entries if e.type == "BallotRecorded"]
    assert first.blob
    assert second.blob
    assert first.blob.len == second.blob.len == 1536
    assert len(log.raw[first.seq]) == len(log.raw[second.seq])


def test_a_public_payload_may_not_be_withheld() -> None:
    log = sitting()
    report = verify(log.export(classes={"result"}), log.anchor(), quiet_recount)
    assert {f.code for f in report.findings if f.severity == "error"} >= {"payload_missing"}


def test_ballots_without_their_sign_ins_are_judged_as_far_as_they_go() -> None:
    """Where a sitting has a vote with names and another without, its sign-ins are withheld."""
    log = sitting()
    report = verify(log.export(classes=TOTALS_ONLY | {"ballot", "participation"}), log.anchor(), recount)
    assert report.findings == ()
    assert any("session payloads" in line for line in report.withheld)


def test_a_list_that_names_unrecorded_ballots_is_found_without_the_ballots() -> None:
    log = voted()
    log.votes["v1"]["ballots"]["m006"] = (1, "0" * 64, "approve")
    report = verify(ended(log).export(classes=TOTALS_ONLY | {"participation"}), log.anchor(), quiet_recount)
    assert {f.code for f in report.findings} == {"participation_ballots", "payload_partly_missing"}


def test_a_recount_that_stops_early_doesnt_stop_the_checks() -> None:
    log = voted()
    log.cast("v1", "m001", "reject", rev=1, prev=None)
    report = verify(log.export(), log.anchor(), lambda record: [])
    assert {f.code for f in report.findings} == {"ballot_second_effective"}


def test_an_export_while_the_vote_is_open_is_verified() -> None:
    log: LogBuilder = voted()
    assert verify(log.export(), log.anchor(), recount).verdict == "verified"


@pytest.mark.parametrize(
    "of", ["BallotRecorded", "VoteClosed", "SignedIn", "SignedOut", "ResultComputed", "VoteDeclared"]
)
def test_one_payload_taken_from_what_is_released_whole_is_an_error(of: str) -> None:
    """Who was given an export can't be told that a ballot in its midst was withheld from him."""
    log = voted()
    log.sign_out("m001")
    ended(log)
    gone = next(entry for entry in log.entries if entry.type == of)
    assert gone.blob
    files = log.export()
    del files[f"blobs/{gone.blob.sha256}"]
    report = verify(files, log.anchor(), quiet_recount)
    torn = [finding for finding in report.findings if finding.code == "payload_partly_missing"]
    assert [(f.severity, f.where) for f in torn] == [("error", f"entry {gone.seq}")]
    assert torn[0].text.endswith(f"not of entry {gone.seq}")
    assert report.verdict == "damaged"


def test_ballots_without_the_list_of_who_took_part_are_an_error() -> None:
    log = sitting()
    report = verify(log.export(classes=TOTALS_ONLY | {"ballot"}), log.anchor(), quiet_recount)
    assert [f.code for f in report.findings] == ["payload_partly_missing"]


def test_two_votes_are_released_each_for_itself() -> None:
    log = voted()
    log.close("v1")
    log.declare("v1")
    log.open_vote("v2")
    log.cast("v2", "m001", "approve")
    second = {e.blob.sha256 for e in log.entries if e.blob and e.d.get("vote") == "v2"}
    files = {path: data for path, data in log.export().items() if path[len("blobs/") :] not in second}
    report = verify(files, log.anchor(), quiet_recount)
    assert report.findings == ()
    assert report.verdict == "verified as far as it is shown"
    alone = verify(files, None, quiet_recount)
    assert alone.verdict == "consistent as far as it is shown; authenticity not judged"
