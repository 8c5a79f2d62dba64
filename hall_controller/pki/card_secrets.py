"""A card's management key and PUK: proved, changed, and kept in the vault before the card learns them.

A card pulled between the two has one of at most two PUKs, and its last try is a person's.
"""

from typing import Protocol

from firmware_bridge.cards.errors import KeyUnknown, ManagementKeyFixed
from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from firmware_bridge.cards.personalise import CardAdministration
from firmware_bridge.cards.piv import Pad
from hall_controller.pki.errors import Declined
from hall_controller.pki.founding import digits
from hall_controller.pki.station_texts import DECLINED
from hall_controller.pki.vault import Vault

FACTORY_PUK = b"12345678"
PUK_DIGITS = 8
LAST_TRY = 1


class Desk(Protocol):
    """The people at the station. Texts are names in `station_texts`."""

    def tell(self, step: str, **facts: str) -> None: ...

    def confirm(self, question: str, **facts: str) -> bool: ...

    def new_pin(self) -> bytes | Pad:
        """Six to eight digits, or PAD: then the reader asks for it."""

    def transport_key(self, algorithm: ManagementAlgorithm) -> bytes | None:
        """Of cards that don't come with the well-known one."""

    def transport_puk(self) -> bytes | None:
        """Likewise."""


def declined(code: str, **facts: str) -> Declined:
    vi, en = DECLINED[code]
    return Declined(code, vi.format(**facts), en.format(**facts))


class CardSecrets:
    def __init__(self, vault: Vault, administration: CardAdministration, desk: Desk) -> None:
        self._vault = vault
        self._administration = administration
        self._desk = desk

    async def prove(self, guid: str | None) -> bool:
        """Whether the card is under a key of the vault's already. Raises Declined, CardError."""
        algorithm = await self._administration.management_algorithm()
        kept = self._vault.history(_management(guid)) if guid else []
        if await self._opens([ManagementKey(algorithm, one[1:]) for one in kept if one[0] == algorithm]):
            return True
        if algorithm.key_bytes == len(FACTORY_KEY) and await self._opens(
            [ManagementKey(algorithm, FACTORY_KEY)]
        ):
            return False
        given = self._desk.transport_key(algorithm)
        if not given or len(given) != algorithm.key_bytes:
            raise declined("foreign_card")
        if not await self._opens([ManagementKey(algorithm, given)]):
            raise declined("foreign_card")
        return False

    async def change_management_key(self, guid: str) -> None:
        """To a random one of the strongest kind that the card takes. Raises Declined, CardError."""
        for algorithm in ManagementAlgorithm:
            key = ManagementKey.random(algorithm)
            # First the vault: a card whose key nobody knows is lost.
            self._vault.put(_management(guid), bytes([algorithm]) + key.value)
            try:
                await self._administration.change_management_key(key)
            except ManagementKeyFixed:
                continue
            await self._administration.prove(key)
            self._desk.tell("key_changed", kind=algorithm.name)
            if algorithm is ManagementAlgorithm.TRIPLE_DES:
                self._desk.tell("only_3des")
            return
        raise declined("key_fixed")

    async def change_puk(self, guid: str) -> bytes:
        """To a random one. Raises Declined, CardError."""
        meant, held = self._vault.history(_puk_meant(guid)), self.puks(guid)
        before = held[0] if held else FACTORY_PUK
        if meant and meant[0] not in held:
            # A run that was cut off meant this one: the card has it, or the one before.
            new, tried = meant[0], [meant[0], before]
        else:
            new, tried = digits(PUK_DIGITS), [before]
            self._vault.put(_puk_meant(guid), new)
        if not await self._changes_puk(tried, new):
            given = self._desk.transport_puk()
            if not given or not await self._changes_puk([given], new):
                raise declined("puk_unknown")
        self._vault.put(_puk(guid), new)
        self._desk.tell("puk")
        return new

    def puks(self, guid: str) -> list[bytes]:
        """That the card had, the newest first."""
        return self._vault.history(_puk(guid))

    async def _opens(self, keys: list[ManagementKey]) -> bool:
        for key in keys:
            try:
                await self._administration.prove(key)
            except KeyUnknown:
                continue
            self._desk.tell("proved", kind=key.algorithm.name)
            return True
        return False

    async def _changes_puk(self, tried: list[bytes], new: bytes) -> bool:
        for old in tried:
            outcome = await self._administration.change_puk(old, new)
            if outcome.ok:
                return True
            if outcome.blocked:
                raise declined("puk_blocked")
            if outcome.tries_left is not None and outcome.tries_left <= LAST_TRY:
                # The last try is left to people who know the PUK.
                break
        return False


def _management(guid: str) -> str:
    return f"card/{guid}/management"


def _puk_meant(guid: str) -> str:
    return f"card/{guid}/puk-meant"


def _puk(guid: str) -> str:
    return f"card/{guid}/puk"
