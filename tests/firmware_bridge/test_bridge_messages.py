"""Bus messages: each has one form, and whatever has another is refused."""

import json
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import statement
from audit.signing import Ed25519Signer
from firmware_bridge import envelope, messages
from firmware_bridge.checks import BadMessage
from firmware_bridge.messages import DOWN, UP, members_of, message_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "bus-messages.json").read_text("utf-8"))
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
AT = datetime(2026, 11, 21, 6, 0, 0, 123_000, tzinfo=UTC)
KINDS = {**DOWN, **UP}


@pytest.mark.parametrize("vector", VECTORS["down"], ids=lambda one: one["members"]["type"])
def test_golden_words_of_the_hall(vector: dict[str, Any]) -> None:
    message = message_of(DOWN, vector["members"])
    assert members_of(message) == vector["members"]
    sealed = envelope.seal_down(message, hall="dien-hong", to="row-01", epoch=3, n=17, at=AT, signer=SIGNER)
    assert sealed == vector["jws"]
    assert envelope.open_down(statement.parse(sealed, statement.HALL)) == message


@pytest.mark.parametrize("vector", VECTORS["up"], ids=lambda one: one["members"]["type"])
def test_golden_words_of_a_bridge(vector: dict[str, Any]) -> None:
    message = message_of(UP, vector["members"])
    assert members_of(message) == vector["members"]
    sealed = envelope.seal_up(message, bridge="row-01", boot="b00t", n=5, at=AT, signer=SIGNER)
    assert sealed == vector["jws"]
    assert envelope.open_up(statement.parse(sealed, statement.CONSOLE)) == message


def test_every_kind_has_its_vector() -> None:
    seen = {one["members"]["type"] for one in VECTORS["down"] + VECTORS["up"]}
    assert seen == set(KINDS)


@pytest.mark.parametrize("vector", VECTORS["down"] + VECTORS["up"], ids=lambda one: one["members"]["type"])
def test_a_missing_a_surplus_or_a_misshapen_member_makes_it_bad(vector: dict[str, Any]) -> None:
    members = vector["members"]
    with pytest.raises(BadMessage, match="surplus"):
        message_of(KINDS, {**members, "surplus": 1})
    for name in members.keys() - {"type"}:
        with pytest.raises(BadMessage, match=name):
            message_of(KINDS, {other: value for other, value in members.items() if other != name})
        with pytest.raises(BadMessage, match=name):
            message_of(KINDS, {**members, name: 0.5})


@pytest.mark.parametrize("said", [{}, {"type": "nonsense"}, {"type": 7}, {"type": ["form"]}])
def test_no_known_type_is_no_message(said: dict[str, Any]) -> None:
    with pytest.raises(BadMessage, match="no known type"):
        message_of(KINDS, said)


def test_the_names_of_a_message_are_its_fields() -> None:
    for name, kind in KINDS.items():
        assert messages.NAMES[kind] == name
        assert {field.name for field in fields(kind)}.isdisjoint({"type", "epoch", "boot", "n", "t"})


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_never_worse(payload: bytes) -> None:
    with suppress(BadMessage):
        assert isinstance(envelope.unpack(payload), list)


@given(st.lists(st.integers(1, 60_000), max_size=20))
def test_what_is_packed_is_unpacked_in_order_and_fits(sizes: list[int]) -> None:
    sent = [{"protected": str(n), "payload": "x" * size, "signature": ""} for n, size in enumerate(sizes)]
    packed = list(envelope.pack(sent))
    assert [one for payload in packed for one in envelope.unpack(payload)] == sent
    assert all(len(payload) <= envelope.LARGEST for payload in packed)


class TestNumbering:
    def test_only_newer_words_are_taken_and_gaps_are_told(self) -> None:
        stream = envelope.Numbering()
        taken = [
            stream.take(1, 4),
            stream.take(1, 5),
            stream.take(1, 5),
            stream.take(1, 3),
            stream.take(1, 8),
        ]
        assert taken == ["next", "next", "stale", "stale", "gap"]

    def test_a_new_epoch_begins_with_one(self) -> None:
        stream = envelope.Numbering()
        assert stream.take(1, 90) == "next"
        assert stream.take(2, 1) == "next"
        assert stream.take(1, 91) == "stale"
        assert stream.take(3, 2) == "gap"

    def test_what_a_state_includes_is_old(self) -> None:
        stream = envelope.Numbering()
        stream.known_to(1, 7)
        assert stream.take(1, 7) == "stale"
        assert stream.take(1, 8) == "next"

    @given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 6)), max_size=30))
    def test_no_word_is_taken_twice_nor_after_a_newer_one(self, words: list[tuple[int, int]]) -> None:
        stream = envelope.Numbering()
        taken = [word for word in words if stream.take(*word) != "stale"]
        assert taken == sorted(set(taken))
