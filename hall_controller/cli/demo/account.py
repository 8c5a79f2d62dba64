"""What the demo can prove at its end, read from the exported log and not from its own memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from audit import bundle, checkpoint, entry, statement, tiles
from audit.entry import Entry
from hall_controller.cli.demo.play import Played
from hall_controller.export.directory import Directory
from hall_controller.rules_check import as_printed
from simulators.scenario import Published, Scenario

OUTCOMES = {"not_elected": "not elected"}


@dataclass(frozen=True, slots=True)
class Counted:
    """One vote as the signed result in the log says, beside what was published of it."""

    result: Mapping[str, Any] | None
    """None: the log has no result of this vote."""
    published: Published

    @property
    def matches(self) -> bool:
        found, said = self.result, self.published
        return (
            found is not None
            and said.counts.items() <= found["counts"].items()
            and said.participated in (None, found["participated"])
            and OUTCOMES.get(found["outcome"], found["outcome"]) == said.outcome
            and all(
                _percent_is(found, name, text, said.percent_base) for name, text in said.percent.items()
            )
        )

    def row(self) -> dict[str, Any]:
        found = self.result or dict.fromkeys(("roll", "participated", "counts", "outcome"))
        percent = (found.get("percent") or {}).items()
        return {
            "id": self.published.id,
            "members": found["roll"],
            "participated": found["participated"],
            "counts": found["counts"],
            "percent": {name: _percent(one["hundredths"]) for name, one in percent},
            "outcome": found["outcome"],
            "matches_published": self.matches,
        }


def _percent_is(found: Mapping[str, Any], name: str, text: str, base: str) -> bool:
    """At the number of decimals that was printed, on the base that was printed on."""
    part = found["participated"] if name == "participated" else found["counts"][name]
    of = found["participated" if base == "participated" else "roll"]
    whole, _, decimals = text.partition(".")
    return as_printed(part, of, len(decimals)) == int(whole + decimals)


@dataclass(frozen=True, slots=True)
class Account:
    votes: tuple[Counted, ...]
    recorded: int
    """Ballots in the log, each revision."""
    counted: int
    played: Played
    seconds: float
    verified: bool
    export: Path
    anchor: Path

    @property
    def sound(self) -> bool:
        """As published, verified, and every ballot that was pressed accounted for."""
        complete = self.played.sent == len(self.played.seconds) == self.recorded
        return self.verified and complete and bool(self.votes) and all(vote.matches for vote in self.votes)

    def json(self) -> str:
        ballots = {
            "sent": self.played.sent,
            "acknowledged": len(self.played.seconds),
            "counted": self.counted,
            "superseded": self.recorded - self.counted,
        }
        whole = {
            "votes": [vote.row() for vote in self.votes],
            "ballots": ballots,
            "latency_ms": _percentiles(self.played.seconds),
            "seconds": round(self.seconds, 1),
            "verified": self.verified,
            "export": str(self.export),
            "anchor": str(self.anchor),
        }
        return json.dumps(whole, ensure_ascii=False)


def account(
    scenario: Scenario, played: Played, seconds: float, verified: bool, export: Path, anchor: Path
) -> Account:
    """Reads the exported log. The scenario says only which vote is which published one."""
    entries = list(_entries(export))
    results = {one["vote"]: one for one in _declared(Directory(export), entries)}
    votes = tuple(
        Counted(results.get(vote.id), vote.published)
        for sitting in scenario.sittings
        if not sitting.visitor
        for vote in sitting.votes
        if vote.published is not None
    )
    recorded = sum(one.type == "BallotRecorded" for one in entries)
    counted = sum(one.d["ballots"] for one in entries if one.type == "VoteClosed")
    return Account(votes, recorded, counted, played, seconds, verified, export, anchor)


def _entries(export: Path) -> Iterator[Entry]:
    source = Directory(export)
    text = source["log/checkpoint"].decode()
    size = checkpoint.verify(text, source["log/vkey"].decode().strip()).size
    below_log = {path.removeprefix("log/"): source[path] for path in source if path.startswith("log/tile/")}
    return map(entry.decode, tiles.read_entries(below_log, size))


def _declared(source: Directory, entries: Sequence[Entry]) -> Iterator[Mapping[str, Any]]:
    for one in entries:
        if one.type == "VoteDeclared" and one.blob is not None:
            jws = entry.open_blob(source[bundle.blob_path(one.blob.sha256)], one.blob)
            yield statement.parse(jws, statement.RESULT).payload


def _percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Milliseconds from key press to steady lamp."""
    if len(seconds) < 2:
        return {}
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {name: round(cuts[at - 1] * 1000, 1) for name, at in (("p50", 50), ("p95", 95), ("p99", 99))}
