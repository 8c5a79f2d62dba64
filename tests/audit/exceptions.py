"""The exceptions to the public suites as docs/specs/trust.md gives them: page and test may not part."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "specs" / "trust.md"


def documented(suite: str) -> set[tuple[str, str]]:
    """Cases (joined by commas where a row has several) and reason of each row under the suite's heading."""
    sections = re.split(r"^### ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    section = next(one for one in sections if one.startswith(suite))
    rows = re.findall(r"^\| (`.+`) \| (.+?) \|$", section, re.MULTILINE)
    return {(cases.replace("`", ""), reason) for cases, reason in rows}
