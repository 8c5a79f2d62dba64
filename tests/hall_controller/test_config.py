"""One hall.toml; every fault named at once; nothing unsafe can be configured."""

from pathlib import Path

import pytest

from hall_controller.config import load
from hall_controller.faults import BadFile

GOOD = """
[hall]
id = "dien-hong"
origin = "dienhong.example/hall/2026"
name = { vi = "Hội trường Diên Hồng", en = "Dien Hong Hall" }
[store]
url = "sqlite:///hall.db"
[keys]
log = "keys/log.pem"
[trust]
ca = ["ca.pem"]
crl = ["crl.pem"]
[broker]
passwords = "passwords.toml"
[roster]
members = "members.csv"
seats = "seats.csv"
bridges = "bridges.toml"
programme = "programme.toml"
"""
FILES = ("keys/log.pem", "ca.pem", "crl.pem", "passwords.toml", "members.csv", "seats.csv", "bridges.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*FILES, "programme.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    (folder / "hall.toml").write_text(text)
    return folder / "hall.toml"


def faults(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(BadFile) as caught:
        load(write(folder, text))
    return caught.value.faults


def test_a_good_file_is_read_and_its_paths_are_relative_to_it(folder: Path) -> None:
    located = load(write(folder, GOOD))
    assert located.store_url == f"sqlite:///{folder / 'hall.db'}"
    assert located.path(located.config.keys.log) == folder / "keys/log.pem"
    assert located.config.web.host == "127.0.0.1"


def test_every_fault_is_named_at_once(folder: Path) -> None:
    text = GOOD.replace('id = "dien-hong"', 'id = "Điên"').replace("sqlite:///hall.db", "mysql://x")
    found = faults(folder, text + "\n[wall]\nsize = 3\n")
    assert [fault.split(":")[0] for fault in found] == ["hall.id", "store.url", "wall"]


def test_every_missing_file_is_named(folder: Path) -> None:
    (folder / "ca.pem").unlink()
    (folder / "members.csv").unlink()
    found = faults(folder, GOOD)
    assert [fault.split(":")[0] for fault in found] == ["trust.ca[0]", "roster.members"]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[web]\nhost = "0.0.0.0"\n', "HTTPS"),
        ('[web]\nhost = "hall.example"\n', "HTTPS"),
        ('[web]\ntls_cert = "ca.pem"\n', "go together"),
    ],
)
def test_pages_beyond_loopback_need_https(folder: Path, section: str, said: str) -> None:
    (fault,) = faults(folder, GOOD + section)
    assert said in fault


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('kind = "embedded"\nhost = "10.0.0.1"\n', "loopback only"),
        ('kind = "mqtt"\nhost = "10.0.0.1"\nport = 8883\npassword_file = "ca.pem"\n', "tls_ca"),
        ('kind = "mqtt"\npassword_file = "ca.pem"\n', "port"),
        ('kind = "mqtt"\nport = 1883\n', "password_file"),
    ],
)
def test_a_broker_on_a_network_needs_tls(folder: Path, change: str, said: str) -> None:
    (fault,) = faults(folder, GOOD.replace("[broker]\n", f"[broker]\n{change}"))
    assert said in fault


def test_what_is_not_toml_is_said_so(folder: Path) -> None:
    assert "is not TOML" in faults(folder, "[hall\n")[0]


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="can't be read"):
        load(tmp_path / "none.toml")
