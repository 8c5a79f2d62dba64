"""The register and the vault: nothing is lost, nothing can be changed, a crash leaves no half."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_controller.pki.durable import Lines
from hall_controller.pki.errors import Declined, RegisterBroken
from hall_controller.pki.ledger import Ledger
from hall_controller.pki.vault import Vault
from tests.hall_controller.pki.office import AT, PASSPHRASE, opened


def begun(folder: Path, *guids: str) -> Path:
    with opened(folder) as authority:
        for guid in guids:
            authority.record(AT, "CardBegun", {"card": guid, "holder": "m1", "kind": "member"})
    return folder / "register.jsonl"


def test_every_change_is_noticed(folder: Path) -> None:
    path = begun(folder, "aa", "bb")
    whole = path.read_bytes()
    first, second, third = whole.splitlines(keepends=True)
    changed = {
        "a word": whole.replace(b'"m1"', b'"m2"', 1),
        "a line out": first + third,
        "in another order": first + third + second,
        "a line twice": whole + third,
        "another spelling": whole.replace(b'{"by"', b'{ "by"', 1),
        "the end cut off": first + second,
        "all of it": b"",
    }
    for what, data in changed.items():
        path.write_bytes(data)
        with pytest.raises(RegisterBroken):
            opened(folder)
        assert path.read_bytes() == data, what
    path.write_bytes(whole)
    opened(folder).__exit__()


def test_a_line_by_another_hand_is_noticed(folder: Path) -> None:
    path = begun(folder, "aa")
    last = json.loads(path.read_bytes().splitlines()[-1])
    last["by"] = "somebody-else"
    lines = path.read_bytes().splitlines()[:-1]
    forged = json.dumps(last, separators=(",", ":"), sort_keys=True).encode()
    path.write_bytes(b"\n".join([*lines, forged]) + b"\n")
    with pytest.raises(RegisterBroken, match="signature"):
        Ledger(folder)


def test_a_register_without_its_head_is_noticed(folder: Path) -> None:
    begun(folder, "aa")
    (folder / "register.head").unlink()
    with pytest.raises(RegisterBroken, match=r"register\.head"):
        opened(folder)


def test_power_lost_between_line_and_head_loses_nothing(folder: Path) -> None:
    head = (folder / "register.head").read_bytes()
    begun(folder, "aa")
    (folder / "register.head").write_bytes(head)
    with opened(folder) as authority:
        assert set(authority.register.cards) == {"aa"}


def test_power_lost_in_the_middle_of_a_line(folder: Path) -> None:
    path = begun(folder, "aa")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"by":"reg-1","d":{')
    with opened(folder) as authority:
        assert set(authority.register.cards) == {"aa"}
        authority.record(AT, "CardBegun", {"card": "bb", "holder": "m1", "kind": "member"})
    assert (folder / f"register.jsonl.torn-{len(whole)}").read_bytes() == b'{"by":"reg-1","d":{'
    opened(folder).__exit__()


def test_who_only_reads_mends_nothing(folder: Path) -> None:
    """Another program may be in the middle of that line."""
    path = begun(folder, "aa")
    with path.open("ab") as file:
        file.write(b'{"by":"reg-1"')
    data = path.read_bytes()
    assert set(Ledger(folder).register.cards) == {"aa"}
    assert path.read_bytes() == data


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    """Played on the kernel's own limit for a file's size, in a process of its own."""
    file = tmp_path / "lines"
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from hall_controller.pki.durable import Lines\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))\n"
        f"lines = Lines(Path({str(file)!r})); lines.append(b'a' * 30)\n"
        "try: lines.append(b'b' * 30)\n"
        "except OSError: lines.append(b'c' * 9)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[3])
    assert file.read_bytes() == b"a" * 30 + b"\n" + b"c" * 9 + b"\n"


def test_what_cannot_follow_is_not_written(folder: Path) -> None:
    path = begun(folder, "aa")
    before = path.read_bytes()
    with opened(folder) as authority:
        for kind, d in (("CardPersonalised", {"card": "zz", "serials": []}), ("Nonsense", {})):
            with pytest.raises(RegisterBroken):
                authority.record(AT, kind, d)
        assert path.read_bytes() == before
        authority.record(AT, "CardPersonalised", {"card": "aa", "serials": []})
    opened(folder).__exit__()


def test_the_vault_forgets_nothing_and_shows_nothing(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path, PASSPHRASE)
    vault.put("card/aa/puk", b"31415926")
    vault.put("card/bb/puk", b"27182818")
    vault.put("card/aa/puk", b"16180339")
    again = Vault.open(tmp_path, PASSPHRASE)
    assert again.history("card/aa/puk") == [b"16180339", b"31415926"]
    assert again.history("card/cc/puk") == []
    with pytest.raises(RegisterBroken, match="holds no"):
        again.get("card/cc/puk")
    for name in ("vault.key", "vault.jsonl"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert b"31415926" not in (tmp_path / name).read_bytes()
    with pytest.raises(FileExistsError):
        Vault.create(tmp_path, PASSPHRASE)


def test_a_vault_that_was_changed_is_noticed(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path, PASSPHRASE)
    vault.put("register", b"secret")
    file = tmp_path / "vault.jsonl"
    line = bytearray(file.read_bytes())
    line[-10] ^= 1
    file.write_bytes(bytes(line))
    with pytest.raises(RegisterBroken, match="line 1 of the vault"):
        Vault.open(tmp_path, PASSPHRASE)


def test_a_short_passphrase_is_none(tmp_path: Path) -> None:
    with pytest.raises(Declined, match="at least 12"):
        Vault.create(tmp_path, "ngắn")
    assert not list(tmp_path.iterdir())


@given(st.lists(st.binary(max_size=20).filter(lambda line: 10 not in line)))
def test_lines_come_back_as_they_were_added(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    added = Lines(path)
    for line in lines:
        added.append(line)
    assert Lines(path).read() == lines
