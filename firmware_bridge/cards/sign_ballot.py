"""The card signs one ballot itself: PIV key 9C, which wants its PIN for each signature ("PIN Always").

    press → [SELECT] → [certificate 9A: who signed in?] → [certificate 9C] → PIN → [sign] → checked

What comes out is a whole ballot with a signature that was checked against its certificate, or nothing. The
certificate's chain and its revocation are the hall's to judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from audit import base64url, statement
from audit.errors import BadEvidence
from firmware_bridge.cards.errors import NotSignable, WrongCard
from firmware_bridge.cards.keys import CardKey, RsaScheme, holder_of, key_of
from firmware_bridge.cards.piv import Pad, PivCard, Slot
from firmware_bridge.cards.sign_in import Step, Told
from firmware_bridge.ports import CardConnection


@dataclass(frozen=True, slots=True)
class SignedBallot:
    ballot: str
    """Hash of the payload: the ballot's identity."""
    jws: Mapping[str, str]
    """`parl-ballot+json`, its header naming the certificate by `x5t#S256`."""
    certificate: bytes
    """DER, of the signature key."""


async def sign_ballot(
    connection: CardConnection,
    payload: Mapping[str, object],
    signed_in: str,
    pin: bytes | Pad,
    *,
    rsa_scheme: RsaScheme = "PS256",
    told: Told = lambda _: None,
) -> SignedBallot:
    """`payload`: the ballot, filled in; `signed_in`: `x5t#S256` of the card that the session came from.

    Raises WrongCard, NotSignable, PinNotGiven (PinWrong, PinBlocked, …), CardGone and the other CardErrors.
    """
    card = PivCard(connection)
    await card.select()
    if _named(await card.certificate()) != signed_in:
        raise WrongCard("the card in the slot is not the one that signed in here")
    certificate = await card.certificate(Slot.SIGNATURE)
    if holder_of(certificate) != payload["member"]:
        raise WrongCard("the card's signature certificate is another member's")
    key = key_of(certificate, rsa_scheme)
    # Before the PIN: nobody is asked for a PIN for something that can't be signed.
    unsigned = _draft(payload, key)
    try:
        told(Step.PIN)
        (await card.verify_pin(pin)).require()
        told(Step.SIGNING)
        signature = await card.sign(Slot.SIGNATURE, unsigned.signing_input, key)
    finally:
        await card.forget_pin()
    return SignedBallot(unsigned.payload_hash, unsigned.finish(signature), certificate)


def _named(certificate: bytes) -> str:
    return base64url.encode(sha256(certificate).digest())


def _draft(payload: Mapping[str, object], key: CardKey) -> statement.Draft:
    named = {"x5t#S256": base64url.encode(key.thumbprint)}
    try:
        return statement.draft(statement.BALLOT, payload, key.alg, **named)
    except BadEvidence as fault:
        raise NotSignable(f"the ballot can't be signed: {fault}") from fault
