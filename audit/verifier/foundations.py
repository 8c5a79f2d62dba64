"""What the rest is judged by: the hall's keys, rule books, rolls, votes announced."""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from audit import canonical, checkpoint, signing
from audit.entry import Entry
from audit.errors import BadEvidence, BadKey
from audit.verifier.state import State, Vote


def log_created(state: State, entry: Entry, _: Any) -> None:
    """Entry 0 is under the checkpoint, so the keys that it lists are the anchor's to vouch for."""
    if entry.seq != 0:
        state.find("log_created_twice", "a log is created once, in entry 0", entry)
        return
    if entry.d["origin"] != state.origin:
        state.find(
            "origin_differs", f"a log of {entry.d['origin']!r:.80} under {state.origin!r:.80}", entry
        )
    _check_vkey(state, entry)
    for kid, jwk in entry.d["keys"].items():
        try:
            key = signing.from_jwk(jwk)
            if signing.thumbprint(key) != kid:
                raise BadKey("its name isn't its thumbprint")
            state.keys[kid] = key
        except BadKey as error:
            state.find("hall_key", f"the hall's key {kid:.50}: {error}", entry)


def _check_vkey(state: State, entry: Entry) -> None:
    try:
        listed = checkpoint.parse_vkey(entry.d["vkey"])
    except BadEvidence as error:
        state.find("vkey_unreadable", str(error), entry)
        return
    if state.key is not None and str(listed) != str(state.key):
        text = f"the log was created under {listed}, its head is judged by {state.key}"
        state.find("vkey_differs", text, entry)


def rule_book_adopted(state: State, entry: Entry, body: Any) -> None:
    state.books[entry.sit] = (entry.d["book"], entry.d["sha256"])
    if body is None:
        return
    if canonical.sha256_hex(body["text"].encode()) != entry.d["sha256"]:
        state.find("rule_book_differs", "the text isn't the one that the entry names", entry)
    try:
        tomllib.loads(body["text"])
    except tomllib.TOMLDecodeError as error:
        state.find("rule_book_unreadable", str(error), entry)


def roll_established(state: State, entry: Entry, body: Any) -> None:
    if body is None:
        return
    ids = [member["id"] for member in body["members"]]
    if len(ids) != entry.d["members"] or len(set(ids)) != len(ids):
        text = (
            f"{len(ids)} members, {len(set(ids))} of them different, under a count of {entry.d['members']}"
        )
        state.find("roll_differs", text, entry)
    on = date.fromisoformat(entry.d["on"])
    state.rolls[entry.sit] = frozenset(m["id"] for m in body["members"] if _in_office(m, on))


def _in_office(member: Mapping[str, Any], on: date) -> bool:
    since, until = member["since"], member["until"]
    return date.fromisoformat(since) <= on and (until is None or on < date.fromisoformat(until))


def vote_announced(state: State, entry: Entry, _: Any) -> None:
    vote = entry.d["vote"]
    if vote in state.votes:
        state.find("vote_announced_twice", f"{vote} was announced before", entry)
        return
    if canonical.digest(entry.d["definition"]) != entry.d["def"]:
        state.find("definition_differs", "def isn't the hash of the definition", entry)
    state.votes[vote] = Vote(entry.sit, entry.d["def"], entry.d["round"])


def vote_opened(state: State, entry: Entry, _: Any) -> None:
    vote = state.votes.get(entry.d["vote"])
    if vote is None or vote.challenge is not None:
        state.find("vote_order", f"{entry.d['vote']} is opened, but not after being announced once", entry)
        return
    vote.challenge = entry.d["challenge"]
