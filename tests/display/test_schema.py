"""The pages' types come from one schema; it is kept in the repository and must be the present one."""

import json
from pathlib import Path

from display.schemas import outgoing_schema

KEPT = Path(__file__).parents[2] / "display" / "web" / "shared" / "feed.schema.json"


def test_the_kept_schema_is_the_present_one():
    # Compared as JSON: the pages' formatter lays the file out in its own way.
    kept, present = json.loads(KEPT.read_text("utf-8")), json.loads(outgoing_schema())
    assert kept == present, "run: python -m display.schemas > display/web/shared/feed.schema.json"
