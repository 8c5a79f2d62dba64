"""`hall pki` as a process: secrets on descriptors and terminals, refusals in two languages."""

import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hall_controller.pki.office import PASSPHRASE

HALL = [sys.executable, "-m", "hall_controller.cli", "pki"]
ROOT = Path(__file__).parents[3]
MEMBERS = """id,name,delegation,since,until,weight,seat
m1,Nguyễn Văn A,Huế,2021-05-23,2021-06-01,,
m2,B,Huế,2021-05-23,,,
"""


@dataclass
class Office:
    folder: Path

    def __call__(
        self, *arguments: object, passphrase: str = PASSPHRASE, answer: str = ""
    ) -> tuple[int, str]:
        read, write = os.pipe()
        os.write(write, f"{passphrase}\n".encode())
        os.close(write)
        done = subprocess.run(
            [*HALL, *map(str, arguments), "--by", "reg-1", "--passphrase-fd", str(read)],
            input=answer, capture_output=True, text=True, check=False, pass_fds=[read], cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        )  # fmt: skip
        os.close(read)
        return done.returncode, done.stdout + done.stderr

    def request(self, name: str) -> Path:
        key, csr = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        self.run("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", key)
        self.run("req", "-new", "-key", key, "-subj", "/CN=what it calls itself", "-out", csr)
        return csr

    def run(self, *arguments: object) -> str:
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture
def office(folder: Path) -> Office:
    (folder.parent / "members.csv").write_text(MEMBERS, "utf-8")
    return Office(folder.parent)


def test_a_request_gets_the_officers_name_for_it_not_its_own(office: Office, tmp_path: Path) -> None:
    code, told = office("issue", office.request("s"), "--server", "hall.example", "--out", "s.pem")
    assert code == 0, told
    text = office.run("x509", "-in", office.folder / "s.pem", "-noout", "-text")
    assert "DNS:hall.example" in text
    assert "what it calls itself" not in text
    code, told = office("issue", office.request("m"), "--member", "m2", "--out", "m.pem")
    assert code == 0, told
    assert "serialNumber = m2" in office.run("x509", "-in", office.folder / "m.pem", "-noout", "-subject")


def test_who_gets_no_certificate(office: Office) -> None:
    csr = office.request("x")
    (office.folder / "forged.csr").write_text(
        csr.read_text()[:-60] + csr.read_text()[-60:].replace("A", "B")
    )
    for arguments, said in (
        ((csr, "--member", "m1"), "không phải đại biểu đương nhiệm"),
        ((csr, "--member", "m9"), "no member in office"),
        (("members.csv", "--member", "m2"), "no certificate request"),
        ((csr, "--officer", "o-1"), "--officer ID with --name NAME"),
    ):
        code, told = office("issue", *arguments, "--out", "x.pem")
        assert code == 2, told
        assert said in told
        assert not (office.folder / "x.pem").exists()


def test_revoking_asks_and_publishes(office: Office) -> None:
    office("issue", office.request("m"), "--member", "m2", "--out", "m.pem")
    code, told = office("revoke", "--holder", "m2", "--reason", "lost", answer="n\n")
    assert code == 2
    assert "Không được xác nhận" in told
    code, told = office("revoke", "--holder", "m2", "--reason", "lost", answer="y\n")
    assert code == 0, told
    assert "pki/lists/cards.crl" in told
    crl = office.run(
        "crl", "-inform", "DER", "-in", office.folder / "pki/lists/cards.crl", "-noout", "-text"
    )
    assert "Revoked Certificates" in crl
    code, told = office("revoke", "--holder", "m2", "--reason", "lost", "--yes")
    assert code == 2
    assert "no such certificate in force" in told
    done = subprocess.run(
        [*HALL, "list", "--holder", "m2"], capture_output=True, text=True, check=True, cwd=office.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )  # fmt: skip
    assert "lost" in done.stdout
    assert re.search(r"register: \d+ [0-9a-f]{64}", done.stdout)


def test_a_states_chain_needs_its_fingerprint_compared(office: Office) -> None:
    root = office.folder / "pki/root.pem"
    (office.folder / "chain.pem").write_text(
        (office.folder / "pki/cards.pem").read_text() + root.read_text()
    )
    print_ = office.run("x509", "-in", root, "-noout", "-fingerprint", "-sha256").partition("=")[2].strip()
    code, told = office("import-chain", "chain.pem", answer="n\n")
    assert code == 2
    assert print_ in told
    assert office("import-chain", "chain.pem", "--fingerprint", "AB:CD")[0] == 2
    assert not (office.folder / "pki/trust").exists()
    code, told = office("import-chain", "chain.pem", "--fingerprint", print_.lower())
    assert code == 0, told
    assert (office.folder / "pki/trust/state.pem").exists()


def test_cards_of_a_state_come_whole_or_not_at_all_and_go_out_again(office: Office) -> None:
    good = f"card,member,kind,since,until\n{'ab' * 32},m2,member,2026-01-01,2031-01-01\n"
    (office.folder / "cards.csv").write_text(good + "zz,m9,member,2026,2031-01-01\n", "utf-8")
    code, told = office("import-cards", "cards.csv")
    assert code == 2
    assert "line 3, column member: there is no member m9 / dòng 3, cột member: không có đại biểu m9" in told
    (office.folder / "cards.csv").write_text(good, "utf-8")
    assert office("import-cards", "cards.csv")[0] == 0
    done = subprocess.run(
        [*HALL, "export-cards", "out.csv"], cwd=office.folder, check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (office.folder / "out.csv").read_text("utf-8") == good


@pytest.mark.parametrize("passphrase", ["", "short", "a wrong one that is long"])
def test_a_wrong_passphrase(office: Office, passphrase: str) -> None:
    code, told = office("crl", passphrase=passphrase)
    assert code == 2
    assert told.startswith("✗ Mật khẩu của kho khóa không đúng.")
    assert "Warning" not in told


def test_a_register_that_was_changed_stops_everything(office: Office) -> None:
    register = office.folder / "pki/register.jsonl"
    register.write_bytes(register.read_bytes().replace(b"reg-1", b"reg-2"))
    code, told = office("crl")
    assert code == 2
    assert "line 1 of the register" in told


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    """Founding by hand: the passphrase is typed at a prompt, and stands nowhere on the screen."""
    command = [*HALL, "init", "--name", "CA thử", "--organisation", "HĐND", "--by", "reg-1"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    screen = _typed(ours, ["Mật khẩu kho khóa", "Một lần nữa"], f"{PASSPHRASE}\n")
    assert process.wait(20) == 0, screen
    os.close(ours)
    assert PASSPHRASE not in screen
    assert (tmp_path / "pki/lists/cards.crl").exists()


def _typed(terminal: int, prompts: list[str], line: str) -> str:
    """Types the line at each prompt; returns what was on the screen."""
    screen, waiting, until = b"", list(prompts), time.monotonic() + 20
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:
                break
            if not data:
                break
            screen += data
        if waiting and waiting[0].encode() in screen and screen.endswith(b": "):
            os.write(terminal, line.encode())
            screen += b"\n"
            waiting.pop(0)
    return screen.decode(errors="replace")
