"""CSV as chambers' offices write it, read strictly: each fault by line and column, in both languages.

UTF-8, commas, the columns in their order. Files that a spreadsheet saved in its own way (BOM, semicolons,
another encoding) are told as that, and read on where they can be, so that one look finds everything.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from hall_controller.faults import BadFile

_BOM, _WIDE = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = {";": ("dấu chấm phẩy", "semicolons"), "\t": ("dấu tab", "tabs")}
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories that no name, id or date has: control, format (zero width, direction), line ends."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    """Of the file, where it begins; 1 is the header."""
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


@dataclass(slots=True)
class Faults:
    """Gathered for one file; `judge` raises them all."""

    path: Path
    said: list[str] = field(default_factory=list)

    def add(self, line: int, column: str | None, vi: str, en: str) -> None:
        at_en = f"line {line}" + (f", column {column}" if column else "")
        at_vi = f"dòng {line}" + (f", cột {column}" if column else "")
        self.said.append(f"{at_en}: {en} / {at_vi}: {vi}")

    def judge(self) -> None:
        """Raises BadFile with everything."""
        if self.said:
            raise BadFile(self.path, self.said)


def read(path: Path, columns: Sequence[str], faults: Faults) -> list[Row]:
    """The rows that can be read; what can't is in `faults`. Raises BadFile where not even columns are."""
    text = _text(path, faults)
    if text is None:
        faults.judge()
    records = _records(text or "", columns, faults)
    _, header = next(records, (1, []))
    if not _check_header(header, columns, faults):
        faults.judge()
    return [
        row for row in (_row(line, cells, columns, faults) for line, cells in records) if row is not None
    ]


def write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8, commas, LF, quotes only where they are needed: what `read` takes, in one way of writing."""
    made = StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return made.getvalue().encode()


def day(row: Row, column: str, faults: Faults) -> date | None:
    """YYYY-MM-DD. None, and a fault, for anything else."""
    said = row[column]
    try:
        if len(said) != len("2026-11-21"):
            raise ValueError
        return date.fromisoformat(said)
    except ValueError:
        faults.add(
            row.line, column, f"{_quoted(said)} không phải ngày dạng NĂM-THÁNG-NGÀY (2026-11-21)",
            f"{_quoted(said)} is no date, YYYY-MM-DD (2026-11-21)",
        )  # fmt: skip
        return None


def needed(row: Row, columns: Iterable[str], faults: Faults) -> bool:
    """Whether all of these are filled in; a fault for each that isn't."""
    empty = [column for column in columns if not row[column]]
    for column in empty:
        faults.add(row.line, column, "để trống", f"{column} is empty")
    return not empty


def twice(row: Row, column: str, first: int, faults: Faults) -> None:
    what = _quoted(row[column])
    faults.add(
        row.line, column, f"{what} đã có ở dòng {first}", f"{what} stands twice, first in line {first}"
    )


def _text(path: Path, faults: Faults) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(path, [f"can't be read / không đọc được: {error}"]) from error
    if data.startswith(_WIDE):
        faults.add(1, None, "tệp ghi bằng UTF-16; hãy lưu lại bằng UTF-8", "UTF-16; save it as UTF-8")
        return None
    if data.startswith(_BOM):
        faults.add(
            1, None, "có dấu BOM ở đầu tệp; hãy lưu bằng “UTF-8”, không phải “UTF-8 có BOM”",
            "a BOM begins the file; save it as “UTF-8”, not “UTF-8 with BOM”",
        )  # fmt: skip
        data = data.removeprefix(_BOM)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        _not_utf8(data, faults)
        return None


def _not_utf8(data: bytes, faults: Faults) -> None:
    """Each line that isn't UTF-8, at the cell where it breaks."""
    names = data.split(b"\n", 1)[0].decode("ascii", "replace").strip().split(",")
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            place = line[: error.start].count(b",")
            column = names[place] if place < len(names) else str(place + 1)
            faults.add(
                number, column, "không phải UTF-8 (có thể là bảng mã cũ như TCVN3, Windows-1258)",
                "not UTF-8 (an older encoding, such as TCVN3 or Windows-1258?)",
            )  # fmt: skip


def _records(text: str, columns: Sequence[str], faults: Faults) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=_separator(text, columns, faults), strict=True
    )
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(
                begins, None, f"dấu ngoặc kép không khép đúng ({error})", f"quotes don't match: {error}"
            )
            return
        if cells:
            yield begins, cells


def _separator(text: str, columns: Sequence[str], faults: Faults) -> str:
    header = text.split("\n", 1)[0]
    for separator, (vi, en) in _SEPARATORS.items():
        if len(columns) > 1 and separator in header and "," not in header:
            faults.add(
                1, None, f"các cột cách nhau bằng {vi}; hãy lưu CSV với dấu phẩy",
                f"{en} stand between the columns; save it as CSV with commas",
            )  # fmt: skip
            return separator
    return ","


def _check_header(found: Sequence[str], columns: Sequence[str], faults: Faults) -> bool:
    """Whether rows can be read by it."""
    names = [unicodedata.normalize("NFC", name.strip()) for name in found]
    if names == list(columns):
        return True
    wanted = ",".join(columns)
    missing = [column for column in columns if column not in names]
    extra = [name for place, name in enumerate(names) if name not in columns or name in names[:place]]
    for column in missing:
        faults.add(
            1, column, f"thiếu cột này; các cột phải là {wanted}", f"missing; the columns must be {wanted}"
        )
    for name in extra:
        said = _quoted(name)
        faults.add(
            1, said, f"thừa; các cột phải là {wanted}", f"not known here; the columns must be {wanted}"
        )
    if not missing and not extra:
        faults.add(
            1, None, f"sai thứ tự; các cột phải là {wanted}", f"the columns must be {wanted}, in this order"
        )
    return False


def _row(line: int, cells: list[str], columns: Sequence[str], faults: Faults) -> Row | None:
    if len(cells) != len(columns):
        faults.add(
            line,
            None,
            f"có {len(cells)} ô, phải có {len(columns)}",
            f"{len(cells)} cells, not {len(columns)}",
        )
        return None
    clean = [unicodedata.normalize("NFC", cell.strip()) for cell in cells]
    unseen = [name for name, cell in zip(columns, clean, strict=True) if _has_unseen(cell)]
    for column in unseen:
        faults.add(line, column, "có ký tự ẩn hoặc xuống dòng", "an unseen letter or a line end is in it")
    return None if unseen else Row(line, dict(zip(columns, clean, strict=True)))


def _has_unseen(cell: str) -> bool:
    return any(unicodedata.category(letter) in _UNSEEN for letter in cell)


def _quoted(said: str) -> str:
    return f"“{said[:_SHOWN]}”"
