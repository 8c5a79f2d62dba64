"""A card that lies in a seat's slot or at a registrar's desk, and what was said to it."""

from dataclasses import dataclass

from firmware_bridge.messages import AtDesk, Challenge, Lines


@dataclass(frozen=True, slots=True)
class CardHere:
    """The card in a seat's slot."""

    bridge: str
    certificate: bytes
    """DER."""
    fingerprint: str
    """Base64url SHA-256, as `x5t#S256` names it."""
    challenge: Challenge | None = None
    answered: bool = False
    """A session was recorded on that challenge: with the session's end it is spent."""
    at_desk: AtDesk | None = None
    """Where it lies at a registrar's desk: the word that it is a member's."""

    def unasked(self) -> "CardHere":
        """The same card, told nothing yet."""
        return CardHere(self.bridge, self.certificate, self.fingerprint)

    @property
    def greeting(self) -> Lines:
        """Whose card it is, as its seat's console says it."""
        return ("", "") if self.challenge is None else self.challenge.greeting
