"""Entries and sealed payloads: golden bytes, laws, and what may not stand in a log."""

import contextlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import base64url, canonical, entry, instant
from audit.entry import BlobRef, Entry
from audit.errors import BadBlob, BadEntry, BadEvidence, BlobTooLarge

GOLDEN = Path(__file__).parents[1] / "vectors" / "audit"
AT = datetime(2026, 11, 21, 13, 48, 0, 123_000, tzinfo=UTC)
RAND = bytes(range(16))


def ballot_entry(**changed: Any) -> Entry:
    members: dict[str, Any] = {
        "seq": 1311, "prev": "b0" * 32, "t": AT, "type": "BallotRecorded", "actor": "member",
        "sit": "2019-06-03-pm", "d": {"vote": "2019-06-03-pm.2", "ballot": "9f" * 32},
        "blob": BlobRef("5d" * 32, 1536, "ballot"),
    }  # fmt: skip
    return Entry(**members | changed)


def test_the_golden_entry() -> None:
    data = (GOLDEN / "entry.json").read_bytes()
    assert entry.decode(data) == ballot_entry()
    assert entry.encode(ballot_entry()) == data


def test_the_golden_payload() -> None:
    data = (GOLDEN / "blob.json").read_bytes()
    ref, sealed = entry.seal({"session": "ab" * 32}, RAND, "signout")
    assert sealed == data
    assert entry.open_blob(data, ref) == {"session": "ab" * 32}


@given(
    st.integers(0, 2**40),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9), max_size=3),
    st.none()
    | st.builds(BlobRef, st.just("0" * 64), st.integers(0, 9999), st.sampled_from(sorted(entry.CLASSES))),
)
def test_what_is_written_is_read_back(
    seq: int, at: datetime, d: dict[str, int], ref: BlobRef | None
) -> None:
    made = Entry(seq, "0" * 64, instant.cut(at), "FloorRequested", "hall", "s", d, ref)
    assert entry.decode(entry.encode(made)) == made


def bent(**changed: Any) -> bytes:
    members = json.loads(entry.encode(ballot_entry()))
    members |= changed
    return canonical.encode({name: value for name, value in members.items() if value != "gone"})


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2}, {"v": True}, {"seq": -1}, {"seq": "1"}, {"seq": True}, {"prev": "B0" * 32},
        {"prev": "b0"}, {"prev": None}, {"t": "2026-11-21T13:48:00Z"}, {"t": 1}, {"type": 1}, {"d": []},
        {"t": "2026-11-21T13:48:00.123+00:00"}, {"t": "2026-13-21T13:48:00.123Z"},
        {"t": "2026-11-21T13:48:60.123Z"}, {"actor": None}, {"sit": None}, {"d": "gone"}, {"extra": 1},
        {"blob": None}, {"blob": {}},
        {"blob": {"sha256": "5d" * 32, "len": 1536, "class": "secret"}},
        {"blob": {"sha256": "5d" * 32, "len": -1, "class": "ballot"}},
        {"blob": {"sha256": "5D" * 32, "len": 1536, "class": "ballot"}},
        {"blob": {"sha256": "5d" * 32, "len": 1536, "class": []}},
    ],
)  # fmt: skip
def test_what_is_no_entry_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BadEntry):
        entry.decode(bent(**changed))


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b'{"v":1}', b"{", b"\xff"])
def test_what_is_not_even_json_is_refused(data: bytes) -> None:
    with pytest.raises(BadEntry):
        entry.decode(data)


def test_an_entry_is_not_longer_than_a_bundle_can_say() -> None:
    with pytest.raises(BadEntry, match="60000"):
        entry.encode(ballot_entry(d={"x": "x" * 60_000}))
    with pytest.raises(BadEntry):
        entry.decode(b" " * 60_001)


def test_floats_dont_stand_in_an_entry() -> None:
    with pytest.raises(BadEntry):
        entry.encode(ballot_entry(d={"x": 1.5}))


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3000), st.binary(min_size=16, max_size=16)
)
def test_a_payload_is_a_multiple_of_its_step(body: str, rand: bytes) -> None:
    ref, data = entry.seal(body, rand, "session")
    assert ref.len == len(data)
    assert len(data) % entry.BLOB_STEP_BYTES == 0
    assert entry.open_blob(data, ref) == body


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_every_ballot_has_the_same_length(body: str) -> None:
    try:
        ref, data = entry.seal({"b": body}, RAND, "ballot")
    except BlobTooLarge:
        assert len(canonical.encode({"b": body})) > 1400
    else:
        assert len(data) == ref.len == 1536
        assert entry.open_blob(data, ref) == {"b": body}


@pytest.mark.parametrize("cls", ["result", "declared"])
def test_figures_have_one_length_whatever_they_say(cls: str) -> None:
    """A chair's casting vote is as long as a signed result: neither tells by its length what it is."""
    for body in ({"choice": "reject"}, {"counts": {"approve": 499}}, {"payload": "x" * 3900}):
        ref, data = entry.seal(body, RAND, cls)
        assert len(data) == ref.len == 4096
        assert entry.open_blob(data, ref) == body
    assert entry.seal({"payload": "x" * 4096}, RAND, cls)[0].len == 2 * 4096


def test_a_ballot_that_doesnt_fit_is_refused() -> None:
    with pytest.raises(BlobTooLarge):
        entry.seal("x" * 1500, RAND, "ballot")


def test_two_payloads_of_the_same_body_differ() -> None:
    """Otherwise a hash would tell a choice to whoever tries all of them."""
    first, _ = entry.seal("approve", RAND, "ballot")
    second, _ = entry.seal("approve", RAND[::-1], "ballot")
    assert first.sha256 != second.sha256


def resealed(members: Any, cls: str = "session") -> tuple[bytes, BlobRef]:
    data = canonical.encode(members)
    return data, BlobRef(canonical.sha256_hex(data), len(data), cls)


@pytest.mark.parametrize(
    "members",
    [
        {"body": 1, "pad": "", "rand": base64url.encode(RAND)},
        {"body": 1, "pad": "1" * 975, "rand": base64url.encode(RAND)},
        {"body": 1, "pad": "0" * (975 + 1024), "rand": base64url.encode(RAND)},
        {"body": 1, "pad": "0" * 975, "rand": "A" * 21},
        {"body": 1, "pad": "0" * 975, "rand": "A" * 21 + "B"},
        {"body": 1, "pad": 0, "rand": base64url.encode(RAND)},
        {"body": 1, "rand": base64url.encode(RAND)},
        [],
    ],
)
def test_a_payload_sealed_otherwise_is_refused(members: Any) -> None:
    with pytest.raises(BadBlob):
        entry.open_blob(*resealed(members))


def test_a_payload_of_another_entry_is_refused() -> None:
    ref, data = entry.seal("a", RAND, "session")
    other, _ = entry.seal("b", RAND, "session")
    with pytest.raises(BadBlob, match="not the bytes"):
        entry.open_blob(data, other)
    with pytest.raises(BadBlob, match="not the bytes"):
        entry.open_blob(data + b" ", ref)


def test_wrong_random_bytes_or_class_are_the_callers_fault() -> None:
    with pytest.raises(ValueError, match="16"):
        entry.seal("a", b"", "session")
    with pytest.raises(ValueError, match="class"):
        entry.seal("a", RAND, "secret")


def test_times_are_written_in_utc_and_cut_not_rounded() -> None:
    hanoi = timezone(timedelta(hours=7))
    at = datetime(2026, 11, 21, 20, 48, 0, 123_999, tzinfo=hanoi)
    assert instant.write(at) == "2026-11-21T13:48:00.123Z"
    assert instant.read(instant.write(at)) == instant.cut(at)
    with pytest.raises(ValueError, match="zone"):
        instant.write(datetime(2026, 11, 21))


@given(st.binary(max_size=80))
def test_base64url_has_one_text_for_each_bytes(data: bytes) -> None:
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    for other in (text + "=", text + "\n", text + "A" if len(text) % 4 == 0 else text[:-1] + "_"):
        with contextlib.suppress(BadEvidence):
            assert base64url.decode(other) != data
