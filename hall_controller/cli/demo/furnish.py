"""All that a hall needs before it can start, for the demo: keys, cards, roster, programme, `hall.toml`.

The keys of members' cards and of the authority stay in memory; what is written is what a real hall would
have on its disk, in a folder of its own.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signing import Ed25519Signer, to_jwk
from audit.test_mode import NAME_BEGIN
from hall_controller import rulebooks
from hall_controller.invitations import invite
from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.hall import BridgePlan, plan_bridges
from simulators.scenario import Scenario, ScenarioSitting

HALL = "dien-hong"
ORIGIN = "dienhong.example/hall-test/2026"
CHAMBER = "vn.qh"
ROWS = 20
"""Rows of 15 seats on serial lines; the other 200 seats are network consoles."""
DESKS = ("desk-1",)
"""The registrar's: phones are bound there too, and nobody votes."""
BLOCKS = ("A", "B", "C", "D", "E")
DELEGATIONS = (
    "Hà Nội", "TP Hồ Chí Minh", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Huế", "Nghệ An", "Thanh Hóa",
    "Quảng Ninh", "Lào Cai", "Lạng Sơn", "Đắk Lắk", "Lâm Đồng", "Khánh Hòa", "Đồng Nai", "An Giang",
    "Cà Mau",
)  # fmt: skip
CODE_LIFE = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class DemoMember:
    id: str
    name: str
    seat: str
    card: SimulatedCard
    pin: str


@dataclass(frozen=True, slots=True)
class Furnished:
    """What the demo holds of its hall. `codes`: one-time sign-in codes by whom they are for."""

    folder: Path
    config: Path
    hall_signer: Ed25519Signer
    authority: Authority
    seats: tuple[str, ...]
    bridges: tuple[BridgePlan, ...]
    signers: Mapping[str, Ed25519Signer]
    passwords: Mapping[str, str]
    members: tuple[DemoMember, ...]
    codes: Mapping[str, str]

    @property
    def root_pem(self) -> str:
        return self.authority.root_pem


@dataclass(frozen=True, slots=True)
class BrokerChoice:
    """Which broker the hall's bus runs on. `port` 0, the embedded one's only: a free one at each start."""

    kind: Literal["embedded", "mqtt"] = "embedded"
    port: int = 0


EMBEDDED = BrokerChoice()


def furnish(
    folder: Path,
    scenario: Scenario,
    *,
    rows: int = ROWS,
    store_url: str = "sqlite:///hall.db",
    broker: BrokerChoice = EMBEDDED,
) -> Furnished:
    """Writes the hall's files into `folder`, which must not exist yet. Raises OSError.

    `rows` of 15 seats hang on serial lines, the rest are network consoles; so is the registrar's desk.
    """
    folder.mkdir(parents=True, mode=0o700)
    now = datetime.now(UTC)
    seats = tuple(f"{number:03d}" for number in range(1, scenario.seats + 1))
    bridges = (*plan_bridges(seats, rows), *(BridgePlan(desk, (desk,), False) for desk in DESKS))
    authority = Authority(now, f"{NAME_BEGIN}– CA dùng thử của hội trường mô phỏng")
    hall_key = Ed25519PrivateKey.generate()
    signers = {bridge.id: Ed25519Signer(Ed25519PrivateKey.generate()) for bridge in bridges}
    passwords = {user: secrets.token_urlsafe(32) for user in ("hall", *signers)}
    members = tuple(_members(scenario, seats, authority, now))
    _write(folder / "log.pem", hall_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(folder / "ca.pem", authority.root_pem)
    _write(folder / "crl.der", authority.crl(now))
    _write(folder / "passwords.toml", _table(passwords))
    _write(folder / "broker-password", passwords["hall"])
    _write(folder / "seats.csv", _seats_csv(seats))
    _write(folder / "members.csv", _members_csv(scenario, members))
    _write(folder / "bridges.toml", _bridges_toml(bridges, signers))
    _write(folder / "programme.toml", programme_toml(scenario.sittings))
    _write(folder / "hall.toml", _hall_toml(store_url, broker))
    codes = {
        "script": invite(folder / "invitations", "officer", "thu-ky", now + CODE_LIFE),
        "officer": invite(folder / "invitations", "officer", "khach", now + CODE_LIFE),
        "auditor": invite(folder / "invitations", "auditor", "kiem-toan", now + CODE_LIFE),
    }
    return Furnished(
        folder, folder / "hall.toml", Ed25519Signer(hall_key), authority, seats, bridges, signers,
        passwords, members, codes,
    )  # fmt: skip


def _hall_toml(store_url: str, broker: BrokerChoice) -> str:
    return f"""# The demo's hall. Simulated cards, a throw-away authority, loopback only.
[hall]
id = "{HALL}"
origin = "{ORIGIN}"
name = {{ vi = "Hội trường Diên Hồng (mô phỏng)", en = "Diên Hồng Hall (simulated)" }}
test = true

[store]
url = {_s(store_url)}

[keys]
log = "log.pem"

[trust]
ca = ["ca.pem"]
crl = ["crl.der"]

[broker]
kind = "{broker.kind}"
port = {broker.port}
passwords = "passwords.toml"
password_file = "broker-password"

[roster]
members = "members.csv"
seats = "seats.csv"
bridges = "bridges.toml"
programme = "programme.toml"

[officers]
codes = true
{_desks_toml()}"""


def _desks_toml() -> str:
    return "".join(f"\n[[desk]]\nid = {_s(desk)}\n" for desk in DESKS)


def _write(path: Path, content: str | bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _members(
    scenario: Scenario, seats: Iterable[str], authority: Authority, now: datetime
) -> Iterator[DemoMember]:
    """Numbers for names: what these members are made to vote must not be read as anybody's."""
    free = iter(seats)
    for number in range(1, sum(roll.members for roll in scenario.rolls) + 1):
        id, name = f"dbqh-{number:03d}", f"Đại biểu số {number:03d}"
        pin = f"{secrets.randbelow(10**6):06d}"
        credential = authority.issue(id, name, now)
        yield DemoMember(id, name, next(free), SimulatedCard({0x9A: credential}, pin=pin), pin)


def _members_csv(scenario: Scenario, members: Iterable[DemoMember]) -> str:
    spans = [roll for roll in scenario.rolls for _ in range(roll.members)]
    lines = ["id,name,delegation,since,until,weight,seat"]
    for number, (member, roll) in enumerate(zip(members, spans, strict=True)):
        until = "" if roll.until is None else roll.until.isoformat()
        delegation = DELEGATIONS[number * len(DELEGATIONS) // len(spans)]
        lines.append(
            f"{member.id},{member.name},{delegation},{roll.since.isoformat()},{until},,{member.seat}"
        )
    return "\n".join(lines) + "\n"


def _seats_csv(seats: tuple[str, ...]) -> str:
    rows = [f"{seat},{BLOCKS[number * len(BLOCKS) // len(seats)]}" for number, seat in enumerate(seats)]
    return "\n".join(["seat,block", *rows]) + "\n"


def _bridges_toml(bridges: Iterable[BridgePlan], signers: Mapping[str, Ed25519Signer]) -> str:
    parts = []
    for bridge in bridges:
        key = _inline(to_jwk(signers[bridge.id].public_key))
        parts.append(f"[[bridge]]\nid = {_s(bridge.id)}\nkey = {key}\nseats = {json.dumps(bridge.seats)}\n")
    return "\n".join(parts)


def programme_toml(sittings: Iterable[ScenarioSitting]) -> str:
    """The scenario's sittings as a hall's programme: what is planned, and nothing of how it came out."""
    lines: list[str] = []
    for sitting in sittings:
        book = rulebooks.in_force(CHAMBER, sitting.on)
        lines += ["[[sittings]]", f"id = {_s(sitting.id)}", f"on = {sitting.on.isoformat()}"]
        lines += [f"title = {_inline(sitting.title)}", f"rulebook = {_s(book)}", ""]
        for item in sitting.items:
            lines += ["[[sittings.items]]", f"title = {_inline(item.title)}", ""]
            for vote in item.votes:
                lines += ["[[sittings.items.votes]]", f"id = {_s(vote.id)}", f"kind = {_s(vote.kind)}"]
                lines.append(f"title = {_inline(vote.title)}")
                if vote.option is not None:
                    lines.append(f"option = {_inline(vote.option)}")
                if vote.supersedes is not None:
                    lines.append(f"supersedes = {_s(vote.supersedes)}")
                lines.append("")
    return "\n".join(lines)


def _s(text: str) -> str:
    """A TOML basic string: JSON's escapes are all TOML's too."""
    return json.dumps(text, ensure_ascii=False)


def _inline(table: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{name} = {_s(value)}" for name, value in table.items()) + " }"


def _table(table: Mapping[str, str]) -> str:
    return "".join(f"{_s(name)} = {_s(value)}\n" for name, value in table.items())
