"""The specifications' examples are the golden bytes, their tables are the code's: one may believe them."""

import re
from pathlib import Path

from audit import base64url, canonical, catalogue, entry, shapes

ROOT = Path(__file__).parents[2]
LOG = (ROOT / "docs/specs/log.md").read_text("utf-8")
STATEMENTS = (ROOT / "docs/specs/statements.md").read_text("utf-8")
GOLDEN = ROOT / "tests/vectors/audit"


def test_the_logs_examples_are_golden() -> None:
    data = (GOLDEN / "entry.json").read_bytes()
    assert data.decode() in LOG
    digest = canonical.sha256_hex(data)
    assert f"{digest[:8]}…{digest[-6:]}" in LOG
    assert (GOLDEN / "checkpoint").read_text("utf-8") in LOG
    assert (GOLDEN / "vkey").read_text("utf-8").strip() in LOG


def test_the_payloads_example_is_golden() -> None:
    members = canonical.decode((GOLDEN / "blob.json").read_bytes())
    zeros = len(members["pad"])
    assert f"{zeros} zeros in `pad`" in LOG
    assert canonical.encode(members | {"pad": "000…000"}).decode() in LOG


def test_the_statements_example_is_golden() -> None:
    jws = canonical.decode((GOLDEN / "parl-ballot.json").read_bytes())
    header, payload = base64url.decode(jws["protected"]), base64url.decode(jws["payload"])
    assert f"{header.decode()}\n{payload.decode()}" in STATEMENTS
    assert canonical.sha256_hex(payload) in STATEMENTS


def test_every_kind_of_entry_stands_in_the_table() -> None:
    table = LOG[LOG.index("## Events") : LOG.index("## Who took part")]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(catalogue.KINDS)
    for name, kind in catalogue.KINDS.items():
        row = next(line for line in table.splitlines() if line.startswith(f"| `{name}`"))
        assert (f"`{kind.cls}`" in row) == (kind.cls is not None), name


def test_every_class_of_payload_stands_in_the_table() -> None:
    table = LOG[LOG.index("## A payload") : LOG.index("## Events")]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == entry.CLASSES


def test_every_kind_of_statement_stands_in_the_table() -> None:
    assert set(re.findall(r"^\| `(parl-[a-z-]+\+json)`", STATEMENTS, re.MULTILINE)) == set(shapes.SHAPES)


def test_every_finding_is_listed() -> None:
    """Codes are for machines: one that changes without the page would break them silently."""
    page = LOG[LOG.index("## What `hall verify` finds") :]
    written = r'(?:find\(\s*|Finding\(\s*"\w+",\s*|_of\(|yield )"([a-z_]+_[a-z_]+)"'
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "audit/verifier").glob("*.py"))
    codes = set(re.findall(written, sources))
    assert len(codes) > 50
    assert codes <= set(re.findall(r"`(\w+)`", page))
