"""A member's proof: what an honest one shows, and that whatever was done to it is refused and named."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import member_proof, proof
from audit.member_proof import NotProvable, ProofReport, VotePlaces, checking
from audit.member_proof.places import ExportParts
from audit.verifier import Anchor, log_files
from tests.audit.builder import LogBuilder, begun, ended, hall_signer, sitting, voted
from tests.audit.cards import Authority

Said = dict[str, Any]
PAGE = (Path(__file__).parents[2] / "docs/specs/proof.md").read_text("utf-8")


def made(log: LogBuilder, member: str, vote: str | None = None, size: int | None = None) -> bytes:
    source = log.export(size)
    files = log_files.read(source, None)
    places = member_proof.export_places(source, files, member, vote)
    return member_proof.encode(
        member_proof.make(ExportParts(source, files), member, places.votes, places.ca)
    )


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return sitting()


def codes(report: ProofReport) -> list[str]:
    return [finding.code for finding in report.findings]


def test_it_shows_each_ballot_and_which_one_counts(log: LogBuilder) -> None:
    report = member_proof.check(made(log, "m002"), log.anchor(), None)
    assert codes(report) == []
    assert [line.rsplit(": ", 1)[1] for line in report.shown if "entry" in line] == [
        "replaced by a later one", "COUNTS",
    ]  # fmt: skip
    assert (report.origin, report.size) == (log.origin, len(log.raw))


def test_it_shows_that_there_is_no_ballot(log: LogBuilder) -> None:
    report = member_proof.check(made(log, "m006"), log.anchor(), None)
    assert codes(report) == []
    assert report.shown[-1] == "  NO ballot is recorded in the name of m006"


def test_before_the_close_it_says_nothing_of_what_counts() -> None:
    log = voted()
    report = member_proof.check(made(log, "m001"), log.anchor(), None)
    assert report.sound
    assert not any("COUNTS" in line or "NO ballot" in line for line in report.shown)
    assert "the close isn't shown" in report.shown[-1]


def test_an_export_serves_as_well_as_an_anchor(log: LogBuilder) -> None:
    files = log_files.read(log.export(), None)
    assert codes(member_proof.check(made(log, "m001"), None, files)) == ["not_judged"]
    assert codes(member_proof.check(made(log, "m001"), log.anchor(), files)) == []


def test_an_older_proof_agrees_with_a_later_export_and_not_the_other_way_round(log: LogBuilder) -> None:
    early, late = len(log.raw) - 2, log_files.read(log.export(), None)
    assert member_proof.check(made(log, "m001", size=early), log.anchor(), late).sound
    cut = log_files.read(log.export(early), None)
    assert codes(member_proof.check(made(log, "m001"), log.anchor(), cut)) == ["proof_beyond"]


def test_the_log_of_another_truth_is_named(log: LogBuilder) -> None:
    """The same key, the same sizes, another ballot: two logs, of which the reader holds one."""
    other = begun()
    for member in other.roll[:-1]:
        other.cast("v1", member, "approve")
    other.cast("v1", other.roll[1], "reject")
    other = ended(other)
    files = log_files.read(other.export(), None)
    assert codes(member_proof.check(made(log, "m001"), log.anchor(), files)) == ["proof_differs"]
    seen = other.anchor(len(other.raw))
    assert codes(member_proof.check(made(log, "m001"), seen, None)) == ["proof_differs"]


def test_a_proof_of_another_hall_is_foreign(log: LogBuilder) -> None:
    elsewhere = sitting(hall=hall_signer("elsewhere"))
    assert codes(member_proof.check(made(elsewhere, "m001"), log.anchor(), None)) == ["proof_foreign"]
    test_hall = sitting(origin="dienhong.example/test/2026")
    assert codes(member_proof.check(made(test_hall, "m001"), log.anchor(), None)) == ["proof_foreign"]


def test_a_card_of_another_authority_is_named(log: LogBuilder) -> None:
    strangers = LogBuilder(authority=Authority("Elsewhere")).anchor()
    report = member_proof.check(made(log, "m001"), strangers, None)
    assert set(codes(report)) == {"card_no_path"}


def _of(log: LogBuilder, member: str) -> Said:
    said: Said = json.loads(made(log, member))
    return said


def _ballot_of_another(said: Said, log: LogBuilder) -> None:
    said["votes"][0]["ballots"] = _of(log, "m003")["votes"][0]["ballots"]


def _with_session(said: Said, log: LogBuilder) -> None:
    other = _of(log, "m003")
    _ballot_of_another(said, log)
    said["sessions"], said["certs"] = other["sessions"], other["certs"]


def _leaf_of_another(said: Said, log: LogBuilder) -> None:
    said["votes"][0]["closed"] = _of(log, "m003")["votes"][0]["closed"]


def _none_instead(said: Said, log: LogBuilder) -> None:
    """m006 voted for nothing: its leaf under another name."""
    closed = _of(log, "m006")["votes"][0]["closed"]
    closed["leaf"]["member"] = "m002"
    said["votes"][0] |= {"closed": closed, "ballots": []}


def _path_flipped(said: Said, log: LogBuilder) -> None:
    one = said["votes"][0]["ballots"][0]
    head, blank, note = one["proof"].partition("\n\n")
    lines = head.split("\n")
    lines[3] = ("A" if lines[3][0] != "A" else "B") + lines[3][1:]
    one["proof"] = "\n".join(lines) + blank + note


def _entry_changed(said: Said, log: LogBuilder) -> None:
    one = said["votes"][0]["ballots"][0]
    parts = proof.parse(one["proof"])
    extra = parts.extra.replace(b"13:30:0", b"14:30:0")
    one["proof"] = proof.write(parts.index, parts.hashes, parts.checkpoint, extra)


def _choice_changed(said: Said, log: LogBuilder) -> None:
    one = said["votes"][0]["ballots"][0]
    one["payload"] = one["payload"].replace('"pad":"0', '"pad":"1', 1)


def _payloads_swapped(said: Said, log: LogBuilder) -> None:
    first, second = said["votes"][0]["ballots"]
    first["payload"], second["payload"] = second["payload"], first["payload"]


def _old_checkpoint(said: Said, log: LogBuilder) -> None:
    said["checkpoint"] = log.head(len(log.raw) - 1)


def _checkpoint_forged(said: Said, log: LogBuilder) -> None:
    name, size, *rest = said["checkpoint"].split("\n")
    forged = "\n".join([name, str(int(size) + 1), *rest])
    said.update(
        json.loads(json.dumps(said).replace(json.dumps(said["checkpoint"])[1:-1], json.dumps(forged)[1:-1]))
    )


def _opening_for_announcement(said: Said, log: LogBuilder) -> None:
    said["votes"][0]["announced"] = said["votes"][0]["opened"]


def _last_ballot_dropped(said: Said, log: LogBuilder) -> None:
    del said["votes"][0]["ballots"][-1]


def _first_ballot_dropped(said: Said, log: LogBuilder) -> None:
    del said["votes"][0]["ballots"][0]


def _another_name(said: Said, log: LogBuilder) -> None:
    said["member"] = "m003"


def _sessions_dropped(said: Said, log: LogBuilder) -> None:
    said["sessions"] = []


def _certificate_dropped(said: Said, log: LogBuilder) -> None:
    said["certs"] = []


def _index_moved(said: Said, log: LogBuilder) -> None:
    said["votes"][0]["closed"]["index"] += 1


def _longer_list(said: Said, log: LogBuilder) -> None:
    said["votes"][0]["closed"]["size"] = 3


TAMPERED: dict[Callable[[Said, LogBuilder], None], str] = {
    _ballot_of_another: "ballot_not_on_roll",
    _with_session: "ballot_not_on_roll",
    _leaf_of_another: "proof_leaf",
    _none_instead: "proof_leaf",
    _path_flipped: "proof_path",
    _entry_changed: "proof_path",
    _choice_changed: "proof_payload",
    _payloads_swapped: "proof_payload",
    _old_checkpoint: "proof_swapped",
    _checkpoint_forged: "proof_foreign",
    _opening_for_announcement: "proof_swapped",
    _last_ballot_dropped: "proof_leaf",
    _first_ballot_dropped: "ballot_second_effective",
    _another_name: "ballot_not_on_roll",
    _sessions_dropped: "ballot_session_unknown",
    _certificate_dropped: "certificate_missing",
    _index_moved: "proof_leaf",
    _longer_list: "proof_leaf",
}


@pytest.mark.parametrize("damage", TAMPERED, ids=lambda damage: damage.__name__)
def test_what_was_done_to_it_is_refused_and_named(
    log: LogBuilder, damage: Callable[[Said, LogBuilder], None]
) -> None:
    said = _of(log, "m002")
    damage(said, log)
    report = member_proof.check(json.dumps(said).encode(), log.anchor(), None)
    assert not report.sound
    assert TAMPERED[damage] in codes(report)
    assert report.shown == ()


@pytest.mark.parametrize("cut", [0, 1, 100, 3000, -2])
def test_a_truncated_one_is_unreadable(log: LogBuilder, cut: int) -> None:
    data = made(log, "m002")[:cut]
    assert codes(member_proof.check(data, log.anchor(), None)) == ["proof_unreadable"]


def test_what_is_no_proof_is_unreadable(log: LogBuilder) -> None:
    for data in (b"[]", b"{}", b"\xff", b"9" * 20, b"[" * 100_000, proof.FIRST.encode(), b'{"v":1.5}'):
        assert codes(member_proof.check(data, log.anchor(), None)) == ["proof_unreadable"]


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 9000), bit=st.integers(0, 7))
def test_no_flipped_bit_makes_another_truth(log: LogBuilder, at: int, bit: int) -> None:
    """Whatever is still accepted says what the untouched one said."""
    honest = made(log, "m002")
    data = bytearray(honest)
    data[at % len(data)] ^= 1 << bit
    report = member_proof.check(bytes(data), log.anchor(), None)
    assert not report.sound or report.shown == member_proof.check(honest, log.anchor(), None).shown


def test_one_entrys_proof_stands_alone(log: LogBuilder) -> None:
    files = log_files.read(log.export(), None)
    seq = next(one.seq for one in log.entries if one.type == "BallotRecorded")
    text = member_proof.entry_proof(ExportParts(log.export(), files), seq)
    assert proof.verify(text, log.raw[seq], log.anchor().vkey).size == len(log.raw)
    report = member_proof.check(text.encode(), log.anchor(), None)
    assert report.sound
    assert f"look-up code {log.entries[seq].d['ballot'][:4].upper()}" in report.shown[-1]


def test_without_its_entry_only_an_export_can_show_it(log: LogBuilder) -> None:
    files = log_files.read(log.export(), None)
    bare = proof.write(5, log.tree.inclusion(5), log.head()).encode()
    assert codes(member_proof.check(bare, log.anchor(), None)) == ["proof_without_entry"]
    assert member_proof.check(bare, log.anchor(), files).sound


def test_nothing_is_judged_without_a_key(log: LogBuilder) -> None:
    assert codes(member_proof.check(made(log, "m001"), None, None)) == ["proof_not_judged"]


def test_what_an_export_withholds_is_not_proved() -> None:
    log = sitting()
    source = log.export(classes={"public", "result", "declared"})
    files = log_files.read(source, None)
    for vote in (None, "v1"):
        with pytest.raises(NotProvable, match="withholds"):
            member_proof.export_places(source, files, "m001", vote)
    with pytest.raises(NotProvable, match="no vote v9"):
        member_proof.export_places(log.export(), files, "m001", "v9")
    with pytest.raises(NotProvable, match="no roll"):
        member_proof.export_places(log.export(), files, "m099", None)
    with pytest.raises(NotProvable, match="isn't on the roll"):
        member_proof.export_places(log.export(), files, "m099", "v1")


def test_it_is_the_same_file_in_any_order_of_asking(log: LogBuilder) -> None:
    assert made(log, "m002") == made(log, "m002", "v1")
    parsed = member_proof.parse(made(log, "m002"))
    assert member_proof.encode(parsed) == made(log, "m002")
    assert VotePlaces("v1", 0, None, (), (), None).closed is None


GOLDEN = Path(__file__).parents[1] / "vectors" / "audit"


def test_the_golden_proof_is_still_one() -> None:
    """Bytes of a proof as a member may keep it for years."""
    data = (GOLDEN / "m002.proof.json").read_bytes()
    anchor = Anchor.parse((GOLDEN / "m002.anchor.toml").read_text("utf-8"))
    assert member_proof.encode(member_proof.parse(data)) == data
    report = member_proof.check(data, anchor, None)
    assert codes(report) == []
    assert [line.split(",")[0].strip() for line in report.shown[2:]] == ["reject", "approve"]
    assert set(json.loads(data)) == {
        "v",
        "type",
        "member",
        "checkpoint",
        "ca",
        "certs",
        "sessions",
        "votes",
    }
    assert all(
        f"`{name}`" in PAGE for name in ("checkpoint", "ca", "certs", "sessions", "ballots", "closed")
    )


def test_every_refusal_stands_on_the_page() -> None:
    source = Path(checking.__file__).read_text("utf-8")
    said = set(re.findall(r'"(proof_[a-z_]+)"', source))
    assert len(said) == 10
    assert said == set(re.findall(r"`(proof_[a-z_]+)`", PAGE))
