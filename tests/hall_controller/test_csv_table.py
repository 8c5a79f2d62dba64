"""Files as spreadsheets and offices make them: each fault by line and column, all at once."""

import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_controller import cards_csv
from hall_controller.faults import BadFile
from hall_controller.pki.register import Listed
from hall_controller.roster import Roster, Seat, load, load_seats, members_csv, seats_csv
from voting.ids import MemberId, SeatId
from voting.members import Member

HEAD = "id,name,delegation,since,until,weight,seat"
GOOD = f"{HEAD}\nm1,Nguyễn Văn A,Hà Nội,2021-05-23,,,001\n"
SEATS = "seat,block\n001,A\n002,A\n"
CARD = "ab" * 32


def faults(folder: Path, data: bytes, name: str = "members.csv") -> list[str]:
    (folder / "seats.csv").write_text(SEATS, "utf-8")
    (folder / "members.csv").write_text(GOOD, "utf-8")
    (folder / name).write_bytes(data)
    with pytest.raises(BadFile) as caught:
        _read(folder, name)
    assert caught.value.path == folder / name
    return list(caught.value.faults)


def _read(folder: Path, name: str) -> None:
    if name == "cards.csv":
        cards_csv.load(folder / name, {"m1"})
    load(folder / "members.csv", folder / "seats.csv")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), ["line 1: a BOM begins the file"]),
        (GOOD.encode("utf-16"), ["line 1: UTF-16"]),
        (GOOD.replace(",", ";").encode(), ["line 1: semicolons stand between the columns"]),
        (GOOD.replace(",", "\t").encode(), ["line 1: tabs stand between the columns"]),
        (GOOD.encode().replace("ễ".encode(), b"\xd4"), ["line 2, column name: not UTF-8"]),
        (GOOD.replace(",weight", "").encode(), ["line 1, column weight: missing"]),
        (GOOD.replace("weight", "phiếu").encode(), ["line 1, column weight", "line 1, column “phiếu”"]),
        (GOOD.replace("id,name", "name,id").encode(), ["line 1: the columns must be"]),
        (GOOD.replace("Hà Nội,", "Hà Nội,,").encode(), ["line 2: 8 cells, not 7"]),
        (GOOD.replace("Hà Nội", '"Hà Nội').encode(), ["line 2: quotes don't match"]),
        (GOOD.replace("Nội", "Nội\u200b").encode(), ["line 2, column delegation: an unseen"]),
        (GOOD.replace("Hà Nội", '"Hà\nNội"').encode(), ["line 2, column delegation: an unseen"]),
        (GOOD.replace("2021-05-23", "23/05/2021").encode(), ["line 2, column since: “23/05/2021” is"]),
        (GOOD.replace("2021-05-23", "20210523").encode(), ["line 2, column since"]),
        (GOOD.replace("2021-05-23", "2021-02-30").encode(), ["line 2, column since"]),
        (GOOD.replace(",,,001", ",,1.5,001").encode(), ["line 2, column weight"]),
        (GOOD.replace(",,,001", ",,,901").encode(), ["line 2, column seat: there is no seat 901"]),
        (GOOD.replace("m1", "").encode(), ["line 2, column id: id is empty"]),
        (b"", [f"line 1, column {name}: missing" for name in HEAD.split(",")]),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(tmp_path: Path, data: bytes, said: list[str]) -> None:
    found = faults(tmp_path, data)
    assert len(found) == len(said), found
    for fault, expected in zip(found, said, strict=True):
        assert fault.startswith(expected), fault
        english, _, vietnamese = fault.partition(" / ")
        assert english
        assert vietnamese.startswith("dòng "), fault


def test_everything_wrong_is_said_in_one_go(tmp_path: Path) -> None:
    rows = ["m1;A;X;2021-05-23;;;001", "m1;B;X;2021-05-23;;;002", "m3;;X;23/5/21;;0;001"]
    found = faults(tmp_path, b"\xef\xbb\xbf" + "\r\n".join([HEAD.replace(",", ";"), *rows]).encode())
    assert [fault.split(":")[0] for fault in found] == [
        "line 1", "line 1", "line 3, column id", "line 4, column name", "line 4, column since",
        "line 4, column weight",
    ]  # fmt: skip
    assert "first in line 2" in found[2]


def test_lines_are_counted_as_people_see_them(tmp_path: Path) -> None:
    data = f'{HEAD}\nm1,"A\nB",X,2021-05-23,,,\n\nm2,B,X,never,,,\n'.encode()
    assert [fault.split(":")[0] for fault in faults(tmp_path, data)] == [
        "line 2, column name", "line 5, column since",
    ]  # fmt: skip


def test_a_spreadsheets_line_ends_and_combining_accents_are_read(tmp_path: Path) -> None:
    (tmp_path / "seats.csv").write_bytes(SEATS.replace("\n", "\r\n").encode())
    (tmp_path / "members.csv").write_bytes(
        unicodedata.normalize("NFD", GOOD).replace("\n", "\r\n").encode()
    )
    found = load(tmp_path / "members.csv", tmp_path / "seats.csv")
    assert [one.name for one in found.members] == ["Nguyễn Văn A"]
    assert members_csv(found) == GOOD.encode()
    assert seats_csv(found.seats) == SEATS.encode()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{CARD},m1,member,2026-01-01,2027-01-01", []),
        ("AB,m1,member,2026-01-01,2027-01-01", ["card"]),
        (f"{CARD},m9,member,2026-01-01,2027-01-01", ["member"]),
        (f"{CARD},clerk-1,officer,2026-01-01,2027-01-01", []),
        (f"{CARD},m1,visitor,2026-01-01,2027-01-01", ["kind"]),
        (f"{CARD},m1,member,2026-01-01,2026-01-01", ["until"]),
        (f"{CARD},,member,,2027-01-01", ["member", "since"]),
    ],
)
def test_cards(tmp_path: Path, row: str, said: list[str]) -> None:
    data = f"card,member,kind,since,until\n{row}\n".encode()
    if said:
        found = faults(tmp_path, data, "cards.csv")
        assert [fault.split(":")[0] for fault in found] == [f"line 2, column {column}" for column in said]
    else:
        (tmp_path / "cards.csv").write_bytes(data)
        assert cards_csv.write(cards_csv.load(tmp_path / "cards.csv", {"m1"})) == data


def test_a_card_that_stands_twice(tmp_path: Path) -> None:
    row = f"{CARD},m1,member,2026-01-01,2027-01-01\n"
    found = faults(tmp_path, f"card,member,kind,since,until\n{row}{row}".encode(), "cards.csv")
    assert len(found) == 1
    assert found[0].startswith("line 3, column card:")


# -- laws --------------------------------------------------------------------------------------------

LETTERS = st.characters(exclude_categories=("C", "Z", "M"), include_characters=' ,;"')
TEXT = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
DAYS = st.dates(date(1946, 1, 1), date(2100, 1, 1))


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    def nfc(text: str) -> str:
        return unicodedata.normalize("NFC", text)

    ids = draw(st.lists(TEXT.map(nfc), unique=True, max_size=6))
    numbers = draw(st.lists(TEXT.map(nfc), unique=True, min_size=len(ids), max_size=8))
    seats = tuple(Seat(SeatId(id), draw(TEXT.map(nfc))) for id in numbers)
    members, assigned = [], {}
    for number, id in enumerate(ids):
        since, life = draw(DAYS), draw(st.none() | st.integers(1, 9999))
        until = since + timedelta(days=life) if life else None
        name, from_ = draw(TEXT.map(nfc)), draw(TEXT.map(nfc) | st.just(""))
        members.append(Member(MemberId(id), name, from_, since, until, draw(st.integers(1, 999_999))))
        if draw(st.booleans()):
            assigned[MemberId(id)] = seats[number].id
    return Roster(tuple(members), assigned, seats)


@given(rosters())
def test_what_is_exported_is_imported_and_exported_again_to_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, roster: Roster
) -> None:
    folder = tmp_path_factory.mktemp("files")
    (folder / "seats.csv").write_bytes(seats_csv(roster.seats))
    (folder / "members.csv").write_bytes(members_csv(roster))
    again = load(folder / "members.csv", folder / "seats.csv")
    assert again == roster
    assert members_csv(again) == members_csv(roster)
    assert seats_csv(again.seats) == seats_csv(roster.seats)


KINDS = st.sampled_from(["member", "provisional"])
CARDS = st.tuples(st.binary(min_size=32, max_size=32), KINDS, DAYS)


@given(st.lists(CARDS, unique_by=lambda one: one[0]))
def test_cards_come_back_too(
    tmp_path_factory: pytest.TempPathFactory, cards: list[tuple[bytes, str, date]]
) -> None:
    file = tmp_path_factory.mktemp("files") / "cards.csv"
    listed = tuple(
        Listed(card.hex(), "m1", kind, since.isoformat(), (since + timedelta(days=1)).isoformat())
        for card, kind, since in cards
    )
    file.write_bytes(cards_csv.write(listed))
    assert cards_csv.load(file, {"m1"}) == listed


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_named(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("files") / "seats.csv"
    file.write_bytes(b"seat,block\n" + data)
    try:
        seats = load_seats(file)
    except BadFile:
        return
    file.write_bytes(seats_csv(seats))
    assert load_seats(file) == seats
