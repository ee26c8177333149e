"""Post to an address that somebody else has named, and to nothing within.

A name may lead to an inner address: a router, a database, a cloud's metadata service. So it is resolved once, every
address that it has must be public, and it is one of these that is connected to, whatever the name says a moment later
(DNS rebinding). The certificate is checked against the name. Goes out directly, past any proxy of the environment,
which would resolve the name anew.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""The well-known prefix of translators (RFC 6052, section 2.1): the last 32 bits are an IPv4 address."""
PORT = {"https": 443, "http": 80}


class NotPublic(httpx.ConnectError):
    """The name leads to an address that is not everybody's, or to none."""


def may_be_named(url: str, *, loopback: bool) -> bool:
    """Does it look like a public https address? ``loopback``: that will do, too, so that it can be tried."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if loopback and host in LOOPBACK:
        return parts.scheme in PORT
    if parts.scheme != "https" or not host or parts.username or host in LOOPBACK:
        return False
    try:
        return is_public(ipaddress.ip_address(host))
    except ValueError:
        return "." in host


def is_public(address: Address) -> bool:
    """Can everybody reach it? An IPv4 address within an IPv6 one is judged as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the system's resolver knows them. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
    loopback: bool = False,
    resolving: Resolve = resolve,
    transport: httpx.BaseTransport | None = None,
) -> int:
    """The status of the answer, which is not read; a redirect is an answer like any other. Raises ``httpx.HTTPError``:
    ``NotPublic`` before anything is sent."""
    where = httpx.URL(url)
    port = where.port or PORT[where.scheme]
    addresses = [where.host] if loopback and where.host in LOOPBACK else public_addresses(where.host, port, resolving)
    named = {**headers, "Host": where.netloc.decode("ascii")}
    problem: httpx.TransportError = NotPublic("no address")
    way = transport or httpx.HTTPTransport()
    with httpx.Client(timeout=timeout_s, trust_env=False, transport=way) as client:  # no proxy; SSL_CERT_FILE counts
        for address in addresses:
            request = client.build_request("POST", where.copy_with(host=address), content=body, headers=named)
            request.extensions["sni_hostname"] = where.host
            try:
                answer = client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem = error
                continue
            answer.close()
            return answer.status_code
    raise problem


def public_addresses(host: str, port: int, resolving: Resolve = resolve) -> list[str]:
    """All of a name's addresses, each of which must be public. Raises ``NotPublic``."""
    try:
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in resolving(host, port)]
    except OSError as error:
        raise NotPublic("no such name") from error
    if not found or not all(is_public(one) for one in found):
        raise NotPublic("not a public address")
    return [str(one) for one in found]
