"""Certificates, lists, chains: judged by openssl and by the hall's own trust, which knows no pki/."""

import ssl
import subprocess
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.errors import Untrusted
from audit.trust import TrustStore
from firmware_bridge.bus_tls import bus_tls
from hall_controller.pki import founding
from hall_controller.pki.authority import Authority
from hall_controller.pki.chain import fingerprint, read_chain
from hall_controller.pki.errors import Declined
from hall_controller.pki.founding import found
from hall_controller.pki.profiles import MARKS, Kind, Wanted, kind_of
from tests.hall_controller.pki.office import AT, BY, PASSPHRASE, SETTINGS, opened

HOUR = timedelta(hours=1)


def wanted(authority: Authority, kind: Kind = Kind.MEMBER, holder: str = "m1", **more: object) -> Wanted:
    begin, end = authority.span(kind, AT, day="2026-11-21")
    return replace(Wanted(kind, holder, "Nguyễn Thị Đại Biểu", begin, end), **more)  # type: ignore[arg-type]


def issued(authority: Authority, kind: Kind = Kind.MEMBER, holder: str = "m1", **more: object) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return authority.issue(wanted(authority, kind, holder, **more), key, AT)


def openssl(*arguments: object) -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def pem(path: Path, der: bytes) -> Path:
    path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    return path


def test_openssl_takes_the_chain_and_the_list(authority: Authority, tmp_path: Path) -> None:
    kept = pem(tmp_path / "kept.pem", issued(authority))
    lost = pem(tmp_path / "lost.pem", issued(authority, holder="m2"))
    (serial,) = (one.serial for one in authority.register.of("m2"))
    authority.revoke([serial], "lost", AT)
    lists = {path.stem: path for path in authority.publish(AT + HOUR)}
    crl = tmp_path / "all.pem"
    crl.write_text("".join(openssl("crl", "-inform", "DER", "-in", path) for path in lists.values()))
    verify = (
        "verify", "-attime", int((AT + 2 * HOUR).timestamp()), "-crl_check_all", "-x509_strict",
        "-CAfile", authority.folder / "root.pem", "-untrusted", authority.folder / "cards.pem",
        "-CRLfile", crl, "-purpose", "sslclient",
    )  # fmt: skip
    assert openssl(*verify, kept).endswith("kept.pem: OK\n")
    assert "certificate revoked" in openssl(*verify, lost)
    told = openssl("crl", "-inform", "DER", "-in", lists["cards"], "-noout", "-text")
    assert "Key Compromise" in told, "whoever finds a card may have its key"
    assert "X509v3 CRL Number: \n                1" in told


def test_the_hall_relies_on_the_card_issuer_alone(authority: Authority) -> None:
    """What TLS needs signs nobody in, and no root's list is asked for."""
    issuer = founding.issuer(authority.folder, authority.vault, "cards")
    lists = [path.read_bytes() for path in authority.publish(AT) if path.stem == "cards"]
    trust = TrustStore([issuer.der], lists)
    for kind in (Kind.MEMBER, Kind.PROVISIONAL, Kind.OFFICER):
        der = issued(authority, kind, f"holder-{kind}")
        assert trust.judge(der, AT + HOUR).member == f"holder-{kind}"
        assert kind_of(x509.load_der_x509_certificate(der)) is kind
    for kind in (Kind.SERVER, Kind.DEVICE):
        der = issued(authority, kind, "hall", names=("hall.example",) if kind is Kind.SERVER else ())
        with pytest.raises(Untrusted, match="no_path"):
            trust.judge(der, AT + HOUR)
        assert kind_of(x509.load_der_x509_certificate(der)) is None


def test_with_the_root_and_all_lists_too(authority: Authority) -> None:
    root = founding.issuer(authority.folder, authority.vault, "root")
    cards = founding.issuer(authority.folder, authority.vault, "cards")
    lists = [path.read_bytes() for path in authority.publish(AT)]
    trust = TrustStore([root.der], lists, intermediates=[cards.der])
    assert trust.judge(issued(authority), AT + HOUR).member == "m1"


def test_list_numbers_grow_and_old_entries_stay(authority: Authority) -> None:
    issued(authority)
    (one,) = authority.register.of("m1")
    authority.publish(AT)
    authority.revoke([one.serial], "affiliationChanged", AT + HOUR)
    first = authority.publish(AT + 2 * HOUR)
    later = AT + timedelta(days=6 * 365)
    second = authority.publish(later)
    assert first == second
    crl = x509.load_der_x509_crl(next(path for path in second if path.stem == "cards").read_bytes())
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert crl.get_revoked_certificate_by_serial_number(int(one.serial, 16)) is not None
    assert crl.next_update_utc == later + timedelta(days=7)
    assert not list((authority.folder / "lists").glob(".*")), "nothing half written is left"


def test_a_list_follows_the_one_before_for_a_running_hall(authority: Authority) -> None:
    issuer = founding.issuer(authority.folder, authority.vault, "cards")
    before = next(p for p in authority.publish(AT) if p.stem == "cards").read_bytes()
    after = next(p for p in authority.publish(AT + timedelta(seconds=1)) if p.stem == "cards").read_bytes()
    TrustStore([issuer.der], [before]).check_list(after, AT)
    with pytest.raises(Untrusted, match="crl_older"):
        TrustStore([issuer.der], [after]).check_list(before, AT)


def test_revoking_twice_or_for_nothing(authority: Authority) -> None:
    issued(authority)
    (one,) = authority.register.of("m1")
    for serial, reason, said in (
        (one.serial, "because", "The reason is one of"),
        ("abc", "lost", "knows no abc"),
    ):
        with pytest.raises(Declined, match=said):
            authority.revoke([serial], reason, AT)
    authority.revoke([one.serial], "lost", AT)
    with pytest.raises(Declined, match="revoked before"):
        authority.revoke([one.serial], "lost", AT)


def test_a_key_speaks_for_one_person(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    authority.issue(wanted(authority), key, AT)
    authority.issue(wanted(authority), key, AT + HOUR)
    with pytest.raises(Declined, match="certified for m1"):
        authority.issue(wanted(authority, holder="m2"), key, AT + HOUR)


def test_no_officer_has_a_members_id(authority: Authority) -> None:
    issued(authority, Kind.MEMBER, "m1")
    issued(authority, Kind.PROVISIONAL, "m1")
    issued(authority, Kind.OFFICER, "sec-1")
    for kind, holder in ((Kind.OFFICER, "m1"), (Kind.MEMBER, "sec-1"), (Kind.PROVISIONAL, "sec-1")):
        with pytest.raises(Declined, match="already"):
            issued(authority, kind, holder)


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key(),
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
    ],
    ids=["RSA-1024", "P-521", "Ed25519"],
)
def test_keys_that_no_card_has(authority: Authority, key: object) -> None:
    with pytest.raises(Declined):
        authority.issue(wanted(authority), key, AT)  # type: ignore[arg-type]
    assert not authority.register.issued


def test_a_clock_that_went_back_stops_everything(authority: Authority) -> None:
    issued(authority)
    with pytest.raises(Declined, match="clock went back"):
        authority.publish(AT - HOUR)


def test_one_officer_at_a_time(authority: Authority) -> None:
    with pytest.raises(Declined, match="Another program"):
        opened(authority.folder)


def test_a_wrong_passphrase_opens_nothing(folder: Path) -> None:
    with pytest.raises(Declined, match="passphrase"):
        opened(folder, "not the passphrase")
    opened(folder).__exit__()


def chain_of(folder: Path, *names: str) -> bytes:
    return b"".join((folder / f"{name}.pem").read_bytes() for name in names)


def test_a_states_chain_is_put_in_order_and_kept(authority: Authority) -> None:
    chain = read_chain(chain_of(authority.folder, "cards", "root"), AT)
    assert [one.subject == one.issuer for one in chain.certificates] == [True, False]
    path = authority.import_chain(chain, "state", AT)
    assert path.read_bytes() == chain_of(authority.folder, "root", "cards")
    entry = authority.ledger.entries[-1]
    assert entry.d["sha256"] == [fingerprint(one) for one in chain.certificates]


def test_what_is_wrong_with_a_chain_is_said(authority: Authority, tmp_path: Path) -> None:
    folder = authority.folder
    card = pem(tmp_path / "card.pem", issued(authority)).read_bytes()
    for data, at, said in (
        (b"-----BEGIN nothing", AT, "no certificates in PEM"),
        (chain_of(folder, "cards"), AT, "one self-signed root"),
        (chain_of(folder, "root") + card, AT, "not below the root"),
        (chain_of(folder, "root", "cards") + card, AT, "may not issue certificates"),
        (chain_of(folder, "root", "cards"), AT + timedelta(days=11 * 365), "not valid today"),
    ):
        with pytest.raises(Declined, match=said):
            read_chain(data, at)


def test_tls_between_hall_and_broker(tmp_path: Path) -> None:
    """By the bridge's own TLS, by today's clock: our devices are taken, a member's card is not."""
    now, ca = datetime.now(UTC), tmp_path / "pki/tls.pem"
    found(tmp_path / "pki", SETTINGS, PASSPHRASE, now, BY)
    with opened(tmp_path / "pki") as authority:
        server, device, member = (
            _with_key(authority, tmp_path, kind, holder, now)
            for kind, holder in (
                (Kind.SERVER, "hall.example"),
                (Kind.DEVICE, "row-7"),
                (Kind.MEMBER, "m1"),
            )
        )
    assert _shake_hands(bus_tls(ca, device), server, ca) == "row-7"
    for own in (member, None):
        with pytest.raises(ssl.SSLError):
            _shake_hands(bus_tls(ca, own), server, ca)
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        _shake_hands(bus_tls(ca, device), device, ca)


def _with_key(
    authority: Authority, folder: Path, kind: Kind, holder: str, at: datetime
) -> tuple[Path, Path]:
    key, names = ec.generate_private_key(ec.SECP256R1()), (holder,) if kind is Kind.SERVER else ()
    meant = Wanted(kind, holder, holder, *authority.span(kind, at), names=names)
    der = authority.issue(meant, key.public_key(), at)
    private = folder / f"{holder}.key"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return pem(folder / f"{holder}.pem", der), private


def _shake_hands(client: ssl.SSLContext, server: tuple[Path, Path], ca: Path) -> str:
    """The client's name as the server sees it; both ends in memory. Raises ssl.SSLError."""
    broker = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    broker.load_cert_chain(*server)
    broker.load_verify_locations(str(ca))
    broker.verify_mode = ssl.CERT_REQUIRED
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        broker.wrap_bio(up, down, server_side=True),
        client.wrap_bio(down, up, server_hostname="hall.example"),
    ]
    for _ in range(6):
        for end in ends:
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
    subject = dict(pair for (pair,) in (ends[0].getpeercert() or {})["subject"])
    return str(subject["commonName"])


def test_marks_are_known_to_programs_and_people(authority: Authority, tmp_path: Path) -> None:
    der = issued(authority, Kind.OFFICER, "secretary-1")
    told = openssl("x509", "-in", pem(tmp_path / "o.pem", der), "-noout", "-text", "-nameopt", "utf8")
    assert f"Policy: {MARKS[Kind.OFFICER].dotted_string}" in told
    assert "CÁN BỘ – OFFICER" in told
