"""The log as somebody reads it who stands beside the running hall: its entries, and the ballots in them."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit import entry as log_entry
from audit import statement
from audit.entry import Entry
from hall_controller.store import open_reader


@dataclass(frozen=True, slots=True)
class BallotSeen:
    vote: str
    member: str
    choice: str
    rev: int
    hash: str


class LogSeen:
    """Looks at the store through a connection of its own; `look` reads on from where it stopped."""

    def __init__(self, url: str) -> None:
        self._reader = open_reader(url)
        self.entries: list[Entry] = []
        self.ballots: list[BallotSeen] = []
        self.phones: dict[str, str] = {}
        """Each phone's latest session, by member."""

    def look(self) -> "LogSeen":
        for stored, payload in self._reader.entries(start=len(self.entries)):
            entry = log_entry.decode(stored.data)
            self.entries.append(entry)
            if entry.type == "SignedIn" and payload is not None and entry.blob is not None:
                self._signed_in(log_entry.open_blob(payload, entry.blob)["jws"])
            if entry.type == "BallotRecorded":
                assert payload is not None
                assert entry.blob is not None
                self.ballots.append(_ballot(log_entry.open_blob(payload, entry.blob), entry.d["ballot"]))
        return self

    def _signed_in(self, jws: object) -> None:
        session = statement.parse(jws, statement.SESSION_KEY)
        if session.payload["channel"] == "mobile":
            self.phones[session.payload["member"]] = session.payload_hash

    def types(self) -> list[str]:
        return [entry.type for entry in self.entries]

    def of(self, vote: str) -> dict[str, list[BallotSeen]]:
        """A vote's ballots by member, in the order in which they were recorded."""
        found: dict[str, list[BallotSeen]] = {}
        for ballot in self.ballots:
            if ballot.vote == vote:
                found.setdefault(ballot.member, []).append(ballot)
        return found

    def effective(self, vote: str) -> dict[str, str]:
        """The choice that counts, by member: the one of the last revision."""
        return {
            member: max(ballots, key=lambda one: one.rev).choice
            for member, ballots in self.of(vote).items()
        }

    def has(self, vote: str, member: str, choice: str) -> bool:
        return any((one.vote, one.member, one.choice) == (vote, member, choice) for one in self.ballots)

    def close(self) -> None:
        self._reader.close()


def _ballot(jws: object, hash: str) -> BallotSeen:
    sealed = statement.parse(jws, statement.BALLOT)
    assert sealed.payload_hash == hash
    said = sealed.payload
    return BallotSeen(said["vote"], said["member"], said["choice"], said["rev"], hash)


def counted(choices: Iterable[str]) -> dict[str, int]:
    """How many of each, with the choices that nobody made."""
    counts = {"approve": 0, "reject": 0, "not_voting": 0}
    for choice in choices:
        counts[choice] += 1
    return counts
