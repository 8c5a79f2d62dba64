"""`hall key`: secrets that only their owner reads, and public halves as the other files want them."""

import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audit.signing import Ed25519Signer, from_jwk, thumbprint
from hall_controller.cli import app
from hall_controller.key_files import load_signer


def hall(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["key", *words])
    return done.exit_code, done.output


def test_a_signing_key_is_made_and_its_public_half_told_as_toml(tmp_path: Path) -> None:
    file = tmp_path / "row-01.key"
    code, said = hall("new", str(file))
    assert code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    signer = load_signer(file)
    assert isinstance(signer, Ed25519Signer)
    told = tomllib.loads(f"key = {said.strip()}")["key"]
    assert thumbprint(from_jwk(told)) == signer.kid
    assert hall("show", str(file)) == (0, said)


@pytest.mark.parametrize(("kind", "size"), [("console", 32), ("password", 43)])
def test_other_secrets_are_never_printed(tmp_path: Path, kind: str, size: int) -> None:
    file = tmp_path / "secret"
    code, said = hall("new", str(file), "--kind", kind)
    secret = file.read_text().strip()
    assert (code, len(secret)) == (0, size)
    assert secret not in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "row-01.key"
    hall("new", str(file))
    before = file.read_bytes()
    code, _ = hall("new", str(file))
    assert (code, file.read_bytes()) == (2, before)


@pytest.mark.parametrize("content", [b"", b"no key", None])
def test_what_is_no_key_is_said_plainly(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "row-01.key"
    if content is not None:
        file.write_bytes(content)
    code, _ = hall("show", str(file))
    assert code == 2
