"""A bridge: the thin shell around a row. Events in, effects out, one timer; everything decided is the
row's.

    consoles ─┐                    ┌─ faces
    cards ────┼─▶ Row (pure) ─ take ┼─ statements, messages
    hall ─────┘                    └─ cards to be asked

220 bridges run in one process of the simulated hall: few tasks each, no timer that runs without need.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from audit.signing import to_jwk
from firmware_bridge.card_desk import CardDesk
from firmware_bridge.errors import BridgeError
from firmware_bridge.hall_link import HallLink
from firmware_bridge.messages import Down, State
from firmware_bridge.ports import CardReaders, ConsoleBus
from firmware_bridge.receipt import Receipt
from firmware_bridge.row import Row

log = structlog.get_logger(__name__)

HELLO_AGAIN_S = 1.0
"""Until the hall has answered with its state."""
LINE_AGAIN_S = 1.0
"""After a line or a reader service was lost."""


class Bridge:
    """`seats`: console address by seat; card readers' slots are named by seat. `token`: so many random
    bytes.

    `now` is the line's time in seconds: the event loop's, unless a test says otherwise.
    """

    def __init__(
        self,
        seats: Mapping[str, int],
        consoles: ConsoleBus,
        readers: CardReaders | None,
        link: HallLink,
        *,
        token: Callable[[int], bytes],
        now: Callable[[], float] | None = None,
    ) -> None:
        # PINs from phones are sealed to this key; whoever keeps a sealed one keeps nothing after a restart.
        pin_key = ec.generate_private_key(ec.SECP256R1())
        public = None if readers is None else to_jwk(pin_key.public_key())
        self.row = Row(seats, link.check_receipt, public)
        self._consoles = consoles
        self._readers = readers
        self._link = link
        self._now = now or asyncio.get_running_loop().time
        self._desk = (
            CardDesk(self.row, readers, pin_key, now=self._now, token=token, changed=self._slot_changed)
            if readers is not None
            else None
        )
        if readers is None:
            for seat in self.row.seats():
                seat.slot.found_empty(self._now())
        self._timer: asyncio.TimerHandle | None = None
        self._act_soon: asyncio.Handle | None = None
        self._timer_due = 0.0
        self._hello_again_at: float | None = None

    async def run(self) -> None:
        """Serves the row until cancelled. A lost line or reader is tried again; the others go on
        meanwhile."""
        self.row.show_all(self._now())
        self._act()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_up(self._consoles.run))
                tasks.create_task(self._listen_to_consoles())
                tasks.create_task(self._link.run(self._heard, self._joined, self._say_hello))
                if self._readers is not None and self._desk is not None:
                    tasks.create_task(self._keep_up(self._readers.run))
                    tasks.create_task(self._desk.run())
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._act_soon is not None:
                self._act_soon.cancel()

    async def _keep_up(self, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
            except BridgeError as fault:
                log.error("line_lost", fault=str(fault))
            await asyncio.sleep(LINE_AGAIN_S)

    async def _listen_to_consoles(self) -> None:
        async for event in self._consoles.events():
            self.row.console(event, self._now())
            self._soon()

    def _slot_changed(self, seat: str) -> None:
        self.row.refresh(seat, self._now())
        self._soon()

    def _joined(self) -> None:
        self._say_hello()

    def _heard(self, message: Down | Receipt) -> None:
        now = self._now()
        if isinstance(message, Receipt):
            self.row.receipt(message, now)
        else:
            if isinstance(message, State):
                self._hello_again_at = None
            self.row.heard(message, now)
        self._soon()

    def _say_hello(self) -> None:
        self._hello_again_at = self._now() + HELLO_AGAIN_S
        self._link.say([self.row.hello()], [])
        self._set_timer()

    def _soon(self) -> None:
        """One act for all that comes in one turn: a row's presses, a group's receipts."""
        if self._act_soon is None:
            self._act_soon = asyncio.get_running_loop().call_soon(self._act)

    def _act(self) -> None:
        """Carries out what the row wants done, and sees that it is woken in time."""
        self._act_soon = None
        out = self.row.take(self._now())
        for address, face in out.faces.items():
            self._consoles.show(address, face)
        self._link.say(out.sayings, out.statements)
        if self._desk is not None:
            for slot in out.called_off:
                self._desk.call_off(slot)
            for what in out.cards:
                self._desk.ask(what)
            for pin in out.pins:
                self._desk.pin_arrived(pin)
        if out.alert is not None:
            self._consoles.attend(out.alert)
        if out.ask_state:
            self._say_hello()
        self._set_timer()

    def _set_timer(self) -> None:
        times = [self.row.next_due(), self._hello_again_at]
        due = min((at for at in times if at is not None), default=None)
        if self._timer is not None:
            if due is not None and due == self._timer_due:
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            delay = max(0.0, due - self._now())
            self._timer_due = due
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        self._timer = None
        now = self._now()
        if self._hello_again_at is not None and now >= self._hello_again_at:
            if self._link.connected:
                self._say_hello()
            else:
                self._hello_again_at = None  # `joined` says it
        self.row.tick(now)
        self._act()
