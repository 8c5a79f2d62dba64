"""The close of a vote against its ballots, the signed result against the log. Counting is the recount's."""

from typing import Any

from audit import canonical, participation, statement
from audit.entry import Entry
from audit.errors import BadSignature, BadStatement
from audit.statement import Statement
from audit.verifier.state import State, Vote


def vote_closed(state: State, entry: Entry, body: Any) -> None:
    vote = state.votes.get(entry.d["vote"])
    if vote is None or vote.challenge is None or vote.closed is not None:
        state.find("vote_order", f"{entry.d['vote']} is closed, but wasn't open", entry)
        return
    vote.closed = entry.d
    if not vote.unseen and entry.d["ballots"] != len(vote.effective):
        text = f"{entry.d['ballots']} ballots at the close, {len(vote.effective)} effective ones in the log"
        state.find("ballots_differ", text, entry)
    if body is not None:
        _check_list(state, entry, vote, body["leaves"])


def _check_list(state: State, entry: Entry, vote: Vote, leaves: list[participation.Leaf]) -> None:
    if participation.root(leaves).hex() != entry.d["took_part"]:
        state.find("participation_root", "the list doesn't hash to the root at the close", entry)
    names = [leaf["member"] for leaf in leaves]
    roll = state.rolls.get(vote.sit, frozenset())
    if names != sorted(names, key=str.encode) or len(set(names)) != len(names) or set(names) != roll:
        state.find(
            "participation_roll", "the list doesn't have each member of the roll once, in order", entry
        )
    listed = {leaf["member"]: leaf["ballot"] for leaf in leaves if leaf["ballot"] is not None}
    if not vote.unseen:
        wrong = listed != {member: ballot for member, (_, ballot) in vote.effective.items()}
    else:
        wrong = not vote.recorded.issuperset(listed.values()) or len(listed) != entry.d["ballots"]
    if wrong:
        state.find("participation_ballots", "the list names other ballots than those that count", entry)
    state.done["lists of who took part"] += 1


def result_computed(state: State, entry: Entry, body: Any) -> None:
    vote = state.votes.get(entry.d["vote"])
    if vote is None or vote.closed is None:
        state.find("vote_order", f"a result for {entry.d['vote']}, which isn't closed", entry)
        return
    vote.computed, vote.computed_jws = entry, body
    if body is not None:
        _check_result(state, entry, vote, body)


def vote_declared(state: State, entry: Entry, declared: Any) -> None:
    vote = state.votes.get(entry.d["vote"])
    if vote is None or vote.computed is None:
        state.find("vote_order", f"{entry.d['vote']} is declared without a computed result", entry)
        return
    if declared is None:
        return
    if vote.computed_jws is not None and canonical.encode(declared) != canonical.encode(vote.computed_jws):
        state.find("declared_differs", "the result as declared isn't the one that was computed", entry)
    _check_result(state, entry, vote, declared)


def _check_result(state: State, entry: Entry, vote: Vote, jws: Any) -> None:
    try:
        found = statement.parse(jws, statement.RESULT)
    except BadStatement as error:
        state.find("result_malformed", str(error), entry)
        state.unusable.add(entry.seq)
        return
    _check_signature(state, entry, found)
    _check_subject(state, entry, vote, found)
    _check_head(state, entry, vote, found)
    state.done["signed results"] += 1


def _check_signature(state: State, entry: Entry, found: Statement) -> None:
    key = state.keys.get(found.header["kid"])
    if key is None:
        state.find("result_signature", "signed with a key that isn't the hall's in entry 0", entry)
        return
    try:
        statement.verify(found, key)
    except BadSignature as error:
        state.find("result_signature", f"the hall's signature: {error}", entry)


def _check_subject(state: State, entry: Entry, vote: Vote, found: Statement) -> None:
    said = found.payload
    about = (said["log"], said["sit"], said["vote"], said["def"], said["round"])
    if about != (state.origin, vote.sit, entry.d["vote"], vote.definition, vote.round):
        state.find("result_elsewhere", "about another log, sitting, vote, definition or round", entry)
    if (said["rule"]["book"], said["rule"]["sha256"]) != state.books.get(vote.sit):
        state.find("result_rule_book", "by another rule book than the sitting's", entry)
    assert vote.closed is not None
    if (said["roll"], said["present"]) != (vote.closed["roll"], vote.closed["present"]):
        state.find("result_differs", "another roll or presence than at the close of the vote", entry)


def _check_head(state: State, entry: Entry, vote: Vote, found: Statement) -> None:
    """The result names the log just before its own entry: whoever holds the result holds that log."""
    assert vote.computed is not None
    size, head = vote.computed.seq, found.payload["head"]
    if head != {"size": size, "root": state.tree.root(size).hex()}:
        state.find("result_head", f"its head isn't the log of {size} entries before it", entry)
