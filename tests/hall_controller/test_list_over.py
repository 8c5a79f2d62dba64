"""The list of revoked cards ends in an open vote: a press waits, two people decide, it is recorded."""

import asyncio
from datetime import timedelta
from pathlib import Path

from audit.canonical import sha256_hex
from hall_controller import decisions
from hall_controller.card_trust import AHEAD
from hall_controller.clock import utc_now
from hall_controller.trust_entries import WaiveRevocation
from simulators.bus import SimulatedBus
from tests.hall_on_bus import HallOnBus, on_simulated, until

SIGNING_IN = timedelta(seconds=8)
"""So long the list is still good for what is judged under it."""


async def test_a_press_under_an_old_list_is_recorded_once_it_is_decided(tmp_path: Path) -> None:
    here = HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1, rows=())
    here.authority.list_life = AHEAD + SIGNING_IN
    over = utc_now() + SIGNING_IN
    async with here:
        (seat,) = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(here.all_armed)
        await asyncio.sleep((over - utc_now()).total_seconds() + 1.5)
        seat.press("1")
        await until(lambda: "CHUA DUOC GHI NHAN" in seat.text)
        assert here.recorded() == 0
        assert not seat.steady
        asked = WaiveRevocation(
            (sha256_hex(here.authority.root),), utc_now() + timedelta(hours=1), "Mất kết nối", ("A", "B")
        )
        decisions.leave(tmp_path / "decisions", asked)
        assert here.controller is not None
        await here.controller.revocation.look()
        await until(lambda: seat.steady)
        assert here.effective(seat) == ("approve", 1)
