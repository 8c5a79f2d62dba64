"""The desk where cards are given out: one card on one reader, from blank to a member's, or to a new PIN.

    which card? ▸ confirmed ▸ management key proved ▸ number ▸ management key changed ▸ PUK ▸ PIN
    ▸ for 9A and 9C: key made on the card ▸ certificate registered ▸ written ▸ read back, test signed ▸ done

Each secret is in the vault before the card learns it, each certificate in the register before the card
holds it. So a card pulled anywhere in between can be begun anew, and nothing given is forgotten.
"""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from firmware_bridge.cards.errors import CardUntrue, PinBlocked, PinWrong
from firmware_bridge.cards.keys import key_of
from firmware_bridge.cards.personalise import CardAdministration, KeyKind
from firmware_bridge.cards.piv import Pad, Slot
from firmware_bridge.ports import StationConnection
from hall_controller.pki import pin_choice
from hall_controller.pki.authority import Authority
from hall_controller.pki.card_secrets import LAST_TRY, CardSecrets, Desk, declined
from hall_controller.pki.errors import Declined
from hall_controller.pki.profiles import Kind, Wanted
from hall_controller.pki.register import Card, Issued


@dataclass(frozen=True, slots=True)
class Order:
    """Whose card is to be made."""

    holder: str
    name: str
    kind: Kind = Kind.MEMBER
    day: str | None = None
    """Of a provisional card."""
    until: datetime | None = None
    """Not longer than this: the end of a mandate."""
    key: KeyKind = KeyKind.P256
    replaces: str | None = None
    """A reason of `lists.REASONS`: what the holder has in force is revoked for it."""
    again: bool = False
    """This very card may be in force already."""


class Station:
    def __init__(
        self, authority: Authority, connection: StationConnection, desk: Desk, now: Callable[[], datetime]
    ) -> None:
        self._authority = authority
        self._administration = CardAdministration(connection)
        self._secrets = CardSecrets(authority.vault, self._administration, desk)
        self._desk = desk
        self._now = now

    async def personalise(self, order: Order) -> Card:
        """Raises Declined, CardError (CardGone: put the card back and call again), RegisterBroken."""
        begin, end = self._authority.span(order.kind, self._now(), day=order.day, until=order.until)
        await self._administration.select()
        known = await self._known()
        elsewhere = self._check(order, known)
        self._confirm(order, known)
        own = await self._secrets.prove(known.guid if known else None)
        if known and known.finished and not own:
            # A card that we finished is under our key: this one only bears its number.
            raise declined("foreign_card")
        guid = self._begin(order, known, elsewhere)
        await self._administration.name(bytes.fromhex(guid), f"{end:%Y%m%d}")
        if not own:
            await self._secrets.change_management_key(guid)
        pin = await self._set_secrets(guid)
        made = [await self._certify(order, slot, guid, begin, end) for slot in Slot]
        await self._test(made, pin)
        serials = [f"{x509.load_der_x509_certificate(der).serial_number:x}" for _, der in made]
        self._record("CardPersonalised", card=guid, holder=order.holder, serials=serials)
        self._desk.tell("done", holder=order.holder)
        return self._authority.register.cards[guid]

    async def unblock(self) -> Card:
        """A new PIN by the PUK in the vault. Raises Declined, CardError, PinNotGiven."""
        await self._administration.select()
        card = await self._known()
        if card is None:
            raise declined("not_ours")
        pin = self._ask_pin()
        for puk in self._secrets.puks(card.guid):
            try:
                (await self._administration.set_pin(puk, pin)).require()
            except PinWrong as wrong:
                if (wrong.tries_left or 0) <= LAST_TRY:
                    break
                continue
            except PinBlocked as blocked:
                raise declined("puk_blocked") from blocked
            self._record("CardUnblocked", card=card.guid, holder=card.holder)
            self._desk.tell("unblocked", holder=card.holder)
            return card
        raise declined("puk_unknown")

    # -- before anything changes ---------------------------------------------------------------------

    async def _known(self) -> Card | None:
        guid = await self._administration.guid()
        return self._authority.register.cards.get(guid.hex()) if guid else None

    def _check(self, order: Order, known: Card | None) -> list[Issued]:
        """What the holder has in force on other cards, and this order replaces. Raises Declined."""
        self._authority.check_holder(order.kind, order.holder)
        here = known.guid if known else None
        live = [one for one in self._authority.register.of(order.holder) if one.live(self._now())]
        elsewhere = [one for one in live if one.kind == order.kind and one.card and one.card != here]
        if elsewhere and not order.replaces:
            serials = ", ".join(one.serial for one in elsewhere)
            raise declined("has_card", holder=order.holder, serials=serials)
        if known and known.finished and self._live_on(known.guid) and not order.again:
            raise declined("personalised", owner=known.holder)
        return elsewhere

    def _confirm(self, order: Order, known: Card | None) -> None:
        facts = {"holder": order.holder, "name": order.name}
        in_force = known is not None and known.finished and bool(self._live_on(known.guid))
        if known is not None and in_force:
            sure = self._desk.confirm("again", owner=known.holder, **facts)
        else:
            sure = self._desk.confirm("blank", **facts)
        if not sure:
            raise declined("not_confirmed")

    def _live_on(self, guid: str) -> list[Issued]:
        return [one for one in self._authority.register.on_card(guid) if one.live(self._now())]

    # -- now it does ---------------------------------------------------------------------------------

    def _begin(self, order: Order, known: Card | None, elsewhere: list[Issued]) -> str:
        """In the register only: what the card's keys were certified for ends before they do."""
        guid = known.guid if known else uuid.uuid4().hex
        self._desk.tell("card" if known else "new_card", guid=guid)
        if known and not known.finished:
            self._desk.tell("goes_on")
        here = self._live_on(guid)
        reason = "superseded" if known and known.finished else "cessationOfOperation"
        self._authority.revoke([one.serial for one in here], reason, self._now())
        if order.replaces:
            self._authority.revoke([one.serial for one in elsewhere], order.replaces, self._now())
        self._record("CardBegun", card=guid, holder=order.holder, kind=order.kind.value)
        return guid

    async def _set_secrets(self, guid: str) -> bytes | Pad:
        puk = await self._secrets.change_puk(guid)
        pin = self._ask_pin()
        (await self._administration.set_pin(puk, pin)).require()
        self._desk.tell("pin")
        return pin

    def _ask_pin(self) -> bytes | Pad:
        pin = self._desk.new_pin()
        if isinstance(pin, Pad):
            self._desk.tell("pin_on_pad")
        elif not pin_choice.fit(pin):
            raise Declined("pin_unfit", *pin_choice.OBJECTION)
        return pin

    # -- keys and certificates -----------------------------------------------------------------------

    async def _certify(
        self, order: Order, slot: Slot, guid: str, begin: datetime, end: datetime
    ) -> tuple[Slot, bytes]:
        place = f"{slot.reference:X}"
        self._desk.tell("making", slot=place, kind=order.key.value[0])
        public = await self._administration.generate(slot, order.key)
        wanted = Wanted(
            order.kind, order.holder, order.name, begin, end, slot is Slot.SIGNATURE, day=order.day
        )
        der = self._authority.issue(wanted, public, self._now(), slot=place, card=guid)
        await self._administration.put_certificate(slot, der)
        serial = f"{x509.load_der_x509_certificate(der).serial_number:x}"
        self._desk.tell("written", slot=place, serial=serial)
        return slot, der

    async def _test(self, made: list[tuple[Slot, bytes]], pin: bytes | Pad) -> None:
        """As a reader at a seat meets the card: selected anew, and believed in nothing."""
        await self._administration.select()
        card = self._administration.card
        try:
            for slot, der in made:
                place = f"{slot.reference:X}"
                if await card.certificate(slot) != der:
                    raise CardUntrue(f"the card gives another certificate in {place} than was written")
                if isinstance(pin, Pad):
                    self._desk.tell("test_on_pad", slot=place)
                (await card.verify_pin(pin)).require()
                await card.sign(slot, secrets.token_bytes(32), key_of(der))
                self._desk.tell("tested", slot=place)
        finally:
            await card.forget_pin()

    def _record(self, entry: str, **said: object) -> None:
        self._authority.record(self._now(), entry, said)
