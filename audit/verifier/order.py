"""Sequence, chain and time of the entries: names what was dropped, doubled, swapped or changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from audit.canonical import sha256_hex
from audit.entry import GENESIS_PREV, Entry
from audit.verifier.report import Finding

_FEW = 5
"""Numbers named in one finding: beyond that the reader is told how many."""


def check_order(raw: Sequence[bytes], entries: Sequence[Entry]) -> Iterator[Finding]:
    """`raw` and `entries` in the order of the files; `entries` may lack those that couldn't be read."""
    if len(raw) == len(entries):
        yield from _check_numbers([entry.seq for entry in entries])
        yield from _check_chain(raw, entries)
    for before, after in pairwise(entries):
        if after.t < before.t:
            text = f"is {(before.t - after.t).total_seconds():.3f} s earlier than the entry before"
            yield Finding("error", "time_runs_back", text, f"entry {after.seq}")


def _check_numbers(numbers: Sequence[int]) -> Iterator[Finding]:
    counts = Counter(numbers)
    # Only up to the last position: one wild number doesn't mean that all below it are missing.
    missing = [number for number in range(len(numbers)) if number not in counts]
    doubled = [number for number, times in counts.items() if times > 1]
    back = [after for before, after in pairwise(numbers) if after < before]
    beyond = [number for number in numbers if number >= len(numbers)]
    if missing:
        yield _of("entry_missing", "missing", missing)
    if doubled:
        yield _of("entry_doubled", "there more than once", doubled)
    if back and not doubled:
        yield _of("entry_swapped", "out of place", back)
    if beyond and not missing:
        yield _of("entry_number", "beyond the end of the log", beyond)


def _check_chain(raw: Sequence[bytes], entries: Sequence[Entry]) -> Iterator[Finding]:
    expected = GENESIS_PREV
    for position, (data, entry) in enumerate(zip(raw, entries, strict=True)):
        if entry.prev != expected:
            before = f"entry {position - 1}" if position else "the beginning"
            text = f"its prev isn't the hash of {before}: one of the two was changed"
            yield Finding("error", "chain_broken", text, f"entry {position}")
        expected = sha256_hex(data)


def _of(code: str, what: str, numbers: Sequence[int]) -> Finding:
    named = ", ".join(map(str, numbers[:_FEW]))
    more = f" and {len(numbers) - _FEW} more" if len(numbers) > _FEW else ""
    return Finding("error", code, f"entries {what}: {named}{more}", f"entry {numbers[0]}")
