"""Every ballot shown: whose key signed it, for what it was made, and that one counts for each member."""

from collections.abc import Iterator
from typing import Any

from audit import base64url, statement
from audit.entry import Entry
from audit.errors import BadSignature, BadStatement, Untrusted
from audit.statement import Statement
from audit.verifier import sessions
from audit.verifier.state import Session, State, Vote

Fault = tuple[str, str]
"""Code and text of what is wrong."""


def ballot_recorded(state: State, entry: Entry, body: Any) -> None:
    vote = state.votes.get(entry.d["vote"])
    if vote is None or vote.challenge is None or vote.closed is not None:
        state.find("ballot_outside_opening", f"{entry.d['vote']} wasn't open", entry)
        return
    if entry.d["ballot"] in vote.recorded:
        state.find("ballot_doubled", "this very ballot was recorded before", entry)
    vote.recorded.add(entry.d["ballot"])
    if body is None:
        vote.unseen += 1
        return
    try:
        found = statement.parse(body, statement.BALLOT)
    except BadStatement as error:
        state.find("ballot_malformed", str(error), entry)
        state.unusable.add(entry.seq)
        vote.unseen += 1
        return
    for code, text in _faults(state, entry, vote, found):
        state.find(code, text, entry)
    state.done["ballots"] += 1


def _faults(state: State, entry: Entry, vote: Vote, found: Statement) -> Iterator[Fault]:
    said = found.payload
    if found.payload_hash != entry.d["ballot"]:
        yield "ballot_differs", f"the payload is the ballot {found.payload_hash}, the entry names another"
    made_for = (said["log"], said["sit"], said["vote"], said["def"], said["chal"])
    if made_for != (state.origin, entry.sit, entry.d["vote"], vote.definition, vote.challenge):
        yield "ballot_elsewhere", "made for another log, sitting, vote, definition or opening"
    if said["member"] not in state.rolls.get(entry.sit, ()):
        yield "ballot_not_on_roll", f"{said['member']} isn't on the roll of that day"
    if "sk" in found.header:
        yield from _check_session(state, entry, found)
    else:
        _check_card(state, entry, found)
        yield from _check_signed_in(state, entry, found)
    yield from _check_revision(vote, found)


def _check_session(state: State, entry: Entry, found: Statement) -> Iterator[Fault]:
    session = state.sessions.get(found.header["sk"])
    if session is None:
        # With sign-ins withheld, it may be one of those: the report says that this wasn't checked.
        if not state.unseen_sessions[entry.sit]:
            yield "ballot_session_unknown", "no card had delegated this session"
        return
    said = found.payload
    if (said["member"], said["seat"], entry.sit) != (session.member, session.seat, session.sit):
        yield "ballot_of_another", f"{said['member']} at {said['seat']}, by the session of {session.member}"
    if session.over or session.expires <= entry.t:
        yield "ballot_session_over", "its session had ended"
    yield from _check_key(found, session)
    yield from _check_trust(state, entry, session)


def _check_trust(state: State, entry: Entry, session: Session) -> Iterator[Fault]:
    """A card that was good at the sign-in is judged again at each vote: a list may have come, or ended."""
    if session.card is None:
        return
    try:
        sessions.trusted(state).judge(state.cards[session.card], entry.t)
    except Untrusted as error:
        yield f"card_{error.code}", f"the card behind its session: {error}"


def _check_key(found: Statement, session: Session) -> Iterator[Fault]:
    if found.header["kid"] != session.kid:
        yield "ballot_signature", "signed with another key than the session's"
        return
    try:
        statement.verify(found, session.key)
    except BadSignature as error:
        yield "ballot_signature", str(error)


def _check_card(state: State, entry: Entry, found: Statement) -> None:
    """A ballot signed by the card itself, where the rule book wants that."""
    der = sessions.certificate(state, entry, base64url.decode(found.header["x5t#S256"]).hex())
    identity = sessions.judge(state, entry, der, found, "ballot") if der else None
    if identity is not None and identity.member != found.payload["member"]:
        state.find("ballot_of_another", f"by the card of {identity.member}", entry)


def _check_signed_in(state: State, entry: Entry, found: Statement) -> Iterator[Fault]:
    """The card signs for whoever sits there with it: its member has a live session at that seat."""
    if state.unseen_sessions[entry.sit]:
        return
    place = (found.payload["member"], found.payload["seat"], entry.sit)
    there = state.at_place.get(place, [])
    if not there:
        yield "ballot_session_unknown", f"{place[0]} had not signed in at {place[1]}"
    elif all(one.over or one.expires <= entry.t for one in there):
        yield "ballot_session_over", f"the sessions of {place[0]} at {place[1]} had ended"


def _check_revision(vote: Vote, found: Statement) -> Iterator[Fault]:
    """A member's ballots form one chain: each names the one that it replaces, the last counts."""
    said = found.payload
    rev, last = vote.effective.get(said["member"], (0, None))
    if (said["rev"], said["prev"]) != (rev + 1, last):
        text = f"{said['member']} has a ballot of revision {rev}; this is revision {said['rev']}"
        yield "ballot_second_effective", f"{text} and doesn't replace it"
        return
    vote.effective[said["member"]] = (said["rev"], found.payload_hash)
