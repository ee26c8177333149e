"""A mobile driving licence as it lies in a phone: what the authority signed, and the key that only this phone has."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from autosilo.twin.wallet.authority import Authority

DOC_TYPE = "org.iso.18013.5.1.mDL"
NAMESPACE = "org.iso.18013.5.1"
LIFE = timedelta(days=365)
ENCODED_CBOR, FULL_DATE = 24, 1004  # tags: RFC 8949, RFC 8943
ALGORITHM, CHAIN = 1, 33  # labels: RFC 9052, RFC 9360
ES256 = -7
SALT_BYTES, HALF_SIGNATURE_BYTES = 32, 32


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who the licence is for."""

    given_name: str
    family_name: str
    birth_date: date
    number: str
    expires_on: date
    categories: tuple[str, ...] = ("B",)
    portrait: bytes | None = None
    """JPEG."""


@dataclass(frozen=True, kw_only=True)
class Credential:
    """``items``: every element as signed; ``issuer_auth``: the COSE_Sign1 over their digests and the device's key."""

    items: tuple[bytes, ...]
    issuer_auth: list[Any]
    device_key: ec.EllipticCurvePrivateKey
    doc_type: str = DOC_TYPE

    def of_another_device(self) -> "Credential":
        """A copy without the phone: it can only sign with a key of its own."""
        return replace(self, device_key=ec.generate_private_key(ec.SECP256R1()))

    def showing(self, names: frozenset[str]) -> "Credential":
        """Selective disclosure."""
        return replace(self, items=tuple(one for one in self.items if cbor2.loads(one)["elementIdentifier"] in names))


def issue(
    authority: Authority, holder: Holder, *, now: datetime, life: timedelta = LIFE, doc_type: str = DOC_TYPE
) -> Credential:
    """Valid from ``now`` on; the phone's key is drawn here, as a phone would do itself."""
    device_key = ec.generate_private_key(ec.SECP256R1())
    items = tuple(_item(index, name, value) for index, (name, value) in enumerate(_elements(holder, now).items()))
    mso = {
        "version": "1.0",
        "digestAlgorithm": "SHA-256",
        "valueDigests": {NAMESPACE: {index: _digest(item) for index, item in enumerate(items)}},
        "deviceKeyInfo": {"deviceKey": _cose_key(device_key.public_key())},
        "docType": doc_type,
        "validityInfo": {name: _tdate(at) for name, at in _validity(now, life).items()},
    }
    payload = cbor2.dumps(cbor2.CBORTag(ENCODED_CBOR, cbor2.dumps(mso)))
    chain = {CHAIN: authority.signer.public_bytes(Encoding.DER)}
    auth = sign1(authority.signer_key, payload, unprotected=chain, detached=False)
    return Credential(items=items, issuer_auth=auth, device_key=device_key, doc_type=doc_type)


def sign1(key: ec.EllipticCurvePrivateKey, payload: bytes, *, unprotected: dict[int, Any], detached: bool) -> list[Any]:
    """COSE_Sign1 with ES256 (RFC 9052, 4.2)."""
    protected = cbor2.dumps({ALGORITHM: ES256})
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(HALF_SIGNATURE_BYTES, "big") + s.to_bytes(HALF_SIGNATURE_BYTES, "big")
    return [protected, unprotected, None if detached else payload, signature]


def _elements(holder: Holder, now: datetime) -> dict[str, Any]:
    expires = cbor2.CBORTag(FULL_DATE, holder.expires_on.isoformat())
    issued = cbor2.CBORTag(FULL_DATE, now.date().isoformat())
    elements: dict[str, Any] = {
        "family_name": holder.family_name,
        "given_name": holder.given_name,
        "birth_date": cbor2.CBORTag(FULL_DATE, holder.birth_date.isoformat()),
        "document_number": holder.number,
        "issue_date": issued,
        "expiry_date": expires,
        "issuing_country": "UT",
        "resident_city": "Amaurot",  # something that nobody needs: it must never be shown
        "driving_privileges": [
            {"vehicle_category_code": code, "issue_date": issued, "expiry_date": expires} for code in holder.categories
        ],
    }
    return elements if holder.portrait is None else elements | {"portrait": holder.portrait}


def _validity(now: datetime, life: timedelta) -> dict[str, datetime]:
    return {"signed": now, "validFrom": now, "validUntil": now + life}


def _tdate(at: datetime) -> cbor2.CBORTag:
    return cbor2.CBORTag(0, at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _item(index: int, name: str, value: Any) -> bytes:
    return cbor2.dumps(
        {
            "digestID": index,
            "random": secrets.token_bytes(SALT_BYTES),
            "elementIdentifier": name,
            "elementValue": value,
        }
    )


def _digest(item: bytes) -> bytes:
    return hashlib.sha256(cbor2.dumps(cbor2.CBORTag(ENCODED_CBOR, item))).digest()


def _cose_key(key: ec.EllipticCurvePublicKey) -> dict[int, Any]:
    """RFC 9053, 7.1.1: an EC2 key on P-256."""
    numbers = key.public_numbers()
    return {1: 2, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
