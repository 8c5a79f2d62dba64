"""The program's own notes: one line of JSON an event, whichever way it was logged."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from hall_controller.cli.serve import log_to_file


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    log_to_file(tmp_path / "notes")
    yield tmp_path / "notes"
    for added in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(added)
    root.setLevel(level)
    structlog.reset_defaults()


def lines(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_fault_of_the_pages_is_told_with_its_trace(notes: Path) -> None:
    try:
        raise RuntimeError("a fault of ours")
    except RuntimeError:
        logging.getLogger("display.guard").exception("%s %s failed", "GET", "/log/x")
    (line,) = lines(notes)
    assert (line["event"], line["level"], line["logger"]) == ("GET /log/x failed", "error", "display.guard")
    assert "RuntimeError: a fault of ours" in line["exception"]
    assert line["timestamp"].endswith("Z")


def test_both_ways_of_logging_give_one_line_an_event(notes: Path) -> None:
    structlog.get_logger("hall").warning("card_refused", seat="003")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request\nreceived")
    assert [line["event"] for line in lines(notes)] == ["card_refused", "Invalid HTTP request\nreceived"]


def test_libraries_are_not_asked_what_they_do_with_what(notes: Path) -> None:
    logging.getLogger("sqlalchemy.engine").info("INSERT INTO blob")
    assert lines(notes) == []


def test_logging_elsewhere_tells_each_event_once(notes: Path, tmp_path: Path) -> None:
    log_to_file(tmp_path / "other")
    logging.getLogger("display.feed").warning("the view could not be drawn")
    assert lines(notes) == []
    assert len(lines(tmp_path / "other")) == 1
