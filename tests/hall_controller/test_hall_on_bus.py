"""The whole way, from a key to the log and back to the lamp, on a bus that does as it likes."""

import asyncio
from pathlib import Path

from simulators.bus import SimulatedBus
from tests.hall_on_bus import HallOnBus, on_simulated, until


async def test_a_vote_from_cards_to_lamps(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), rows=(3,), network=2) as here:
        await until(lambda: all("MOI DUA THE VAO" in seat.text for seat in here.everybody))
        await here.open_sitting()
        await here.all_signed_in()
        await here.open_vote()
        await until(lambda: all("TT" in seat.text for seat in here.everybody))
        for seat in here.everybody:
            seat.press("1")
        await until(lambda: all(seat.steady for seat in here.everybody))
        assert here.recorded() == 5
        assert all("DA GHI NHAN" in seat.text for seat in here.everybody)
