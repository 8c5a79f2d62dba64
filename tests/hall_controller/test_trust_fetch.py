"""Lists and answers from the network: fetched over real sockets, judged, and only then put in place."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from audit.trust import TrustStore
from hall_controller.config import Located, load
from hall_controller.download import Download, NotFetched, check_address
from hall_controller.faults import BadFile
from hall_controller.key_files import load_answer, load_revocation_list
from hall_controller.trust_fetch import Fetching, Outcome
from hall_controller.trust_files import TrustFiles
from tests.audit.cards import DAY_ONE, Authority, Card
from tests.audit.responder import UNKNOWN, answer
from tests.hall_controller.test_config import FILES, GOOD

AT = DAY_ONE + timedelta(days=100)
Served = dict[str, Callable[[bytes], bytes | int | str]]
"""By path: what is asked (a POST's body) → the body, a status, or where to go on."""


class Web:
    """A server on loopback. `served` may change under it."""

    def __init__(self) -> None:
        self.served: Served = {}
        self.asked: list[str] = []
        web = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(f"{self.command} {self.path}")
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = web.served.get(self.path, lambda _: 404)(body)
                self.send_response(said if isinstance(said, int) else 302 if isinstance(said, str) else 200)
                if isinstance(said, str):
                    self.send_header("Location", said)
                data = said if isinstance(said, bytes) else b""
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with suppress(BrokenPipeError):  # who had waited long enough is gone
                    self.wfile.write(data)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


@pytest.fixture
def web(server: Web) -> Web:
    server.served.clear()
    server.asked.clear()
    return server


CA = Authority()


def card(web: Web, member: str = "m001", crl: str = "/ca.crl") -> Card:
    """It names where its authority's list is, and its responder."""
    uri = x509.UniformResourceIdentifier
    points = [x509.DistributionPoint([uri(crl if ":" in crl else web.base + crl)], None, None, None)]
    access = [x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri(web.base + "/ocsp"))]
    extra = [
        (x509.CRLDistributionPoints(points), False),
        (x509.AuthorityInformationAccess(access), False),
    ]
    return CA.card(member, extra=extra)


def hall(folder: Path, trust: str, *cards: Card) -> Located:
    """A configuration whose own files are there, with `[trust]` as given."""
    for name in (*FILES, "programme.toml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    (folder / "ca.pem").write_text(CA.pem)
    (folder / "cards").mkdir()
    for one in cards:
        (folder / "cards" / f"{one.member}.der").write_bytes(one.der)
    words = GOOD.replace('crl = ["crl.pem"]', trust)
    assert words != GOOD
    (folder / "hall.toml").write_text(words)
    return load(folder / "hall.toml")


def fetched(located: Located) -> list[Outcome]:
    with Download() as download:
        return list(Fetching(located, download).run(AT))


TRUST = 'fetched = "fetched"\ncards = "cards"'


def test_the_list_and_the_answer_that_a_card_names_let_it_in(tmp_path: Path, web: Web) -> None:
    one = card(web)
    located = hall(tmp_path, TRUST, one)
    until = AT + timedelta(hours=8)
    web.served["/ca.crl"] = lambda _: CA.revoke()
    web.served["/ocsp"] = lambda asked: _answered(asked, one, until)
    outcomes = fetched(located)
    assert [(outcome.what, outcome.fault) for outcome in outcomes] == [("list", None), ("answer", None)]
    assert outcomes[1].until == until
    files = TrustFiles.of(located)
    (crl,), (reply,) = files.lists(), files.answers()
    TrustStore([CA.der], [load_revocation_list(crl)]).judge(one.der, AT)
    TrustStore([CA.der], answers=[load_answer(reply)]).judge(one.der, AT)


def _answered(asked: bytes, one: Card, until: object) -> bytes:
    request = ocsp.load_der_ocsp_request(asked)
    assert request.serial_number == one.certificate.serial_number
    return answer(CA, one, until=until)  # type: ignore[arg-type]


def test_a_bad_list_replaces_nothing(tmp_path: Path, web: Web) -> None:
    located = hall(tmp_path, f'fetched = "fetched"\nurls = ["{web.base}/ca.crl"]')
    good = CA.revoke(number=5)
    web.served["/ca.crl"] = lambda _: good
    assert [one.fault for one in fetched(located)] == [None]
    for bad, wanted in (
        (CA.revoke(number=4), "crl_older"),
        (CA.revoke(number=6, until=AT - timedelta(days=1)), "crl_expired"),
        (Authority("Another CA").revoke(number=6), "crl_unsigned"),
        (b"<html>sign in to the network</html>", "ParseError"),
        (503, "answers 503"),
    ):
        web.served["/ca.crl"] = lambda _, bad=bad: bad
        (outcome,) = fetched(located)
        assert wanted in (outcome.fault or "")
        (file,) = TrustFiles.of(located).lists()
        assert file.read_bytes() == good


def test_an_answer_about_another_card_is_not_taken(tmp_path: Path, web: Web) -> None:
    one, other = card(web), CA.card("m002")
    located = hall(tmp_path, TRUST, one)
    web.served["/ca.crl"] = lambda _: CA.revoke()
    for said, wanted in (
        (answer(CA, other), "another certificate"),
        (answer(Authority("Another CA"), one), "another certificate"),
        (b"no answer", "malformed"),
        (answer(CA, one, begin=AT + timedelta(days=1)), "ocsp_not_yet_valid"),
    ):
        web.served["/ocsp"] = lambda _, said=said: said
        assert wanted in (fetched(located)[1].fault or "")
        assert not TrustFiles.of(located).answers()
    # What an authority says against a card is kept: it is evidence.
    web.served["/ocsp"] = lambda _: answer(CA, one, UNKNOWN)
    assert fetched(located)[1].fault is None


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ldap://directory.example/cn=ca", "only http and https"),
        ("ftp://crl.example/ca.crl", "only http and https"),
        ("/ca.crl", "only http and https"),
        ("http://user:word@crl.example/", "no password"),
        ("http:///ca.crl", "a host"),
        ("http://[::1/", "no address"),
    ],
)
def test_what_is_no_address_is_not_asked(address: str, wanted: str) -> None:
    with pytest.raises(NotFetched, match=wanted):
        check_address(address)


def test_a_card_that_names_a_file_is_told_so(tmp_path: Path, web: Web) -> None:
    located = hall(tmp_path, TRUST, card(web, crl=f"file://{tmp_path}/ca.crl"))
    (tmp_path / "ca.crl").write_bytes(CA.revoke())
    assert "only http and https" in (fetched(located)[0].fault or "")


class TestLimits:
    def test_a_redirect_leads_to_the_web_only_and_not_round_in_circles(self, web: Web) -> None:
        web.served["/moved"] = lambda _: f"{web.base}/there"
        web.served["/there"] = lambda _: b"here"
        web.served["/file"] = lambda _: "file:///etc/passwd"
        web.served["/round"] = lambda _: "/round"
        with Download() as download:
            assert download.get(f"{web.base}/moved") == b"here"
            for path, wanted in (("/file", "only http and https"), ("/round", "more than 3")):
                with pytest.raises(NotFetched, match=wanted):
                    download.get(web.base + path)
            with pytest.raises(NotFetched, match="sends on"):
                download.post(f"{web.base}/moved", b"?", "application/ocsp-request")

    def test_more_than_so_many_bytes_are_not_read(self, web: Web) -> None:
        web.served["/long"] = lambda _: b"x" * 2001
        with Download(max_bytes=2000) as download, pytest.raises(NotFetched, match="longer than 2000"):
            download.get(f"{web.base}/long")

    def test_nobody_is_waited_for_for_ever(self, web: Web) -> None:
        web.served["/slow"] = lambda _: (threading.Event().wait(2) and b"") or b""
        with Download(whole_s=0.2) as download, pytest.raises(NotFetched):
            download.get(f"{web.base}/slow")

    def test_a_place_where_nobody_listens(self) -> None:
        with Download() as download, pytest.raises(NotFetched):
            download.get("http://127.0.0.1:9/ca.crl")


def test_without_a_folder_nothing_is_fetched(tmp_path: Path) -> None:
    located = hall(tmp_path, 'crl = ["crl.pem"]  # as before')
    with Download() as download, pytest.raises(BadFile, match="fetched"):
        Fetching(located, download)
