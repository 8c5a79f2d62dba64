"""SoftHSM2 as a token: a real PKCS#11 module in a folder of its own, one for each process of the tests."""

import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "271828", "31415926"
_ED25519 = bytes.fromhex("06032b6570")


@functools.cache
def home() -> Path:
    """Where its tokens are; the module reads the place once. Skips where SoftHSM2 isn't installed."""
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("not installed: softhsm2")
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    (folder / "tokens").mkdir(mode=0o700)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n", "ascii"
    )
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    return folder


def token(label: str) -> str:
    """A new token; returns the beginning of its keys' URIs."""
    home()
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        SO_PIN,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return f"pkcs11:token={label}"


def uri(start: str, label: str) -> str:
    return f"{start};object={label}?module-path={MODULE}"


def keep(label: str, key: str, kind: str = "ed25519", certificate: bytes | None = None) -> None:
    """Lets the token make a key that never leaves it, and puts a certificate beside it."""
    from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
    from pkcs11.util.ec import encode_named_curve_parameters

    with _opened(label) as session:
        if kind == "rsa2048":
            session.generate_keypair(KeyType.RSA, 2048, store=True, label=key)
        else:
            of_ed25519 = kind == "ed25519"
            parameters = _ED25519 if of_ed25519 else encode_named_curve_parameters(kind)
            family = KeyType.EC_EDWARDS if of_ed25519 else KeyType.EC
            how = Mechanism.EC_EDWARDS_KEY_PAIR_GEN if of_ed25519 else Mechanism.EC_KEY_PAIR_GEN
            made = session.create_domain_parameters(family, {Attribute.EC_PARAMS: parameters}, local=True)
            made.generate_keypair(mechanism=how, store=True, label=key)
        if certificate is not None:
            _put(session, key, certificate, ObjectClass, Attribute)


def put_certificate(label: str, key: str, certificate: bytes) -> None:
    from pkcs11 import Attribute, ObjectClass

    with _opened(label) as session:
        _put(session, key, certificate, ObjectClass, Attribute)


def _opened(label: str) -> Any:
    import pkcs11

    home()
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()  # tokens are made by another process
    return library.get_token(token_label=label).open(user_pin=PIN, rw=True)


def _put(session: Any, key: str, der: bytes, kinds: Any, names: Any) -> None:
    import pkcs11

    session.create_object(
        {
            names.CLASS: kinds.CERTIFICATE,
            names.CERTIFICATE_TYPE: pkcs11.constants.CertificateType.X_509,
            names.TOKEN: True,
            names.PRIVATE: False,
            names.LABEL: key,
            names.SUBJECT: b"\x30\x00",
            names.VALUE: der,
        }
    )
