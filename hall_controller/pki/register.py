"""What the authority gave to whom, by which officer, when: folded from the register's entries. Pure.

An entry is never changed: a revocation is another entry. Entry types: docs/specs/authority.md.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from audit import instant


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: datetime
    by: str
    """The officer's id."""
    type: str
    d: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issued:
    """One certificate. `serial` is lower-case hex without leading zeros."""

    serial: str
    kind: str
    holder: str
    """The member's or officer's id; a server's or device's name."""
    name: str
    not_before: datetime
    not_after: datetime
    der: bytes = field(repr=False)
    by: str
    at: datetime
    slot: str | None = None
    card: str | None = None
    day: str | None = None
    """Of a provisional card: the sitting day for which it is good."""
    revoked: datetime | None = None
    reason: str | None = None

    def live(self, at: datetime) -> bool:
        return self.revoked is None and at <= self.not_after


@dataclass(frozen=True, slots=True)
class Card:
    guid: str
    holder: str
    kind: str
    finished: bool
    """False from the first command to the card until it was read back and signed a test."""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A card that another authority issued, as cards.csv tells it: see `cards_csv`."""

    fingerprint: str
    holder: str
    kind: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Register:
    issued: Mapping[str, Issued] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    listed: tuple[Listed, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The last revocation list's number, by authority."""
    lists_at: Mapping[str, datetime] = field(default_factory=dict)
    last: datetime | None = None

    def of(self, holder: str) -> list[Issued]:
        return [one for one in self.issued.values() if one.holder == holder]

    def on_card(self, guid: str) -> list[Issued]:
        return [one for one in self.issued.values() if one.card == guid]

    def revoked(self) -> list[Issued]:
        return [one for one in self.issued.values() if one.revoked is not None]

    def unfinished(self) -> list[Card]:
        return [card for card in self.cards.values() if not card.finished]

    def after(self, entry: Entry) -> "Register":
        """Raises KeyError, ValueError for an entry that can't follow."""
        step = _STEPS.get(entry.type)
        changed = step(self, entry) if step else self
        return replace(changed, last=entry.at)


def _issued(register: Register, entry: Entry) -> Register:
    d = entry.d
    if d["serial"] in register.issued:
        raise ValueError(f"the serial number {d['serial']} stands twice")
    one = Issued(
        d["serial"], d["kind"], d["holder"], d["name"], instant.read(d["not_before"]),
        instant.read(d["not_after"]), base64.b64decode(d["der"]), entry.by, entry.at,
        d.get("slot"), d.get("card"), d.get("day"),
    )  # fmt: skip
    return replace(register, issued={**register.issued, one.serial: one})


def _begun(register: Register, entry: Entry) -> Register:
    d = entry.d
    card = Card(d["card"], d["holder"], d["kind"], finished=False)
    return replace(register, cards={**register.cards, card.guid: card})


def _personalised(register: Register, entry: Entry) -> Register:
    card = replace(register.cards[entry.d["card"]], finished=True, serials=tuple(entry.d["serials"]))
    return replace(register, cards={**register.cards, card.guid: card})


def _revoked(register: Register, entry: Entry) -> Register:
    one = register.issued[entry.d["serial"]]
    if one.revoked is not None:
        raise ValueError(f"{one.serial} was revoked before")
    one = replace(one, revoked=instant.read(entry.d["since"]), reason=entry.d["reason"])
    return replace(register, issued={**register.issued, one.serial: one})


def _published(register: Register, entry: Entry) -> Register:
    issuer, number = entry.d["issuer"], entry.d["number"]
    if number <= register.numbers.get(issuer, 0):
        raise ValueError(f"list {number} of {issuer} doesn't follow")
    return replace(
        register, numbers={**register.numbers, issuer: number},
        lists_at={**register.lists_at, issuer: entry.at},
    )  # fmt: skip


def _cards_listed(register: Register, entry: Entry) -> Register:
    found = (Listed(c["card"], c["member"], c["kind"], c["since"], c["until"]) for c in entry.d["cards"])
    return replace(register, listed=tuple(found))


_STEPS = {
    "CertificateIssued": _issued,
    "CardBegun": _begun,
    "CardPersonalised": _personalised,
    "CertificateRevoked": _revoked,
    "ListPublished": _published,
    "CardsListed": _cards_listed,
}
ENTRY_TYPES = frozenset({*_STEPS, "AuthorityFounded", "ChainImported", "CardUnblocked"})
