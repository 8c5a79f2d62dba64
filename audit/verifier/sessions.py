"""Who signed in: the card's signature, its certificate at that time, and the key that it delegated to."""

from typing import Any

from audit import base64url, bundle, canonical, instant, signing, statement, trust
from audit.entry import Entry
from audit.errors import BadSignature, BadStatement, Untrusted
from audit.statement import Statement
from audit.trust import Identity, TrustStore
from audit.verifier.state import Session, State


def signed_in(state: State, entry: Entry, body: Any) -> None:
    if body is None:
        state.unseen_sessions[entry.sit] += 1
        return
    try:
        found = statement.parse(body["jws"], statement.SESSION_KEY)
    except BadStatement as error:
        state.find("session_malformed", str(error), entry)
        state.unusable.add(entry.seq)
        return
    _check_place(state, entry, found)
    identity = _judge_card(state, entry, found, body["cert"])
    if identity is not None and identity.member != found.payload["member"]:
        text = f"the card is {identity.member}'s, the session {found.payload['member']}'s"
        state.find("session_of_another", text, entry)
    state.done["sign-ins"] += 1
    _remember(state, entry, found, identity)


def _check_place(state: State, entry: Entry, found: Statement) -> None:
    said = found.payload
    if (said["log"], said["sit"]) != (state.origin, entry.sit):
        state.find("session_elsewhere", f"a session for {said['log']} {said['sit']}", entry)
    if (said["channel"] == "mobile") != (said["seat"] is None):
        state.find(
            "session_elsewhere", f"the channel {said['channel']} with the seat {said['seat']}", entry
        )
    if said["member"] not in state.rolls.get(entry.sit, ()):
        state.find("session_not_on_roll", f"{said['member']} isn't on the roll of that day", entry)
    if instant.read(said["exp"]) <= entry.t:
        state.find("session_over", f"expired at {said['exp']}, before it began", entry)


def _judge_card(state: State, entry: Entry, found: Statement, fingerprint: str) -> Identity | None:
    der = certificate(state, entry, fingerprint)
    if der is None:
        return None
    if base64url.decode(found.header["x5t#S256"]).hex() != fingerprint:
        state.find("session_certificate", "the statement names another certificate", entry)
    return judge(state, entry, der, found, "session")


def judge(state: State, entry: Entry, der: bytes, found: Statement, what: str) -> Identity | None:
    """The card's holder, if it could be relied on at the entry's time and signed this statement."""
    try:
        statement.verify(found, trust.public_key_of(der))
    except (BadSignature, Untrusted) as error:
        state.find(f"{what}_signature", f"the card's signature: {error}", entry)
        return None
    try:
        identity = trusted(state).judge(der, entry.t)
        identity.check_algorithm(found.alg)
    except Untrusted as error:
        state.find(f"card_{error.code}", f"the card's certificate: {error}", entry)
        return None
    return identity


def trusted(state: State) -> TrustStore:
    """By what cards are judged here; before the first trust list nobody's is taken."""
    return state.trust or TrustStore(state.anchor.ca if state.anchor else ())


def certificate(state: State, entry: Entry, fingerprint: str) -> bytes | None:
    """The certificate's DER. One whose bytes don't hash to its name is reported with the files."""
    state.certificates.add(fingerprint)
    der = state.source.get(bundle.cert_path(fingerprint))
    if der is None:
        state.find("certificate_missing", f"the card's certificate {fingerprint} isn't there", entry)
    elif canonical.sha256_hex(der) == fingerprint:
        state.cards[fingerprint] = der
        return der
    return None


def _remember(state: State, entry: Entry, found: Statement, identity: Identity | None) -> None:
    if found.payload_hash in state.sessions:
        state.find("session_doubled", "this session statement was used before", entry)
        return
    said, key = found.payload, signing.from_jwk(found.payload["key"])
    session = Session(
        member=said["member"], sit=entry.sit, seat=said["seat"], kid=signing.thumbprint(key), key=key,
        expires=instant.read(said["exp"]), card=identity.fingerprint if identity else None,
    )  # fmt: skip
    state.sessions[found.payload_hash] = session
    state.at_place.setdefault((session.member, session.seat, session.sit), []).append(session)


def signed_out(state: State, entry: Entry, body: Any) -> None:
    if body is None:
        return
    session = state.sessions.get(body["session"])
    if session is None and not state.unseen_sessions[entry.sit]:
        state.find("session_unknown", "nobody had signed in with this session", entry)
    elif session is not None:
        session.over = True
