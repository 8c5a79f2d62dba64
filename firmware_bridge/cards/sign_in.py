"""The card's part of the sign-in: it delegates a session key, once, for one seat or phone and one sitting.

    hall: challenge → [SELECT] → [certificate] → same member? → PIN → [sign] → checked → statement

The PIN is asked for in every sign-in and taken back at its end, whatever happened: a card that was left
verified by somebody signs nothing here, and one that stays in the slot signs nothing afterwards.
The certificate's chain, its revocation and the challenge's life are the hall's to judge.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from cryptography.hazmat.primitives.asymmetric import ec

from audit import base64url, fingerprint, instant, signing, statement
from audit.errors import BadEvidence
from firmware_bridge.cards.errors import NotSignable, WrongCard
from firmware_bridge.cards.keys import CardKey, RsaScheme, holder_of, key_of
from firmware_bridge.cards.piv import Pad, PivCard, Slot
from firmware_bridge.messages import BindPhone, Challenge
from firmware_bridge.ports import CardConnection


class Step(Enum):
    """Where a signature stands: what the seat is to show meanwhile, however slow the card is."""

    PIN = "the PIN is to be shown to the card now"
    SIGNING = "the PIN was right, the card computes"


Told = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Session:
    """A session at a seat: what the bridge signs ballots with until it expires or the card is pulled."""

    statement_jws: Mapping[str, str]
    """`parl-session-key+json`, signed by the card."""
    sk: str
    """Hash of the statement's payload: the name of the session on the bus and in ballots."""
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)
    member: str
    seat: str
    expires: datetime

    @property
    def card(self) -> str:
        """`x5t#S256` of the card's certificate: which card delegated."""
        return statement.parse(self.statement_jws, statement.SESSION_KEY).header["x5t#S256"]


@dataclass(frozen=True, slots=True)
class PhoneSession:
    """A session on a phone, whose private key never leaves it."""

    statement_jws: Mapping[str, str]
    sk: str
    member: str
    expires: datetime


async def sign_in(
    connection: CardConnection,
    challenge: Challenge,
    pin: bytes | Pad,
    *,
    rsa_scheme: RsaScheme = "PS256",
    told: Told = lambda _: None,
) -> Session:
    """Makes a session key and lets the card delegate to it. `pin`: PAD, or digits from `open_pin`; `told`
    is called at each step.

    Raises WrongCard, NotSignable, PinNotGiven (PinWrong, PinBlocked, …), CardGone and the other CardErrors.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    payload = _payload(challenge, challenge.seat, "seat", signing.to_jwk(key.public_key()))
    jws, sk = await _delegate(connection, payload, pin, rsa_scheme, told)
    return Session(jws, sk, key, challenge.member, challenge.seat, instant.read(challenge.exp))


async def bind_phone(
    connection: CardConnection,
    request: BindPhone,
    pin: bytes | Pad,
    *,
    rsa_scheme: RsaScheme = "PS256",
    told: Told = lambda _: None,
) -> PhoneSession:
    """Lets the card delegate to the phone's key, after its holder compared the eight digits at the seat.

    Raises as `sign_in`; NotSignable also when the digits that the holder compared are not this key's.
    """
    try:
        digits = fingerprint.digits(signing.thumbprint(request.key))
    except BadEvidence as fault:
        raise NotSignable(f"the phone's key can't be signed for: {fault}") from fault
    if digits != request.digits:
        raise NotSignable("the digits shown at the seat are not those of the phone's key")
    payload = _payload(request, None, "mobile", dict(request.key))
    jws, sk = await _delegate(connection, payload, pin, rsa_scheme, told)
    return PhoneSession(jws, sk, request.member, instant.read(request.exp))


def _payload(
    asked: Challenge | BindPhone, seat: str | None, channel: str, jwk: Mapping[str, str]
) -> dict[str, object]:
    return {
        "log": asked.log, "sit": asked.sit, "member": asked.member, "seat": seat, "channel": channel,
        "key": jwk, "exp": asked.exp, "chal": asked.chal,
    }  # fmt: skip


async def _delegate(
    connection: CardConnection,
    payload: Mapping[str, object],
    pin: bytes | Pad,
    rsa_scheme: RsaScheme,
    told: Told,
) -> tuple[dict[str, str], str]:
    card = PivCard(connection)
    await card.select()
    certificate = await card.certificate()
    if holder_of(certificate) != payload["member"]:
        # Cards were swapped between the hall's look at the certificate and now.
        raise WrongCard("the card in the slot is not the one that the challenge was given for")
    key = key_of(certificate, rsa_scheme)
    # Before the PIN: nobody is asked for a PIN for something that can't be signed.
    unsigned = _draft(payload, key)
    try:
        told(Step.PIN)
        (await card.verify_pin(pin)).require()
        told(Step.SIGNING)
        signature = await card.sign(Slot.AUTHENTICATION, unsigned.signing_input, key)
    finally:
        await card.forget_pin()
    return unsigned.finish(signature), unsigned.payload_hash


def _draft(payload: Mapping[str, object], key: CardKey) -> statement.Draft:
    named = {"x5t#S256": base64url.encode(key.thumbprint)}
    try:
        return statement.draft(statement.SESSION_KEY, payload, key.alg, **named)
    except BadEvidence as fault:
        raise NotSignable(f"the hall's challenge can't be signed: {fault}") from fault
