"""A machine without pyscard: all of cards is there but the PC/SC readers, and those say what is missing."""

import subprocess
import sys
from pathlib import Path

BLOCKED = "import sys; sys.modules['smartcard'] = None\n"
REPOSITORY = Path(__file__).parents[3]


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED + code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_cards_and_their_simulation_need_no_pyscard() -> None:
    names = ["sign_in", "sealed_pin", "piv", "pin_pad", "pcsc_calls", "keys"]
    imports = [f"import firmware_bridge.cards.{name}" for name in names]
    imports += [f"import simulators.{name}" for name in ("card", "readers", "vpcd", "authority")]
    assert run("\n".join(imports) + "\nprint('smartcard.scard' in sys.modules)") == "False"


def test_pcsc_readers_say_what_is_missing() -> None:
    said = run(
        "from firmware_bridge.errors import BridgeError\n"
        "try:\n    import firmware_bridge.cards.pcsc_reader\n"
        "except BridgeError as fault:\n    print(fault)"
    )
    assert "dien-hong[cards]" in said
