"""`make bench`: each figure beside its floor of the same run; absolute figures are of this machine."""

import statistics
import sys
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from hall_controller.cli.serve import log_to_file
from tests.bench.vote import Recorded, Round, measured

ROUNDS = 7
GOAL = 2.0


def _spread(values: list[float], digits: int = 0) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _show(recorded: Recorded, rounds: list[Round], out: Console) -> None:
    out.print(
        f"One open vote of 500, all pressed within 50 ms: 300 seats on 20 serial lines at 115,200, 200 "
        f"network consoles, embedded broker, SQLite; {len(recorded.up)} messages up, "
        f"{len(recorded.down)} down. {len(rounds)} votes, each followed by its floors; "
        f"median (smallest–largest), on this machine.\n"
    )
    table = Table("", "ms", title="stages alone, in the fastest form known", title_justify="left")
    for name in rounds[0].floors:
        table.add_row(name, _spread([one.floors[name] for one in rounds]))
    out.print(table)
    table = Table("", "", title="the vote", title_justify="left")
    table.add_row(
        "first press → last receipt at its console, ms", _spread([one.whole_ms for one in rounds])
    )
    table.add_row(
        "floor, the largest stage of the same round, ms", _spread([one.floor_ms for one in rounds])
    )
    table.add_row("ratio", f"{_spread([one.ratio for one in rounds], 2)}   goal ≤ {GOAL:.0f}")
    table.add_row("one press → steady lamp, p50 ms", _spread([one.press_p50_ms for one in rounds]))
    table.add_row("one press → steady lamp, p99 ms", _spread([one.press_p99_ms for one in rounds]))
    out.print(table)


def main() -> None:
    log_to_file(Path("/dev/null"))
    out = Console(width=110)
    with Console(stderr=True).status("a full house sits down and votes …"):
        recorded, rounds = uvloop.run(measured(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
    _show(recorded, rounds, out)


if __name__ == "__main__":
    main()
