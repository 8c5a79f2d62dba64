"""The data that lies beside the repository; a test that needs it is skipped where it isn't there."""

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "vectors"


def vectors(path: str) -> Path:
    found = VECTORS / path
    if not found.exists():
        pytest.skip(f"no vectors at ../shared/data/vectors/{path}", allow_module_level=True)
    return found


def loaded(path: str) -> Any:
    return json.loads(vectors(path).read_text("utf-8"))
