"""What the configuration's files hold of keys, certificates and passwords."""

import ssl
import tomllib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from audit.errors import Untrusted
from audit.ocsp import OcspAnswer
from audit.signing import Ed25519Signer, Signer
from audit.trust import certificates
from hall_controller.config import Located
from hall_controller.faults import BadFile, Gathering, read_text
from hall_controller.founding import Founding
from hall_controller.trust_files import TrustFiles


def load_signer(path: Path) -> Signer:
    """The hall's Ed25519 key. Raises BadFile."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadFile(path, [f"holds no private key in PEM: {error}"]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadFile(path, ["holds a key that is not Ed25519"])
    return Ed25519Signer(key)


def log_signer(located: Located) -> Signer:
    """The hall's key, in its file or on its token. Raises BadFile."""
    keys = located.config.keys
    if isinstance(keys.log, Path):
        return load_signer(located.path(keys.log))
    # Only here: a hall whose key is in a file needs no PKCS#11.
    from hall_controller.token_key import token_signer

    pin_file = None if keys.log_pin_file is None else located.path(keys.log_pin_file)
    return token_signer(keys.log, pin_file, located.file)


def load_founding(located: Located) -> Founding:
    """Whose log it is, from the configuration's files. Raises BadFile with the faults of all of them."""
    config, gathering = located.config, Gathering(located.file)
    signer = gathering.read(lambda: log_signer(located))
    files = TrustFiles.of(located)
    roots, crls, answers = list[bytes](), list[bytes](), list[bytes]()
    for path in map(located.path, config.trust.ca):
        roots += gathering.read(lambda path=path: _roots(path)) or []  # type: ignore[misc]
    for path in files.lists():
        crls += gathering.read(lambda path=path: [load_revocation_list(path)]) or []  # type: ignore[misc]
    for path in files.answers():
        answers += gathering.read(lambda path=path: [load_answer(path)]) or []  # type: ignore[misc]
    gathering.judge()
    assert signer is not None
    return Founding(
        config.hall.origin, signer, tuple(roots), tuple(dict.fromkeys(crls)), tuple(dict.fromkeys(answers)),
        config.trust.algorithms.allowed,
    )  # fmt: skip


def _roots(path: Path) -> list[bytes]:
    try:
        return certificates(read_text(path))
    except Untrusted as error:
        raise BadFile(path, [str(error)]) from error


def load_revocation_list(path: Path) -> bytes:
    """DER, of a list in PEM or DER; whose it is isn't asked. Raises BadFile."""
    try:
        return revocation_list(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadFile(path, [f"is no certificate revocation list: {error}"]) from error


def revocation_list(data: bytes) -> bytes:
    """DER, of a list's PEM or DER. Raises ValueError."""
    load = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
    return load(data).public_bytes(Encoding.DER)


def load_answer(path: Path) -> bytes:
    """DER, of an OCSP answer; whose it is isn't asked. Raises BadFile."""
    try:
        data = path.read_bytes()
        OcspAnswer(data)
    except (OSError, Untrusted) as error:
        raise BadFile(path, [f"is no OCSP answer: {error}"]) from error
    return data


def load_passwords(path: Path) -> dict[str, str]:
    """Everybody's at the broker, by user name. Raises BadFile."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    faults = [
        f"{user} has no password" for user, word in raw.items() if not isinstance(word, str) or not word
    ]
    if faults:
        raise BadFile(path, faults)
    return raw


def check_web_certificate(cert: Path, key: Path) -> None:
    """Raises BadFile where pages can't be served with them."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise BadFile(cert, [f"is no certificate with its key {key.name}: {error}"]) from error
