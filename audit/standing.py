"""Whether a certificate was revoked at a moment: lists, answers and the presidium's decisions together.

Whatever fits its issuer and says revoked counts, also a list or answer of another day. That it was not
revoked, only a list or answer that was current then can say; where there is none, the presidium's decision.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from audit.algorithms import Algorithms
from audit.errors import Untrusted
from audit.ocsp import OcspAnswer, Responder
from audit.revocation import RevocationList
from audit.span import ALWAYS, Span
from audit.waiver import Waiver


class Standing:
    """What is held of every authority; of whom each thing is, is asked when it is used."""

    def __init__(
        self,
        crls: Iterable[RevocationList],
        answers: Iterable[OcspAnswer],
        waivers: Iterable[Waiver],
        algorithms: Algorithms,
    ) -> None:
        self._lists: defaultdict[bytes, list[RevocationList]] = defaultdict(list)
        for crl in crls:
            self._lists[crl.issuer].append(crl)
        self._answers: defaultdict[int, list[OcspAnswer]] = defaultdict(list)
        for answer in answers:
            self._answers[answer.serial].append(answer)
        self._waivers = tuple(waivers)
        self._algorithms = algorithms

    def check(self, subject: x509.Certificate, issuer: x509.Certificate, at: datetime) -> Span:
        """From when to when, around `at`, it stands that `subject` wasn't revoked.

        Raises Untrusted with code revoked, unknown (its authority doesn't know it) or crl_missing."""
        lists, answers = list(self.lists_of(issuer)), list(self._answers_about(subject, issuer, at))
        around = ALWAYS
        for crl in lists:
            around = around.within(crl.check(subject, at))
        for answer, _ in answers:
            around = around.within(answer.check(at))
        current = [(answer, who) for answer, who in answers if at in who.span]
        if current and max(current, key=lambda one: one[0].since)[0].is_unknown:
            raise Untrusted("unknown", f"{issuer.subject.rfc4514_string()} knows of no such certificate")
        spans = [crl.span for crl in lists if at in crl.span] + [who.span for _, who in current]
        spans += [one.span for one in self._waivers_for(issuer, at)] if not spans else []
        if not spans:
            raise Untrusted("crl_missing", self._missing(subject, issuer, at))
        return around.within(max(spans, key=lambda span: span.until))

    def lists_of(self, issuer: x509.Certificate) -> Iterator[RevocationList]:
        """Those that are that issuer's own, of whatever day."""
        for crl in self._lists.get(issuer.subject.public_bytes(), ()):
            if crl.unfit(issuer, self._algorithms) is None:
                yield crl

    def answers_of(self, issuer: x509.Certificate) -> Iterator[tuple[OcspAnswer, Responder]]:
        for held in self._answers.values():
            yield from self._fit(held, issuer)

    def _answers_about(
        self, subject: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> Iterator[tuple[OcspAnswer, Responder]]:
        for answer, who in self._fit(self._answers.get(subject.serial_number, ()), issuer):
            if who.exempt or self._may_answer_still(who, issuer, at):
                yield answer, who

    def _fit(
        self, answers: Iterable[OcspAnswer], issuer: x509.Certificate
    ) -> Iterator[tuple[OcspAnswer, Responder]]:
        for answer in answers:
            who = answer.responder(issuer, self._algorithms)
            if isinstance(who, Responder):
                yield answer, who

    def _may_answer_still(self, who: Responder, issuer: x509.Certificate, at: datetime) -> bool:
        """RFC 6960, section 4.2.2.2.1: a delegate whom the issuer doesn't exempt may itself be revoked."""
        assert who.delegate is not None
        lists = list(self.lists_of(issuer))
        try:
            for crl in lists:
                crl.check(who.delegate, at)
        except Untrusted:
            return False
        return any(at in crl.span for crl in lists)

    def _waivers_for(self, issuer: x509.Certificate, at: datetime) -> Iterator[Waiver]:
        fingerprint = issuer.fingerprint(hashes.SHA256()).hex()
        return (one for one in self._waivers if fingerprint in one.authorities and at in one.span)

    def _missing(self, subject: x509.Certificate, issuer: x509.Certificate, at: datetime) -> str:
        lists = self._lists.get(issuer.subject.public_bytes(), ())
        reasons = [crl.unfit(issuer, self._algorithms) for crl in lists]
        for answer in self._answers.get(subject.serial_number, ()):
            who = answer.responder(issuer, self._algorithms)
            reasons.append(None if isinstance(who, Responder) else who)
        known = "; ".join(filter(None, reasons)) or f"{len(reasons)} of other days"
        return f"no list of {issuer.subject.rfc4514_string()} for {at:%Y-%m-%d %H:%M} ({known})"

    def is_current(self, issuer: x509.Certificate, at: datetime) -> bool | None:
        """Whether what is held of an authority is of that moment; None where nothing is held of it."""
        if any(at in crl.span for crl in self.lists_of(issuer)):
            return True
        found = [at in who.span for _, who in self.answers_of(issuer)]
        held = found or self._lists.get(issuer.subject.public_bytes())
        return any(found) if held else None
