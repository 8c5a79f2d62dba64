"""By which authorities, lists, answers and decisions a card is judged now; they come while the hall runs.

`hall verify` judges a sign-in or a ballot by what stands before it in the log. One that was judged before a
new list was recorded may be recorded behind it: so until then both must let a card in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from audit.algorithms import ANY, Algorithms
from audit.path import MEMBERS, CertificatePolicy
from audit.trust import Identity, TrustStore
from audit.waiver import Waiver
from hall_controller.founding import Founded, Founding
from hall_controller.trust_stores import TrustStores

AHEAD = timedelta(seconds=30)
"""What is judged now is recorded a little later, by that time's lists: they must be good for both. Longer
than any commit that isn't noted as an interruption of recording."""


class CardTrust:
    """A list once in force goes on counting: a card that it names stays refused, since whoever verifies the
    log will hold it against the hall."""

    def __init__(
        self,
        ca: Iterable[bytes],
        crls: Iterable[bytes] = (),
        *,
        answers: Iterable[bytes] = (),
        algorithms: Algorithms = ANY,
        waivers: Iterable[Waiver] = (),
        made: TrustStores | None = None,
    ) -> None:
        """All DER; `made`: the hall's own, so that what one has judged the other knows. Raises
        Untrusted("malformed")."""
        self._made = made or TrustStores(ca, algorithms)
        self._lists, self._answers = tuple(dict.fromkeys(crls)), tuple(dict.fromkeys(answers))
        self._waivers = tuple(waivers)
        self._stores: tuple[TrustStore, ...] = (self._store(self._lists, self._answers),)
        """What holds, and what is about to."""
        self._followed: Founded | None = None

    @classmethod
    def standing(cls, known: Founding, founded: Founded, made: TrustStores | None = None) -> "CardTrust":
        """As the log has it: every list, answer and decision so far."""
        return cls(
            known.ca,
            founded.crl,
            answers=founded.ocsp,
            algorithms=known.algorithms,
            waivers=founded.waivers,
            made=made,
        )

    def judge(self, cert_der: bytes, at: datetime, policy: CertificatePolicy = MEMBERS) -> Identity:
        """As TrustStore does, for now and until it is recorded. `policy`: whose it should be."""
        found = [store.judge(cert_der, when, policy) for store in self._stores for when in (at, at + AHEAD)]
        return found[-1]

    def check_list(self, crl: bytes, at: datetime) -> None:
        """Whether it may come into force. Raises Untrusted, as TrustStore does."""
        self._stores[0].check_list(crl, at)

    def check_answer(self, answer: bytes, at: datetime) -> None:
        """The same for an OCSP answer."""
        self._stores[0].check_answer(answer, at)

    def lists_are_current(self, at: datetime) -> bool:
        return self._stores[0].lists_are_current(at)

    def comes(self, crls: Iterable[bytes], answers: Iterable[bytes] = ()) -> None:
        """From here on these must let a card in as well. Raises Untrusted("malformed")."""
        lists, more = self._with(crls, answers)
        self._stores = (self._stores[0], self._store(lists, more))

    def holds(self, crls: Iterable[bytes], answers: Iterable[bytes] = ()) -> None:
        """They are recorded: they are in force, and all before them."""
        self._lists, self._answers = self._with(crls, answers)
        self._stores = (self._store(self._lists, self._answers),)

    def follow(self, founded: Founded) -> bool:
        """Takes over what stands in the log and isn't held, however it came there; whether there was any.

        A list whose commit was uncertain is recorded, or not: only the log says which.
        """
        if founded is self._followed:
            return False
        self._followed = founded
        lists, answers = self._with(founded.crl, founded.ocsp)
        if (lists, answers, founded.waivers) == (self._lists, self._answers, self._waivers):
            return False
        self._waivers = founded.waivers
        self.holds(founded.crl, founded.ocsp)
        return True

    def _with(
        self, crls: Iterable[bytes], answers: Iterable[bytes]
    ) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """What is held and these, each once, in the order of the log."""
        return tuple(dict.fromkeys((*self._lists, *crls))), tuple(dict.fromkeys((*self._answers, *answers)))

    def _store(self, lists: tuple[bytes, ...], answers: tuple[bytes, ...]) -> TrustStore:
        return self._made.by(lists, answers, self._waivers)
