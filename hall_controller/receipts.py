"""The hall's receipts: signed once a ballot is durable, and the same bytes each time they are asked for.

Nothing is kept but where a ballot stands; Ed25519 is deterministic, so the receipt follows from that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from audit import base64url, canonical, instant, statement
from audit.signing import Signer
from hall_controller.own_places import OwnPlaces
from hall_controller.submission import Happening, Recorded
from voting.events import BallotRecorded


@dataclass(frozen=True, slots=True)
class Place:
    vote: str
    seq: int
    at: datetime


class Register:
    """Where each durable ballot stands: an index of the log, rebuilt from it at each start."""

    def __init__(self, origin: str, signer: Signer) -> None:
        self._origin, self._signer = origin, signer
        self._places: dict[str, Place] = {}
        self.own_places = OwnPlaces()
        # Every receipt has the same header: 500 at once shouldn't each make it anew.
        header = {"alg": signer.alg, "kid": signer.kid, "typ": statement.RECEIPT}
        self._protected = base64url.encode(canonical.encode(header))

    def note(self, happenings: Iterable[Happening]) -> None:
        """Of durable entries only: a receipt is a promise that the ballot is on disk."""
        happenings = tuple(happenings)
        self.own_places.note(happenings)
        for happening in happenings:
            if isinstance(event := happening.event, BallotRecorded):
                self._places[event.ballot] = Place(event.vote, happening.seq, happening.at)

    def place(self, ballot: str) -> Place | None:
        return self._places.get(ballot)

    def receipt(self, ballot: str) -> dict[str, str] | None:
        """The flattened JWS `parl-receipt+json`; None for a ballot that isn't recorded."""
        place = self._places.get(ballot)
        if place is None:
            return None
        payload = {
            "log": self._origin, "vote": place.vote, "ballot": ballot, "seq": place.seq,
            "t": instant.write(place.at),
        }  # fmt: skip
        encoded = base64url.encode(canonical.encode(payload))
        signature = self._signer.sign(f"{self._protected}.{encoded}".encode("ascii"))
        return {"protected": self._protected, "payload": encoded, "signature": base64url.encode(signature)}

    def receipted(self, recorded: Recorded) -> Recorded:
        """The answer with its receipt, if a ballot was recorded."""
        ballots = [event.ballot for event in recorded.events if isinstance(event, BallotRecorded)]
        return replace(recorded, receipt=self.receipt(ballots[0])) if ballots else recorded

    def again(self, ballot: str) -> Recorded:
        """The answer to a ballot that was recorded before. KeyError for one that wasn't."""
        place = self._places[ballot]
        return Recorded(place.seq, place.at, (), self.receipt(ballot))
