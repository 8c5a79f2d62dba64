"""Base64 as the log's texts have it: strict, as Python's own strict reading and one text for each bytes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import base64std
from audit.errors import BadCheckpoint, BadProof


@given(st.binary(max_size=80))
def test_it_is_pythons_base64(data: bytes) -> None:
    text = base64std.encode(data)
    assert text == base64.b64encode(data).decode("ascii")
    assert base64std.decode(text, BadProof) == data


@given(st.text("AB/+=- \n", max_size=9))
def test_what_is_read_has_no_other_text(text: str) -> None:
    try:
        data = base64std.decode(text, BadProof)
    except BadProof:
        return
    assert base64std.encode(data) == text


@pytest.mark.parametrize(
    "text", ["A", "AA", "AA=", "AB==", "AA==\n", "A-==", "=AAA", "AAAA=", "AA==AA==", "é"]
)
@pytest.mark.parametrize("refusal", [BadCheckpoint, BadProof])
def test_it_is_refused_as_what_it_should_have_been(
    text: str, refusal: type[BadCheckpoint | BadProof]
) -> None:
    with pytest.raises(refusal, match="base64"):
        base64std.decode(text, refusal)
