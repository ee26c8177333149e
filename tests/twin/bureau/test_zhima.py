"""Zhima: what is asked of Alipay, what its answers mean, and what is said where the SDK is not installed."""

import builtins
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from autosilo.platform.journey.eligibility.bureau_client import BureauFailure, CreditAnswer, CreditSubject
from autosilo.platform.journey.eligibility.bureau_zhima import VALID_FOR, ZhimaBureau, alipay

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LI = CreditSubject(name="李娜", document_number="310101199005040011", birth_date=date(1990, 5, 4))


class Gateway:
    def __init__(self, **reply: Any) -> None:
        self.text = json.dumps({"code": "10000", "msg": "Success", "biz_no": "ZM1"} | reply)
        self.asked: list[Mapping[str, object]] = []

    def __call__(self, content: Mapping[str, object]) -> str:
        self.asked.append(content)
        return self.text


def ask(gateway: Any, threshold: int = 700) -> CreditAnswer:
    bureau = ZhimaBureau(gateway, clock=lambda: NOW)
    return bureau.meets(subject=LI, threshold=threshold, consent_id="c", request_id=UUID(int=7))


def test_over_a_threshold_is_at_least_the_next_number() -> None:
    gateway = Gateway(is_admittance="Y")
    assert ask(gateway) == CreditAnswer(meets=True, asked_at=NOW, valid_until=NOW + VALID_FOR)
    assert gateway.asked == [
        {
            "transaction_id": "0" * 31 + "7",
            "product_code": "w1010100000000002733",
            "cert_type": "IDENTITY_CARD",
            "cert_no": LI.document_number,
            "name": "李娜",
            "admittance_score": 701,
        }
    ]


def test_no_is_no() -> None:
    assert not ask(Gateway(is_admittance="N")).meets


@pytest.mark.parametrize(
    ("reply", "kind", "permanent"),
    [
        ({"is_admittance": "N/A"}, "unknown_person", True),
        ({}, "bad_reply", False),
        ({"is_admittance": "731"}, "bad_reply", False),
        ({"code": "20000"}, "unavailable", False),
        ({"code": "40004", "sub_code": "PRODUCT_INVALID"}, "unavailable", True),
        ({"code": None}, "bad_reply", False),
    ],
)
def test_what_is_no_answer(reply: dict[str, Any], kind: str, permanent: bool) -> None:
    with pytest.raises(BureauFailure) as failure:
        ask(Gateway(**reply))
    assert (failure.value.kind, failure.value.permanent) == (kind, permanent)
    assert "731" not in str(failure.value)


@pytest.mark.parametrize("threshold", [0, 349, 950])
def test_a_threshold_outside_of_the_scale_is_not_asked(threshold: int) -> None:
    gateway = Gateway(is_admittance="Y")
    with pytest.raises(BureauFailure):
        ask(gateway, threshold)
    assert not gateway.asked


def test_without_the_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("alipay"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LookupError, match=r"pip install 'autosilo\[zhima\]'"):
        alipay(app_id="1", private_key="", alipay_public_key="")


@pytest.mark.parametrize("url", ["https://openapi.alipay.com:443/gateway.do", "http://openapi.alipay.com/gateway.do"])
def test_the_sdk_cannot_reach_a_port(url: str) -> None:
    with pytest.raises(ValueError, match="without a port"):
        alipay(app_id="1", private_key="", alipay_public_key="", server_url=url)


def test_the_real_sdk_signs_asks_and_checks_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra installed: the gateway's end is played here, with keys of its own."""
    client_module = pytest.importorskip("alipay.aop.api.DefaultAlipayClient")
    rsa = pytest.importorskip("rsa")
    import base64
    from urllib.parse import parse_qs

    public, private = rsa.newkeys(1024)
    pem = lambda key: base64.b64encode(key.save_pkcs1("DER")).decode()  # noqa: E731
    spki = _spki(public)
    seen: dict[str, Any] = {}

    def post(url: str, query: str, headers: Any, params: dict[str, str], charset: str, timeout: float) -> bytes:
        seen.update(url=url, query=parse_qs(query), params=params, timeout=timeout)
        content = json.dumps({"code": "10000", "msg": "Success", "is_admittance": "Y"}, separators=(",", ":"))
        signed = content if seen.get("honest", True) else "{}"
        sign = base64.b64encode(rsa.sign(signed.encode(), private, "SHA-256")).decode()
        return f'{{"zhima_credit_score_brief_get_response":{content},"sign":"{sign}"}}'.encode()

    monkeypatch.setattr(client_module, "do_post", post)
    execute = alipay(app_id="2014", private_key=pem(private), alipay_public_key=spki)
    assert ask(execute).meets
    assert seen["query"]["method"] == ["zhima.credit.score.brief.get"]
    assert json.loads(seen["params"]["biz_content"])["admittance_score"] == 701
    seen["honest"] = False
    with pytest.raises(BureauFailure) as failure:
        ask(execute)
    assert failure.value.kind == "bad_reply"
    assert LI.document_number not in str(failure.value)
    assert timedelta(seconds=seen["timeout"]) < timedelta(seconds=10)


def _spki(public: Any) -> str:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = RSAPublicNumbers(public.e, public.n).public_key()
    body = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return "".join(body.splitlines()[1:-1])
