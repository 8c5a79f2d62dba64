"""Mosquitto by TLS, as `hall broker-config` sets it up: `hall run` and `hall bridge` reach it and no other.

Both are processes of their own; the broker's certificate is exchanged under them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hall_controller.cli.demo.furnish import BrokerChoice, furnish
from simulators import scenario as scenarios
from tests.broker import Mosquitto, free_port
from tests.certificates import Issuer
from tests.sittings.furnishing import hall_command, shorten_grace
from tests.sittings.hall_under_test import VOTE, says, until
from tests.sittings.row_with_readers import ROW, SMALLER, HallWithRow

LOGS = ("controller.log", "bridge.log")


class HallByTls(HallWithRow):
    """Its broker speaks TLS with what stands in the folder `tls`."""

    def __init__(self, folder: Path, *, both: bool) -> None:
        """`both`: the broker wants certificates of hall and bridge too."""
        port = free_port()
        furnished = furnish(folder, scenarios.parse(SMALLER), rows=1, broker=BrokerChoice("mqtt", port))
        shorten_grace(folder)
        super().__init__(furnished, (), port)
        (folder / "tls").mkdir()
        self.issuer = Issuer()
        self.issuer.write_root(folder / "tls/ca.pem")
        self.certify(self.issuer)
        self._speak_tls(both)
        self.mosquitto = self._broker(port, both)

    def certify(self, issuer: Issuer, name: str = "127.0.0.1", expired: bool = False) -> None:
        tls = self.furnished.folder / "tls"
        issuer.write(tls / "broker.pem", tls / "broker.key", name, expired)

    async def exchange(self, issuer: Issuer, name: str = "127.0.0.1", expired: bool = False) -> None:
        """Another certificate, under everybody's feet."""
        assert self.mosquitto is not None
        await self.mosquitto.stop()
        self.certify(issuer, name, expired)
        await self.mosquitto.start()

    def _speak_tls(self, both: bool) -> None:
        folder = self.furnished.folder
        for file, user in (("hall.toml", "hall"), (f"{ROW}.toml", ROW)):
            words = '[broker]\ntls_ca = "tls/ca.pem"\n'
            if both:
                self.issuer.write(folder / f"tls/{user}.pem", folder / f"tls/{user}.key", user)
                words += f'tls_cert = "tls/{user}.pem"\ntls_key = "tls/{user}.key"\n'
            text = (folder / file).read_text("utf-8")
            (folder / file).write_text(text.replace("[broker]\n", words), "utf-8")

    def _broker(self, port: int, both: bool) -> Mosquitto:
        tls, out = self.furnished.folder / "tls", self.furnished.folder / "broker"
        asked = ["--tls-cert", tls / "broker.pem", "--tls-key", tls / "broker.key"]
        asked += ["--tls-ca", tls / "ca.pem"] if both else []
        done = hall_command(
            "broker-config", "--out", out, "--port", str(port), *asked, "--config", self.furnished.config
        )
        assert done.returncode == 0, done.stderr
        return Mosquitto(out / "mosquitto.conf", port)

    def told(self, since: dict[str, int]) -> dict[str, str]:
        """What each process has logged since."""
        folder = self.furnished.folder
        return {log: (folder / log).read_text("utf-8")[since.get(log, 0) :] for log in LOGS}

    async def both_say(self, since: dict[str, int], reason: str) -> None:
        """A line of each that says that there is no bus, and why."""

        def said() -> bool:
            lines = (text.splitlines() for text in self.told(since).values())
            return all(any('"bus_' in one and reason in one for one in told) for told in lines)

        await until(said, what=f"for {reason}")

    def lines_so_far(self) -> dict[str, int]:
        return {log: len(text) for log, text in self.told({}).items()}


@asynccontextmanager
async def hall_by_tls(folder: Path, *, both: bool = False) -> AsyncIterator[HallByTls]:
    hall = HallByTls(folder, both=both)
    try:
        await hall.start()
        yield hall
    finally:
        await hall.stop()


async def _message_each_way(hall: HallByTls, act: str, said: str) -> None:
    """Up: that the row's units are there. Down: what they are to say."""
    await hall.everything_online()
    await hall.officer.act(act, **({"vote": VOTE} if act == "announce" else {}))
    await until(lambda: all(said in says(person) for person in hall.people), what=f"for {said}")


@pytest.mark.parametrize("both", [False, True], ids=["broker", "everybody"])
async def test_messages_go_both_ways(tmp_path: Path, both: bool) -> None:
    async with hall_by_tls(tmp_path / "hall", both=both) as hall:
        await hall.officer.act("open_sitting")
        await _message_each_way(hall, "announce", "TOAN VAN DT NQ")
        assert all('"event": "bus_' not in text for text in hall.told({}).values())


async def test_a_broker_that_is_not_the_halls_is_refused(tmp_path: Path) -> None:
    """Both say why, and come back by themselves when it is the true one again."""
    async with hall_by_tls(tmp_path / "hall") as hall:
        await hall.officer.act("open_sitting")
        for issuer, name, expired, reason in (
            (Issuer("Somebody else's authority"), "127.0.0.1", False, "unable to get local issuer"),
            (hall.issuer, "127.0.0.2", False, "not valid for '127.0.0.1'"),
            (hall.issuer, "127.0.0.1", True, "certificate has expired"),
        ):
            before = hall.lines_so_far()
            await hall.exchange(issuer, name, expired)
            await hall.both_say(before, reason)
            await hall.officer.until(lambda view: not view["health"]["broker"])
        await hall.exchange(hall.issuer)
        await _message_each_way(hall, "announce", "TOAN VAN DT NQ")


async def test_who_shows_no_certificate_where_it_is_wanted_stays_out(tmp_path: Path) -> None:
    hall = HallByTls(tmp_path / "hall", both=True)
    config = tmp_path / "hall" / f"{ROW}.toml"
    lines = config.read_text("utf-8").splitlines(keepends=True)
    config.write_text("".join(one for one in lines if not one.startswith(("tls_cert", "tls_key"))), "utf-8")
    try:
        assert hall.mosquitto is not None
        await hall.mosquitto.start()
        await hall.start_controller()
        hall.start_bridge(ROW)
        bridge_log = tmp_path / "hall" / "bridge.log"
        await until(
            lambda: '"event": "bus_' in bridge_log.read_text("utf-8"), what="for the bridge's refusal"
        )
        assert hall.officer.view["health"]["seats_online"] == 0
        assert "certificate required" in bridge_log.read_text("utf-8")
    finally:
        await hall.stop()
