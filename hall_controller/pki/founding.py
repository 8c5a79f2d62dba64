"""A new authority: a root and under it one for cards; apart from both one for TLS; and an empty register.

Apart, because whoever relies on one must not rely on the other: no bridge's certificate signs a member in,
and no member's card opens the broker.
"""

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from audit import signing
from audit.signing import Ed25519Signer
from hall_controller.pki import settings as settings_file
from hall_controller.pki.durable import replace_file
from hall_controller.pki.errors import Declined, RegisterBroken
from hall_controller.pki.ledger import Ledger
from hall_controller.pki.profiles import Issuer, authority
from hall_controller.pki.settings import Settings
from hall_controller.pki.vault import Vault, check_passphrase, private_folder

ROOT, CARDS, TLS = "root", "cards", "tls"
AUTHORITIES = (ROOT, CARDS, TLS)
ROOT_LIFE, BELOW_LIFE = timedelta(days=20 * 365), timedelta(days=10 * 365)
BACKDATED = timedelta(days=1)
"""Certificates begin a day early: clocks of readers and halls differ."""
_OFFICER_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_TITLES = {ROOT: "gốc", CARDS: "thẻ", TLS: "TLS"}


def found(folder: Path, settings: Settings, passphrase: str, at: datetime, by: str) -> None:
    """Makes everything. Raises Declined (passphrase), FileExistsError where the folder isn't empty.

    A crash in the middle leaves a folder without a register, which nobody opens: remove it, begin again.
    """
    check_officer(by)
    check_passphrase(passphrase)
    private_folder(folder)
    replace_file(folder / settings_file.FILE, settings.toml().encode())
    vault = Vault.create(folder, passphrase)
    register_key = Ed25519PrivateKey.generate()
    vault.put("register", register_key.private_bytes_raw())
    issuers = _issuers(settings, at)
    for name, issuer in issuers.items():
        vault.put(f"ca/{name}", _private(issuer.key))
        replace_file(folder / f"{name}.pem", issuer.certificate.public_bytes(Encoding.PEM))
    signer = Ed25519Signer(register_key)
    said = {
        "key": signing.to_jwk(signer.public_key),
        "certificates": {name: issuer.der.hex() for name, issuer in issuers.items()},
        "name": settings.name,
    }
    Ledger(folder, signer.public_key).append(signer, at, by, "AuthorityFounded", said)


def check_officer(id: str) -> None:
    """Ids are the hall's: whoever reads register and log meets one name. Raises Declined."""
    if not _OFFICER_ID.fullmatch(id):
        raise Declined(
            "officer_id",
            f"“{id}” không phải mã cán bộ: 2 đến 40 ký tự a-z, 0-9, -.",
            f"“{id}” is no officer's id: 2 to 40 of a-z, 0-9 and -.",
        )


def _issuers(settings: Settings, at: datetime) -> dict[str, Issuer]:
    made: dict[str, Issuer] = {}
    for name in AUTHORITIES:
        key = ec.generate_private_key(ec.SECP384R1())
        life = ROOT_LIFE if name == ROOT else BELOW_LIFE
        by, title = made[ROOT] if name == CARDS else None, f"{settings.name} – {_TITLES[name]}"
        certificate = authority(
            settings.house, title, key, at - BACKDATED, at + life, x509.random_serial_number(), by,
            path_length=int(name == ROOT),
        )  # fmt: skip
        made[name] = Issuer(certificate, key)
    return made


def issuer(folder: Path, vault: Vault, name: str) -> Issuer:
    """One of `AUTHORITIES` with its key. Raises RegisterBroken."""
    key = load_der_private_key(vault.get(f"ca/{name}"), None)
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        raise RegisterBroken(f"{name}.pem isn't the certificate of the key in the vault")
    return Issuer(certificate, key)


def register_signer(vault: Vault) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(vault.get("register")))


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    # Sealed by the vault; a second passphrase around it would be the same one.
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def digits(count: int) -> bytes:
    """So many random decimal digits: a PUK."""
    return f"{secrets.randbelow(10**count):0{count}d}".encode()
