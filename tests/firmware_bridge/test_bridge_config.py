"""bridge.toml: read whole, or refused with every fault named at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signing import to_jwk
from firmware_bridge.config import BridgeMisconfigured, is_loopback, load

HALL_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OWN_KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """bridge.toml with its files; `swap` replaces parts of the text."""
    jwk = to_jwk(HALL_KEY.public_key())
    text = f"""
hall = "dien-hong"
bridge = "row-01"
key_file = "row-01.key"
hall_keys = [{{ kty = "OKP", crv = "Ed25519", x = "{jwk["x"]}" }}]
line = "/dev/ttyUSB0"

[broker]
host = "127.0.0.1"
port = 1883
password_file = "row-01.password"

[[seat]]
seat = "001"
address = 1
key_file = "001.key"
reader = "Hall 00"

[[seat]]
seat = "002"
address = 2
key_file = "002.key"
"""

    def written(*swap: tuple[str, str]) -> Path:
        changed = text
        for old, new in swap:
            assert old in changed
            changed = changed.replace(old, new)
        (tmp_path / "row-01.key").write_bytes(pem(OWN_KEY))
        (tmp_path / "row-01.password").write_text("secret word\n")
        (tmp_path / "001.key").write_text("00112233445566778899aabbccddeeff\n")
        (tmp_path / "002.key").write_text("ff" * 16)
        path = tmp_path / "bridge.toml"
        path.write_text(changed)
        return path

    return written


def test_a_whole_file_is_read_with_what_it_names(write: Callable[..., Path]) -> None:
    config = load(write())
    assert (config.hall, config.bridge, config.line, config.baud) == (
        "dien-hong",
        "row-01",
        "/dev/ttyUSB0",
        115_200,
    )
    assert [to_jwk(key) for key in config.hall_keys] == [to_jwk(HALL_KEY.public_key())]
    assert to_jwk(config.signer.public_key) == to_jwk(OWN_KEY.public_key())
    assert (config.broker.user, config.broker.password, config.broker.tls) == (
        "row-01",
        "secret word",
        None,
    )
    assert [(one.seat, one.address, one.reader) for one in config.seats] == [
        ("001", 1, "Hall 00"),
        ("002", 2, None),
    ]
    assert config.seats[1].console_key == b"\xff" * 16
    assert "secret" not in repr(config)
    assert "ff" * 8 not in repr(config)


def test_all_faults_are_named_at_once(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(
        ('host = "127.0.0.1"', 'host = "10.0.0.5"'),
        ("address = 2", "address = 1"),
        ('"002.key"', '"none.key"'),
    )
    (tmp_path / "001.key").write_text("too short")
    (tmp_path / "row-01.key").write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(BridgeMisconfigured) as found:
        load(path)
    said = "\n".join(found.value.faults)
    for part in (
        "tls_ca",
        "address 1 stands twice",
        "none.key",
        "seat 001: 001.key holds no",
        "no Ed25519",
    ):
        assert part in said
    assert len(found.value.faults) == 5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('bridge = "row-01"', 'bridge = "Row 1"', "bridge"),
        ("port = 1883", "port = 99999", "broker.port"),
        ("address = 2", "address = 65", "seat.1.address"),
        ('line = "/dev/ttyUSB0"', 'line = ""', "line"),
        ('hall = "dien-hong"', 'hall = "dien-hong"\nsurplus = 1', "surplus"),
        ('hall = "dien-hong"', "hall = ", "can't be read"),
        ('crv = "Ed25519"', 'crv = "Ed448"', "hall_keys.0"),
        (
            'host = "127.0.0.1"',
            'host = "10.0.0.1"',
            "broker.tls_ca: needed for a broker that is not on loopback",
        ),
        ("port = 1883", 'port = 1883\ntls_ca = "001.key"', "holds no certificates in PEM"),
        ("port = 1883", 'port = 1883\ntls_cert = "001.key"', "tls_cert and tls_key go together"),
        (
            "port = 1883",
            'port = 1883\ntls_cert = "001.key"\ntls_key = "001.key"',
            "broker.tls_ca: needed for showing a certificate",
        ),
    ],
)
def test_what_is_wrong_is_named(write: Callable[..., Path], old: str, new: str, said: str) -> None:
    with pytest.raises(BridgeMisconfigured, match=said):
        load(write((old, new)))


def test_a_token_may_stand_in_a_readers_place_and_not_beside_one(write: Callable[..., Path]) -> None:
    uri = "pkcs11:token=officers;object=own?module-path=/usr/lib/x.so"
    alone = load(write(('reader = "Hall 00"', f'token = "{uri}"')))
    assert [one.token and one.token.token for one in alone.seats] == ["officers", None]
    with pytest.raises(BridgeMisconfigured, match="readers or tokens, not both"):
        load(write(('key_file = "002.key"', f'key_file = "002.key"\ntoken = "{uri}"')))
    with pytest.raises(BridgeMisconfigured, match=r"seat 001: token: .*PIN is no part"):
        load(write(('reader = "Hall 00"', f'token = "{uri}&pin-value=1234"')))


def test_a_row_with_readers_ends_at_fifteen(write: Callable[..., Path]) -> None:
    more = "".join(
        f'\n[[seat]]\nseat = "{n:03}"\naddress = {n}\nkey_file = "002.key"\nreader = "Hall {n}"\n'
        for n in range(3, 19)
    )
    with pytest.raises(BridgeMisconfigured, match="at most 15"):
        load(write(('key_file = "002.key"\n', 'key_file = "002.key"\n' + more)))


def test_a_file_that_isnt_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(BridgeMisconfigured, match="can't be read"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("hall.example", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
