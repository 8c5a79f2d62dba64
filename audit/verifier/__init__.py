"""A whole exported log in, findings out. Needs nothing but the export and what the reader already holds.

Three layers, each only on what the one below found whole: files, chain, tree and checkpoint (`log_files`);
payloads, cards, sessions, ballots, signed results (`reading`); and the recount by the rules, handed in.
Left out: whether the hall's clock was right (docs/specs/log.md, "What this can't show").
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from audit import checkpoint
from audit.bundle import Source
from audit.canonical import sha256_hex
from audit.entry import Entry
from audit.errors import BadEvidence, LogBroken
from audit.verifier import log_files, reading
from audit.verifier.anchor import Anchor, BadAnchor
from audit.verifier.log_files import LogFiles
from audit.verifier.payloads import Payloads
from audit.verifier.report import DISCLOSED, Finding, Recount, Report, Severity
from audit.verifier.state import State

__all__ = ["DISCLOSED", "Anchor", "BadAnchor", "Finding", "Recount", "Report", "Severity", "verify"]

_ORDER = {"error": 0, "warning": 1, "note": 2}
_UNSIGNED = {"checkpoint_signature", "signed_by_other_key"}


def verify(
    source: Source, anchor: Anchor | None, recount: Recount | None, seen: Sequence[str] = ()
) -> Report:
    """Judges an export. Never raises for what it holds: whatever is wrong with it is a finding.

    `anchor`: None to judge only whether the export agrees with itself. `recount`: the rules' part; without
    it the report says that the counts weren't checked. `seen`: signed notes of earlier heads, as they were
    photographed; this log must go on from each.
    """
    log = log_files.read(source, anchor, seen)
    payloads = Payloads(source)
    state = State(source, log.tree, anchor, log.head.origin if log.head else "", log.key)
    if log.whole:
        _read(state, log, payloads, recount)
    findings = [*log.findings, *state.findings, *reading.check_certificates(state, log.whole)]
    findings += reading.check_folders(source)
    findings += _notes(log, anchor, recount)
    return Report(
        findings=tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity])),
        withheld=payloads.withheld(),
        checked=tuple(_checked(log, state, payloads, recount)),
        size=log.head.size if log.head else 0,
        origin=state.origin,
        fingerprints=_fingerprints(state, log),
    )


def _read(state: State, log: LogFiles, payloads: Payloads, recount: Recount | None) -> None:
    record = reading.record(state, log.entries, payloads)
    counted = list(_counted(recount, record)) if recount else []
    deque(record, maxlen=0)  # a recount that stopped early doesn't stop the checks
    state.findings += counted
    state.findings += payloads.torn()
    state.findings += payloads.strays()


def _counted(recount: Recount, record: Iterator[tuple[Entry, Any | None]]) -> Iterator[Finding]:
    try:
        yield from recount(record)
    except (BadEvidence, LogBroken) as error:
        yield Finding("error", "recount_stopped", f"the log can't be counted beyond this: {error}")


def _notes(log: LogFiles, anchor: Anchor | None, recount: Recount | None) -> Iterator[Finding]:
    if not log.whole:
        text = "the entries aren't what the checkpoint commits to: nothing that they say was judged"
        yield Finding("note", "not_read", text)
    if anchor is None:
        text = "consistent at most; authenticity not judged: compare the fingerprints with what you hold"
        yield Finding("note", "not_judged", text)
    if recount is None:
        yield Finding("note", "not_counted", "the counts were not recomputed by the rules")


def _checked(log: LogFiles, state: State, payloads: Payloads, recount: Recount | None) -> Iterator[str]:
    """Only what was found right: beside a finding that says otherwise, a tick would be believed."""
    errors = {finding.code for finding in (*log.findings, *state.findings) if finding.severity == "error"}
    if log.whole and not any(finding.severity == "error" for finding in log.findings):
        yield f"{len(log.raw)} entries: sequence, chain, times, tree and tiles"
    if log.head is not None and log.key is not None and not errors & _UNSIGNED:
        yield f"checkpoint under the key {log.key.name}+{log.key.key_id.hex()}"
    for head in log.continued:
        yield f"it goes on from the checkpoint that was seen, of {head.size} entries"
    if not log.whole:
        return
    yield f"{payloads.opened} payloads against the hashes in their entries"
    for what, times in sorted(state.done.items()):
        yield f"{times} {what}"
    if recount and "recount_stopped" not in errors:
        yield "recount of every vote by the rule book that it cites"


def _fingerprints(state: State, log: LogFiles) -> dict[str, str]:
    found = {"log key": str(log.key)} if log.key else {}
    roots = state.anchor.ca if state.anchor else state.listed_ca.values()
    found |= {f"card authority {number}": sha256_hex(der) for number, der in enumerate(roots, 1)}
    if log.head is not None:
        found["root"] = checkpoint.root_text(log.head)
    return found
