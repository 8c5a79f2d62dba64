"""What officers may ask for, by name: the words of rights, requests and rule books."""

from typing import Final

ACTS: Final = frozenset({
    "open_sitting", "adjourn", "announce", "open", "hold", "resume", "extend", "close", "declare", "cancel",
    "revote", "casting_vote", "hand_count", "mark_presence", "give_floor", "end_speech", "withdraw_request",
    "end_phone", "open_mobile", "close_mobile", "call_roll", "acknowledge",
})  # fmt: skip
"""Each is one command of `voting.commands`, or made of one."""
