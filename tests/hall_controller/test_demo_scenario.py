"""`hall demo --scenario`: a file that is no scenario is told by its name, and by the key that is wrong."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hall_controller.cli import app

ROOT = Path(__file__).parents[2]

SHIPPED = (ROOT / "simulators/scenarios/three-sittings.toml").read_text("utf-8")
FOR_VISITORS = SHIPPED.replace("visitor = true\n", "").replace(
    "[[sittings]]", "[[sittings]]\nvisitor = true"
)


def demo(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["demo", "--headless", *map(str, arguments)])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "can't be read: [Errno 2] No such file or directory"),
        (SHIPPED.replace("seats = 500", ""), "• seats: Field required"),
        (SHIPPED.replace("on = 2019-06-03", "on = []"), "• sittings.0.on: Input should be a valid date"),
        ("[[", "• is not TOML"),
        (FOR_VISITORS, "• sittings: none to re-enact"),
    ],
)
def test_a_scenario_that_cannot_be_played_is_told_in_a_sentence(
    tmp_path: Path, text: str | None, says: str
) -> None:
    file = tmp_path / "mine.toml"
    if text is not None:
        file.write_text(text, "utf-8")
    told = demo("--scenario", file, "--folder", tmp_path / "demo")
    assert told.exit_code == 2
    assert str(file) in told.stderr
    assert says in told.stderr
    assert not (tmp_path / "demo").exists()


def test_a_name_that_is_not_shipped_is_answered_with_those_that_are() -> None:
    told = demo("--scenario", "nothing")
    assert told.exit_code == 2
    assert "no scenario nothing; there are: three-sittings" in told.stderr
