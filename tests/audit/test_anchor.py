"""What a reader holds: a file that is either understood whole or refused with the reason."""

import pytest

from audit.verifier import Anchor, BadAnchor
from tests.audit.builder import sitting

LOG = sitting(3)
TEXT = LOG.anchor_toml(seen=5)


def test_an_anchor_is_read() -> None:
    anchor = Anchor.parse(TEXT)
    assert anchor.ca == (LOG.authority.der,)
    assert anchor.checkpoint
    assert (anchor.checkpoint.size, anchor.checkpoint.root) == (5, LOG.tree.root(5))
    assert anchor.crl_published


def test_it_may_hold_the_key_alone() -> None:
    anchor = Anchor.parse(TEXT.splitlines()[0] + "\ncrl_published = false\n")
    assert (anchor.ca, anchor.checkpoint, anchor.crl_published) == ((), None, False)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "vkey"),
        ("vkey = 1", "vkey"),
        ("vkey = 'x'", "verifier key"),
        ("x", "TOML"),
        (TEXT + "more = 1", "more"),
        (TEXT + "crl_published = 'no'", "crl_published"),
        (TEXT.replace("BEGIN", "START"), "PEM"),
        (TEXT.splitlines()[0] + "\nca = 'x'", "list"),
        (TEXT.replace("\n5\n", "\n6\n"), "signature"),
    ],
)
def test_what_isnt_understood_is_refused(text: str, match: str) -> None:
    with pytest.raises(BadAnchor, match=match):
        Anchor.parse(text)
