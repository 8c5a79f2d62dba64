"""The checkpoint that goes with each result on the walls: the first that covered it, then always the same.

A QR that changed with every later commit could not be compared between a phone's picture and the
television's recording. After a restart it is the head as it was then: it covers the result as well.
"""

from display.ports import LogHead
from voting.division import Phase
from voting.ids import VoteId


class Seals:
    def __init__(self) -> None:
        self._kept: dict[tuple[VoteId, Phase], str] = {}

    def seal(self, vote: VoteId, phase: Phase, head: LogHead) -> str:
        """The signed checkpoint for this vote in this phase, kept from the first time that it is asked."""
        return self._kept.setdefault((vote, phase), head.checkpoint)
