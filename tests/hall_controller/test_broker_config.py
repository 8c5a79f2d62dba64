"""What Mosquitto is told: passwords as hashes, topic rights for each bridge, no clear text on a network."""

from pathlib import Path
from secrets import token_urlsafe

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.signing import to_jwk
from hall_controller import bridges as bridges_file
from hall_controller.bridges import Bridges, KnownBridge
from hall_controller.broker_config import BrokerListener, broker_config
from hall_controller.faults import BadFile


def known() -> Bridges:
    key = Ed25519PrivateKey.generate().public_key()
    return Bridges.of(KnownBridge(name, key, (name,)) for name in ("row-01", "row-02"))


def written(directory: Path, listener: BrokerListener, *users: str) -> Path:
    return broker_config(
        directory,
        hall="dien-hong",
        hall_user="hall",
        bridges=known(),
        passwords={user: token_urlsafe(32) for user in users or ("hall", "row-01", "row-02")},
        listener=listener,
    )


def test_each_user_has_rights_on_its_own_topics_only(tmp_path: Path) -> None:
    conf = written(tmp_path, BrokerListener("127.0.0.1", 1883))
    acl = (tmp_path / "acl").read_text().split("\n\n")
    assert acl[1].splitlines() == [
        "user row-01",
        "topic write dh/dien-hong/up/row-01",
        "topic write dh/dien-hong/will/row-01",
        "topic read dh/dien-hong/down/row-01",
        "topic read dh/dien-hong/down/all",
    ]
    said = conf.read_text()
    assert "allow_anonymous false" in said
    assert "set_tcp_nodelay true" in said
    assert "listener 1883 127.0.0.1" in said
    assert "certfile" not in said


def test_files_are_their_owners_and_hold_no_password(tmp_path: Path) -> None:
    written(tmp_path / "broker", BrokerListener("127.0.0.1", 1883))
    for name in ("mosquitto.conf", "passwords", "acl"):
        assert (tmp_path / "broker" / name).stat().st_mode & 0o077 == 0
    lines = (tmp_path / "broker" / "passwords").read_text().splitlines()
    assert [line.split(":$7$101$")[0] for line in lines] == ["hall", "row-01", "row-02"]


def test_beyond_loopback_only_by_tls(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="TLS") as found:
        written(tmp_path, BrokerListener("0.0.0.0", 8883), "hall", "row-01")
    assert len(found.value.faults) == 2
    assert not list(tmp_path.iterdir())
    listener = BrokerListener("10.0.0.5", 8883, tmp_path / "c.pem", tmp_path / "k.pem", tmp_path / "ca.pem")
    said = written(tmp_path, listener).read_text()
    assert "tls_version tlsv1.3" in said
    assert "require_certificate true" in said


@pytest.mark.parametrize("given", [("c.pem", None, None), (None, None, "ca.pem")])
def test_half_of_tls_is_refused_on_loopback_too(tmp_path: Path, given: tuple[str | None, ...]) -> None:
    files = [None if one is None else tmp_path / one for one in given]
    with pytest.raises(BadFile, match="a certificate and its key"):
        written(tmp_path, BrokerListener("127.0.0.1", 8883, *files))


def entry(name: str, seats: str, key: Ed25519PrivateKey | None = None) -> str:
    x = to_jwk((key or Ed25519PrivateKey.generate()).public_key())["x"]
    key_table = f'{{ kty = "OKP", crv = "Ed25519", x = "{x}" }}'
    return f'[[bridge]]\nid = "{name}"\nkey = {key_table}\nseats = [{seats}]\n'


def test_bridges_are_read_with_their_seats(tmp_path: Path) -> None:
    path = tmp_path / "bridges.toml"
    path.write_text(entry("row-01", '"001", "002"') + entry("console-003", '"003"'))
    found = bridges_file.load(path)
    assert found.of_seat == {"001": "row-01", "002": "row-01", "003": "console-003"}


def test_every_fault_of_the_bridges_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bridges.toml"
    one = Ed25519PrivateKey.generate()
    bad_key = entry("row-05", '"005"').replace('crv = "Ed25519"', 'crv = "X25519"')
    path.write_text(
        entry("row-01", '"001"', one)
        + entry("row-02", '"001"')
        + entry("row-01", '"004"')
        + entry("all", '"006"')
        + entry("row-03", '"003"', one)
        + bad_key
    )
    with pytest.raises(BadFile) as found:
        bridges_file.load(path)
    said = "\n".join(found.value.faults)
    for part in (
        "seat 001 is row-01's",
        "row-01: the name is taken",
        "all: the name is taken",
        "row-05: key",
        "row-03: its key is row-01's too",
    ):
        assert part in said
    path.write_text("bridge = 7")
    with pytest.raises(BadFile, match="bridge"):
        bridges_file.load(path)


def test_the_broker_finds_its_files_from_any_folder_and_becomes_who_can_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = written(Path("mosquitto"), BrokerListener("127.0.0.1", 1883)).read_text().splitlines()
    assert f"password_file {tmp_path / 'mosquitto' / 'passwords'}" in said
    assert f"acl_file {tmp_path / 'mosquitto' / 'acl'}" in said
    owner = (tmp_path / "mosquitto" / "passwords").owner()
    assert f"user {owner}" in said
