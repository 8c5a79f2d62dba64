"""Joins the simulated hall to real bridges, and those to the hall's broker."""

import asyncio
from collections.abc import Iterator

from firmware_bridge.bridge import Bridge
from firmware_bridge.config import BridgeConfig, SeatConfig
from firmware_bridge.mqtt_bus import BrokerAddress
from firmware_bridge.ports import ConsoleBus
from firmware_bridge.serial_bus import SerialBus
from hall_controller.cli.bridge import bridge_of
from hall_controller.cli.demo.furnish import HALL, Furnished
from simulators.hall import BridgePlan, SimulatedHall

BAUD = 115_200


def bridges(furnished: Furnished, simulated: SimulatedHall, broker_port: int) -> Iterator[Bridge]:
    """One bridge a row and one a network console: the same code."""
    for plan in furnished.bridges:
        yield bridge(furnished, simulated, plan, broker_port)


def bridge(furnished: Furnished, simulated: SimulatedHall, plan: BridgePlan, broker_port: int) -> Bridge:
    """One of them, as new: what a bridge that was restarted begins with."""
    config = _config(furnished, simulated, plan, broker_port)
    return bridge_of(config, _consoles(simulated, plan), simulated.readers[plan.id])


async def serve(furnished: Furnished, simulated: SimulatedHall, broker_port: int) -> None:
    """Consoles, lines and bridges, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(simulated.run())
        for bridge in bridges(furnished, simulated, broker_port):
            tasks.create_task(bridge.run())


def _consoles(simulated: SimulatedHall, plan: BridgePlan) -> ConsoleBus:
    if not plan.serial:
        return simulated.panels[plan.id]
    keys = {address: simulated.keys[seat] for seat, address in simulated.addresses(plan).items()}
    return SerialBus(simulated.rows[plan.id].url, keys, baudrate=BAUD, clock=simulated.clock)


def _config(
    furnished: Furnished, simulated: SimulatedHall, plan: BridgePlan, broker_port: int
) -> BridgeConfig:
    seats = tuple(
        SeatConfig(seat, address, simulated.keys[seat], seat)
        for seat, address in simulated.addresses(plan).items()
    )
    return BridgeConfig(
        hall=HALL,
        bridge=plan.id,
        signer=furnished.signers[plan.id],
        hall_keys=(furnished.hall_signer.public_key,),
        line=simulated.rows[plan.id].url if plan.serial else "",
        baud=BAUD,
        broker=BrokerAddress("127.0.0.1", broker_port, plan.id, furnished.passwords[plan.id]),
        seats=seats,
    )
