"""Zhima (Sesame Credit) through Alipay's own SDK: ``zhima.credit.score.brief.get``, which answers yes or no.

The SDK is an optional extra (``pip install 'autosilo[zhima]'``) and is imported when the first question is asked. It
reaches its server on port 80 or 443 only and puts a port into the address as if it were a part of the path: give it a
``server_url`` without one. It writes the whole request, with the person in it, to a logger that it is given: it gets
none.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from autosilo.platform.journey.eligibility.bureau_client import (
    REPLY_TIMEOUT_S,
    BureauFailure,
    CreditAnswer,
    CreditSubject,
)

PRODUCT = "w1010100000000002733"  # fixed by Alipay's reference of this interface
DOCUMENT = "IDENTITY_CARD"  # the number of a Chinese driving licence is that of the identity card
LOWEST, HIGHEST = 350, 950  # of a Zhima score
VALID_FOR = timedelta(days=30)  # Zhima names no time; scores are renewed monthly
GATEWAY = "https://openapi.alipay.com/gateway.do"

Execute = Callable[[Mapping[str, object]], str]
"""Business parameters in, the JSON text of the verified answer out. Raises ``BureauFailure``."""


class _Reply(BaseModel):
    """``Y``: the score is at least what was asked for; ``N/A``: cannot be told, of somebody without a score, say."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    sub_code: str = ""
    is_admittance: Literal["Y", "N", "N/A"] | None = None


class ZhimaBureau:
    """``execute`` is the SDK's client, or a stand-in for tests."""

    def __init__(self, execute: Execute, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._execute = execute
        self._clock = clock

    def meets(self, *, subject: CreditSubject, threshold: int, consent_id: str, request_id: UUID) -> CreditAnswer:
        """Is the score over ``threshold``? Zhima tells whether it is at least a number, so the next one is asked for.

        The request id is Zhima's ``transaction_id``: for a day the same one gives the first answer. ``consent_id`` has
        no place in this interface; the consent is on our side. Raises ``BureauFailure``.
        """
        if not LOWEST <= threshold < HIGHEST:
            raise BureauFailure("bad_reply", permanent=True, detail="no Zhima score is over that")
        text = self._execute(
            {
                "transaction_id": request_id.hex,
                "product_code": PRODUCT,
                "cert_type": DOCUMENT,
                "cert_no": subject.document_number,
                "name": subject.name,
                "admittance_score": threshold + 1,
            }
        )
        return self._answer(text)

    def _answer(self, text: str) -> CreditAnswer:
        try:
            reply = _Reply.model_validate_json(text)
        except ValidationError as error:
            raise BureauFailure("bad_reply", permanent=False, detail=f"{error.error_count()} fields") from None
        if reply.code == "20000":  # the gateway is busy, by Alipay's list of common codes
            raise BureauFailure("unavailable", permanent=False, detail="code 20000")
        if reply.code != "10000":
            raise BureauFailure("unavailable", permanent=True, detail=f"code {reply.code} {reply.sub_code}".strip())
        if reply.is_admittance == "N/A":
            raise BureauFailure("unknown_person", permanent=True)
        if reply.is_admittance is None:
            raise BureauFailure("bad_reply", permanent=False, detail="no answer in the answer")
        now = self._clock()
        return CreditAnswer(meets=reply.is_admittance == "Y", asked_at=now, valid_until=now + VALID_FOR)


def alipay(
    *,
    app_id: str,
    private_key: str,
    alipay_public_key: str,
    server_url: str = GATEWAY,
    timeout_s: float = REPLY_TIMEOUT_S,
) -> Execute:
    """The SDK's client. Raises ``LookupError`` when the extra is not installed, ``ValueError`` for a bad address."""
    if urlsplit(server_url).port is not None or urlsplit(server_url).scheme != "https":
        raise ValueError("Alipay's SDK needs a server_url of https and without a port")
    try:
        from alipay.aop.api.AlipayClientConfig import AlipayClientConfig
        from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient
        from alipay.aop.api.request.ZhimaCreditScoreBriefGetRequest import ZhimaCreditScoreBriefGetRequest
    except ImportError as error:
        raise LookupError("Zhima needs Alipay's SDK: pip install 'autosilo[zhima]'") from error
    config = AlipayClientConfig()
    config.server_url, config.app_id = server_url, app_id
    config.app_private_key, config.alipay_public_key = private_key, alipay_public_key
    config.timeout = timeout_s
    client = DefaultAlipayClient(config)  # without a logger: see above

    def execute(content: Mapping[str, object]) -> str:
        request = ZhimaCreditScoreBriefGetRequest()
        request.biz_content = json.loads(json.dumps(content))
        try:
            return str(client.execute(request))
        except TimeoutError as error:
            raise BureauFailure("timeout", permanent=False, detail=type(error).__name__) from None
        except Exception as error:  # the SDK's own errors quote request and reply, so they are not passed on
            raise BureauFailure(_kind(error), permanent=False, detail=type(error).__name__) from None

    return execute


def _kind(error: Exception) -> Literal["timeout", "unavailable", "bad_reply"]:
    """The SDK has one error for what did not arrive and one for what arrived and is wrong."""
    name = type(error).__name__
    if name == "RequestException":
        return "timeout" if "timed out" in str(error) else "unavailable"
    return "bad_reply" if name == "ResponseException" else "unavailable"
