"""What every `Signer` of the hall's own does, with its key in a file or on a PKCS#11 token."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit import checkpoint, signing, statement
from audit.errors import BadSignature
from audit.signing import Signer
from firmware_bridge.cards.pkcs11_uri import parse
from hall_controller.key_files import load_signer
from tests import softhsm

Make = Callable[[Path], Signer]


def in_a_file(folder: Path) -> Signer:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "log.pem").write_bytes(pem)
    return load_signer(folder / "log.pem")


def on_a_token(folder: Path) -> Signer:
    from firmware_bridge.cards.token import TokenKey
    from hall_controller.token_signer import TokenSigner

    label = f"hall-{folder.name}"[:32]
    start = softhsm.token(label)
    softhsm.keep(label, "log")
    return TokenSigner(TokenKey(parse(softhsm.uri(start, "log")), softhsm.PIN))


@pytest.fixture(params=[in_a_file, on_a_token], ids=lambda make: make.__name__)
def signer(request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
    make: Make = request.param
    return make(tmp_path)


def test_it_signs_as_eddsa_and_is_named_by_its_thumbprint(signer: Signer) -> None:
    assert signer.alg == "EdDSA"
    assert signer.kid == signing.thumbprint(signer.public_key)
    signature = signer.sign(b"a message")
    assert len(signature) == 64
    signing.verify(signer.public_key, "EdDSA", b"a message", signature)
    with pytest.raises(BadSignature):
        signing.verify(signer.public_key, "EdDSA", b"another message", signature)


def test_the_same_message_has_the_same_signature_byte_for_byte(signer: Signer) -> None:
    assert signer.sign(b"receipt") == signer.sign(b"receipt")
    assert signer.sign(b"") != signer.sign(b"receipt")


def test_it_signs_messages_of_any_length(signer: Signer) -> None:
    for size in (0, 1, 255, 256, 65_536):
        signing.verify(signer.public_key, "EdDSA", bytes(size), signer.sign(bytes(size)))


def test_checkpoints_and_receipts_of_the_hall_hold(signer: Signer) -> None:
    origin = "dienhong.example/hall/2026"
    note = checkpoint.sign(origin, 7, bytes(32), signer)
    assert checkpoint.verify(note, checkpoint.vkey(origin, signer.public_key)).size == 7
    said = {"log": origin, "vote": "v1", "ballot": "ab" * 32, "seq": 3, "t": "2026-11-22T01:00:00.000Z"}
    signed = statement.parse(statement.sign(statement.RECEIPT, said, signer), statement.RECEIPT)
    statement.verify(signed, signer.public_key)


def test_threads_may_sign_at_once(signer: Signer) -> None:
    messages = [bytes([n]) for n in range(32)]
    with ThreadPoolExecutor(8) as threads:
        signatures = list(threads.map(signer.sign, messages))
    for message, signature in zip(messages, signatures, strict=True):
        signing.verify(signer.public_key, "EdDSA", message, signature)
