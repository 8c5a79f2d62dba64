"""Dated seats: the plan of a sitting's day stands in its log, and faults are named by line."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from hall_controller import seating_plan
from hall_controller.cli.demo.furnish import furnish
from hall_controller.config import load
from hall_controller.faults import BadFile
from hall_controller.prepared import prepare
from simulators import scenario as scenarios
from voting.ids import MemberId, OfficerId, SeatId
from voting.meeting import Meeting

SCENARIO = Path(__file__).parents[1] / "sittings" / "scenario.toml"
PLAN = """member,seat,since,until
m1,001,2026-05-20,2026-11-21
m2,002,2026-05-20,2026-11-21
m1,002,2026-11-21,
m2,001,2026-11-21,
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "seating.csv"
    file.write_text(text, "utf-8")
    return file


def test_seats_rotate_on_the_day_that_the_plan_says(tmp_path: Path) -> None:
    plan = seating_plan.load(written(tmp_path, PLAN), {"m1", "m2"}, {"001", "002"})
    before = seating_plan.on(plan, date(2026, 11, 20))
    assert before == {MemberId("m1"): SeatId("001"), MemberId("m2"): SeatId("002")}
    assert seating_plan.on(plan, date(2026, 11, 21)) == {MemberId("m1"): "002", MemberId("m2"): "001"}
    assert seating_plan.on(plan, date(2026, 5, 19)) == {}
    assert seating_plan.to_csv(plan).decode() == PLAN


def test_every_fault_is_named_by_line_and_column(tmp_path: Path) -> None:
    text = PLAN + "m3,003,2026-05-20,\nm1,001,2026-11-01,\nm2,002,2026-12-01,2026-12-01\n,002,x,\n"
    with pytest.raises(BadFile) as caught:
        seating_plan.load(written(tmp_path, text), {"m1", "m2"}, {"001", "002"})
    said = "\n".join(caught.value.faults)
    for fault in (
        "line 6, column member: there is no member m3",
        "line 6, column seat: there is no seat 003",
        "line 7, column member: m1 has seat 001 at the same time (line 2)",
        "line 7, column seat: seat 001 is m2's at the same time (line 5)",
        "line 8, column until: 2026-12-01 is not after since 2026-12-01",
        "line 9, column member: member is empty",
        "line 9, column since",
    ):
        assert fault in said, (fault, said)


def _with_plan(folder: Path) -> None:
    """The members' own seats become a plan, in which the first two change places on the sitting's day."""
    members = folder / "members.csv"
    lines = members.read_text("utf-8").splitlines()
    rows = [line.split(",") for line in lines[1:]]
    members.write_text("\n".join([lines[0], *(",".join([*row[:-1], ""]) for row in rows)]) + "\n", "utf-8")
    seats = [row[-1] for row in rows]
    seats[:2] = [seats[1], seats[0]]
    plan = [f"{row[0]},{seat},2026-11-21," for row, seat in zip(rows, seats, strict=True)]
    written(folder, "\n".join(["member,seat,since,until", *plan]) + "\n")
    config = folder / "hall.toml"
    text = config.read_text("utf-8").replace("[roster]\n", '[roster]\nseating = "seating.csv"\n')
    config.write_text(text, "utf-8")


def test_the_sitting_is_opened_with_the_plan_of_its_day(tmp_path: Path) -> None:
    furnish(tmp_path / "hall", scenarios.parse(SCENARIO.read_text("utf-8")), rows=1)
    twice = Path(shutil.copytree(tmp_path / "hall", tmp_path / "twice"))
    _with_plan(tmp_path / "hall")
    plans = prepare(load(tmp_path / "hall" / "hall.toml")).plans
    opening = plans.opening(Meeting.empty(), OfficerId("thu-ky"))
    assert opening is not None
    assert [opening.seating[MemberId(f"dbqh-00{n}")] for n in (1, 2, 3)] == ["002", "001", "003"]
    members = (twice / "members.csv").read_text("utf-8")
    _with_plan(twice)
    (twice / "members.csv").write_text(members, "utf-8")
    with pytest.raises(BadFile, match="one plan must do"):
        prepare(load(twice / "hall.toml"))
