"""A mobile driving licence is believed when it is real, whole, of its time, and shown to us now by its own phone.

Each attack also says which of the two libraries would have let it pass alone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cbor2
import isomdoc
import pytest
from cryptography import x509
from pymdoccbor.mdoc.verifier import MdocCbor

from autosilo.platform.resources.licences.mdl import MOST_BYTES, verify
from autosilo.platform.resources.licences.shown import NotProven, Shown
from autosilo.platform.resources.licences.transcript import ELEMENTS, Question
from autosilo.twin.wallet.authority import Authority, founded, new_root, under
from autosilo.twin.wallet.credential import Credential, issue
from autosilo.twin.wallet.presenting import CannotPresent, device_response, read
from twin.wallet.conftest import LI, NOW


def shown(answer: bytes, question: Question, authority: Authority) -> Shown:
    return verify(answer, question=question, roots=[authority.root], now=NOW)


def why_not(answer: bytes, question: Question, authority: Authority) -> str:
    with pytest.raises(NotProven) as caught:
        shown(answer, question, authority)
    return caught.value.reason


def by_pymdoccbor(answer: bytes, authority: Authority) -> bool:
    reader = MdocCbor()
    reader.loads(answer)
    return reader.verify(trusted_root_certs=[authority.root])


def by_isomdoc(answer: bytes, question: Question) -> bool:
    try:
        isomdoc.verify_device_response(answer, question.transcript())
    except Exception:  # it says no by many
        return False
    return True


def changed(answer: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The answer with something done to its first document (or, under "whole", to all of it)."""
    read = _loose(cbor2.loads(answer))
    change(read)
    return cbor2.dumps(read)


def _loose(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _loose(one) for key, one in value.items()}
    return [_loose(one) for one in value] if isinstance(value, list | tuple) else value


def answer_of(credential: Credential, question: Question) -> bytes:
    return device_response(credential, read(question.link()))


@pytest.fixture(scope="session")
def credential(authority: Authority) -> Credential:
    return issue(authority, LI, now=NOW)


@pytest.fixture
def good(credential: Credential, question: Question) -> bytes:
    return answer_of(credential, question)


def test_a_real_one_says_what_was_asked_and_no_more(good: bytes, question: Question, authority: Authority) -> None:
    assert shown(good, question, authority) == Shown(
        family_name="Li",
        given_name="Na",
        birth_date=date(1990, 5, 4),
        number="310101199005040011",
        expires_on=date(2099, 1, 1),
        categories={"B": date(2099, 1, 1)},
    )
    items = cbor2.loads(good)["documents"][0]["issuerSigned"]["nameSpaces"]["org.iso.18013.5.1"]
    assert {cbor2.loads(one.value)["elementIdentifier"] for one in items} == set(ELEMENTS)
    assert b"Amaurot" not in good


@pytest.mark.parametrize("other", [{"nonce": "m" * 43}, {"response_uri": "https://shop.example/wallet/2"}])
def test_an_answer_to_another_question_is_a_replay(
    good: bytes, question: Question, authority: Authority, other: dict[str, str]
) -> None:
    later = replace(question, **other)
    assert why_not(good, later, authority) == "holder"
    assert by_pymdoccbor(good, authority), "it knows nothing of sessions"


def test_a_copy_on_another_phone(credential: Credential, question: Question, authority: Authority) -> None:
    stolen = answer_of(credential.of_another_device(), question)
    assert why_not(stolen, question, authority) == "holder"
    assert by_pymdoccbor(stolen, authority), "it knows nothing of the phone's key"


def test_an_authority_that_nobody_knows(question: Question, authority: Authority) -> None:
    forged = answer_of(issue(founded(NOW), LI, now=NOW), question)
    assert why_not(forged, question, authority) == "issuer"
    assert by_isomdoc(forged, question), "it takes any certificate"


def test_no_trusted_root_means_nobody_is_trusted(good: bytes, question: Question) -> None:
    with pytest.raises(NotProven, match="issuer"):
        verify(good, question=question, roots=[], now=NOW)


@pytest.mark.parametrize("begins", [timedelta(days=-2), timedelta(days=1)], ids=["expired", "not yet"])
def test_out_of_its_time(question: Question, authority: Authority, begins: timedelta) -> None:
    late = answer_of(issue(authority, LI, now=NOW + begins, life=timedelta(days=1)), question)
    assert why_not(late, question, authority) == "out_of_date"
    assert by_pymdoccbor(late, authority)
    assert by_isomdoc(late, question), "neither looks at the dates"


def test_an_altered_element(good: bytes, question: Question, authority: Authority) -> None:
    def older(read: dict[str, Any]) -> None:
        items = read["documents"][0]["issuerSigned"]["nameSpaces"]["org.iso.18013.5.1"]
        at = next(i for i, one in enumerate(items) if cbor2.loads(one.value)["elementIdentifier"] == "birth_date")
        item = {**cbor2.loads(items[at].value), "elementValue": cbor2.CBORTag(1004, "1970-01-01")}
        items[at] = cbor2.CBORTag(24, cbor2.dumps(item))

    forged = changed(good, older)
    assert why_not(forged, question, authority) == "issuer"
    assert not by_isomdoc(forged, question)


def test_an_element_in_a_namespace_that_nobody_signed(good: bytes, question: Question, authority: Authority) -> None:
    def more(read: dict[str, Any]) -> None:
        spaces = read["documents"][0]["issuerSigned"]["nameSpaces"]
        spaces["org.example"] = list(spaces["org.iso.18013.5.1"])

    forged = changed(good, more)
    assert by_pymdoccbor(forged, authority), "it passes over what it does not know"
    assert why_not(forged, question, authority) == "holder"


def test_an_answer_without_documents(good: bytes, question: Question, authority: Authority) -> None:
    empty = changed(good, lambda read: read["documents"].clear())
    assert by_pymdoccbor(empty, authority)
    assert by_isomdoc(empty, question), "both find nothing, and nothing wrong"
    assert why_not(empty, question, authority) == "unreadable"


def test_two_documents(good: bytes, question: Question, authority: Authority) -> None:
    twice = changed(good, lambda read: read["documents"].append(read["documents"][0]))
    assert by_isomdoc(twice, question)
    assert why_not(twice, question, authority) == "unreadable"


def test_the_same_element_twice(good: bytes, question: Question, authority: Authority) -> None:
    def twice(read: dict[str, Any]) -> None:
        items = read["documents"][0]["issuerSigned"]["nameSpaces"]["org.iso.18013.5.1"]
        items.append(items[0])

    forged = changed(good, twice)
    assert by_isomdoc(forged, question)
    assert by_pymdoccbor(forged, authority)
    assert why_not(forged, question, authority) == "unreadable"


def test_something_held_back(credential: Credential, question: Question, authority: Authority) -> None:
    some = answer_of(credential.showing(frozenset(ELEMENTS) - {"driving_privileges"}), question)
    assert why_not(some, question, authority) == "incomplete"


def test_another_kind_of_document(question: Question, authority: Authority) -> None:
    card = answer_of(issue(authority, LI, now=NOW, doc_type="org.iso.23220.photoid.1"), question)
    assert by_pymdoccbor(card, authority)
    assert by_isomdoc(card, question)
    assert why_not(card, question, authority) == "other_document"


def test_another_document_under_a_licences_name(question: Question, authority: Authority) -> None:
    card = issue(authority, LI, now=NOW, doc_type="org.iso.23220.photoid.1")
    dressed = answer_of(replace(card, doc_type="org.iso.18013.5.1.mDL"), question)
    assert by_pymdoccbor(dressed, authority), "it does not compare the two"
    assert why_not(dressed, question, authority) == "holder"


def test_a_signer_for_another_purpose(question: Question) -> None:
    root, key = new_root(NOW)
    reader = under(root, key, now=NOW, purpose=x509.ObjectIdentifier("1.0.18013.5.1.6"))  # authenticates readers
    forged = answer_of(issue(reader, LI, now=NOW), question)
    assert by_pymdoccbor(forged, reader)
    assert why_not(forged, question, reader) == "issuer"


def test_a_signer_that_is_out_of_date(question: Question) -> None:
    root, key = new_root(NOW - timedelta(days=20))
    old = under(root, key, now=NOW - timedelta(days=10), life=timedelta(days=9))
    assert why_not(answer_of(issue(old, LI, now=NOW), question), question, old) == "issuer"


def test_a_licence_holder_is_no_authority(question: Question, authority: Authority) -> None:
    """The root list is of authorities: a signer put there by mistake signs nothing further down."""
    below = under(authority.signer, authority.signer_key, now=NOW)
    answer = answer_of(issue(below, LI, now=NOW), question)
    misplaced = replace(below, root=authority.signer)
    assert by_pymdoccbor(answer, misplaced)
    assert why_not(answer, question, misplaced) == "issuer"


def test_a_signature_under_another_algorithms_name(good: bytes, question: Question, authority: Authority) -> None:
    def renamed(read: dict[str, Any]) -> None:
        read["documents"][0]["deviceSigned"]["deviceAuth"]["deviceSignature"][0] = cbor2.dumps({1: -35})

    assert why_not(changed(good, renamed), question, authority) == "holder"


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\xff" * 40,
        b"\x81" * 60_000,
        b"\x5b" + b"\x0f" * 8,
        cbor2.dumps([]),
        cbor2.dumps({"version": "1.0", "documents": [7], "status": 0}),
        cbor2.dumps({"version": "1.0", "documents": [{"docType": "org.iso.18013.5.1.mDL"}], "status": 0}),
        b"\x00" * (MOST_BYTES + 1),
    ],
)
def test_rubbish_is_refused(rubbish: bytes, question: Question, authority: Authority) -> None:
    assert why_not(rubbish, question, authority) in {"unreadable", "issuer"}


def test_every_changed_byte_is_refused(good: bytes, question: Question, authority: Authority) -> None:
    """A bit flipped here and there, over the whole length."""
    for at in range(0, len(good), 41):
        flipped = bytearray(good)
        flipped[at] ^= 0x10
        try:
            seen = shown(bytes(flipped), question, authority)
        except NotProven:
            continue
        assert seen == shown(good, question, authority), f"byte {at} changed what was read"


def test_a_wallet_answers_nobody_who_hides(question: Question) -> None:
    with pytest.raises(CannotPresent):
        read(question.link().replace("redirect_uri%3Ahttps", "redirect_uri%3Ahttp"))
    with pytest.raises(CannotPresent):
        read("openid4vp://?nonce=1")
