"""Verifying needs the base install and nothing more: every other library is kept out of its reach."""

import asyncio
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from hall_controller.export.writing import export
from hall_controller.store import open_reader, open_store
from tests.hall_controller.chamber import Chamber, adjourned, declared, opened, seated, started

ROOT = Path(__file__).parents[2]
_JUDGE = """
import sys
ALLOWED = set(sys.argv[3].split(",")) | set(sys.stdlib_module_names)

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED:
            raise ModuleNotFoundError(f"{name} is not in the base install", name=name)

sys.meta_path.insert(0, Nothing())
from pathlib import Path
from rich.console import Console
from hall_controller.verify import verify
sys.exit(verify(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None, Console()))
"""


def _required(name: str, seen: set[str]) -> set[str]:
    """A distribution with all that it requires without extras."""
    if name in seen:
        return seen
    seen.add(name)
    for requirement in importlib.metadata.requires(name) or ():
        if not re.search(r"extra\s*==", requirement):
            found = re.match(r"[A-Za-z0-9._-]+", requirement)
            assert found is not None
            try:
                _required(found[0].lower(), seen)
            except importlib.metadata.PackageNotFoundError:
                continue  # for another platform or Python
    return seen


def _base_modules() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base: set[str] = set()
    for requirement in project["dependencies"]:
        _required(re.split(r"[<>=]", requirement)[0], base)
    provided = importlib.metadata.packages_distributions()
    modules = {module for module, names in provided.items() if base & {name.lower() for name in names}}
    return modules | {"audit", "voting", "hall_controller"}


def test_the_base_install_is_what_we_think_it_is() -> None:
    modules = _base_modules()
    assert {"cryptography", "rich", "rpds", "rfc8785"} <= modules
    assert not {"sqlmodel", "sqlalchemy", "fastapi", "structlog", "psycopg", "alembic"} & modules


async def _exported(tmp_path: Path) -> None:
    chamber, url = Chamber(size=3), f"sqlite:///{tmp_path}/hall.db"
    hall = await started(chamber, open_store(url))
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    await hall.submit(chamber.people[0].ballot(form, "approve"))
    await declared(chamber, hall)
    await adjourned(hall)
    await hall.close()
    log = open_reader(url)
    export(log, chamber.known, "s1", tmp_path / "out", "auditor")
    log.close()


def test_verifying_needs_the_base_install_only(tmp_path: Path) -> None:
    asyncio.run(_exported(tmp_path))
    command = [sys.executable, "-c", _JUDGE, str(tmp_path / "out"), "", ",".join(_base_modules())]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "consistent" in done.stdout
