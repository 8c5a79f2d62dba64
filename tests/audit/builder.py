"""A small but true log: real certificates, session statements, ballots and signed results.

Made by hand from the format alone, without the hall, so that the verifier is tested against the
specification and not against the program that writes logs.
"""

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import (
    base64url,
    bundle,
    canonical,
    checkpoint,
    entry,
    instant,
    participation,
    signing,
    statement,
)
from audit.entry import Entry
from audit.merkle import Tree, leaf_hash
from audit.signing import EcSigner, Ed25519Signer
from audit.verifier import Anchor, Finding
from tests.audit.cards import Authority, Card, key_of

ORIGIN = "dienhong.example/hall/2026"
SITTING = "2026-11-21-pm"
BEGIN = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
RULES = 'id = "test"\n'


def hall_signer(name: str = "hall") -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()))


def members_of(count: int) -> list[str]:
    return [f"m{number:03}" for number in range(1, count + 1)]


@dataclass
class LogBuilder:
    """Appends entries; `export` gives the directory. A test can bend every step before it is recorded."""

    hall: Ed25519Signer = field(default_factory=hall_signer)
    authority: Authority = field(default_factory=Authority)
    origin: str = ORIGIN
    at: datetime = BEGIN
    raw: list[bytes] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    blobs: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By hash: class and sealed bytes."""
    certs: dict[str, bytes] = field(default_factory=dict)
    """The authorities' alone; the members' stand with their cards."""
    cards: dict[str, Card] = field(default_factory=dict)
    sessions: dict[str, tuple[str, EcSigner]] = field(default_factory=dict)
    """By member: the session statement's hash and its key."""
    votes: dict[str, dict[str, Any]] = field(default_factory=dict)
    roll: list[str] = field(default_factory=list)

    def add(
        self,
        type_: str,
        d: Mapping[str, Any],
        *,
        actor: str = "hall",
        sit: str = SITTING,
        body: Any = None,
        cls: str | None = None,
    ) -> Entry:
        self.at += timedelta(milliseconds=250)
        ref = None
        if cls is not None:
            ref, sealed = entry.seal(body, self.random(len(self.raw))[:16], cls)
            self.blobs[ref.sha256] = (cls, sealed)
        prev = canonical.sha256_hex(self.raw[-1]) if self.raw else entry.GENESIS_PREV
        made = Entry(len(self.raw), prev, self.at, type_, actor, sit, d, ref)
        self.raw.append(entry.encode(made))
        self.entries.append(made)
        self.tree.append(leaf_hash(self.raw[-1]))
        return made

    def random(self, number: int, what: str = "rand") -> bytes:
        """Stands for the generator: different each time, the same in each run."""
        return sha256(f"{what} {number}".encode()).digest()

    def create(self) -> None:
        keys = {self.hall.kid: signing.to_jwk(self.hall.public_key)}
        vkey = checkpoint.vkey(self.origin, self.hall.public_key)
        self.add("LogCreated", {"origin": self.origin, "vkey": vkey, "keys": keys}, sit="")

    def list_trust(self, ca: Sequence[bytes] | None = None, crl: Sequence[bytes] | None = None) -> None:
        ca = [self.authority.der] if ca is None else ca
        crl = [self.authority.revoke()] if crl is None else crl
        hashes = {
            "ca": [canonical.sha256_hex(der) for der in ca],
            "crl": [canonical.sha256_hex(der) for der in crl],
        }
        texts = {
            name: [base64.b64encode(der).decode() for der in ders]
            for name, ders in (("ca", ca), ("crl", crl))
        }
        self.certs |= {canonical.sha256_hex(der): der for der in ca}
        self.add("TrustListed", hashes, sit="", body=texts, cls="public")

    def open_sitting(self, members: Sequence[str]) -> None:
        self.roll = list(members)
        text_hash = canonical.sha256_hex(RULES.encode())
        self.add(
            "RuleBookAdopted", {"book": "test", "sha256": text_hash}, body={"text": RULES}, cls="public"
        )
        people = [
            {"id": name, "name": f"Đại biểu {name}", "delegation": "Hà Nội", "since": "2026-01-01",
             "until": None, "weight": 1}
            for name in members
        ]  # fmt: skip
        seating = {name: f"{number:03}" for number, name in enumerate(members, 1)}
        body = {"members": people, "seating": seating}
        on = "2026-11-21"
        self.add("RollEstablished", {"on": on, "members": len(members)}, body=body, cls="public")
        title = {"vi": "Phiên họp chiều", "en": "Afternoon sitting"}
        self.add("SittingOpened", {"on": on, "title": title, "closed": False}, actor="officer:secretary")

    def session(self, member: str, /, **changed: Any) -> dict[str, Any]:
        """The payload of a session statement; the key is the member's own."""
        key = EcSigner(key_of(f"session {member}"))
        return {
            "log": self.origin, "sit": SITTING, "member": member, "seat": self.seat(member),
            "channel": "seat", "key": signing.to_jwk(key.public_key),
            "exp": instant.write(BEGIN + timedelta(hours=4)),
            "chal": base64url.encode(self.random(len(self.raw), "chal")[:16]), **changed,
        }  # fmt: skip

    def seat(self, member: str) -> str:
        return f"{self.roll.index(member) + 1:03}" if member in self.roll else "999"

    def sign_in(self, member: str, card: Card | None = None, /, **changed: Any) -> Entry:
        card = card or self.authority.card(member)
        payload = self.session(member, **changed)
        jws = statement.sign(statement.SESSION_KEY, payload, card.signer, **card.naming)
        self.sessions[member] = (canonical.digest(payload), EcSigner(key_of(f"session {member}")))
        self.cards[member] = card
        return self.add(
            "SignedIn", {}, actor="member", body={"jws": jws, "cert": card.fingerprint}, cls="session"
        )

    def sign_out(self, member: str) -> Entry:
        session, _ = self.sessions[member]
        return self.add("SignedOut", {"cause": "card_removed"}, body={"session": session}, cls="signout")

    def open_vote(self, vote: str) -> None:
        definition = {"vote": vote, "title": {"vi": "Luật"}, "roll": len(self.roll)}
        challenge = base64url.encode(self.random(len(self.raw), vote)[:16])
        self.votes[vote] = {"def": canonical.digest(definition), "chal": challenge, "ballots": {}}
        d = {"vote": vote, "definition": definition, "def": self.votes[vote]["def"], "round": 1}
        self.add("VoteAnnounced", d, actor="officer:secretary")
        self.add(
            "VoteOpened",
            {"vote": vote, "challenge": challenge, "duration_s": 30},
            actor="officer:secretary",
        )

    def ballot(self, vote: str, member: str, choice: str, /, **changed: Any) -> dict[str, Any]:
        """A ballot's payload, the next revision of the member's."""
        rev, prev = self.votes[vote]["ballots"].get(member, (0, None, None))[:2]
        form = {
            "log": self.origin, "sit": SITTING, "vote": vote, "def": self.votes[vote]["def"],
            "chal": self.votes[vote]["chal"],
        }  # fmt: skip
        filled = statement.fill(
            form, member=member, seat=self.seat(member), device="SN-1", choice=choice, rev=rev + 1,
            prev=prev, nonce=self.random(len(self.raw), "nonce")[:16],
        )  # fmt: skip
        return filled | changed

    def cast(
        self, vote: str, member: str, choice: str, /, *, by: str | None = None, **changed: Any
    ) -> Entry:
        payload = self.ballot(vote, member, choice, **changed)
        session, signer = self.sessions[by or member]
        return self.record(vote, payload, statement.sign(statement.BALLOT, payload, signer, sk=session))

    def record(self, vote: str, payload: Mapping[str, Any], jws: Mapping[str, str]) -> Entry:
        ballot = canonical.digest(payload)
        self.votes[vote]["ballots"][payload["member"]] = (payload["rev"], ballot, payload["choice"])
        return self.add(
            "BallotRecorded", {"vote": vote, "ballot": ballot}, actor="member", body=jws, cls="ballot"
        )

    def close(self, vote: str, leaves: list[dict[str, Any]] | None = None, /, **changed: Any) -> Entry:
        effective = {m: held[1] for m, held in self.votes[vote]["ballots"].items() if m in self.roll}
        if leaves is None:
            leaves, _ = participation.build(self.roll, effective, self.random(0, vote))
        d = {
            "vote": vote, "roll": len(self.roll), "present": len(self.sessions), "ballots": len(effective),
            "took_part": participation.root(leaves).hex(), **changed,
        }  # fmt: skip
        return self.add("VoteClosed", d, body={"leaves": leaves}, cls="participation")

    def result(self, vote: str, /, **changed: Any) -> dict[str, Any]:
        """The payload of the vote's result as it would stand in the next entry."""
        counts = Counter(choice for _, _, choice in self.votes[vote]["ballots"].values())
        size = len(self.raw)
        return {
            "log": self.origin, "sit": SITTING, "vote": vote, "def": self.votes[vote]["def"], "round": 1,
            "rule": {"book": "test", "sha256": canonical.sha256_hex(RULES.encode()), "id": "test.half"},
            "roll": len(self.roll), "present": len(self.sessions), "participated": counts.total(),
            "counts": dict(counts), "invalid": 0, "percent": {}, "conditions": [], "casting_vote": None,
            "outcome": "adopted", "head": {"size": size, "root": self.tree.root(size).hex()}, **changed,
        }  # fmt: skip

    def declare(self, vote: str, signer: Ed25519Signer | None = None, /, **changed: Any) -> None:
        jws = statement.sign(statement.RESULT, self.result(vote, **changed), signer or self.hall)
        self.add("ResultComputed", {"vote": vote}, body=jws, cls="result")
        self.add("VoteDeclared", {"vote": vote}, actor="officer:chair", body=jws, cls="declared")

    def head(self, size: int | None = None) -> str:
        size = len(self.raw) if size is None else size
        return checkpoint.sign(self.origin, size, self.tree.root(size), self.hall)

    def export(self, size: int | None = None, classes: set[str] | None = None) -> dict[str, bytes]:
        """The directory as a mapping; `classes`: which payloads this reader gets, all by default."""
        size = len(self.raw) if size is None else size
        named = {e.blob.sha256 for e in self.entries[:size] if e.blob}
        given = [
            data
            for ref, (cls, data) in self.blobs.items()
            if ref in named and (classes is None or cls in classes)
        ]
        vkey = checkpoint.vkey(self.origin, self.hall.public_key)
        certs = list(self.certs.values())
        if classes is None or "session" in classes:
            certs += [card.der for card in self.cards.values()]
        return dict(bundle.files(self.raw[:size], self.head(size), vkey, given, certs))

    def anchor_toml(self, seen: int | None = None) -> str:
        """What a reader holds; `seen`: a head of that size seen earlier."""
        lines = [
            f'vkey = "{checkpoint.vkey(self.origin, self.hall.public_key)}"',
            f'ca = ["""{self.authority.pem}"""]',
        ]
        if seen is not None:
            lines.append(f'checkpoint = """{self.head(seen)}"""')
        return "\n".join(lines) + "\n"

    def anchor(self, seen: int | None = None) -> Anchor:
        return Anchor.parse(self.anchor_toml(seen))

    def copy(self) -> "LogBuilder":
        """To go on from here in two ways."""
        hall, self.hall = self.hall, None  # type: ignore[assignment]
        authority, self.authority = self.authority, None  # type: ignore[assignment]
        cards, self.cards, sessions, self.sessions = self.cards, {}, self.sessions, {}
        other = deepcopy(self)
        for one in (self, other):
            one.hall, one.authority, one.cards, one.sessions = hall, authority, dict(cards), dict(sessions)
        return other


CHOICES = ("approve", "reject", "not_voting")


def begun(count: int = 6, **made_with: Any) -> LogBuilder:
    """A log with an open sitting, all but the last member signed in, and an open vote `v1`."""
    log = LogBuilder(**made_with)
    log.create()
    log.list_trust()
    log.open_sitting(members_of(count))
    for member in log.roll[:-1]:
        log.sign_in(member)
    log.open_vote("v1")
    return log


def voted(count: int = 6, **made_with: Any) -> LogBuilder:
    """Everybody signed in has voted, the second member twice; `v1` is still open."""
    log = begun(count, **made_with)
    for number, member in enumerate(log.roll[:-1]):
        log.cast("v1", member, CHOICES[number % 3])
    log.cast("v1", log.roll[1], "approve")
    return log


def ended(log: LogBuilder) -> LogBuilder:
    """Closes and declares `v1`, adjourns."""
    log.close("v1")
    log.declare("v1")
    log.add("SittingAdjourned", {}, actor="officer:chair")
    return log


def sitting(count: int = 6, **made_with: Any) -> LogBuilder:
    """A whole small sitting."""
    return ended(voted(count, **made_with))


def recount(record: Iterator[tuple[Entry, Any | None]]) -> Iterator[Finding]:
    """The rules of a chamber that only counts: the smallest thing that can stand in the recount's place."""
    ballots: dict[str, dict[str, str]] = {}
    for found, body in record:
        if found.type == "BallotRecorded" and body is not None:
            said = statement.parse(body, statement.BALLOT).payload
            ballots.setdefault(said["vote"], {})[said["member"]] = said["choice"]
        elif found.type == "VoteDeclared" and body is not None:
            vote = found.d["vote"]
            said = statement.parse(body, statement.RESULT).payload
            counts = Counter(ballots.get(vote, {}).values())
            if said["counts"] != dict(counts):
                text = f"{vote}: the result says {said['counts']}, the ballots {dict(counts)}"
                yield Finding("error", "result_counts", text, f"entry {found.seq}")
