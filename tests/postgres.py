"""A PostgreSQL server of the tests' own: started in a temporary directory, gone after the session."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_START_S = 20.0


def _as_server_user(command: list[str]) -> list[str]:
    """postgres refuses to run as root: then it runs as the user that Debian's package made for it."""
    if os.getuid() != 0:
        return command
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _initialise(home: Path, password: str) -> Path:
    data = home / "data"
    secret = home / "password"
    secret.write_text(password)
    if os.getuid() == 0:
        for mine in (home, secret):
            shutil.chown(mine, "postgres", "postgres")
    command = [
        _BINARIES[-1] / "initdb",
        "-D",
        data,
        "-U",
        "hall",
        "-A",
        "scram-sha-256",
        f"--pwfile={secret}",
    ]
    command += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        _as_server_user([str(part) for part in command]), check=True, capture_output=True, cwd="/"
    )
    return data


def _await_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The server's address, `user:password@host:port`, without a database."""
    if not _BINARIES:
        pytest.skip("PostgreSQL is not installed")
    # Not below pytest's own directory: that is closed to other users, the server's among them.
    with tempfile.TemporaryDirectory(prefix="hall-postgres-") as home:
        yield from _served(Path(home))


def _served(home: Path) -> Iterator[str]:
    password, port, log = secrets.token_hex(16), _free_port(), home / "log"
    data = _initialise(home, password)
    command = [str(_BINARIES[-1] / "postgres"), "-D", str(data), "-k", str(home), "-p", str(port)]
    command += ["-c", "listen_addresses=127.0.0.1"]
    with log.open("wb") as output:
        server = subprocess.Popen(_as_server_user(command), stdout=output, stderr=output, cwd="/")
    address = f"hall:{password}@127.0.0.1:{port}"
    try:
        _await_ready(server, f"postgresql://{address}/postgres", log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of a new, empty database for one test, as `open_store` takes it."""
    name = f"hall_{secrets.token_hex(6)}"
    with psycopg.connect(f"postgresql://{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql+psycopg://{postgres_server}/{name}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
