"""The roll of a day comes from dated members; every fault of a file is named by its line."""

from datetime import date
from pathlib import Path

import pytest

from hall_controller.faults import BadFile
from hall_controller.roster import load

SEATS = "seat,block\n001,A\n002,A\n003,B\n"
HEAD = "id,name,delegation,since,until,weight,seat\n"


def roster(folder: Path, members: str, seats: str = SEATS):  # type: ignore[no-untyped-def]
    (folder / "members.csv").write_text(HEAD + members, "utf-8")
    (folder / "seats.csv").write_text(seats, "utf-8")
    return load(folder / "members.csv", folder / "seats.csv")


def test_the_denominator_moves_with_the_day(tmp_path: Path) -> None:
    found = roster(
        tmp_path, "m1,Đại biểu 1,Hà Nội,2016-05-22,2025-01-01,,001\nm2,Đại biểu 2,Huế,2021-05-23,,,002\n"
    )
    assert [len(found.on(date(*day))) for day in ((2019, 6, 3), (2024, 6, 29), (2025, 1, 1))] == [1, 2, 1]
    assert found.seating(date(2025, 6, 16)) == {"m2": "002"}


def test_a_seat_may_pass_from_one_member_to_the_next(tmp_path: Path) -> None:
    found = roster(tmp_path, "m1,A,X,2016-05-22,2021-05-23,,001\nm2,B,X,2021-05-23,,,001\n")
    assert found.seating(date(2020, 1, 1)) == {"m1": "001"}
    assert found.seating(date(2022, 1, 1)) == {"m2": "001"}


def test_every_fault_is_named_by_its_line(tmp_path: Path) -> None:
    members = (
        "m1,A,X,2016-05-22,,,001\n"
        "m1,A,X,2016-05-22,,,002\n"
        "m3,,X,2016-05-22,,,\n"
        "m4,D,X,22/5/2016,,,\n"
        "m5,E,X,2016-05-22,2016-05-22,,\n"
        "m6,F,X,2016-05-22,,0,\n"
        "m7,G,X,2016-05-22,,,001\n"
        "m8,H,X,2016-05-22,,,999\n"
    )
    with pytest.raises(BadFile) as caught:
        roster(tmp_path, members)
    assert [fault.split(",")[0] for fault in caught.value.faults] == [
        f"line {n}" for n in (3, 4, 5, 6, 7, 8, 9)
    ]


def test_wrong_columns_and_doubled_seats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="stands twice"):
        roster(tmp_path, "", "seat,block\n001,A\n001,B\n")
    with pytest.raises(BadFile, match="the columns must be seat,block"):
        roster(tmp_path, "", "ghế,khối\n001,A\n")
