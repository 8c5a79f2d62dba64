"""A bridge's end of the bus: what it says is signed and numbered, what it hears is checked before it is
believed.

Knows the hall by its keys alone; the broker may be anybody.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from audit import statement
from audit.errors import BadEvidence, BadSignature
from audit.signing import PublicKey, Signer, thumbprint
from audit.statement import Statement
from firmware_bridge import envelope
from firmware_bridge.checks import BadMessage
from firmware_bridge.links import BusLink, PacedTopic, Topics
from firmware_bridge.messages import Down, Jws, State, Up
from firmware_bridge.receipt import Receipt

log = structlog.get_logger(__name__)


class HallLink:
    """`boot` is random for each start of the bridge. `clock` gives the wall time, aware and in UTC."""

    def __init__(
        self,
        link: BusLink,
        *,
        hall: str,
        bridge: str,
        signer: Signer,
        hall_keys: Iterable[PublicKey],
        boot: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._link = link
        self._hall = hall
        self._bridge = bridge
        self._signer = signer
        self._hall_keys = {thumbprint(key): key for key in hall_keys}
        self._boot = boot
        self._clock = clock
        self._topics = Topics(hall)
        self._n = 0
        self._streams = {bridge: envelope.Numbering(), "all": envelope.Numbering()}
        self._up = PacedTopic(link, self._topics.up(bridge), envelope.pack)
        self._heard: Callable[[Down | Receipt], None] = lambda _: None
        self._lost: Callable[[], None] = lambda: None
        self.dropped = 0
        """Messages and statements that were not the hall's, not new, or not readable."""

    @property
    def connected(self) -> bool:
        return self._link.connected

    async def run(
        self,
        heard: Callable[[Down | Receipt], None],
        joined: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        """Until cancelled. `joined`: on the bus (again). `lost`: something of the hall's never came, ask
        for all."""
        self._heard, self._lost = heard, lost
        await self._link.run(self._arrived, joined)

    def say(self, messages: Sequence[Up], statements: Sequence[Jws]) -> None:
        """Statements first: a ballot doesn't wait behind a report. What is said in one turn goes as one
        message."""
        if messages or statements:
            self._up.say([*statements, *map(self._sealed, messages)])

    def check_receipt(self, jws: Jws) -> Receipt | None:
        """The receipt, if the hall signed it; else None, and it is counted."""
        try:
            sealed = self._verified(jws, statement.RECEIPT)
        except (BadEvidence, BadMessage) as bad:
            self._drop(bad)
            return None
        payload = sealed.payload
        return Receipt(payload["vote"], payload["ballot"], payload["seq"])

    def _sealed(self, message: Up) -> Jws:
        self._n += 1
        return envelope.seal_up(
            message,
            bridge=self._bridge,
            boot=self._boot,
            n=self._n,
            at=self._clock(),
            signer=self._signer,
        )

    def _arrived(self, topic: str, payload: bytes) -> None:
        try:
            statements = envelope.unpack(payload)
        except BadMessage as bad:
            self._drop(bad)
            return
        for jws in statements:
            try:
                self._take(jws)
            except (BadEvidence, BadMessage) as bad:
                self._drop(bad)

    def _take(self, jws: Jws) -> None:
        if statement.typ_of(jws) == statement.RECEIPT:
            receipt = self.check_receipt(jws)
            if receipt is not None:
                self._heard(receipt)
            return
        sealed = self._verified(jws, statement.HALL)
        payload = sealed.payload
        stream = self._streams.get(payload["to"])
        if payload["hall"] != self._hall or stream is None:
            raise BadMessage("not for this bridge")
        message = envelope.open_down(sealed)
        order = stream.take(payload["epoch"], payload["n"])
        if order == "stale":
            raise BadMessage("not newer than what came before")
        if isinstance(message, State):
            self._streams["all"].known_to(payload["epoch"], message.all_n)
        elif order == "gap":
            self._lost()
        self._heard(message)

    def _verified(self, jws: Jws, typ: str) -> Statement:
        sealed = statement.parse(jws, typ)
        key = self._hall_keys.get(sealed.header["kid"])
        if key is None:
            raise BadSignature("not one of the hall's keys")
        statement.verify(sealed, key)
        return sealed

    def _drop(self, why: Exception) -> None:
        self.dropped += 1
        log.warning("bus_statement_dropped", bridge=self._bridge, why=str(why))
