"""RFC 8785 as the house narrows it: one form for each value, and no floats."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit import canonical
from audit.errors import NotCanonical
from tests.audit.shared import vectors

WITH_FLOATS = {"structures.json", "values.json"}
"""These vectors hold floats (56.0, 4.50, 1E30 …), which the house refuses: what is hashed or signed here
has none. Their other members are checked with the floats taken out, against the RFC's own library."""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
integers = st.integers(-canonical.INTEGER_MAX, canonical.INTEGER_MAX)
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("name", ["arrays.json", "french.json", "unicode.json", "weird.json"])
def test_published_vectors_without_floats(name: str) -> None:
    given_, wanted = (vectors(f"jcs/{side}/{name}") for side in ("input", "output"))
    assert canonical.encode(json.loads(given_.read_text("utf-8"))) == wanted.read_bytes()
    assert canonical.encode(canonical.decode(wanted.read_bytes())) == wanted.read_bytes()


@pytest.mark.parametrize("name", sorted(WITH_FLOATS))
def test_published_vectors_with_floats(name: str) -> None:
    value = json.loads(vectors(f"jcs/input/{name}").read_text("utf-8"))
    with pytest.raises(NotCanonical, match="no place"):
        canonical.encode(value)
    rest = without_floats(value)
    assert canonical.encode(rest) == rfc8785.dumps(rest)


def without_floats(value: Any) -> Any:
    if isinstance(value, list):
        return [without_floats(v) for v in value if not isinstance(v, float)]
    if isinstance(value, dict):
        return {n: without_floats(v) for n, v in value.items() if not isinstance(v, float)}
    return value


@given(values)
def test_it_writes_what_the_rfcs_library_writes_and_reads_it_back(value: Any) -> None:
    data = canonical.encode(value)
    assert data == rfc8785.dumps(value)
    assert canonical.decode(data) == value


@given(values)
def test_any_other_spelling_is_refused_by_decode_but_read(value: Any) -> None:
    spelt = json.dumps(value, indent=1, ensure_ascii=True).encode()
    assert canonical.read(spelt) == value
    if spelt != canonical.encode(value):
        with pytest.raises(NotCanonical):
            canonical.decode(spelt)


def test_names_are_ordered_by_utf16_units() -> None:
    """U+10000 is D800 DC00 in UTF-16 and so comes before U+FFFF, though its code point is larger."""
    assert canonical.encode({"\uffff": 1, "\U00010000": 2}) == '{"\U00010000":2,"\uffff":1}'.encode()


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), 2**53, -(2**53), {1: 2}, {"a": b"x"}, "\ud800", {"\ud800": 1}, {1, 2}, object()],
)
def test_what_has_no_place_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"1.0", b"1e2", b"-0", b"01", b"NaN", b"Infinity", b" 1",
        b"1\n", b"9007199254740992", b"1" * 5000, b'"\\u0041"', b'"\\/"', b'"\xff"', b'"\\ud800"', b"",
        b"{", b"[1,]", b"\xef\xbb\xbf1", b"[" * 100_000, b'"\t"', b'{"a":1}x', "\u00e9".encode("latin-1"),
    ],
)  # fmt: skip
def test_bytes_that_are_not_the_one_form_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)


def test_nesting_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotCanonical, match="deep"):
        canonical.encode(deep)


def test_a_digest_is_of_the_one_form() -> None:
    assert canonical.digest({"b": 1, "a": "é"}) == canonical.sha256_hex('{"a":"é","b":1}'.encode())
