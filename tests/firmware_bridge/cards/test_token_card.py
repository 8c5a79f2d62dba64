"""A PKCS#11 token in a card's place: an officer's, asked by the code that asks cards. SoftHSM2 is one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from audit import fingerprint, signing, statement, trust
from audit.signing import to_jwk
from firmware_bridge.cards.errors import CardGone, CardRefused, PinMalformed, PinWrong, WrongCard
from firmware_bridge.cards.piv import PivCard, Slot
from firmware_bridge.cards.pkcs11_uri import TokenUri, parse
from firmware_bridge.cards.sign_in import bind_phone, sign_in
from firmware_bridge.messages import BindPhone
from firmware_bridge.ports import CardInserted, CardReaders, CardRemoved
from simulators.authority import Authority, p256
from tests import softhsm
from tests.firmware_bridge.cards.contract import challenge

AT = datetime(2026, 11, 21, tzinfo=UTC)
OFFICER, DESK = "thu-ky", "officers-1"
KINDS = {"secp256r1": "ES256", "secp384r1": "ES384", "rsa2048": "PS256"}


def _token(kind: str) -> TokenUri:
    """An officer's, as it comes from the authority."""
    from firmware_bridge.cards.token import TokenKey

    label = f"officer-{kind}"
    start = softhsm.token(label)
    softhsm.keep(label, "own", kind)
    uri = parse(softhsm.uri(start, "own"))
    key = TokenKey(uri, softhsm.PIN)
    assert not isinstance(key.public_key, signing.Ed25519PublicKey)
    softhsm.put_certificate(label, "own", Authority(AT).certify(OFFICER, "Thư ký", AT, key.public_key))
    key.close()
    return uri


@pytest.fixture(scope="module", params=list(KINDS))
def token(request: pytest.FixtureRequest) -> tuple[TokenUri, str]:
    return _token(request.param), KINDS[request.param]


@pytest.fixture
async def readers(token: tuple[TokenUri, str]) -> AsyncIterator[CardReaders]:
    from firmware_bridge.cards.token_card import TokenReaders

    desk = TokenReaders({DESK: token[0]}, 0.01)
    running = asyncio.create_task(desk.run())
    yield desk
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_delegates_to_the_officers_page_as_a_card_does(
    readers: CardReaders, token: tuple[TokenUri, str]
) -> None:
    async with asyncio.timeout(5):
        assert await anext(aiter(readers.events())) == CardInserted(DESK)
    connection = await readers.connect(DESK)
    key = to_jwk(p256().public_key())
    asked = challenge(DESK, OFFICER)
    digits = fingerprint.digits(signing.thumbprint(key))
    bound = await bind_phone(
        connection,
        BindPhone(DESK, key, digits, asked.chal, asked.exp, asked.sit, asked.log, OFFICER),
        softhsm.PIN.encode(),
    )
    card = PivCard(connection)
    certificate = await card.certificate()
    signed = statement.parse(dict(bound.statement_jws), statement.SESSION_KEY)
    statement.verify(signed, trust.public_key_of(certificate))
    assert signed.alg == token[1]
    with pytest.raises(CardRefused):
        await card.certificate(Slot.SIGNATURE)
    await connection.close()


async def test_what_goes_wrong_is_what_goes_wrong_with_cards(readers: CardReaders) -> None:
    connection = await readers.connect(DESK)
    with pytest.raises(PinWrong):
        await sign_in(connection, challenge(DESK, OFFICER), b"000000")
    with pytest.raises(PinMalformed):
        await sign_in(connection, challenge(DESK, OFFICER), b"12")
    with pytest.raises(WrongCard):
        await sign_in(connection, challenge(DESK, "somebody-else"), softhsm.PIN.encode())
    card = PivCard(connection)
    assert await connection.verify_pin_on_pad() is None
    assert await connection.transmit(bytes.fromhex("00870000047c028200")) != b"\x90\x00"
    assert (await sign_in(connection, challenge(DESK, OFFICER), softhsm.PIN.encode())).member == OFFICER
    await card.forget_pin()
    await connection.close()
    with pytest.raises(CardGone):
        await connection.transmit(bytes(5))
    with pytest.raises(CardGone):
        await readers.connect("nowhere")


async def test_a_token_that_is_taken_out_is_told() -> None:
    from firmware_bridge.cards.token_card import TokenReaders

    softhsm.home()
    absent = parse(softhsm.uri("pkcs11:token=taken-out", "own"))
    desk = TokenReaders({DESK: absent}, 0.01)
    desk._saw(DESK, True)
    running = asyncio.create_task(desk.run())
    events = aiter(desk.events())
    async with asyncio.timeout(5):
        assert await anext(events) == CardInserted(DESK)
        assert await anext(events) == CardRemoved(DESK)
    with pytest.raises(CardGone):
        await desk.connect(DESK)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_who_gives_up_waiting_for_a_token_leaves_it_to_the_next(readers: CardReaders) -> None:
    for _ in range(20):
        waiting = asyncio.create_task(readers.connect(DESK))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(5):
        await (await readers.connect(DESK)).close()
