"""`hall trust fetch`: lists and answers from the network into a folder, before the sitting.

What is fetched is judged like everything else before it replaces what lies there: a bad answer changes
nothing. A running hall finds the new files itself (`revocation_watch`) and records them.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from audit.errors import Untrusted
from audit.ocsp import OcspAnswer
from audit.path import UNREADABLE
from audit.revocation import RevocationList
from audit.trust import TrustStore, anchors, certificates
from hall_controller.config import Located
from hall_controller.download import Download, NotFetched
from hall_controller.faults import BadFile, read_text
from hall_controller.key_files import load_revocation_list, revocation_list
from hall_controller.trust_addresses import Question, lists_of, questions
from hall_controller.trust_files import ANSWER, LIST, TrustFiles


@dataclass(frozen=True, slots=True)
class Outcome:
    what: str
    """`list` or `answer`."""
    source: str
    until: datetime | None
    fault: str | None = None


class Fetching:
    """Raises BadFile where the configuration's own files can't be read."""

    def __init__(self, located: Located, download: Download) -> None:
        self._download = download
        trust = located.config.trust
        if trust.fetched is None:
            raise BadFile(located.file, ["trust.fetched: a folder for what is fetched is needed"])
        self._folder = located.path(trust.fetched)
        self._urls = list(trust.urls)
        self._good: dict[str, bytes] = {}
        """By file name."""
        ders = [der for path in trust.ca for der in _read(located.path(path))]
        self._authorities = [x509.load_der_x509_certificate(der) for der in ders]
        self._cards = _cards(located)
        roots, between = anchors(ders)
        self._store = TrustStore(
            roots, _held(TrustFiles.of(located)), intermediates=between, algorithms=trust.algorithms.allowed
        )

    def run(self, at: datetime) -> Iterator[Outcome]:
        """Each address once, as it is done; at the end what is good is put in place together, so that a
        running hall takes it as one. Raises OSError where nothing can be written."""
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        everybody = [*self._authorities, *self._cards]
        for address in dict.fromkeys([*self._urls, *lists_of(everybody)]):
            yield self._list(address, at)
        for question in questions(everybody, self._authorities):
            yield self._answer(question, at)
        for name, data in self._good.items():
            self._put(name, data)

    def _list(self, address: str, at: datetime) -> Outcome:
        try:
            der = revocation_list(self._download.get(address))
            self._store.check_list(der, at)
        except (NotFetched, Untrusted, ValueError) as fault:
            return Outcome("list", address, None, str(fault))
        crl = RevocationList(der)
        self._good[f"{sha256(crl.issuer).hexdigest()[:32]}{LIST}"] = der
        return Outcome("list", address, crl.until)

    def _answer(self, question: Question, at: datetime) -> Outcome:
        about = f"{question.subject.subject.rfc4514_string()} at {question.address}"
        try:
            der = self._download.post(question.address, question.request, "application/ocsp-request")
            answer = OcspAnswer(der)
            if answer.serial != question.subject.serial_number or not answer.concerns(question.issuer):
                raise NotFetched("answers about another certificate")
            self._store.check_answer(der, at)
        except (NotFetched, Untrusted) as fault:
            return Outcome("answer", about, None, str(fault))
        self._good[f"{question.fingerprint[:32]}{ANSWER}"] = der
        return Outcome("answer", about, answer.until)

    def _put(self, name: str, data: bytes) -> None:
        """Beside, then renamed: a running hall finds the old file or the new one."""
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as beside:
            beside.write(data)
        Path(beside.name).chmod(0o644)
        Path(beside.name).replace(self._folder / name)


def _read(path: Path) -> list[bytes]:
    try:
        return certificates(read_text(path))
    except Untrusted as error:
        raise BadFile(path, [str(error)]) from error


def _cards(located: Located) -> list[x509.Certificate]:
    folder = located.config.trust.cards
    if folder is None:
        return []
    found = list[x509.Certificate]()
    for path in sorted(located.path(folder).iterdir()):
        if path.suffix in (".pem", ".crt", ".cer", ".der"):
            found.append(_card(path))
    return found


def _card(path: Path) -> x509.Certificate:
    try:
        data = path.read_bytes()
        load = (
            x509.load_pem_x509_certificate if data.startswith(b"-----") else x509.load_der_x509_certificate
        )
        return load(data)
    except (OSError, *UNREADABLE) as error:
        raise BadFile(path, [f"is no certificate: {error}"]) from error


def _held(files: TrustFiles) -> list[bytes]:
    """Lists that lie there: a new one may not be older. One that can't be read is only replaced."""
    held = list[bytes]()
    for path in files.lists():
        try:
            held.append(load_revocation_list(path))
        except BadFile:
            continue
    return held
