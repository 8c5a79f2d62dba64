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
        (
            'kind = "mqtt"\nport = 1883\npassword_file = "ca.pem"\ntls_ca = "ca.pem"\ntls_key = "ca.pem"\n',
            "tls_cert and tls_key go together",
        ),
        (
            'kind = "mqtt"\nport = 1883\npassword_file = "ca.pem"\n'
            'tls_cert = "ca.pem"\ntls_key = "ca.pem"\n',
            "tls_ca is needed",
        ),
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


def test_faults_of_fields_of_sections_and_of_files_are_named_together(folder: Path) -> None:
    """No kind of fault hides another: who sets a hall up learns all of it at the first start."""
    (folder / "members.csv").unlink()
    text = GOOD.replace('id = "dien-hong"', 'id = "Điên"').replace(
        'passwords = "passwords.toml"', 'kind = "mqtt"\nhost = "10.0.0.1"\nusername = 7'
    )
    found = faults(folder, text + '[web]\nhost = "0.0.0.0"\norigins = ["http://hall.example"]\n')
    said = "\n".join(found)
    for part in (
        "hall.id:", "broker.username:", "needs password_file", "needs its port", "tls_ca is needed",
        "served by HTTPS", "http://hall.example must be https", "roster.members: there is no file",
    ):  # fmt: skip
        assert part in said, part
    assert len(found) == 8


def test_a_clash_with_a_faulty_field_is_not_guessed_at(folder: Path) -> None:
    (fault,) = faults(folder, GOOD + '[web]\ntls_cert = 5\ntls_key = "ca.pem"\n')
    assert fault.startswith("web.tls_cert:")


@pytest.mark.parametrize("origin", ["http://hall.example", "http://10.0.0.1:8080"])
def test_origins_beyond_loopback_are_https(folder: Path, origin: str) -> None:
    (fault,) = faults(folder, GOOD + f'[web]\norigins = ["{origin}", "https://hall.example"]\n')
    assert f"{origin} must be https" in fault


def test_an_origin_on_loopback_may_be_clear_text(folder: Path) -> None:
    good = '[web]\norigins = ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:80"]\n'
    assert len(load(write(folder, GOOD + good)).config.web.origins) == 3


def test_a_registrars_desk_has_an_id_that_no_seat_has_and_a_name(folder: Path) -> None:
    (folder / "hall.toml").write_text(GOOD + '[[desk]]\nid = "desk-1"\n')
    (desk,) = load(folder / "hall.toml").config.desk
    assert (desk.id, desk.name["vi"]) == ("desk-1", "Bàn đăng ký")
    twice = '[[desk]]\nid = "desk-1"\n' * 2
    (folder / "hall.toml").write_text(GOOD + twice)
    with pytest.raises(BadFile, match="desk desk-1 stands twice"):
        load(folder / "hall.toml")
    (folder / "hall.toml").write_text(GOOD + '[[desk]]\nid = "087"\n')
    with pytest.raises(BadFile, match=r"desk\.0\.id"):
        load(folder / "hall.toml")
