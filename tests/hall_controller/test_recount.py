"""The recount finds what a dishonest hall would have signed: every hash and signature may be right."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from audit import statement
from audit.entry import Entry
from audit.signing import EcSigner
from hall_controller.journal import Tip, reread
from hall_controller.recount import recount
from hall_controller.store import open_store
from simulators.authority import p256
from tests.hall_controller.chamber import (
    BOOK,
    Chamber,
    adjourned,
    declared,
    opened,
    seated,
    started,
    the_hall,
)

Record = list[tuple[Entry, Any]]


async def _sit(directory: str, book: str) -> Record:
    chamber, store = Chamber(book=book), open_store(f"sqlite:///{directory}/hall.db")
    hall = await started(chamber, store)
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    for person, choice in zip(chamber.people, ("approve", "approve", "approve", "reject"), strict=False):
        await hall.submit(person.ballot(form, choice))
    await declared(chamber, hall)
    await adjourned(hall)
    record = [(one.entry, one.body) for one in reread(store, Tip())]
    await hall.close()
    return record


@cache
def _once(book: str) -> Record:
    with tempfile.TemporaryDirectory() as directory:
        return asyncio.run(_sit(directory, book))


def _sat(book: str = BOOK) -> Record:
    """One sitting for all tests; each gets a list of its own to spoil."""
    return list(_once(book))


def _errors(record: Record) -> list[str]:
    return [finding.code for finding in recount(iter(record)) if finding.severity == "error"]


def _place(record: Record, type: str) -> int:
    return next(number for number, (entry, _) in enumerate(record) if entry.type == type)


def _signed_otherwise(jws: Any, **changes: Any) -> dict[str, str]:
    """The hall's own signature on another result."""
    payload = statement.parse(jws, statement.RESULT).payload
    return statement.sign(statement.RESULT, {**payload, **changes}, the_hall())


def _lie(record: Record, **changes: Any) -> None:
    """In both entries, as a hall that lies would."""
    at = _place(record, "ResultComputed")
    entry, jws = record[at]
    false = _signed_otherwise(jws, **changes)
    record[at] = (entry, false)
    at = _place(record, "VoteDeclared")
    record[at] = (record[at][0], false)


def _withheld(record: Record) -> Record:
    secret = {"ballot", "session", "signout", "participation", "result"}
    return [(entry, None if entry.blob and entry.blob.cls in secret else body) for entry, body in record]


def test_an_honest_log_counts_the_same() -> None:
    record = _sat()
    assert _errors(record) == []
    assert _errors(_withheld(record)) == []


@pytest.mark.parametrize("seen", [True, False], ids=["all seen", "totals only"])
@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "rejected"},
        {"counts": {"approve": 2, "reject": 1, "not_voting": 0}},
        {"participated": 5},
        {"roll": 4},
        {"present": 4},
        {"invalid": 1},
        {"percent": {}},
        {"conditions": []},
        {"casting_vote": "approve"},
        {"round": 2},
        {"sit": "s0"},
        {"rule": {"book": "vn.qh.2016-01-01", "sha256": "0" * 64, "id": "vn.qh.more_than_half_of_all"}},
        {"counts": {"approve": 400, "reject": 1, "not_voting": 0}},
    ],
)
def test_a_false_result_is_found(changes: dict[str, Any], seen: bool) -> None:
    record = _sat()
    _lie(record, **changes)
    found = _errors(record if seen else _withheld(record))
    assert {"result_wrong", "result_cites_other"} & set(found)


def test_a_declaration_of_another_result_than_the_computed_is_found() -> None:
    record = _sat()
    at = _place(record, "VoteDeclared")
    entry, declared = record[at]
    record[at] = (entry, _signed_otherwise(declared, outcome="rejected"))
    assert "result_replaced" in _errors(record)


def test_consistent_totals_with_more_voices_than_ballots_are_found() -> None:
    """Without ballots the arithmetic alone: counts that would be right for a fifth ballot."""
    record = _sat()
    signed = statement.parse(record[_place(record, "ResultComputed")][1], statement.RESULT).payload
    counts, percent = {**signed["counts"], "approve": 4}, dict(signed["percent"])
    percent["approve"] = {**percent["approve"], "hundredths": 8000}
    percent["participated"] = {**percent["participated"], "hundredths": 10000}
    conditions = [{**signed["conditions"][0], "have": 4}]
    _lie(record, counts=counts, participated=5, percent=percent, conditions=conditions)
    assert _errors(_withheld(record)) == ["result_wrong"]


def _after_the_close(record: Record) -> None:
    ballot = record.pop(_place(record, "BallotRecorded"))
    record.insert(_place(record, "VoteClosed") + 1, ballot)


def _before_the_opening(record: Record) -> None:
    opening = record.pop(_place(record, "VoteOpened"))
    record.insert(_place(record, "BallotRecorded") + 1, opening)


def _twice(record: Record) -> None:
    at = _place(record, "BallotRecorded")
    record.insert(at, record[at])


def _without_signing_in(record: Record) -> None:
    record.pop(_place(record, "SignedIn"))


def _signed_in_twice(record: Record) -> None:
    at = _place(record, "SignedIn")
    record.insert(at, record[at])


def _opened_while_open(record: Record) -> None:
    at = _place(record, "SittingOpened")
    record[at + 1 : at + 1] = record[at - 2 : at + 1]


def _closed_too_early(record: Record) -> None:
    at = _place(record, "VoteClosing")
    entry, body = record[at]
    record[at] = (replace(entry, actor="clock"), body)


def _more_ballots(record: Record) -> None:
    at = _place(record, "VoteClosed")
    entry, body = record[at]
    record[at] = (replace(entry, d={**entry.d, "ballots": 5}), body)


def _another_time(record: Record) -> None:
    at = _place(record, "VoteOpened")
    entry, body = record[at]
    record[at] = (replace(entry, d={**entry.d, "duration_s": 0}), body)


def _another_book(record: Record) -> None:
    at = _place(record, "RuleBookAdopted")
    entry, body = record[at]
    record[at] = (entry, {"text": body["text"].replace("share = [1, 2]", "share = [1, 3]")})


def _no_book(record: Record) -> None:
    at = _place(record, "RuleBookAdopted")
    record[at] = (record[at][0], None)


@pytest.mark.parametrize(
    "wrong",
    [
        _after_the_close, _before_the_opening, _twice, _without_signing_in, _signed_in_twice,
        _opened_while_open, _closed_too_early, _more_ballots, _another_time, _another_book, _no_book,
    ],
)  # fmt: skip
def test_what_the_rules_would_have_refused_is_found(
    wrong: Callable[[Record], None],
) -> None:
    record = _sat()
    wrong(record)
    assert _errors(record)


def test_a_shipped_rule_book_with_other_words_is_noted() -> None:
    record = _sat(BOOK + "\n# In this hall it reads otherwise.\n")
    notes = [finding.code for finding in recount(iter(record))]
    assert notes == ["rule_book_differs"]


def _mangled(record: Record) -> Iterator[Record]:
    """Each entry in turn with a member of its public part missing, or its body of another shape."""
    for at, (entry, body) in enumerate(record):
        for name in entry.d:
            less = {key: value for key, value in entry.d.items() if key != name}
            yield [*record[:at], (replace(entry, d=less), body), *record[at + 1 :]]
        if body is not None and entry.type != "TrustListed":
            yield [*record[:at], (entry, {"other": 1}), *record[at + 1 :]]


def test_no_entry_however_mangled_stops_the_recount() -> None:
    record = _sat()
    for mangled in _mangled(record):
        if mangled != record:
            list(recount(iter(mangled)))


def test_a_ballot_by_phone_that_nobody_opened_is_found_though_sign_ins_are_withheld() -> None:
    record = _sat()
    at = _place(record, "BallotRecorded")
    entry, jws = record[at]
    seen = statement.parse(jws, statement.BALLOT)
    payload = {**seen.payload, "seat": None}
    by_phone = statement.sign(statement.BALLOT, payload, EcSigner(p256()), sk=seen.header["sk"])
    named = {**entry.d, "ballot": statement.parse(by_phone, statement.BALLOT).payload_hash}
    record[at] = (replace(entry, d=named), by_phone)
    hidden = {"session", "signout"}
    shown = [(one, None if one.blob and one.blob.cls in hidden else body) for one, body in record]
    assert _errors(shown) == ["mobile_not_opened"]
