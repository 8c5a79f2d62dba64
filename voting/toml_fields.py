"""Reads fields out of a parsed TOML table, gathering every fault instead of stopping at the first.

A field that is wrong gives a harmless stand-in, so that reading goes on; the stand-ins are never seen,
because the whole is refused when there is any fault.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

LANGUAGES = ("vi", "en")
"""Every text stands in both."""


class Fields:
    """One table of the file. `place` is where it stands, for the faults."""

    def __init__(self, table: Any, place: str, faults: list[str]) -> None:
        self.place = place
        self.faults = faults
        if not isinstance(table, dict):
            faults.append(f"{place or 'the file'}: must be a table")
            table = {}
        self._table: dict[str, Any] = table
        self._asked: set[str] = set()

    def fault(self, name: str, what: str) -> None:
        self.faults.append(f"{self.place}.{name}: {what}" if self.place else f"{name}: {what}")

    def has(self, name: str) -> bool:
        return not self._absent(name)

    def _get(self, name: str, wanted: type, word: str) -> Any:
        self._asked.add(name)
        if name not in self._table:
            self.fault(name, "is missing")
            return None
        value = self._table[name]
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            self.fault(name, f"must be {word}")
            return None
        return value

    def string(self, name: str, default: str | None = None) -> str:
        if default is not None and self._absent(name):
            return default
        value = self._get(name, str, "a string")
        if value is not None and not value.strip():
            self.fault(name, "is empty")
        return str(value or "")

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> Any:
        """One of `allowed`; typed Any because the caller's Literal is what `allowed` was taken from."""
        value = self.string(name, default)
        if value and value not in allowed:
            self.fault(name, f"{value!r} is none of {', '.join(allowed)}")
        return value if value in allowed else allowed[0]

    def whole(self, name: str, least: int = 0, default: int | None = None) -> int:
        if default is not None and self._absent(name):
            return default
        value = self._get(name, int, "a whole number")
        if value is not None and value < least:
            self.fault(name, f"{value} is less than {least}")
        return least if value is None else int(value)

    def flag(self, name: str, default: bool | None = None) -> bool:
        if default is not None and self._absent(name):
            return default
        return bool(self._get(name, bool, "true or false"))

    def day(self, name: str) -> date:
        value = self._get(name, date, "a date")
        if isinstance(value, datetime):
            self.fault(name, "must be a date without a time")
        return value if isinstance(value, date) else date.min

    def text(self, name: str) -> dict[str, str]:
        """{"vi": …, "en": …}, both filled."""
        table = self._get(name, dict, 'a text like { vi = "…", en = "…" }')
        if table is None:
            return dict.fromkeys(LANGUAGES, "")
        inner = Fields(table, f"{self.place}.{name}".lstrip("."), self.faults)
        text = {language: inner.string(language) for language in LANGUAGES}
        inner.end()
        return text

    def texts(self, name: str) -> dict[str, dict[str, str]]:
        """A table of texts by name."""
        table = self.table(name)
        return {key: table.text(key) for key in table._table}

    def strings(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        if default is not None and self._absent(name):
            return default
        value = self._get(name, list, "a list of strings")
        if value is not None and not all(isinstance(one, str) for one in value):
            self.fault(name, "must be a list of strings")
            return ()
        return tuple(value or ())

    def share(self, name: str) -> tuple[int, int]:
        """[n, d], 0 < n <= d."""
        value = self._get(name, list, "a share like [1, 2]")
        whole = isinstance(value, list) and len(value) == 2 and all(type(part) is int for part in value)
        if value is not None and not (whole and 0 < value[0] <= value[1]):
            self.fault(name, "must be a share like [1, 2], more than 0 and at most 1")
            return (1, 1)
        return (value[0], value[1]) if value else (1, 1)

    def table(self, name: str) -> "Fields":
        return Fields(self._get(name, dict, "a table") or {}, self._under(name), self.faults)

    def tables(self, name: str) -> Iterator[tuple[str, "Fields"]]:
        """A table of tables: each with its name."""
        for key, value in (self._get(name, dict, "a table of tables") or {}).items():
            yield key, Fields(value, f"{self._under(name)}.{key}", self.faults)

    def items(self, name: str) -> Iterator["Fields"]:
        """An array of tables."""
        for n, value in enumerate(self._get(name, list, "a list of tables") or ()):
            yield Fields(value, f"{self._under(name)}[{n + 1}]", self.faults)

    def _under(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def _absent(self, name: str) -> bool:
        self._asked.add(name)
        return name not in self._table

    def end(self) -> None:
        """A name nobody asked for is a fault: most are misspelt rules."""
        for name in sorted(self._table.keys() - self._asked):
            self.fault(name, "is not known here")
