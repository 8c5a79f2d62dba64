"""Whose card answers for a sign-in or a ballot, judged where its entry gets its place in the log.

The law: what `hall verify` will ask of an entry, the hall asks first, of the very same things: the lists,
answers and decisions that stand before it in the log, at the time that it will bear. Judging and placing
are one step of one group, so no list can come between them. Who judged the card earlier (`admission`,
`casting`) spares the queue and tells the member at once; what is recorded rests on this judgement alone.
"""

from datetime import datetime

from audit.errors import Untrusted
from audit.trust import TrustStore
from hall_controller.card_ballots import CardNotTrusted
from hall_controller.founding import Founded
from hall_controller.submission import Submission
from hall_controller.trust_stores import TrustStores
from voting.commands import CastBallot, SignIn


class CardJudge:
    """Asked of each sign-in and each ballot: a card that was judged by these lists is only looked up."""

    def __init__(self, stores: TrustStores) -> None:
        self._stores = stores
        self._founded: Founded | None = None
        self._store: TrustStore | None = None

    def check(self, submission: Submission, founded: Founded, at: datetime) -> None:
        """`founded`: what stands in the log before the entry. Raises CardNotTrusted."""
        if not isinstance(submission.command, SignIn | CastBallot):
            return
        certificate = submission.certificate
        if certificate is None:
            raise TypeError("no card answers for it")  # a fault of ours: nobody is taken at his word
        try:
            self._by(founded).judge(certificate, at)
        except Untrusted as no:
            raise CardNotTrusted(no.code) from no

    def _by(self, founded: Founded) -> TrustStore:
        # Entries that are about nothing of this leave the very object as it was.
        if self._store is None or founded is not self._founded:
            self._store = self._stores.by(founded.crl, founded.ocsp, founded.waivers)
            self._founded = founded
        return self._store
