"""Who gets in: security policies, certificates, and no way round them."""

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from asyncua import Client, ua
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, Skipped, check
from autosilo.site.conformance.session import BROKEN, REQUEST_TIMEOUT_S, Session, Target, client_for, close
from autosilo.site.control.pki import make_certificate
from autosilo.wire import mailbox

ALLOWED = {"Basic256Sha256", "Aes256_Sha256_RsaPss"}
SMALLEST_KEY_BITS = 2048
"""Of both policies (OPC 10000-7)."""


async def _endpoints(target: Target) -> list[Any]:
    return list(await Client(target.endpoint, timeout=REQUEST_TIMEOUT_S).connect_and_get_server_endpoints())


def _policy(endpoint: Any) -> str:
    return str(endpoint.SecurityPolicyUri).rpartition("#")[2]


@check(
    "security.endpoints",
    "Connection",
    "every endpoint is SignAndEncrypt, with one of the two policies",
    level=Level.READ_ONLY,
)
async def endpoints(m: Machine) -> str:
    found = await _endpoints(m.target)
    if not found:
        raise Failed("the server lists no endpoint")
    names = sorted({f"{ua.MessageSecurityMode(one.SecurityMode).name.rstrip('_')} {_policy(one)}" for one in found})
    for one in found:
        if one.SecurityMode != ua.MessageSecurityMode.SignAndEncrypt or _policy(one) not in ALLOWED:
            raise Failed(f"endpoints: {', '.join(names)}")
    return ", ".join(names)


@check("security.no-plain-session", "Connection", "there is no session without security", level=Level.READ_ONLY)
async def no_plain_session(m: Machine) -> str:
    client = Client(m.target.endpoint, timeout=REQUEST_TIMEOUT_S, auto_reconnect=False)
    return await _must_be_refused(client, "a session without security")


@check("security.basic256sha256", "Connection", "the controller gets in with Basic256Sha256", level=Level.READ_ONLY)
async def basic256sha256(m: Machine) -> str:
    return await _gets_in(m, "Basic256Sha256")


@check(
    "security.aes256sha256rsapss",
    "Connection",
    "where offered, the controller gets in with Aes256Sha256RsaPss",
    level=Level.READ_ONLY,
)
async def aes256sha256rsapss(m: Machine) -> str:
    if not any(_policy(one) == "Aes256_Sha256_RsaPss" for one in await _endpoints(m.target)):
        raise Skipped("not offered; Basic256Sha256 is enough")
    return await _gets_in(m, "Aes256Sha256RsaPss")


@check(
    "security.unknown-certificate",
    "Connection",
    "a client with a certificate that is not pinned is refused",
    level=Level.READ_ONLY,
)
async def unknown_certificate(m: Machine) -> str:
    with tempfile.TemporaryDirectory() as folder:
        client = await client_for(m.target, pair=_stranger(m.target, Path(folder)))
        return await _must_be_refused(client, "a well-made certificate with the controller's URI that nobody pinned")


@check(
    "security.stated-certificate",
    "Connection",
    "the certificate that opened the channel counts, not the one stated in CreateSession",
    level=Level.READ_ONLY,
)
async def stated_certificate(m: Machine) -> str:
    return await _with_statement(
        m, m.target.controller[0].read_bytes(), "stating the controller's certificate in a stranger's channel"
    )


@check(
    "security.no-statement",
    "Connection",
    "stating no certificate in CreateSession does not help",
    level=Level.READ_ONLY,
)
async def no_statement(m: Machine) -> str:
    return await _with_statement(m, None, "stating no certificate in a stranger's channel")


@check(
    "security.certificate",
    "Connection",
    "the PLC's certificate names urn:autosilo:<site>:plc and is in force",
    level=Level.READ_ONLY,
)
async def certificate(m: Machine) -> str:
    pinned = m.target.plc_certificate.read_bytes()
    for one in await _endpoints(m.target):
        if one.ServerCertificate and one.ServerCertificate[: len(pinned)] != pinned:
            raise Failed("the server shows another certificate than the pinned one")
    ours = x509.load_der_x509_certificate(pinned)
    try:
        names = ours.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise Failed("the certificate has no subject alternative name") from None
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    if uris != [mailbox.plc_uri(m.site.slug)]:
        raise Failed(f"its application URI is {uris}, not {mailbox.plc_uri(m.site.slug)}")
    key = ours.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY_BITS:
        raise Failed(f"its key is not RSA with at least {SMALLEST_KEY_BITS} bits")
    return f"{uris[0]}, RSA {key.key_size} bits, valid to {ours.not_valid_after_utc:%Y-%m-%d}"


async def _gets_in(m: Machine, policy: str) -> str:
    try:
        session = await Session.open(m.target, policy=policy)
    except BROKEN as error:
        raise Failed(f"refused: {error!r}") from error
    await session.close()
    return "a session, and the namespace is there"


async def _with_statement(m: Machine, stated: bytes | None, what: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        client = await client_for(m.target, pair=_stranger(m.target, Path(folder)))
        create = client.uaclient.create_session

        async def lie(parameters: Any) -> Any:
            parameters.ClientCertificate = stated
            return await create(parameters)

        client.uaclient.create_session = lie
        return await _must_be_refused(client, what)


def _stranger(target: Target, folder: Path) -> tuple[Path, Path]:
    key, der = make_certificate("controller", mailbox.controller_uri(target.site), ExtendedKeyUsageOID.CLIENT_AUTH)
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.der").write_bytes(der)
    return folder / "cert.der", folder / "key.pem"


async def _must_be_refused(client: Any, what: str) -> str:
    """A session may be refused when it is opened, activated or first used."""
    try:
        await client.connect()
        await client.get_namespace_array()
    except BROKEN as error:
        return f"{what}: refused ({type(error).__name__})"
    else:
        raise Failed(f"{what} was accepted")
    finally:
        with suppress(Exception):
            await close(client)
