"""The demo's running account: on a terminal a live panel under the story so far, elsewhere plain lines.

Everything that it shows of a vote comes from the officer's feed; nothing is worked out here.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

View = Mapping[str, Any]
EVERY_S = 0.25
GOLD = "#C9A227"


class Telling:
    """`addresses`: (what it is, where). `view` gives the officer's view as it is now; `seconds`: from press
    to lamp, so far."""

    def __init__(
        self,
        console: Console,
        addresses: Sequence[tuple[str, str]],
        view: Callable[[], View],
        seconds: Callable[[], Sequence[float]],
    ) -> None:
        self._console, self._addresses, self._view, self._seconds = console, addresses, view, seconds
        self.now = "đang nối các ghế / connecting the seats"
        """What the hall is doing, in a line."""
        self.steps: Sequence[str] = ()
        """What the visitor may do next."""

    def say(self, line: str) -> None:
        """A line of the story, with rich markup."""
        self._console.print(line, highlight=False, soft_wrap=True)

    def tell_steps(self, steps: Sequence[str]) -> None:
        self.steps = steps
        if not self._console.is_terminal:
            for step in steps:
                self.say(step)

    async def run(self) -> None:
        """Draws until cancelled."""
        if not self._console.is_terminal:
            for name, address in self._addresses:
                self.say(f"  {name:<26} {address}")
            await asyncio.Event().wait()
        with Live(console=self._console, auto_refresh=False) as live:
            while True:
                live.update(self._panel(), refresh=True)
                await asyncio.sleep(EVERY_S)

    def _panel(self) -> Panel:
        parts: list[RenderableType] = [self._links(), Rule(style="dim")]
        parts.append(Text.from_markup(self._status()))
        parts += self._vote()
        if self.steps:
            parts += [Rule(style="dim"), *(Text.from_markup(step) for step in self.steps)]
        title = f"[bold {GOLD}]Diên Hồng[/] · hội trường mô phỏng / simulated hall"
        return Panel(Group(*parts), title=title, subtitle="Ctrl-C: dừng / stop", border_style="dim")

    def _links(self) -> RenderableType:
        """Beside each other where the terminal is wide enough for an address to stay in one piece."""
        widest = max(len(name) + len(address) for name, address in self._addresses) + 8
        if widest <= self._console.width:
            table = Table.grid(padding=(0, 2))
            for name, address in self._addresses:
                table.add_row(Text(name, "bold"), Text(address, style=f"link {address}", no_wrap=True))
            return table
        lines = [Text(f"{name}\n{address}", overflow="fold") for name, address in self._addresses]
        return Group(*lines)

    def _status(self) -> str:
        view = self._view()
        sitting, health = view.get("sitting"), view.get("health", {})
        parts = [f"[bold]{self.now}[/]"]
        if sitting:
            present = f"{sitting['present']}/{sitting['roll']}"
            parts.append(f"{sitting['title']['vi']} · có mặt / present {present}")
        if "seats_online" in health:
            parts.append(f"{health['seats_online']} ghế nối / seats online")
        return " · ".join(parts)

    def _vote(self) -> Iterator[RenderableType]:
        vote = self._view().get("vote")
        if vote is None:
            return
        yield Text.from_markup(f"[bold]{question(vote)}[/]  [{GOLD}]● {vote['state']['vi']}[/]")
        bar = Table.grid(padding=(0, 2))
        total = max(1, vote["present"])
        done = f"{vote['recorded']}/{vote['present']} đã ghi nhận / recorded{_left(vote)}"
        bar.add_row(ProgressBar(total, vote["recorded"], width=40, complete_style=GOLD), Text(done))
        yield bar
        if line := latency(self._seconds()):
            yield Text(f"từ lúc bấm đến khi đèn sáng / press to lamp: {line}", "dim")


def question(vote: View) -> str:
    """What is voted on, in a line."""
    option = f" · {vote['option']['vi']}" if "option" in vote else ""
    again = f" (lần {vote['round']})" if vote["round"] > 1 else ""
    return f"{vote['heading']['vi']}: {vote['title']['vi']}{option}{again}"


def result(vote: View) -> str:
    """How it came out, as the signed result says."""
    found = vote["result"]
    percent = found["percent"]["approve"]["text"]["vi"] if "approve" in found["percent"] else ""
    counted = f"{found['counts'].get('approve', 0)}/{found['roll']} tán thành, {percent}"
    return f"{counted} · [bold {GOLD}]{found['verdict']['vi']}[/]"


def latency(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return ""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return f"p50 {cuts[49] * 1000:.0f} ms · p95 {cuts[94] * 1000:.0f} ms · {len(seconds)} lần bấm / presses"


def _left(vote: View) -> str:
    if "deadline" not in vote:
        return ""
    left = (datetime.fromisoformat(vote["deadline"]) - datetime.now(UTC)).total_seconds()
    return f" · còn {max(0, int(left)) // 60}:{max(0, int(left)) % 60:02d}"
