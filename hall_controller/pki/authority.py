"""The authority at work: each act is in the register, on disk, before its outcome leaves this module."""

import base64
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import instant, signing
from audit.errors import BadKey
from audit.signing import PublicKey as AnyKey
from hall_controller.pki import founding, settings
from hall_controller.pki.chain import Chain, fingerprint
from hall_controller.pki.durable import alone, replace_file
from hall_controller.pki.errors import Declined, RegisterBroken
from hall_controller.pki.founding import AUTHORITIES, BACKDATED, CARDS, TLS
from hall_controller.pki.ledger import Ledger
from hall_controller.pki.lists import REASONS, revocation_list
from hall_controller.pki.profiles import ON_CARDS, Kind, PublicKey, Wanted, certificate
from hall_controller.pki.register import Issued, Register
from hall_controller.pki.vault import Vault

LISTS, TRUST = "lists", "trust"


class Authority:
    """Open for one officer's acts: `with Authority(folder, passphrase, by) as authority: …`.

    Raises Declined (passphrase; another program is at it), BadFile, RegisterBroken.
    """

    def __init__(self, folder: Path, passphrase: str, by: str) -> None:
        founding.check_officer(by)
        self.folder, self.by = folder, by
        self.settings = settings.load(folder)
        self._open = ExitStack()
        try:
            self._open.enter_context(alone(folder))
        except BlockingIOError as error:
            raise Declined(
                "busy", "Một chương trình khác đang dùng kho khóa này.",
                "Another program is at work in this authority's folder.",
            ) from error  # fmt: skip
        try:
            self.vault = Vault.open(folder, passphrase)
            self._signer = founding.register_signer(self.vault)
            self.ledger = Ledger(folder, self._signer.public_key)
            if not self.ledger.entries:
                raise RegisterBroken("the register is empty: the authority was not founded to the end")
        except BaseException:
            self._open.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def register(self) -> Register:
        return self.ledger.register

    def record(self, at: datetime, kind: str, d: Mapping[str, Any]) -> None:
        """Raises Declined where this machine's clock went back: lists and lives would be wrong."""
        last = self.register.last
        if last is not None and at < last - timedelta(seconds=1):
            told = f"{last:%Y-%m-%d %H:%M} UTC"
            raise Declined(
                "clock_back",
                f"Đồng hồ máy này lùi lại: mục cuối của sổ ghi lúc {told}.",
                f"This machine's clock went back: the register's last entry is of {told}.",
            )
        self.ledger.append(self._signer, at, self.by, kind, d)

    def span(
        self, kind: Kind, at: datetime, *, day: str | None = None, until: datetime | None = None
    ) -> tuple[datetime, datetime]:
        """From when to when a certificate of this kind is good. Raises Declined for a day that is over."""
        if kind is Kind.PROVISIONAL:
            begin, end = self._day(day)
            if end <= at:
                raise Declined("day_over", f"Ngày {day} đã qua.", f"{day} is over.")
            return begin, end
        days = self.settings.card_years * 365 if kind in ON_CARDS else self.settings.device_days
        end = at + timedelta(days=days)
        return at - BACKDATED, min(end, until) if until else end

    def check_holder(self, kind: Kind, holder: str) -> None:
        """A certificate says only an id: no officer's may be a member's, or one card would be both.

        Raises Declined.
        """
        officer = kind is Kind.OFFICER
        held = [Kind(one.kind) for one in self.register.of(holder) if one.kind in ON_CARDS]
        if kind in ON_CARDS and any((one is Kind.OFFICER) != officer for one in held):
            raise Declined(
                "id_of_another", f"Mã {holder} đã dùng cho {'đại biểu' if officer else 'cán bộ'}.",
                f"The id {holder} is {'a member' if officer else 'an officer'}'s already.",
            )  # fmt: skip

    def issue(
        self,
        wanted: Wanted,
        key: PublicKey,
        at: datetime,
        *,
        slot: str | None = None,
        card: str | None = None,
    ) -> bytes:
        """The certificate (DER), which stands in the register by then. Raises Declined."""
        self.check_holder(wanted.kind, wanted.holder)
        self._check_key(wanted, key)
        issuer = founding.issuer(self.folder, self.vault, CARDS if wanted.kind in ON_CARDS else TLS)
        made = certificate(self.settings.house, wanted, key, x509.random_serial_number(), issuer)
        der = made.public_bytes(Encoding.DER)
        said: dict[str, Any] = {
            "serial": f"{made.serial_number:x}", "kind": wanted.kind.value, "holder": wanted.holder,
            "name": wanted.name, "not_before": instant.write(made.not_valid_before_utc),
            "not_after": instant.write(made.not_valid_after_utc), "der": base64.b64encode(der).decode(),
        }  # fmt: skip
        said |= {name: value for name, value in
                 (("slot", slot), ("card", card), ("day", wanted.day)) if value is not None}  # fmt: skip
        self.record(at, "CertificateIssued", said)
        return der

    def revoke(
        self, serials: Iterable[str], reason: str, at: datetime, since: datetime | None = None
    ) -> None:
        """In force with the next list. Raises Declined for an unknown reason, serial, or one revoked."""
        if reason not in REASONS:
            known = ", ".join(REASONS)
            raise Declined(
                "reason", f"Lý do phải là một trong: {known}.", f"The reason is one of: {known}."
            )
        found = [self._known(serial) for serial in serials]
        for one in found:
            d = {"serial": one.serial, "reason": reason, "since": instant.write(since or at)}
            self.record(at, "CertificateRevoked", d)

    def publish(self, at: datetime, days: int | None = None) -> list[Path]:
        """A new list of each authority, moved into place whole. A crash in between costs a number."""
        until = at + timedelta(days=days or self.settings.list_days)
        folder = self.folder / LISTS
        folder.mkdir(exist_ok=True)
        return [self._publish(name, folder / f"{name}.crl", at, until) for name in AUTHORITIES]

    def _publish(self, name: str, path: Path, at: datetime, until: datetime) -> Path:
        issuer = founding.issuer(self.folder, self.vault, name)
        revoked = [one for one in self.register.revoked() if _issuer_of(one.kind) == name]
        number = self.register.numbers.get(name, 0) + 1
        der = revocation_list(issuer, revoked, number, at, until)
        said = {"issuer": name, "number": number, "next": instant.write(until), "revoked": len(revoked)}
        # Before the file: a number that somebody may have seen is never given twice.
        self.record(at, "ListPublished", said)
        replace_file(path, der)
        return path

    def import_chain(self, chain: Chain, name: str, at: datetime) -> Path:
        """After a person compared the fingerprints. The file is for `trust.ca` in hall.toml."""
        prints = [fingerprint(one) for one in chain.certificates]
        folder = self.folder / TRUST
        folder.mkdir(exist_ok=True)
        self.record(at, "ChainImported", {"name": name, "sha256": prints})
        path = folder / f"{name}.pem"
        replace_file(path, chain.pem)
        return path

    def _known(self, serial: str) -> Issued:
        one = self.register.issued.get(serial)
        if one is None:
            raise Declined(
                "unknown_serial", f"Sổ không có chứng thư số {serial}.", f"The register knows no {serial}."
            )
        if one.revoked is not None:
            raise Declined(
                "revoked_before", f"Chứng thư {serial} đã bị thu hồi từ trước.",
                f"The certificate {serial} was revoked before.",
            )  # fmt: skip
        return one

    def _check_key(self, wanted: Wanted, key: PublicKey) -> None:
        try:
            if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
                raise BadKey("neither RSA nor of the curves P-256 and P-384")
            signing.check_key(key)
        except BadKey as error:
            raise Declined(
                "key", f"Không nhận khóa này: {error}.", f"This key isn't taken: {error}."
            ) from error
        for one in self.register.issued.values():
            if one.holder != wanted.holder and _same_key(one.der, key):
                raise Declined(
                    "key_of_another", f"Khóa này đã được cấp cho {one.holder}.",
                    f"This key was certified for {one.holder} before.",
                )  # fmt: skip

    def _day(self, day: str | None) -> tuple[datetime, datetime]:
        try:
            return self.settings.day(day or "")
        except ValueError as error:
            raise Declined(
                "no_day", f"Thẻ tạm cần ngày họp (NĂM-THÁNG-NGÀY), không phải {day!r}.",
                f"A provisional card needs the sitting's day (YYYY-MM-DD), not {day!r}.",
            ) from error  # fmt: skip


def _issuer_of(kind: str) -> str:
    return CARDS if Kind(kind) in ON_CARDS else TLS


def _same_key(der: bytes, key: AnyKey) -> bool:
    certified = x509.load_der_x509_certificate(der).public_key()
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return certified.public_bytes(*form) == key.public_bytes(*form)
