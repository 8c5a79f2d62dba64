"""By which authorities and lists a card is judged now; lists come while the hall runs.

`hall verify` judges a sign-in by the lists that stand before it in the log. One that was judged before a
new list was recorded may be recorded behind it: so until then both must let a card in.
"""

from collections.abc import Iterable
from datetime import datetime

from audit.trust import Identity, TrustStore


class CardTrust:
    """A list once in force goes on counting: a card that it names stays refused, since whoever verifies the
    log will hold it against the hall."""

    def __init__(self, roots: Iterable[bytes], crls: Iterable[bytes]) -> None:
        """All DER. Raises Untrusted("malformed")."""
        self._roots, self._crls = tuple(roots), tuple(dict.fromkeys(crls))
        self._stores: tuple[TrustStore, ...] = (TrustStore(self._roots, self._crls),)
        """What holds, and what is about to."""

    def judge(self, cert_der: bytes, at: datetime) -> Identity:
        """As TrustStore does."""
        return [store.judge(cert_der, at) for store in self._stores][-1]

    def check_list(self, crl: bytes, at: datetime) -> None:
        """Whether it may come into force. Raises Untrusted, as TrustStore does."""
        self._stores[0].check_list(crl, at)

    def lists_are_current(self, at: datetime) -> bool:
        return self._stores[0].lists_are_current(at)

    def comes(self, crls: Iterable[bytes]) -> None:
        """From here on these lists must let a card in as well."""
        self._stores = (self._stores[0], TrustStore(self._roots, (*self._crls, *crls)))

    def holds(self, crls: Iterable[bytes]) -> None:
        """They are recorded: they are in force, and all before them."""
        self._crls = tuple(dict.fromkeys((*self._crls, *crls)))
        self._stores = (TrustStore(self._roots, self._crls),)
