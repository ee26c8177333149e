"""What a program names is reached only where it is public, whatever its name says a moment later."""

import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from autosilo.platform.resources.programs import outside
from autosilo.platform.resources.programs.outside import NotPublic, is_public, may_be_named

PUBLIC, OTHER, PUBLIC_6 = "93.184.215.14", "1.1.1.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
INNER = [
    "127.0.0.1",
    "10.0.0.7",
    "172.16.1.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  nothing binds to it
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.7",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:7",
    "2002:a00:7::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_not_public_however_it_is_written(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, OTHER, PUBLIC_6, f"::ffff:{PUBLIC}", "64:ff9b::101:101"])
def test_an_address_of_everybodys_is(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "loopback", "may"),
    [
        ("https://example.org/hook", False, True),
        (f"https://[{PUBLIC_6}]/hook", False, True),
        ("http://example.org/hook", False, False),
        ("https://localhost/hook", False, False),
        ("https://intranet/hook", False, False),
        ("https://10.0.0.7/hook", False, False),
        ("https://[::ffff:10.0.0.7]/hook", False, False),
        ("https://somebody@example.org/hook", False, False),
        ("https:///hook", False, False),
        ("http://127.0.0.1:9/hook", True, True),
        ("http://10.0.0.7/hook", True, False),
    ],
)
def test_what_may_be_named(url: str, loopback: bool, may: bool) -> None:
    assert may_be_named(url, loopback=loopback) is may


def name(*answers: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    """A resolver that answers so, each time the next."""
    left = list(answers)
    return lambda _host, _port: left.pop(0)


class Seen(httpx.BaseTransport):
    """Answers 200, but from ``deaf`` addresses not at all."""

    def __init__(self, *deaf: str) -> None:
        self.requests: list[httpx.Request] = []
        self._deaf = deaf

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self._deaf:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(200)


def post(resolving: Callable[[str, int], Sequence[str]], seen: Seen, url: str = "https://example.org/hook?a=1") -> int:
    return outside.post(url, body=b"{}", headers={"A": "b"}, timeout_s=1, resolving=resolving, transport=seen)


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_6])
def test_the_address_that_was_looked_at_is_connected_to_and_the_name_is_checked(address: str) -> None:
    seen = Seen()
    assert post(name([address], ["10.0.0.7"]), seen) == 200
    (request,) = seen.requests
    assert (request.url.host, request.url.path, request.url.query) == (address, "/hook", b"a=1")
    assert request.headers["Host"] == "example.org"
    assert request.extensions["sni_hostname"] == "example.org"
    assert (request.content, request.headers["A"]) == (b"{}", "b")


def test_a_name_that_has_one_inner_address_is_not_called() -> None:
    seen = Seen()
    with pytest.raises(NotPublic, match="not a public address"):
        post(name([PUBLIC, "10.0.0.7"]), seen)
    with pytest.raises(NotPublic, match="not a public address"):
        post(name([]), seen)
    assert seen.requests == []


def test_a_name_that_moved_inside_between_two_tries_is_not_called_again() -> None:
    seen, moving = Seen(), name([PUBLIC], ["169.254.169.254"])
    assert post(moving, seen) == 200
    with pytest.raises(NotPublic):
        post(moving, seen)
    assert len(seen.requests) == 1


def test_an_unknown_name_is_told_apart() -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(NotPublic, match="no such name"):
        post(unknown, Seen())


def test_the_next_address_is_tried_when_nobody_is_at_the_first() -> None:
    seen = Seen(PUBLIC)
    assert post(name([PUBLIC, OTHER]), seen) == 200
    assert [one.url.host for one in seen.requests] == [PUBLIC, OTHER]
    with pytest.raises(httpx.ConnectError, match="nobody there"):
        post(name([PUBLIC]), seen)


def test_an_inner_address_that_stands_in_the_url_itself_is_not_called() -> None:
    seen = Seen()
    with pytest.raises(NotPublic):
        outside.post("https://10.0.0.7/", body=b"", headers={}, timeout_s=1, transport=seen)
    assert seen.requests == []


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "https://10.0.0.7/")
        self.end_headers()

    def log_message(self, *_what: object) -> None:
        pass


def certificate(name: str, into: Path) -> Path:
    """A certificate of a name, its own authority, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    into.write_bytes(plain + made.public_bytes(encoding))
    return into


@pytest.fixture
def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server on loopback, which counts as public here, with a certificate of ``hooks.example.org``."""
    file = certificate("hooks.example.org", tmp_path / "certificate.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setattr(outside, "is_public", lambda _address: True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def over_tls(host: str, port: int, path: str = "/") -> int:
    url = f"https://{host}:{port}{path}"
    return outside.post(url, body=b"{}", headers={}, timeout_s=5, resolving=lambda _host, _port: ["127.0.0.1"])


def test_the_certificate_is_that_of_the_name(https: int) -> None:
    assert over_tls("hooks.example.org", https) == 204
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        over_tls("other.example.org", https)


def test_a_redirect_is_not_followed(https: int) -> None:
    assert over_tls("hooks.example.org", https, "/moved") == 302
