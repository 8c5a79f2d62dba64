"""Sessions that sleep: what their keys sign afterwards counts no more than after a sign-out.

Whose sessions sleep after a roll, and after a mark of absence, is public; by the clock it is a payload's.
"""

from typing import Any

from audit.entry import Entry
from audit.verifier.sessions import signed_out
from audit.verifier.state import State


def roll_called(state: State, entry: Entry, _: Any) -> None:
    for session in state.sessions.values():
        if session.sit == entry.sit and session.seat is not None:
            session.over = True


def presence_marked(state: State, entry: Entry, _: Any) -> None:
    if entry.d["present"]:
        return
    for session in state.sessions.values():
        own = session.member == entry.d["member"] and session.seat is not None
        if own and session.sit == entry.sit:
            session.over = True


def session_slept(state: State, entry: Entry, body: Any) -> None:
    signed_out(state, entry, body)
