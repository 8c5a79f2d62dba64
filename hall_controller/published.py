"""Published votes as they were printed: a JSON list of rows, what was not published being absent.

Every fault of the file is named at once, by row and key (BadFile). Anomalies may hold anything.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from hall_controller.faults import BadFile, read_text

PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,6}))?\s*%?")
TEXT_KEYS = ("date", "body", "question", "method", "percent_base", "outcome", "use", "casting_vote")


@dataclass(frozen=True, slots=True)
class Printed:
    """A percentage as it was printed: 93.10 is 9310 at 2 decimals."""

    text: str
    digits: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    rule: str
    texts: Mapping[str, str] = field(default_factory=dict)
    """Those of TEXT_KEYS that were given."""
    figures: Mapping[str, int] = field(default_factory=dict)
    """Whole numbers of the row itself: members, participated, invalid and whatever else was published."""
    counts: Mapping[str, int] = field(default_factory=dict)
    printed: Mapping[str, Printed] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """What couldn't be read of an anomaly."""

    @property
    def anomaly(self) -> bool:
        return "anomaly" in self.texts.get("use", "")


def read(path: Path) -> tuple[Row, ...]:
    """The rows of the file. Raises BadFile with every fault, each naming its row and key."""
    faults: list[str] = []
    raw = _json(path)
    if not isinstance(raw, list):
        raise BadFile(path, ["must be a JSON list of rows"])
    rows = [_row(n, one, faults) for n, one in enumerate(raw, start=1)]
    if faults:
        raise BadFile(path, faults)
    return tuple(rows)


def _json(path: Path) -> Any:
    try:
        return json.loads(
            read_text(path),
            object_pairs_hook=_once,
            parse_float=Decimal,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise BadFile(path, [f"is not JSON: {error}"]) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key that stands twice hides a value from every reader but one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"row {found.get('id', '?')}: {', '.join(twice)} stands twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not a number")


def _row(n: int, raw: Any, faults: list[str]) -> Row:
    if not isinstance(raw, dict):
        faults.append(f"row {n}: must be an object")
        return Row(str(n), "")
    given = {key: value for key, value in raw.items() if value is not None}
    found: list[str] = []
    id = _text(given, "id", found) or f"number {n}"
    row = Row(
        id=id,
        rule=_text(given, "rule", found),
        texts={key: _text(given, key, found) for key in TEXT_KEYS if key in given},
        figures=_figures(given, found),
        counts=_counts(given.get("counts", {}), found),
        printed=_percentages(given.get("printed_percent", {}), found),
        unread=tuple(found),
    )
    if not row.anomaly:
        faults.extend(f"row {id}: {fault}" for fault in found)
    return row


def _text(given: Mapping[str, Any], key: str, faults: list[str]) -> str:
    value = given.get(key, "")
    if isinstance(value, str) and (value.strip() or key not in ("id", "rule")):
        return value
    faults.append(f"{key} must be a text" if key in given else f"{key} is missing")
    return ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _figures(given: Mapping[str, Any], faults: list[str]) -> dict[str, int]:
    faults.extend(
        f"{key} must be a whole number, not {given[key]!r}"
        for key in ("members", "participated", "invalid")
        if key in given and not _is_whole(given[key])
    )
    return {key: value for key, value in given.items() if _is_whole(value)}


def _counts(raw: Any, faults: list[str]) -> dict[str, int]:
    if not isinstance(raw, dict):
        faults.append("counts must be an object")
        return {}
    given = {key: value for key, value in raw.items() if value is not None}
    faults.extend(
        f"counts.{key} must be a whole number, not {value!r}"
        for key, value in given.items()
        if not _is_whole(value)
    )
    return {key: value for key, value in given.items() if _is_whole(value)}


def _percentages(raw: Any, faults: list[str]) -> dict[str, Printed]:
    if not isinstance(raw, dict):
        faults.append("printed_percent must be an object")
        return {}
    read = {key: _percentage(value) for key, value in raw.items() if value is not None}
    faults.extend(
        f"printed_percent.{key} must be a percentage like 92.39, not {raw[key]!r}"
        for key, printed in read.items()
        if printed is None
    )
    return {key: printed for key, printed in read.items() if printed is not None}


def _percentage(value: Any) -> Printed | None:
    """A text keeps its trailing zero; a JSON number is taken with the digits that it was written with."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value).strip()
    match = PERCENT.fullmatch(text)
    if match is None:
        return None
    whole, decimals = match[1], match[2] or ""
    return Printed(text, int(whole + decimals), len(decimals))
