"""The twin of the demo's hall: its page on a port of its own, drawn from the plan that the walls show."""

import asyncio

from display.plan import arc
from display.ports import Seat
from display.serving import Opened, server
from hall_controller import roster
from hall_controller.assembly import built_pages
from hall_controller.cli.demo.furnish import DESKS, Furnished
from hall_controller.config import load
from simulators.crowd import Crowd
from simulators.free_members import FreeMembers
from simulators.hall import SimulatedHall
from simulators.twin.app import create_app
from simulators.twin.sight import Place
from simulators.twin.twin import Twin


def twin_of(furnished: Furnished, simulated: SimulatedHall, crowd: Crowd, free: FreeMembers) -> Twin:
    folder = furnished.folder
    seats = roster.load(folder / "members.csv", folder / "seats.csv").seats
    places = [
        Place(place.seat, place.x, place.y, place.block)
        for place in arc([Seat(seat.id, seat.block) for seat in seats])
    ]
    return Twin(simulated, crowd, free, places, DESKS)


async def serve_twin(furnished: Furnished, twin: Twin, opened: Opened) -> None:
    """Serves the page until cancelled, and then lets those who look at it go in order."""
    app = create_app(twin, built_pages(load(furnished.config)), opened.port)
    serving = server(app)
    task = asyncio.create_task(serving.serve(sockets=[opened.socket]))
    try:
        await asyncio.shield(task)
    finally:
        serving.should_exit = True
        await task
