"""What cards are judged by, made once: the door's judgement and the log's are the same object.

A list of a large authority is dear to read, and a card that was judged by it once is known from then on.
Whoever asks for the same lists, answers and decisions gets what the other asked for already.
"""

from collections.abc import Iterable

from audit.algorithms import ANY, Algorithms
from audit.ocsp import OcspAnswer
from audit.revocation import RevocationList
from audit.trust import TrustStore, anchors
from audit.waiver import Waiver

_KEPT = 4
"""What holds and what is about to, each with and without a decision that just came."""

_Key = tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[Waiver, ...]]


class TrustStores:
    """For one hall's authorities (DER). Raises Untrusted("malformed")."""

    def __init__(self, ca: Iterable[bytes], algorithms: Algorithms = ANY) -> None:
        self._roots, self._between = anchors(ca)
        self._algorithms = algorithms
        self._lists: dict[bytes, RevocationList] = {}
        self._answers: dict[bytes, OcspAnswer] = {}
        self._made: dict[_Key, TrustStore] = {}

    def by(
        self, crls: Iterable[bytes], answers: Iterable[bytes] = (), waivers: Iterable[Waiver] = ()
    ) -> TrustStore:
        """Lists and answers as DER. Raises Untrusted("malformed")."""
        key = tuple(crls), tuple(answers), tuple(waivers)
        made = self._made.pop(key, None) or self._make(*key)
        self._made[key] = made
        while len(self._made) > _KEPT:
            del self._made[next(iter(self._made))]
        return made

    def _make(
        self, crls: tuple[bytes, ...], answers: tuple[bytes, ...], waivers: tuple[Waiver, ...]
    ) -> TrustStore:
        lists = {der: self._lists.get(der) or RevocationList(der) for der in crls}
        read = {der: self._answers.get(der) or OcspAnswer(der) for der in answers}
        self._lists.update(lists)
        self._answers.update(read)
        return TrustStore(
            self._roots, lists.values(), answers=read.values(), intermediates=self._between,
            algorithms=self._algorithms, waivers=waivers,
        )  # fmt: skip
