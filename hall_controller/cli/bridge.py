"""`hall bridge`: one row's process. Serial line and PC/SC readers below, the hall's bus above."""

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from firmware_bridge.bridge import Bridge
from firmware_bridge.config import BridgeConfig, BridgeMisconfigured, load
from firmware_bridge.hall_link import HallLink
from firmware_bridge.links import Topics
from firmware_bridge.mqtt_bus import MqttBus
from firmware_bridge.ports import CardReaders, ConsoleBus
from firmware_bridge.serial_bus import SerialBus
from hall_controller.cli import fail
from hall_controller.cli.serve import log_to_stderr, serving

GONE = b"gone"


def link_of(config: BridgeConfig) -> HallLink:
    topics = Topics(config.hall)
    bus = MqttBus(
        config.broker,
        config.bridge,
        [topics.down(config.bridge), topics.to_all],
        (topics.will(config.bridge), GONE),
    )
    return HallLink(
        bus,
        hall=config.hall,
        bridge=config.bridge,
        signer=config.signer,
        hall_keys=config.hall_keys,
        boot=secrets.token_hex(8),
        clock=lambda: datetime.now(UTC),
    )


def bridge_of(config: BridgeConfig, consoles: ConsoleBus, readers: CardReaders | None) -> Bridge:
    seats = {seat.seat: seat.address for seat in config.seats}
    return Bridge(seats, consoles, readers, link_of(config), token=secrets.token_bytes, now=time.monotonic)


def serve(path: Path, err: Console) -> None:
    log_to_stderr()
    try:
        config = load(path)
    except BridgeMisconfigured as error:
        raise fail(error) from error

    async def run() -> None:
        consoles = SerialBus(
            config.line, {seat.address: seat.console_key for seat in config.seats}, baudrate=config.baud
        )
        bridge = bridge_of(config, consoles, _readers(config))
        err.print(f"[bold green]●[/] {config.bridge}: {len(config.seats)} seats on {config.line}")
        await bridge.run()

    serving(run, err)


def _readers(config: BridgeConfig) -> CardReaders | None:
    slots: dict[str | int, str] = {
        seat.reader: seat.seat for seat in config.seats if seat.reader is not None
    }
    tokens = {seat.seat: seat.token for seat in config.seats if seat.token is not None}
    if tokens:
        # As below: python-pkcs11 is an extra too.
        from firmware_bridge.cards.token_card import TokenReaders

        return TokenReaders(tokens)
    if not slots:
        return None
    # Only here: PC/SC is an extra of the installation, for machines that have readers.
    from firmware_bridge.cards.pcsc_reader import PcscReaders

    return PcscReaders(slots)
