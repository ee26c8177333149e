"""Is this answer of a wallet a real, present, unaltered mobile driving licence? Bytes in, what it says out.

Two libraries judge, and both must say yes, since each is blind where the other sees (both read in source, versions of
the lock file, and attacked in tests):

- ``pymdoccbor`` sees the issuer's chain to a trusted root and the digests of the elements; it knows nothing of the
  session, of the holder's device key, or of validity, and finds an answer without documents good.
- ``isomdoc`` sees the device key's signature over the session, and the digests; it takes any certificate for an
  issuer's, and any dates.

What neither checks is checked here: that there is one document, of the right type, valid now, signed by a certificate
for this purpose under a root that is one, and that no element is there twice.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import cbor2
import isomdoc
from cryptography import x509
from pymdoccbor.mdoc.verifier import MdocCbor

from autosilo.platform.resources.licences.shown import NotProven, Shown
from autosilo.platform.resources.licences.transcript import DOC_TYPE, NAMESPACE, Question

MOST_BYTES = 256 * 1024
"""A licence without a portrait has about two kilobytes, a portrait some tens."""
SIGNER = x509.ObjectIdentifier("1.0.18013.5.1.2")
"""Extended key usage of a certificate that signs licences: ISO/IEC 18013-5:2021, annex B.1.4."""
ES256 = -7

logging.getLogger("pymdoccbor").setLevel(logging.CRITICAL)  # it would write names of elements and digests into the log


def verify(answer: bytes, *, question: Question, roots: Sequence[x509.Certificate], now: datetime) -> Shown:
    """What is shown by ``answer`` (a CBOR ``DeviceResponse``) to ``question``. Raises ``NotProven``."""
    if len(answer) > MOST_BYTES:
        raise NotProven("unreadable")
    document = _one_document(answer)
    _issuer_is_trusted(answer, roots, now)
    signed = _holder_answers(answer, question)
    _of_its_time(signed, now)
    return _shown(_elements(signed, document, question))


class MobileLicences:
    """Behind the socket ``actions.reader``: trusted roots come from a PEM file, which is read anew each time."""

    def __init__(self, roots: Path | None) -> None:
        self._file = roots

    def ready(self) -> bool:
        return self._file is not None and self._file.is_file()

    def read(self, answer: bytes, *, question: Question, now: datetime) -> Shown:
        """Raises ``NotProven``."""
        if self._file is None or not self._file.is_file():
            raise NotProven("issuer")
        return verify(
            answer, question=question, roots=x509.load_pem_x509_certificates(self._file.read_bytes()), now=now
        )


def _guarded(reason: str, call: Callable[[], Any]) -> Any:
    """Both libraries say no by many exceptions, and meet made-up input with any; a no is all that it can mean."""
    try:
        return call()
    except Exception as error:
        raise NotProven(reason) from error


def _one_document(answer: bytes) -> dict[str, Any]:
    read = _guarded("unreadable", lambda: cbor2.loads(answer))
    documents = read.get("documents") if isinstance(read, dict) else None
    if not isinstance(documents, list) or len(documents) != 1 or not isinstance(documents[0], dict):
        raise NotProven("unreadable")
    if documents[0].get("docType") != DOC_TYPE or documents[0].get("errors"):
        raise NotProven("other_document")
    return documents[0]


def _issuer_is_trusted(answer: bytes, roots: Sequence[x509.Certificate], now: datetime) -> None:
    """``pymdoccbor``'s verdict, and what it leaves out of the chain."""
    reader = MdocCbor()

    def judge() -> bool:
        reader.loads(answer)
        return bool(reader.verify(trusted_root_certs=list(roots), verify_hashes=True))

    if not _guarded("issuer", judge) or len(reader.documents) != 1 or reader.documents_invalid:
        raise NotProven("issuer")
    auth = reader.documents[0].issuersigned.issuer_auth
    _guarded("issuer", lambda: _chain(auth.x509_certificates, auth.verified_root, now))


def _chain(certificates: Sequence[x509.Certificate], root: x509.Certificate, now: datetime) -> None:
    """One step, from the root: ISO/IEC 18013-5 has no certificate between. Raises anything when it does not hold."""
    signer = certificates[0]
    signer.verify_directly_issued_by(root)
    if not root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise ValueError("the root may not issue")
    if SIGNER not in signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value:
        raise ValueError("a certificate for another purpose")
    for one in (signer, root):
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise ValueError("out of date")


def _holder_answers(answer: bytes, question: Question) -> Any:
    """``isomdoc``'s verdict: the key that the issuer bound to the licence has signed our very question."""
    response = _guarded("holder", lambda: isomdoc.verify_device_response(answer, question.transcript()))
    if len(response.documents) != 1 or response.documents[0].doctype != DOC_TYPE:
        raise NotProven("holder")
    found = response.documents[0]
    algorithms = (found.issuer_signed.mso_signature_algorithm, found.device_signed.device_signature_algorithm)
    if any(int(one) != ES256 for one in algorithms):  # it would check any name of an algorithm as if it were this one
        raise NotProven("holder")
    return found.issuer_signed


def _of_its_time(signed: Any, now: datetime) -> None:
    """Neither library compares these with a clock."""
    dates = signed.validity_info
    if not _guarded("unreadable", lambda: dates.valid_from <= now < dates.valid_until and dates.signed <= now):
        raise NotProven("out_of_date")


def _elements(signed: Any, document: dict[str, Any], question: Question) -> dict[str, Any]:
    """By name, each at most once: the libraries would take the first or the last of two."""
    items = signed.namespaces.get(NAMESPACE, [])
    values = {item.element_identifier: item.element_value for item in items}
    if len(values) != len(items) or len(items) != len(document["issuerSigned"]["nameSpaces"].get(NAMESPACE, [])):
        raise NotProven("unreadable")
    if not values.keys() >= set(question.elements):
        raise NotProven("incomplete")
    return values


def _shown(values: dict[str, Any]) -> Shown:
    return _guarded(
        "incomplete",
        lambda: Shown(
            family_name=_text(values["family_name"]),
            given_name=_text(values["given_name"]),
            birth_date=_day(values["birth_date"]),
            number=_text(values["document_number"]),
            expires_on=_day(values["expiry_date"]),
            categories=_categories(values["driving_privileges"]),
            portrait=_picture(values.get("portrait")),
        ),
    )


def _categories(privileges: Any) -> dict[str, date | None]:
    """A category that has not begun or is over counts by its own dates; see ``actions``."""
    return {
        _text(one["vehicle_category_code"]): _day(one["expiry_date"]) if "expiry_date" in one else None
        for one in privileges
    }


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("not a text")
    return value


def _picture(value: Any) -> bytes | None:
    if not isinstance(value, bytes | None):
        raise TypeError("not a picture")
    return value


def _day(value: Any) -> date:
    """``full-date`` (tag 1004, RFC 8943), or ``tdate`` (tag 0)."""
    if isinstance(value, cbor2.CBORTag):
        value = value.value
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(value)
