"""What a hall under test needs beside its own parts: the command line, a broker, its rules."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from hall_controller import rulebooks
from hall_controller.cli.demo.furnish import Furnished
from tests.broker import Mosquitto

ROOT = Path(__file__).parents[2]
BOOK = "vn.qh.2025-03-01"


def hall_command(
    *arguments: str | Path, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """`hall …`, as anybody types it."""
    command = [sys.executable, "-m", "hall_controller.cli", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=120, env=environment
    )


def mosquitto_of(furnished: Furnished, port: int) -> Mosquitto:
    """With the files that `hall broker-config` writes: a user and topic rights for each bridge."""
    out = furnished.folder / "broker"
    done = hall_command("broker-config", "--out", out, "--port", str(port), "--config", furnished.config)
    assert done.returncode == 0, done.stderr
    return Mosquitto(out / "mosquitto.conf", port)


def shorten_grace(folder: Path) -> None:
    """The shipped rules with a grace of a second: these sittings are about other things."""
    text = rulebooks.text(BOOK)
    quick = text.replace("grace_s = { seat = 3, mobile = 6 }", "grace_s = { seat = 1, mobile = 1 }")
    quick = quick.replace(f'id = "{BOOK}"', 'id = "vn.test.2025-03-01"')
    (folder / "rules.toml").write_text(quick, "utf-8")
    programme = folder / "programme.toml"
    planned = programme.read_text("utf-8")
    assert f'"{BOOK}"' in planned
    programme.write_text(planned.replace(f'"{BOOK}"', '"rules.toml"'), "utf-8")
