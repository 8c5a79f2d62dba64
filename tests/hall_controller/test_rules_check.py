"""`hall rules check`: published rows are right, altered ones not; what can't be noticed is listed."""

import json
from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hall_controller.faults import BadFile
from hall_controller.rules_check import check, exit_code, run

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "data" / "published-votes.json"
needs_published = pytest.mark.skipif(
    not PUBLISHED.exists(), reason="the published votes are not beside the repository"
)

Row = dict[str, Any]
LAW: Row = {
    "id": "A1", "date": "2024-06-29", "method": "electronic", "rule": "vn.qh.more_than_half_of_all",
    "members": 486, "participated": 465, "counts": {"approve": 454, "reject": 5, "abstain": 6},
    "printed_percent": {"approve": "93.42", "reject": "1.03", "abstain": "1.23", "participated": "95.68"},
    "percent_base": "total_members", "outcome": "adopted",
}  # fmt: skip


def written(tmp_path: Path, rows: Any) -> Path:
    path = tmp_path / "votes.json"
    path.write_text(rows if isinstance(rows, str) else json.dumps(rows), "utf-8")
    return path


def verdict(tmp_path: Path, row: Row) -> list[str]:
    return list(check(written(tmp_path, [row]))[0].mismatches)


def changed(row: Row, **changes: Any) -> Row:
    """`counts__approve=3` reaches inside; None takes the key away."""
    new = deepcopy(row)
    for place, value in changes.items():
        outer, _, inner = place.partition("__")
        where, key = (new[outer], inner) if inner else (new, outer)
        if value is None:
            del where[key]
        else:
            where[key] = value
    return new


@needs_published
def test_every_published_vote_is_right() -> None:
    verdicts = check(PUBLISHED)
    assert len(verdicts) == 36
    assert [v.mismatches for v in verdicts if not v.right] == []
    assert exit_code(verdicts) == 0
    assert {v.row.id: v.outcomes for v in verdicts}["KR01"] == ("void",)


def numbers(row: Row) -> Iterator[tuple[str, list[Any]]]:
    """Each published number with what it may be altered to."""
    for key in ("members", "participated", "invalid"):
        if key in row:
            yield key, [row[key] + 1, max(0, row[key] - 1)]
    for choice, n in row.get("counts", {}).items():
        yield f"counts__{choice}", [n + 1, max(0, n - 1)]
    for name, text in row.get("printed_percent", {}).items():
        last = str((int(text[-1]) + 1) % 10)
        yield f"printed_percent__{name}", [text[:-1] + last]


# What can't be noticed, and why: nothing else in the row depends on that figure as finely.
UNNOTICED = {
    # Percentages are of participants, or not printed: members bounds the counts and sets a far threshold.
    "VN33": {"members"},
    "EP01": {"members"},
    "EP02": {"members"},
    "EP03": {"members"},
    "EP07": {"members"},
    "DE01": {"members"},
    "CN01": {"members"},
    # Only one choice was published: the figure is bounded by it and by the members.
    "VN20": {"participated"},
    "VN21": {"participated"},
    "TN08": {"invalid"},
    # Neither participated nor a percentage was published beside the counts, far from the threshold.
    "UK01": {"members", "counts__approve", "counts__reject"},
    "UK03": {"counts__approve", "counts__reject"},
    "FR02": {"members", "counts__approve"},
    # 196 of 300, or 195 of 301, are too few as well.
    "KR01": {"members", "participated"},
}


@needs_published
def test_every_alteration_that_contradicts_its_row_is_noticed(tmp_path: Path) -> None:
    rows = json.loads(PUBLISHED.read_text("utf-8"))
    altered = [
        (row["id"], place, changed(row, **{place: value}))
        for row in rows
        for place, values in numbers(row)
        for value in values
        if changed(row, **{place: value}) != row
    ]
    verdicts = check(written(tmp_path, [row for _, _, row in altered]))
    unnoticed: dict[str, set[str]] = {}
    for (id, place, _), found in zip(altered, verdicts, strict=True):
        if found.right:
            unnoticed.setdefault(id, set()).add(place)
    assert unnoticed == UNNOTICED
    assert len(altered) > 250


@needs_published
@pytest.mark.parametrize(
    "outcome", ["adopted", "rejected", "elected", "not elected", "void", "tied", "superseded"]
)
def test_an_altered_outcome_is_noticed(tmp_path: Path, outcome: str) -> None:
    """But for adopted/elected, which the same majority does."""
    same = {
        "adopted": {"adopted", "elected"},
        "elected": {"elected"},
        "rejected": {"rejected", "not elected"},
    }
    same |= {"not elected": same["rejected"], "void": {"void"}}
    rows = json.loads(PUBLISHED.read_text("utf-8"))
    for row, found in zip(
        rows, check(written(tmp_path, [changed(r, outcome=outcome) for r in rows])), strict=True
    ):
        truth = row["outcome"]
        allowed = same.get(truth, set()) | (
            {"adopted"} if truth == "elected" and row["id"] != "VN34" else set()
        )
        assert found.right == (outcome in allowed), row["id"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"counts__approve": 460}, "participated 465, but choices and invalid papers are 471"),
        ({"participated": 490}, "participated 490, but there are 486 members"),
        ({"members": 460}, "there are 460 members"),
        ({"counts__approve": -1}, "approve is -1, less than none"),
        ({"printed_percent__reject": "1.02"}, "reject printed 1.02 %, but 5 of 486 is 1.03 %"),
        ({"printed_percent__approve": "93.4"}, ""),
        ({"printed_percent__approve": "93"}, ""),
        ({"printed_percent__approve": "94"}, "approve printed 94 %, but 454 of 486 is 93 %"),
        ({"printed_percent__approve": "93,42 %"}, ""),
        ({"printed_percent__approve": 93.42}, ""),
        ({"outcome": "rejected"}, "outcome rejected, but by the rule it is adopted"),
        ({"outcome": "passed"}, "outcome passed, but by the rule it is adopted"),
        ({"outcome": "elected"}, ""),
        ({"outcome": "result announced"}, ""),
        ({"outcome": None}, ""),
        ({"percent_base": "of everybody"}, ""),
        ({"percent_base": "of everybody", "printed_percent__approve": "93.40"}, "approve printed 93.40 %"),
        ({"percent_base": "participated"}, "approve printed 93.42 %, but 454 of 465 is 97.63 %"),
        ({"percent_base": None}, ""),
        ({"members": None}, ""),
        ({"participated": None}, ""),
        ({"counts": None, "printed_percent": None}, ""),
        ({"counts__abstain": None, "printed_percent__abstain": None}, ""),
        ({"casting_vote": "approve"}, "a casting vote (approve), which the rule doesn't have"),
        ({"method": "secret ballot", "participated": 466, "printed_percent": None}, ""),
        ({"method": "secret ballot", "participated": 466, "printed_percent": None, "invalid": 1}, ""),
        (
            {"method": "secret ballot", "participated": 466, "printed_percent": None, "invalid": 2},
            "are 467",
        ),
        ({"use": "anomaly", "outcome": "rejected", "counts__approve": 9}, ""),
    ],
)
def test_one_row_changed(tmp_path: Path, changes: Row, fault: str) -> None:
    found = verdict(tmp_path, changed(LAW, **changes))
    assert bool(found) == bool(fault), found
    assert any(fault in mismatch for mismatch in found) or not fault


def test_those_who_took_part_may_be_a_share_of_the_members_beside_shares_of_participants(
    tmp_path: Path,
) -> None:
    row = changed(
        LAW, percent_base="participated", printed_percent={"approve": "97.63", "participated": "95.68"}
    )
    assert verdict(tmp_path, row) == []
    assert verdict(tmp_path, changed(row, printed_percent__participated="95.69")) != []


HDND = "vn.hdnd.more_than_half_of_all"
KR = "kr.impeachment.two_thirds_of_all"
CHAIR = "majority_of_votes_cast_casting_vote"


def row_of(said: str) -> Row:
    """From: rule key=value … outcome. Keys that aren't the row's own are counts."""
    rule, *figures, outcome = said.split()
    row: Row = {"id": "X", "rule": rule, "outcome": outcome, "counts": {}}
    for key, value in (figure.split("=") for figure in figures):
        own = key in ("members", "participated", "invalid", "casting_vote")
        (row if own else row["counts"])[key] = int(value) if value.isdigit() else value
    return row


@pytest.mark.parametrize(
    ("said", "right"),
    [
        (f"{HDND} members=95 approve=48 adopted", True),
        (f"{HDND} members=95 approve=47 adopted", False),
        (f"{KR} members=300 participated=300 invalid=8 approve=204 reject=85 abstain=3 adopted", True),
        (f"{KR} members=300 participated=200 void", False),
        (f"{KR} members=300 approve=190 void", True),
        (f"{KR} members=300 approve=210 void", False),
        ("majority_of_component_members members=577 approve=331 adopted", True),
        ("majority_of_votes_cast approve=10 adopted", True),
        ("majority_of_votes_cast participated=30 approve=16 rejected", False),
        ("two_thirds_of_votes_cast approve=66 reject=34 adopted", False),
        (f"{CHAIR} approve=5 reject=5 tied", True),
        (f"{CHAIR} approve=5 reject=5 adopted", True),
        (f"{CHAIR} approve=5 reject=5 casting_vote=reject tied", False),
        (f"{CHAIR} approve=5 reject=5 casting_vote=approve adopted", True),
        (f"{CHAIR} approve=5 reject=5 casting_vote=abstain adopted", False),
        (f"{CHAIR} approve=5 reject=4 casting_vote=approve adopted", False),
        ("vn.qh.election.more_than_half_of_all members=500 approve=251 adopted", False),
        ("vn.qh.election.more_than_half_of_all members=500 approve=251 elected", True),
        ("vn.confidence.poll3 participated=3 confidence=3 adopted", False),
    ],
)
def test_rows_of_other_votes(tmp_path: Path, said: str, right: bool) -> None:
    assert (verdict(tmp_path, row_of(said)) == []) == right


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("{", "is not JSON"),
        ("[NaN]", "NaN is not a number"),
        ("{}", "must be a JSON list"),
        ("[3]", "row 1: must be an object"),
        (
            '[{"id": "X", "rule": "majority_of_votes_cast", "members": 1, "members": 2}]',
            "row X: members stands twice",
        ),
        ([changed(LAW, rule="most")], "row A1: no rule book has the rule 'most'"),
        ([changed(LAW, rule=None)], "row A1: rule is missing"),
        ([changed(LAW, id=None)], "row number 1: id is missing"),
        ([changed(LAW, members="486")], "row A1: members must be a whole number, not '486'"),
        ([changed(LAW, participated=True)], "row A1: participated must be a whole number"),
        ([changed(LAW, counts=[1])], "row A1: counts must be an object"),
        ([changed(LAW, counts__approve=4.5)], "row A1: counts.approve must be a whole number"),
        (
            [changed(LAW, printed_percent__approve="many")],
            "row A1: printed_percent.approve must be a percentage",
        ),
        ([changed(LAW, printed_percent="93")], "row A1: printed_percent must be an object"),
        ([changed(LAW, outcome=3)], "row A1: outcome must be a text"),
    ],
)
def test_a_malformed_file_is_named_by_row_and_key(tmp_path: Path, rows: Any, fault: str) -> None:
    path = written(tmp_path, rows)
    with pytest.raises(BadFile) as caught:
        check(path)
    assert any(fault in one for one in caught.value.faults)
    out = StringIO()
    assert run(path, Console(file=out, width=200)) == 2
    assert fault in out.getvalue()


def test_every_fault_of_the_file_is_named_at_once(tmp_path: Path) -> None:
    rows = [changed(LAW, members="x"), changed(LAW, id="A2", counts__reject=None, outcome=[])]
    with pytest.raises(BadFile) as caught:
        check(written(tmp_path, rows))
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["row A1", "row A2"]


def test_an_anomaly_may_hold_anything(tmp_path: Path) -> None:
    row = changed(
        LAW, use="anomaly", rule="none of ours", counts={"approve": [170, 169]}, members="unclear"
    )
    (found,) = check(written(tmp_path, [row]))
    assert found.right
    assert found.notes


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    assert run(tmp_path / "none.json", Console(file=StringIO())) == 2


def test_the_table_shows_what_does_not_fit(tmp_path: Path) -> None:
    out = StringIO()
    rows = [LAW, changed(LAW, id="A2", outcome="rejected")]
    assert run(written(tmp_path, rows), Console(file=out, width=220)) == 1
    shown = out.getvalue()
    assert "MISMATCH" in shown
    assert "outcome rejected, but by the rule it is adopted" in shown
    assert "\nA2: outcome rejected, but by the rule it is adopted\n" in shown
    assert "2 votes, 1 with a mismatch" in shown
