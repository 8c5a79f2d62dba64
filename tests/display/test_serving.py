"""HTTPS on anything but loopback; the hall's signals stay the hall's."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from display.serving import NotSecure, Tls, is_loopback, open_port
from tests.display.opened_door import served


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "hall.example", ""])
def test_pages_go_over_no_network_in_clear(host):
    with pytest.raises(NotSecure, match="HTTPS"):
        open_port(host, 0)


def test_on_loopback_a_free_port_is_taken_and_named():
    opened = open_port("127.0.0.1", 0)
    try:
        assert opened.address == f"http://127.0.0.1:{opened.port}"
        assert opened.port
        with pytest.raises(OSError, match="in use"):
            open_port("127.0.0.1", opened.port)
    finally:
        opened.socket.close()


def test_with_tls_a_network_address_is_served_and_named_as_browsers_do(tmp_path):
    opened = open_port("0.0.0.0", 0, Tls(tmp_path / "cert", tmp_path / "key"))
    try:
        assert opened.address.startswith("https://0.0.0.0:")
    finally:
        opened.socket.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_an_address_of_ipv6_stands_in_brackets():
    try:
        opened = open_port("::1", 0)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    assert opened.address == f"http://[::1]:{opened.port}"
    opened.socket.close()


def test_what_loopback_is():
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.8.8.8", "::1"]))
    assert not any(map(is_loopback, ["10.0.0.1", "localhost.example", "0.0.0.0", "fe80::1"]))


def certificate(folder):
    """A self-signed certificate for 127.0.0.1, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Tls(folder / "cert.pem", folder / "key.pem")


async def test_over_https_the_cookie_never_goes_in_clear(tmp_path):
    tls = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tls.cert))
    async with served(tls=tls) as house:
        assert house.address.startswith("https://")
        code = house.access.invite("officer", "an-1", timedelta(minutes=5))
        async with httpx.AsyncClient(verify=trusting, headers={"Origin": house.address}) as browser:
            answer = await browser.post(f"{house.address}/api/session", json={"code": code})
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]
        policy = answer.headers["content-security-policy"]
        assert f"connect-src 'self' {house.address.replace('https', 'wss')}" in policy
