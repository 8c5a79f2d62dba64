"""HTTPS on anything but loopback; the hall's signals stay the hall's."""

import socket

import pytest

from display.serving import NotSecure, Tls, is_loopback, open_port


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
