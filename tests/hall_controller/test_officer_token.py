"""An officer without a card: a PKCS#11 token at the officers' desk lets the page in. SoftHSM2 is one."""

import re
from pathlib import Path

from audit.signing import Ed25519PublicKey, from_jwk
from firmware_bridge.cards.pkcs11_uri import TokenUri, parse
from firmware_bridge.cards.sealed_pin import seal_pin
from tests import softhsm
from tests.hall_controller.test_intake_phones import compared
from tests.hall_controller.test_officer_cards import DESK, Page, cards, challenge_of, hall, is_at
from tests.hall_on_bus import HallOnBus, until

LABEL = "secretary"
CODE = re.compile(r"MA (\d{6})")


def _token(here: HallOnBus) -> TokenUri:
    """Made by the token itself, certified by the hall's authority."""
    from firmware_bridge.cards.token import TokenKey

    start = softhsm.token(LABEL)
    softhsm.keep(LABEL, "own", "secp256r1")
    uri = parse(softhsm.uri(start, "own"))
    key = TokenKey(uri, softhsm.PIN)
    assert not isinstance(key.public_key, Ed25519PublicKey)
    certificate = here.authority.certify("cb-002", "Trần Thị Bình", here.now(), key.public_key)
    softhsm.put_certificate(LABEL, "own", certificate)
    key.close()
    return uri


async def _typed_on_the_phone(here: HallOnBus, pin: str) -> None:
    await until(lambda: CODE.search(here.desk.text))
    code = CODE.search(here.desk.text)
    assert code is not None
    assert here.controller is not None
    await until(
        lambda: here.controller is not None and here.controller.intake.pin_request(DESK) is not None
    )
    asked = here.controller.intake.pin_request(DESK)
    assert asked is not None
    sealed = seal_pin(pin, from_jwk(asked.key), seat=DESK, chal=asked.chal, code=code[1])  # type: ignore[arg-type]
    here.controller.intake.send_pin(DESK, asked.chal, sealed)


async def test_a_token_lets_in_the_page_as_a_card_does(tmp_path: Path) -> None:
    from firmware_bridge.cards.token_card import TokenReaders

    async with hall(tmp_path) as here:
        row = next(row for row in here.rows if row.desk is not None)
        await here.stop_bridge(row)
        row.readers = TokenReaders({DESK: _token(here)}, 0.05)  # type: ignore[assignment]
        here.start_bridge(row)
        await until(lambda: here.desk.text == "BAN DIEU HANH / TRAN THI BINH")
        page = Page()
        asked = cards(here).request(page.jwk, DESK)
        await until(lambda: here.desk.text == f"TRAN THI BINH / {asked.digits}  DUNG: TT")
        await compared(here.desk)
        await _typed_on_the_phone(here, "000000")
        await until(lambda: "SAI MA PIN" in here.desk.text)
        await _typed_on_the_phone(here, softhsm.PIN)
        await until(lambda: is_at(here, asked, "bound"))
        challenge = challenge_of(here, asked)
        assert cards(here).prove(asked.key_id, challenge, page.proof(challenge)) == "cb-002"
