"""An issuing authority: a root certificate, and under it one that signs licences (ISO/IEC 18013-5:2021, annex B.1)."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

SIGNER_PURPOSE = x509.ObjectIdentifier("1.0.18013.5.1.2")
ROOT_LIFE = timedelta(days=365 * 9)
SIGNER_LIFE = timedelta(days=457)
"""The longest that annex B.1.4 allows."""
COUNTRY = "UT"
"""Utopia: the standard's own code for examples."""
FOLDER = Path("twins") / "wallet"
"""Under AUTOSILO_HOME."""
ROOT_FILE, KEY_FILE = "root.pem", "root.key"


@dataclass(frozen=True, kw_only=True)
class Authority:
    """``signer`` and its key sign licences; only ``root`` is told to those who check them."""

    root: x509.Certificate
    signer: x509.Certificate
    signer_key: ec.EllipticCurvePrivateKey


def new_root(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Utopia IACA")
    built = (
        _certificate(name, name, key.public_key(), now, ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return built.sign(key, hashes.SHA256()), key


def under(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    *,
    now: datetime,
    life: timedelta = SIGNER_LIFE,
    purpose: x509.ObjectIdentifier = SIGNER_PURPOSE,
) -> Authority:
    """A fresh signer of licences."""
    key = ec.generate_private_key(ec.SECP256R1())
    built = _certificate(root.subject, _name("Utopia licences"), key.public_key(), now, life).add_extension(
        x509.ExtendedKeyUsage([purpose]), critical=True
    )
    return Authority(root=root, signer=built.sign(root_key, hashes.SHA256()), signer_key=key)


def founded(now: datetime) -> Authority:
    """A new root and a signer, in memory."""
    return under(*new_root(now), now=now)


def kept_in(folder: Path, *, now: datetime) -> Authority:
    """The authority whose root is kept in ``folder``; it is founded there at first. The signer is new each time."""
    root_file, key_file = folder / ROOT_FILE, folder / KEY_FILE
    if not root_file.exists():
        root, key = new_root(now)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(key_file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        _write(root_file, root.public_bytes(Encoding.PEM), 0o644)
    root = x509.load_pem_x509_certificate(root_file.read_bytes())
    loaded = load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} is not a key on an elliptic curve")
    return under(root, loaded, now=now)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + life)
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as out:
        out.write(content)
    draft.replace(file)
