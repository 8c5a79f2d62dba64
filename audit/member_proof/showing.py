"""What a proof that holds says, in sentences: for the person who had it checked."""

from collections.abc import Iterator, Sequence
from typing import Any

from audit import instant, statement
from audit.entry import Entry
from audit.member_proof.form import MemberProof, OwnVote
from audit.verifier.state import State

CODE = 4
"""Hex digits of a ballot's look-up code, as its seat and its member's phone showed it."""


def entry_alone(one: Entry) -> Iterator[str]:
    yield f"entry {one.seq}, {one.type}, of {instant.write(one.t)}" + (
        f", sitting {one.sit}" if one.sit else ""
    )
    if "vote" in one.d:
        yield f"vote {one.d['vote']}"
    if "ballot" in one.d:
        yield f"ballot {one.d['ballot']}, look-up code {_code(one.d['ballot'])}"


def member(proof: MemberProof, seen: Sequence[tuple[Entry, Any]], state: State) -> Iterator[str]:
    yield f"member {proof.member}"
    for vote in proof.votes:
        asked = next(one for one, _ in seen if one.type == "VoteAnnounced" and one.d["vote"] == vote.vote)
        yield f"vote {vote.vote}: {_question(asked)}"
        yield from _ballots(proof.member, vote, seen, state)


def _ballots(member: str, vote: OwnVote, seen: Sequence[tuple[Entry, Any]], state: State) -> Iterator[str]:
    last = state.votes[vote.vote].effective.get(member)
    for one, body in seen:
        if one.type != "BallotRecorded" or one.d["vote"] != vote.vote:
            continue
        said = statement.parse(body, statement.BALLOT).payload
        where = "by phone" if said["seat"] is None else f"at seat {said['seat']}"
        counts = "COUNTS" if last is not None and one.d["ballot"] == last[1] else "replaced by a later one"
        told = f"entry {one.seq}, look-up code {_code(one.d['ballot'])}"
        stands = counts if vote.closed else "recorded"
        yield f"  {said['choice']}, {where}, {instant.write(one.t)}, {told}: {stands}"
    if vote.closed is None:
        yield "  the close isn't shown: which ballot counts, or that there is none, is proved by it only"
    elif last is None:
        yield f"  NO ballot is recorded in the name of {member}"


def _question(asked: Entry) -> str:
    said = asked.d["definition"]
    texts = [said.get("item"), said.get("title"), said.get("option")]
    return " · ".join(one.get("vi") or next(iter(one.values()), "") for one in texts if one)


def _code(ballot: str) -> str:
    return ballot[:CODE].upper()
