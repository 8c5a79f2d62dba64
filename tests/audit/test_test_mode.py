"""What is tried out can't be taken for what counts: another log, another authority, each saying so."""

import pytest

from audit.test_mode import is_test_authority, is_test_origin
from audit.verifier import Anchor, verify
from tests.audit.builder import LogBuilder, hall_signer, recount, sitting
from tests.audit.cards import Authority

ORIGIN = "dienhong.example/hall-test/2026"


def codes(log: LogBuilder, anchor: Anchor) -> set[str]:
    return {finding.code for finding in verify(log.export(), anchor, recount).findings}


@pytest.mark.parametrize(
    ("origin", "test"),
    [
        ("dienhong.example/hall-test/2026", True), ("dienhong.example/hall/2026", False),
        ("dienhong-test.example/hall/2026", False), ("hall-test", False), ("", False),
    ],
)  # fmt: skip
def test_a_log_says_so_in_the_halls_part_of_its_name(origin: str, test: bool) -> None:
    assert is_test_origin(origin) is test


def test_an_authority_says_so_at_the_beginning_of_its_name() -> None:
    assert is_test_authority(Authority("TEST – CA").der)
    assert not is_test_authority(Authority("CA of the TEST department").der)
    assert not is_test_authority(Authority("TESTING").der)
    assert not is_test_authority(b"no certificate")


def test_a_log_of_what_was_tried_out_is_whole_for_whoever_holds_its_own_anchor() -> None:
    tried = sitting(origin=ORIGIN, authority=Authority("TEST – CA"), hall=hall_signer("test"))
    assert codes(tried, tried.anchor()) == set()


def test_under_the_anchor_of_what_counts_it_is_refused_and_named() -> None:
    counts = sitting()
    tried = sitting(origin=ORIGIN, authority=Authority("TEST – CA"), hall=hall_signer("test"))
    assert {"test_log", "vkey_differs"} <= codes(tried, counts.anchor())
    assert "test_log" not in codes(counts, tried.anchor())


def test_the_others_authority_stands_in_neither_log() -> None:
    mixed = sitting(authority=Authority("TEST – CA"))
    assert codes(mixed, mixed.anchor()) == {"test_authority"}
    mixed = sitting(origin=ORIGIN)
    assert codes(mixed, mixed.anchor()) == {"test_authority"}
