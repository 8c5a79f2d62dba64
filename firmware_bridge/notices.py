"""What a seat is told in passing: a word of two lines, for a moment, before whatever else stands there."""

from dataclasses import dataclass

from firmware_bridge.messages import Lines

NOTICE_S = 4.0


@dataclass(frozen=True, slots=True)
class Notice:
    lines: Lines
    until: float


class Notices:
    def __init__(self) -> None:
        self.standing: Notice | None = None

    def say(self, lines: Lines, now: float) -> None:
        """The newest word counts."""
        self.standing = Notice(lines, now + NOTICE_S)

    def clear(self) -> None:
        self.standing = None

    def tick(self, now: float) -> None:
        if self.standing is not None and now >= self.standing.until:
            self.standing = None
