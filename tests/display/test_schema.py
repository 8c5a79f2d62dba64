"""The pages' types come from one schema; it is kept in the repository and must be the present one."""

from pathlib import Path

from display.schemas import outgoing_schema

KEPT = Path(__file__).parents[2] / "display" / "web" / "shared" / "feed.schema.json"


def test_the_kept_schema_is_the_present_one():
    assert KEPT.read_text("utf-8") == outgoing_schema(), "run: python -m display.schemas > " + KEPT.name
