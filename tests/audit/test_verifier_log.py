"""What a log can suffer is found and named: bits, entries dropped, doubled, swapped, other keys, cut."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import bundle
from audit.entry import Entry
from audit.errors import LogBroken
from audit.verifier import Anchor, Finding, Report, verify
from tests.audit.builder import LogBuilder, begun, ended, hall_signer, recount, sitting
from tests.audit.cards import Authority
from tests.audit.damage import Files, flipped, resigned, rewritten


@pytest.fixture(scope="module")
def log() -> LogBuilder:
    return sitting(8)


@pytest.fixture(scope="module")
def anchor(log: LogBuilder) -> Anchor:
    return log.anchor(seen=10)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity != "note"}


def judged(files: Files, anchor: Anchor | None) -> set[str]:
    return codes(verify(files, anchor, recount))


def test_a_true_log_is_verified(log: LogBuilder, anchor: Anchor) -> None:
    report = verify(log.export(), anchor, recount)
    assert report.findings == ()
    assert report.verdict == "verified"
    assert report.sound
    assert (report.size, report.origin, report.withheld) == (len(log.raw), log.origin, ())
    assert "8 ballots" in report.checked
    assert "7 sign-ins" in report.checked
    assert report.fingerprints["log key"] == str(anchor.vkey)


def test_without_an_anchor_only_consistency_is_judged(log: LogBuilder) -> None:
    report = verify(log.export(), None, recount)
    assert report.verdict == "consistent; authenticity not judged"
    assert report.sound
    assert {finding.code for finding in report.findings} == {"not_judged"}
    assert "card authority 1" in report.fingerprints


def test_without_a_recount_the_report_says_so(log: LogBuilder, anchor: Anchor) -> None:
    report = verify(log.export(), anchor, None)
    assert {finding.code for finding in report.findings} == {"not_counted"}
    assert report.sound


def test_any_flipped_bit_in_any_file_is_found(log: LogBuilder, anchor: Anchor) -> None:
    files, draw = log.export(), random.Random(7)
    for path, data in files.items():
        for bit in {0, len(data) * 8 - 1, *(draw.randrange(len(data) * 8) for _ in range(3))}:
            report = verify(flipped(files, path, bit), anchor, recount)
            found = [f for f in report.findings if f.severity == "error"]
            assert found, f"bit {bit} of {path}"
            name = path.rpartition("/")[2].removesuffix(".der")
            near = path in bundle.CHECKPOINT or path.startswith("log/")
            assert near or any(path == f.where or name in f.text for f in found), (
                f"{path} isn't named: {found}"
            )


@pytest.mark.parametrize("without_anchor", [False, True])
def test_flipped_bits_are_named_by_what_they_damage(
    log: LogBuilder, anchor: Anchor, without_anchor: bool
) -> None:
    files, held = log.export(), None if without_anchor else anchor
    size = len(log.raw)
    blob = next(path for path in files if path.startswith("blobs/"))
    cert = next(path for path in files if path.startswith("certs/"))
    for path, bit, code in [
        (f"log/tile/0/000.p/{size}", 40, "tile_differs"),
        (f"log/tile/entries/000.p/{size}", 400, "root_differs"),
        (blob, 100, "payload_damaged"),
        (cert, 100, "certificate_damaged"),
        ("log/vkey", 300, "vkey_unreadable"),
    ]:
        assert code in judged(flipped(files, path, bit), held), path


def test_a_dropped_entry_is_named(log: LogBuilder, anchor: Anchor) -> None:
    found = verify(rewritten(log, lambda raw: raw[:12] + raw[13:]), anchor, recount)
    assert {"entry_missing", "chain_broken", "root_differs"} <= codes(found)
    assert next(f for f in found.findings if f.code == "entry_missing").where == "entry 12"


def test_a_doubled_entry_is_named(log: LogBuilder, anchor: Anchor) -> None:
    found = verify(rewritten(log, lambda raw: raw[:13] + raw[12:]), anchor, recount)
    assert {"entry_doubled", "root_differs"} <= codes(found)
    assert next(f for f in found.findings if f.code == "entry_doubled").where == "entry 12"


def test_swapped_entries_are_named(log: LogBuilder, anchor: Anchor) -> None:
    swap = rewritten(log, lambda raw: [*raw[:12], raw[13], raw[12], *raw[14:]])
    assert {"entry_swapped", "chain_broken", "root_differs"} <= judged(swap, anchor)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda raw: raw[:12] + raw[13:], "entry_missing"),
        (lambda raw: raw[:13] + raw[12:], "entry_doubled"),
        (lambda raw: [*raw[:12], raw[13], raw[12], *raw[14:]], "entry_swapped"),
    ],
)
def test_the_same_by_somebody_with_the_halls_key_is_named(
    log: LogBuilder, anchor: Anchor, change: Callable[[list[bytes]], list[bytes]], code: str
) -> None:
    """The tree and the checkpoint agree then: numbers and chain still tell."""
    found = judged(resigned(log, change), anchor)
    assert {code, "chain_broken"} <= found
    assert "root_differs" not in found


def test_a_log_wholly_resigned_with_other_keys_is_named(log: LogBuilder, anchor: Anchor) -> None:
    other = sitting(8, hall=hall_signer("thief"), authority=Authority("Another CA"))
    found = judged(other.export(), anchor)
    assert {"signed_by_other_key", "vkey_differs", "card_no_path"} <= found
    assert judged(other.export(), None) == set()  # it is in itself a true log: only an anchor tells


def test_a_log_with_the_old_vkey_file_but_another_key_is_named(log: LogBuilder, anchor: Anchor) -> None:
    other = sitting(8, hall=hall_signer("thief"))
    files = other.export() | {bundle.VKEY: log.export()[bundle.VKEY]}
    assert "checkpoint_signature" in judged(files, anchor)


def test_an_old_log_is_named_truncated(log: LogBuilder) -> None:
    files, size = log.export(size=15), len(log.raw)
    assert judged(files, log.anchor(seen=10)) == set()
    assert judged(files, log.anchor(seen=size)) == {"log_truncated"}


def test_a_log_rewritten_since_the_reader_saw_it_is_named() -> None:
    """By somebody with the hall's key and all of the cards' keys: only the head seen earlier tells."""
    log = begun()
    log.cast("v1", "m001", "approve")
    other = log.copy()
    log.cast("v1", "m002", "approve")
    other.cast("v1", "m002", "reject")
    seen = log.anchor(seen=len(log.raw))
    assert judged(ended(log).export(), seen) == set()
    assert judged(ended(other).export(), seen) == {"log_rewritten"}


def test_missing_and_stray_files_are_named(log: LogBuilder, anchor: Anchor) -> None:
    files = log.export()
    for path in files:
        found = judged({p: d for p, d in files.items() if p != path}, anchor)
        if not path.startswith(("blobs/", "certs/")):
            assert found & {"file_missing", "checkpoint_unreadable", "vkey_unreadable"}, path
    assert judged(files | {"log/tile/0/000.p/3": b""}, anchor) == {"file_stray"}
    assert judged(files | {"blobs/ff": b""}, anchor) == {"payload_stray"}
    assert judged(files | {"README": b""}, anchor) == {"file_stray"}
    card = Authority("Another CA").card("x")
    extra = {bundle.cert_path(card.fingerprint): card.der}
    assert judged(files | extra, anchor) == {"certificate_stray"}


def test_a_checkpoint_of_a_size_beyond_all_reason_doesnt_stop_the_reader(
    log: LogBuilder, anchor: Anchor
) -> None:
    files = log.export()
    head = files[bundle.CHECKPOINT].replace(f"\n{len(log.raw)}\n".encode(), b"\n999999999999999999\n")
    assert {"checkpoint_signature", "file_missing"} <= judged(files | {bundle.CHECKPOINT: head}, anchor)


@settings(max_examples=60)
@given(st.data())
def test_no_content_of_any_file_makes_the_reader_fail(log: LogBuilder, data: st.DataObject) -> None:
    files = log.export()
    path = data.draw(st.sampled_from(sorted(files)))
    old = files[path]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    new = old[:start] + data.draw(st.binary(max_size=40)) + old[end:]
    for held in (None, log.anchor()):
        assert new == old or not verify(files | {path: new}, held, recount).sound


def test_nothing_at_all_is_named() -> None:
    assert judged({}, None) == {"checkpoint_unreadable"}


def test_a_log_of_many_tiles_is_read() -> None:
    log = sitting(300)
    assert len(log.raw) > 512
    assert judged(log.export(), log.anchor(seen=256)) == set()
    found = verify(rewritten(log, lambda raw: raw[:400] + raw[401:]), log.anchor(), recount)
    assert {"entry_missing", "root_differs"} <= codes(found)


def test_nothing_is_ticked_that_could_not_be_checked() -> None:
    log = sitting()
    files = log.export()
    unreadable = verify(files | {"log/checkpoint": b"?"}, log.anchor(), recount)
    assert (unreadable.verdict, unreadable.checked) == ("damaged", ())
    empty = {path: data for path, data in files.items() if not path.startswith("log/tile/")}
    assert not [line for line in verify(empty, log.anchor(), recount).checked if "entries" in line]
    unsigned = files["log/checkpoint"][:-8] + b"AAAAAAA\n"
    forged = verify(files | {"log/checkpoint": unsigned}, log.anchor(), recount)
    assert not [line for line in forged.checked if "checkpoint" in line or "sequence" in line]


def test_a_recount_that_stopped_is_not_ticked() -> None:
    def stopping(record: Iterator[tuple[Entry, Any | None]]) -> Iterator[Finding]:
        raise LogBroken("here")

    log = sitting()
    report = verify(log.export(), log.anchor(), stopping)
    assert not [line for line in report.checked if "recount" in line]
