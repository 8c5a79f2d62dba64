"""Debian's real pcscd with vpcd's virtual readers, in namespaces of its own: the machine isn't touched.

`play("package.module:scene", readers=2)` runs the coroutine `scene(stage)` in a fresh process beside
a fresh pcscd and returns what it returned (JSON). A process is tied to one pcscd for life (libpcsclite),
hence the process; with several `daemons` each process is told which by `Stage.environment`. The net
namespace is there because vpcd binds every address; the pid one, so that nothing
outlives a test.

It runs as root, as an ordinary user (user namespaces), or, where those are forbidden (in a chroot), through
sudo without a password.
"""

import asyncio
import ctypes
import fcntl
import functools
import importlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from simulators.vpcd import VpcdSlot

REPOSITORY = Path(__file__).parents[2]
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PCSCD_RUN, HOME = Path("/run/pcscd"), Path("/run/stage")
FIRST_PORT = 0x8C7B
SLOTS_A_LIBRARY = 2
SCENE_SECONDS = 60
_NAMESPACES = ["--mount", "--net", "--pid", "--fork", "--kill-child"]


# -- outside: the test -------------------------------------------------------------------------------


def play(scene: str, readers: int = 2, daemons: int = 1, seconds: int = SCENE_SECONDS) -> Any:
    """Skips the test where there is no pcscd or no namespace; fails it with the scene's traceback.

    The readers are shared out evenly among the daemons.
    """
    told = [scene, str(readers), str(daemons), str(seconds)]
    inner = [sys.executable, "-m", "tests.firmware_bridge.pcscd", *told]
    done = subprocess.run(
        [*_entrance(), "env", "PYTHONDONTWRITEBYTECODE=1", *inner],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=seconds + 30,
    )  # fmt: skip
    if done.returncode:
        pytest.fail(f"{scene} as {' '.join(_entrance()) or 'root'}:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


@functools.cache
def _entrance() -> list[str]:
    missing = [name for name in ("pcscd", "unshare") if not _installed(name)] + [VPCD.name] * (
        not VPCD.exists()
    )
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    ways = [["unshare", *_NAMESPACES], ["sudo", "-n", "unshare", *_NAMESPACES]]
    if os.geteuid():
        ways[0] = ["unshare", "--user", "--map-root-user", *_NAMESPACES]
    if _nothing_shared():
        # In a chroot the root's mounts can't be made private; where none is shared, that isn't needed.
        ways += [[*way, "--propagation", "unchanged"] for way in ways]
    for way in ways:
        if _installed(way[0]) and not subprocess.run([*way, "true"], capture_output=True).returncode:
            return way
    pytest.skip("no namespaces for pcscd: neither root, nor user namespaces, nor sudo without a password")


def _installed(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None


def _nothing_shared() -> bool:
    return "shared:" not in Path("/proc/self/mountinfo").read_text()


# -- inside: pcscd, its readers and the scene --------------------------------------------------------


class Stage:
    """What a scene has: `slots` for simulated cards, `readers` by their PC/SC names, and pcscd itself, or
    several of them with as many of the readers each, in order."""

    def __init__(self, home: Path, readers: int, daemons: int = 1) -> None:
        self.slots = [VpcdSlot(FIRST_PORT + n) for n in range(readers)]
        self.readers = [f"Row{n // SLOTS_A_LIBRARY} 00 {n % SLOTS_A_LIBRARY:02d}" for n in range(readers)]
        each = -(-readers // daemons)
        assert each % SLOTS_A_LIBRARY == 0 or daemons == 1, "a driver's two slots belong to one pcscd"
        self.daemons = [Daemon(home / f"pcscd-{n}", alone=daemons == 1) for n in range(daemons)]
        for library in range(-(-readers // SLOTS_A_LIBRARY)):
            _configure(self.daemons[library * SLOTS_A_LIBRARY // each].home, library)

    def environment(self, daemon: int) -> dict[str, str]:
        """What ties a process to this one."""
        return {"PCSCLITE_CSOCK_NAME": str(self.daemons[daemon].socket)}

    async def start(self) -> None:
        for daemon in self.daemons:
            await daemon.start()

    async def kill(self) -> None:
        """As a crash would: nothing is tidied up by pcscd."""
        for daemon in self.daemons:
            await daemon.kill()

    def log(self) -> str:
        return "\n".join(daemon.log() for daemon in self.daemons)


class Daemon:
    """One pcscd. Its socket's place is compiled in, so each of several has a /run/pcscd of its own, bound
    there in a mount namespace that only it sees."""

    def __init__(self, home: Path, alone: bool) -> None:
        home.mkdir()
        self.home = home
        self._run = PCSCD_RUN if alone else home / "run"
        self._run.mkdir(exist_ok=True)
        self.socket = self._run / "pcscd.comm"
        self._alone = alone
        self._pcscd: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        log = (self.home / "log").open("ab")
        pcscd = shutil.which("pcscd", path="/usr/sbin:/usr/bin") or "pcscd"
        command = [pcscd, "--foreground", "--info", "--config", str(self.home / "conf")]
        if not self._alone:
            bound = 'mount --bind "$0" "$1" && shift && exec "$@"'
            # What is mounted in here is private already: nothing has to be made so.
            own = ["unshare", "--mount", "--propagation", "unchanged"]
            command = [*own, "sh", "-c", bound, str(self._run), str(PCSCD_RUN), *command]
        self._pcscd = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        async with asyncio.timeout(10):
            while not self.socket.exists():  # noqa: ASYNC110 - nothing else tells that pcscd is ready
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        assert self._pcscd
        self._pcscd.kill()
        await self._pcscd.wait()
        for left in self._run.iterdir():
            left.unlink()  # else the next pcscd says that another one is running

    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace")


def _configure(home: Path, library: int) -> None:
    """A copy of the driver for every two slots: one copy keeps the state of two slots and no more."""
    (home / "conf").mkdir(exist_ok=True)
    driver = home / f"vpcd{library}.so"
    shutil.copy(VPCD, driver)
    port = FIRST_PORT + SLOTS_A_LIBRARY * library
    (home / "conf" / f"row{library}").write_text(
        f'FRIENDLYNAME "Row{library}"\nDEVICENAME /dev/null:0x{port:X}\n'
        f"LIBPATH {driver}\nCHANNELID 0x{port:X}\n"
    )


@asynccontextmanager
async def _stage(readers: int, daemons: int) -> AsyncIterator[Stage]:
    stage = Stage(HOME, readers, daemons)
    await stage.start()
    try:
        yield stage
    except BaseException:
        print(stage.log()[-4000:], file=sys.stderr)
        raise
    finally:
        for slot in stage.slots:
            await slot.pull()
        await stage.kill()


def _private_run_directory() -> None:
    """pcscd's socket has one compiled-in place; here it is on a file system of this process's own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", b"/run", b"tmpfs", 0, b"mode=0755"):
        raise OSError(ctypes.get_errno(), "no tmpfs on /run")
    PCSCD_RUN.mkdir()
    HOME.mkdir()


def _loopback_up() -> None:
    """As `ip link set lo up`, which a bare Debian lacks."""
    get_flags, set_flags, up = 0x8913, 0x8914, 0x1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, get_flags, request))[1]
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", flags | up))


async def _play(scene: str, readers: int, daemons: int, seconds: int) -> Any:
    module, name = scene.split(":")
    async with asyncio.timeout(seconds), _stage(readers, daemons) as stage:
        return await getattr(importlib.import_module(module), name)(stage)


if __name__ == "__main__":
    _private_run_directory()
    _loopback_up()
    print(json.dumps(asyncio.run(_play(sys.argv[1], *map(int, sys.argv[2:])))))
