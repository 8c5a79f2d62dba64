"""The hall's key is on a PKCS#11 token: a whole sitting, signed there, verified with the public half."""

from dataclasses import replace
from pathlib import Path

from firmware_bridge.cards.pkcs11_uri import parse
from hall_controller.cli.demo.furnish import BrokerChoice, Furnished, furnish
from tests import softhsm
from tests.broker import free_port
from tests.sittings.furnishing import hall_command, shorten_grace
from tests.sittings.hall_under_test import SCENARIO, HallUnderTest, Place, choices
from tests.sittings.proof import proved

LABEL = "dien-hong"


def _moved_to_a_token(furnished: Furnished, uri: str) -> Furnished:
    """No file of the hall holds its key any more; its bridges are told the token's public half."""
    from firmware_bridge.cards.token import TokenKey
    from hall_controller.token_signer import TokenSigner

    (furnished.folder / "log.pem").unlink()
    (furnished.folder / "token-pin").write_text(softhsm.PIN + "\n", "ascii")
    toml = furnished.config.read_text("utf-8")
    keys = f'log = "{uri}"\nlog_pin_file = "token-pin"'
    furnished.config.write_text(toml.replace('log = "log.pem"', keys), "utf-8")
    return replace(furnished, hall_signer=TokenSigner(TokenKey(parse(uri), softhsm.PIN)))  # type: ignore[arg-type]


async def test_a_sitting_whose_log_a_token_signs(tmp_path: Path) -> None:
    uri = softhsm.uri(softhsm.token(LABEL), "log")
    softhsm.keep(LABEL, "log")
    broker = BrokerChoice("embedded", free_port())
    furnished = furnish(tmp_path / "hall", SCENARIO, rows=1, broker=broker)
    shorten_grace(furnished.folder)
    hall = HallUnderTest(_moved_to_a_token(furnished, uri), Place())
    try:
        await hall.start()
        await hall.convene()
        await hall.open_vote()
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote(wanted)
        await hall.kill_controller()
        await hall.start_controller()
        await proved(hall, wanted)
    finally:
        await hall.stop()
    log = (furnished.folder / "controller.log").read_text("utf-8")
    assert softhsm.PIN not in log


def test_without_its_token_a_hall_does_not_start_and_says_why(tmp_path: Path) -> None:
    softhsm.home()
    furnished = furnish(tmp_path / "hall", SCENARIO, rows=1)
    toml = furnished.config.read_text("utf-8")
    uri = softhsm.uri("pkcs11:token=no-such-token", "log")
    furnished.config.write_text(toml.replace('log = "log.pem"', f'log = "{uri}"'), "utf-8")
    done = hall_command("run", "--config", furnished.config)
    assert done.returncode != 0
    assert "log_pin_file" in done.stderr
    (furnished.folder / "pin").write_text("000000", "ascii")
    both = f'log = "{uri}"\nlog_pin_file = "pin"'
    furnished.config.write_text(toml.replace('log = "log.pem"', both), "utf-8")
    done = hall_command("run", "--config", furnished.config)
    assert done.returncode != 0
    assert "no-such-token" in done.stderr
    assert "000000" not in done.stderr + done.stdout


def test_a_pin_file_without_a_token_is_a_fault(tmp_path: Path) -> None:
    furnished = furnish(tmp_path / "hall", SCENARIO, rows=1)
    toml = furnished.config.read_text("utf-8")
    (furnished.folder / "pin").write_text("000000", "ascii")
    both = 'log = "log.pem"\nlog_pin_file = "pin"'
    furnished.config.write_text(toml.replace('log = "log.pem"', both), "utf-8")
    done = hall_command("run", "--config", furnished.config)
    assert done.returncode != 0
    assert "log_pin_file goes with a key on a token" in done.stderr
