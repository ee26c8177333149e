"""Keys of one site: application certificates of controller and PLC, pinned both ways, and the sealing key pair.

All lie in ``<home>/pki/<site>/``: ``controller.key.pem``, ``controller.cert.der``, ``plc.key.pem``, ``plc.cert.der``,
``sealing.key`` (32 bytes X25519 private), ``sealing.pub`` (32 bytes public). Private ones have mode 0600. With a real
PLC, its own certificate takes the place of ``plc.cert.der`` and there is no ``plc.key.pem``.
"""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from autosilo.wire import mailbox

KEY_BITS = 2048
"""Basic256Sha256 allows 2048 to 4096 (OPC 10000-7)."""
VALID_DAYS = 3650
BACKDATED = timedelta(hours=1)
"""Clocks of controller and PLC may differ a little."""


PARTS = ("controller", "plc")
_APPLICATION = {
    "controller": (mailbox.controller_uri, ExtendedKeyUsageOID.CLIENT_AUTH),
    "plc": (mailbox.plc_uri, ExtendedKeyUsageOID.SERVER_AUTH),
}


class CannotRotate(Exception):
    """The certificate of a real PLC cannot be made again here; the message says what to do."""


def ensure_pki(home: Path, site: str) -> Path:
    """Make what is missing, leave what is there; returns the folder. Safe to call from several processes in turn."""
    folder = home / "pki" / site
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for part, (uri, usage) in _APPLICATION.items():
        _ensure_certificate(folder, part, uri(site), usage)
    _ensure_sealing(folder)
    return folder


def rotate(home: Path, site: str) -> Path:
    """New certificates for both ends, at once: both have to be started again (the sealing key stays: sealed templates
    depend on it). Without a stop: ``renew`` one end, then the other.

    Raises ``CannotRotate`` and changes nothing where the PLC is a real one: its private key is not here, so a
    certificate that we made would be one that it cannot use.
    """
    folder = home / "pki" / site
    _refuse_a_real_plc(folder)
    for part in PARTS:
        for name in (part, f"{part}.next"):
            (folder / f"{name}.cert.der").unlink(missing_ok=True)
            (folder / f"{name}.key.pem").unlink(missing_ok=True)
    return ensure_pki(home, site)


def renew(home: Path, site: str, part: str) -> Path:
    """Make the next certificate of ``controller`` or ``plc`` beside the present one; returns its path.

    While both are there, either is accepted; the next one takes the other's place once a connection was made with it.
    Raises ``CannotRotate`` for the certificate of a real PLC.
    """
    folder = ensure_pki(home, site)
    if part == "plc":
        _refuse_a_real_plc(folder)
    uri, usage = _APPLICATION[part]
    pem, der = make_certificate(uri(site), uri(site), usage)
    _write(folder / f"{part}.next.key.pem", pem, 0o600)
    _write(folder / f"{part}.next.cert.der", der, 0o644)
    return folder / f"{part}.next.cert.der"


def promote(folder: Path, part: str) -> None:
    """The next certificate of ``part`` has worked: it takes the place of the present one."""
    key = folder / f"{part}.next.key.pem"
    if key.exists():
        key.replace(folder / f"{part}.key.pem")
    (folder / f"{part}.next.cert.der").replace(folder / f"{part}.cert.der")


def certificates(folder: Path) -> dict[str, x509.Certificate]:
    """Those of a site, by the name of their file without its endings: ``controller``, ``plc``, ``plc.next`` …"""
    names = [name for part in PARTS for name in (part, f"{part}.next")]
    paths = {name: folder / f"{name}.cert.der" for name in names}
    return {name: x509.load_der_x509_certificate(path.read_bytes()) for name, path in paths.items() if path.exists()}


def _refuse_a_real_plc(folder: Path) -> None:
    if (folder / "plc.cert.der").exists() and not (folder / "plc.key.pem").exists():
        raise CannotRotate(
            f"{folder / 'plc.cert.der'} is the certificate of a real PLC (there is no plc.key.pem beside it) and was "
            f"left alone. Make a new one at the PLC and put it beside it as plc.next.cert.der: the controller accepts "
            "either, and keeps the new one once the PLC shows it. For a new certificate of the controller use "
            "--rotate controller, and give controller.next.cert.der to the PLC first."
        )


def make_certificate(common_name: str, uri: str, usage: x509.ObjectIdentifier) -> tuple[bytes, bytes]:
    """A fresh self-signed application certificate by OPC 10000-6, 6.2.2: (private key PEM, certificate DER)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [
        x509.UniformResourceIdentifier(uri),
        x509.DNSName("localhost"),
        x509.DNSName(socket.gethostname()),
        x509.IPAddress(IPv4Address("127.0.0.1")),
    ]
    use = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=True,
        data_encipherment=True,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(use, critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, certificate.public_bytes(Encoding.DER)


def _ensure_certificate(folder: Path, part: str, uri: str, usage: x509.ObjectIdentifier) -> None:
    certificate = folder / f"{part}.cert.der"
    if certificate.exists():
        return
    pem, der = make_certificate(uri, uri, usage)
    _write(folder / f"{part}.key.pem", pem, 0o600)
    _write(certificate, der, 0o644)


def _ensure_sealing(folder: Path) -> None:
    private, public = folder / "sealing.key", folder / "sealing.pub"
    if not private.exists():
        _write(private, X25519PrivateKey.generate().private_bytes_raw(), 0o600)
    if not public.exists():
        key = X25519PrivateKey.from_private_bytes(private.read_bytes())
        _write(public, key.public_key().public_bytes_raw(), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others in between."""
    temporary = path.with_name(path.name + f".{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """``autosilo site pki NAME [--rotate [controller|plc]] [--list]``."""
    parser = argparse.ArgumentParser(prog="autosilo site pki", description="Make, renew and list the keys of one site.")
    parser.add_argument("name", help="the site's slug")
    parser.add_argument(
        "--rotate",
        nargs="?",
        const="both",
        choices=("both", *PARTS),
        help="a new certificate for one end while both run, or for both ends, which are then started again",
    )
    parser.add_argument("--list", action="store_true", help="fingerprints and expiry of what is there")
    arguments = parser.parse_args(argv)
    home = Path(os.environ.get("AUTOSILO_HOME", "var"))
    try:
        print(_obey(home, arguments))
    except (OSError, ValueError, CannotRotate) as error:
        print(f"autosilo site pki: {error}", file=sys.stderr)
        return 1
    return 0


def _obey(home: Path, arguments: argparse.Namespace) -> str:
    """What to print."""
    if arguments.list:
        found = certificates(home / "pki" / arguments.name)
        return "\n".join(_line(name, one) for name, one in found.items()) or "no certificates"
    if arguments.rotate in PARTS:
        return str(renew(home, arguments.name, arguments.rotate))
    make = rotate if arguments.rotate else ensure_pki
    return str(make(home, arguments.name))


def _line(name: str, certificate: x509.Certificate) -> str:
    digest = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    return f"{name:<16} until {certificate.not_valid_after_utc:%Y-%m-%d}  SHA-256 {digest}"
