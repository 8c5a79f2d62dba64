"""By which authorities, lists, answers and decisions a card is judged now; they come while the hall runs.

`hall verify` judges a sign-in or a ballot by what stands before it in the log. One that was judged before a
new list was recorded may be recorded behind it: so until then both must let a card in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from audit.algorithms import ANY, Algorithms
from audit.ocsp import OcspAnswer
from audit.path import MEMBERS, CertificatePolicy
from audit.revocation import RevocationList
from audit.trust import Identity, TrustStore, anchors
from audit.waiver import Waiver
from hall_controller.founding import Founded, Founding

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
    ) -> None:
        """All DER. Raises Untrusted("malformed")."""
        self._roots, self._between = anchors(ca)
        self._lists = {der: RevocationList(der) for der in crls}
        self._answers = {der: OcspAnswer(der) for der in answers}
        self._algorithms, self._waivers = algorithms, tuple(waivers)
        self._stores: tuple[TrustStore, ...] = (self._store(self._lists, self._answers),)
        """What holds, and what is about to."""

    @classmethod
    def standing(cls, known: Founding, founded: Founded) -> "CardTrust":
        """As the log has it: every list, answer and decision so far."""
        return cls(
            known.ca,
            founded.crl,
            answers=founded.ocsp,
            algorithms=known.algorithms,
            waivers=founded.waivers,
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

    def waive(self, waiver: Waiver) -> None:
        """The presidium's decision is recorded: from here on it counts."""
        self._waivers = (*self._waivers, waiver)
        self._stores = (self._store(self._lists, self._answers),)

    def _with(
        self, crls: Iterable[bytes], answers: Iterable[bytes]
    ) -> tuple[dict[bytes, RevocationList], dict[bytes, OcspAnswer]]:
        """What is held and these, each read once."""
        lists = {der: self._lists.get(der) or RevocationList(der) for der in crls}
        more = {der: self._answers.get(der) or OcspAnswer(der) for der in answers}
        return {**self._lists, **lists}, {**self._answers, **more}

    def _store(self, lists: dict[bytes, RevocationList], answers: dict[bytes, OcspAnswer]) -> TrustStore:
        return TrustStore(
            self._roots, lists.values(), answers=answers.values(), intermediates=self._between,
            algorithms=self._algorithms, waivers=self._waivers,
        )  # fmt: skip
