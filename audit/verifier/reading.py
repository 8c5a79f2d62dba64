"""The second layer: what the entries say, read in order, each judged by what stands before it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audit import bundle, canonical
from audit.entry import Entry
from audit.verifier import ballots, foundations, results, sessions, sleep, trusted
from audit.verifier.payloads import Payloads
from audit.verifier.report import Finding
from audit.verifier.state import State

Judge = Callable[[State, Entry, Any], None]

JUDGES: Mapping[str, Judge] = {
    "LogCreated": foundations.log_created,
    "TrustListed": trusted.trust_listed,
    "RevocationWaived": trusted.revocation_waived,
    "SittingOpened": trusted.sitting_opened,
    "RuleBookAdopted": foundations.rule_book_adopted,
    "RollEstablished": foundations.roll_established,
    "VoteAnnounced": foundations.vote_announced,
    "VoteOpened": foundations.vote_opened,
    "SignedIn": sessions.signed_in,
    "SignedOut": sessions.signed_out,
    "PresenceMarked": sleep.presence_marked,
    "RollCalled": sleep.roll_called,
    "SessionSlept": sleep.session_slept,
    "BallotRecorded": ballots.ballot_recorded,
    "VoteClosed": results.vote_closed,
    "ResultComputed": results.result_computed,
    "VoteDeclared": results.vote_declared,
}
"""Entries of other kinds hold nothing that is signed or hashed beyond the log itself: the recount's."""


def record(state: State, entries: list[Entry], payloads: Payloads) -> Iterator[tuple[Entry, Any | None]]:
    """Each entry with its payload's body, judged on the way: the recount pulls, this judges."""
    if entries[0].type != "LogCreated":
        state.find("log_not_created", "entry 0 doesn't say whose log this is", entries[0])
    for entry in entries:
        body = _collect(payloads.open(entry), state.findings)
        judge = JUDGES.get(entry.type)
        if judge is not None:
            judge(state, entry, body)
        yield entry, None if entry.seq in state.unusable else body


def _collect(opening: Iterator[Finding], findings: list[Finding]) -> Any:
    """The findings go to the list, the generator's return value to the caller."""
    while True:
        try:
            findings.append(next(opening))
        except StopIteration as end:
            return end.value


def check_certificates(state: State, whole: bool) -> Iterator[Finding]:
    """Every certificate is the one that its file's name says, and something shown names it."""
    named = {bundle.cert_path(fingerprint) for fingerprint in state.certificates}
    for path in state.source:
        if not path.startswith(bundle.CERTS):
            continue
        if bundle.cert_path(canonical.sha256_hex(state.source[path])) != path:
            yield Finding("error", "certificate_damaged", "not the certificate that its name says", path)
        elif whole and path not in named:
            # A member's certificate without the sign-in would tell who took part where that is withheld.
            yield Finding("warning", "certificate_stray", "nothing shown names this certificate", path)


def check_folders(source: bundle.Source) -> Iterator[Finding]:
    for path in source:
        if not path.startswith((bundle.LOG, bundle.BLOBS, bundle.CERTS)):
            yield Finding("warning", "file_stray", "no part of an export", path)
