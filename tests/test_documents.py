"""Documents stand where they are said to stand, and decisions are counted without gaps."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
NAMED = re.compile(r"docs/[a-z-]+(?:/[a-z0-9-]+)?\.md")
COUNTED = re.compile(r"\(ADR ([0-9]+)\)")
WRITTEN = (
    "audit",
    "voting",
    "firmware_bridge",
    "hall_controller",
    "display",
    "simulators",
    "tests",
    "docs",
)


def _texts() -> dict[Path, str]:
    files = [*ROOT.glob("*.md"), *(f for top in WRITTEN for f in (ROOT / top).rglob("*.[pm][yd]"))]
    return {file: file.read_text("utf-8") for file in files if "node_modules" not in file.parts}


def test_decisions_are_numbered_from_one_on() -> None:
    said = [
        (int(file.name[:4]), int(file.read_text("utf-8").removeprefix("# ").split(".")[0]))
        for file in DECISIONS
    ]
    assert said == [(number, number) for number in range(1, len(DECISIONS) + 1)]


def test_every_document_that_is_named_is_there() -> None:
    named = {(where, path) for where, text in _texts().items() for path in NAMED.findall(text)}
    counted = {int(n) for text in _texts().values() for n in COUNTED.findall(text)}
    assert len(named) > 20
    assert [(where, path) for where, path in sorted(named) if not (ROOT / path).is_file()] == []
    assert counted <= set(range(1, len(DECISIONS) + 1))


def test_each_line_of_the_security_guide_names_a_test_that_is_there() -> None:
    """A promise without a test is a wish; a row of the table of impostures is named by its id."""
    text = (ROOT / "docs/guides/security.md").read_text("utf-8")
    protected = text[text.index("## Protected") : text.index("## Not protected")]
    rows = [line for line in protected.splitlines() if line.startswith("|")][2:]
    table = (ROOT / "tests/sittings/test_impostures.py").read_text("utf-8")
    assert len(rows) > 20
    for row in rows:
        cell = row.rstrip("|").rpartition("|")[2]
        tests, ids = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", cell), re.findall(r'"([^"]+)"', cell)
        assert tests or ids, row
        for file, name in tests:
            assert f"def {name}" in (ROOT / "tests" / file).read_text("utf-8"), (file, name)
        assert [id for id in ids if f'"{id}": (' not in table] == [], row


def test_every_imposture_of_the_table_stands_in_the_security_guide() -> None:
    table = (ROOT / "tests/sittings/test_impostures.py").read_text("utf-8")
    ids = re.findall(r'^    "([^"]+)": \(', table[table.index("TABLE: ") :], re.MULTILINE)
    guide = (ROOT / "docs/guides/security.md").read_text("utf-8")
    assert len(ids) >= 17
    assert [id for id in ids if f'"{id}"' not in guide] == []
