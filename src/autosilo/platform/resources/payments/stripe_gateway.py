"""Taking money through Stripe's interface, with the official SDK. Money is in minor units (fen, cents) everywhere.

How one payment is taken at most once, although not every server honours idempotency keys (localstripe does not):

1. the caller has a row of its own (``reference``) before anything is asked;
2. ``create_intent``; an intent takes no money, so one too many is harmless;
3. the caller stores the intent's id in its row, only where none is stored yet; who loses that race calls ``cancel``;
4. only the stored intent is ever paid, and an intent can succeed once.

Money that may never be taken is only authorised (``hold``): the intent waits as ``requires_capture``, and then either a
part is taken (``capture``) or the hold is let go (``cancel``); each ends the intent, so the other cannot follow.
Card networks let an uncaptured hold lapse by themselves, usually after seven days (Stripe, "Place a hold on a payment
method"): the intent is then ``canceled``.

After ``declined`` the intent is used up: ``cancel`` it, create and store another. After any other failure of ``pay``
the outcome is unknown: ``retrieve`` and look. Both steps hold for Stripe and localstripe alike.

The card never touches this process: the browser turns it into a token, see ``docs/reference/twins.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from typing import Literal, Protocol, TypeVar

import stripe
from pydantic import BaseModel, ConfigDict, Field, ValidationError

CONNECT_TIMEOUT_S = 3.0
REPLY_TIMEOUT_S = 20.0  # an acquirer may ask the card's bank before it answers
NETWORK_RETRIES = 1
# Later versions refuse ``payment_method_types`` (Stripe changelog, 2026-09-30.endive), and what replaces it is unknown
# to localstripe. Without either, Stripe would offer ways to pay that need a redirect.
API_VERSION = "2026-07-29.dahlia"
ENOUGH = frozenset({"requires_action", "requires_capture", "processing", "succeeded"})
"""What ``pay`` can bring about: an intent that is there already is not paid again."""
METADATA_LIMIT = 500  # characters of a metadata value, Stripe API reference, "Metadata"

FailureKind = Literal["declined", "unavailable", "refused", "not_found", "bad_reply"]


class PaymentFailure(Exception):
    """No result. ``permanent``: the same again cannot help. ``code`` is the provider's, for logs and a table of words.

    ``declined``: the card's bank says no (safe to show). ``unavailable``: not reached, or not able now.
    ``refused``: our key or our request is wrong. ``not_found``: no such intent. ``bad_reply``: not what was promised.
    """

    def __init__(self, kind: FailureKind, *, permanent: bool, code: str = "") -> None:
        super().__init__(f"{kind}{': ' + code if code else ''}")
        self.kind: FailureKind = kind
        self.permanent = permanent
        self.code = code


class IntentStatus(StrEnum):
    """Stripe API reference, "The PaymentIntent object"."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    REQUIRES_CAPTURE = "requires_capture"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True, kw_only=True)
class Intent:
    """``requires_action``: the browser must call ``confirmCardPayment(client_secret)``, then look again."""

    id: str
    client_secret: str
    status: IntentStatus
    amount_minor: int
    currency: str
    failure_code: str = ""
    taken_minor: int = 0
    """What was taken of it so far: less than the amount when only a part of a hold was captured."""
    card: str = field(default="", repr=False, compare=False)
    """The provider's fingerprint of the card that paid just now: the same for the same card, and not its number."""


@dataclass(frozen=True, kw_only=True)
class Refunded:
    id: str
    amount_minor: int
    status: str


class PaymentGateway(Protocol):
    """Every method raises ``PaymentFailure``."""

    def create_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        reference: str,
        idempotency_key: str,
        description: str,
        hold: bool = False,
    ) -> Intent: ...

    def retrieve(self, intent_id: str) -> Intent: ...

    def pay(self, intent_id: str, *, card_token: str) -> Intent: ...

    def pay_like(self, intent_id: str, *, other: str) -> Intent: ...

    def capture(self, intent_id: str, *, amount_minor: int) -> Intent: ...

    def cancel(self, intent_id: str) -> Intent: ...

    def refund(self, intent_id: str) -> Refunded: ...


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Error(_Reply):
    code: str | None = None


class _Intent(_Reply):
    id: str = Field(pattern=r"^pi_")
    client_secret: str
    status: IntentStatus
    amount: int = Field(gt=0)
    currency: str
    amount_received: int | None = None  # localstripe tells none
    last_payment_error: _Error | None = None
    customer: str | None = None
    payment_method: str | None = None


class _Card(_Reply):
    id: str
    fingerprint: str = Field(default="", max_length=200)


class _Cards(_Reply):
    data: list[_Card] = []


class _Customer(_Reply):
    id: str = Field(pattern=r"^cus_")
    default_source: str
    sources: _Cards = _Cards()


class _Refund(_Reply):
    id: str = Field(pattern=r"^re_")
    amount: int = Field(gt=0)
    status: str


_R = TypeVar("_R", bound=_Reply)


class StripeGateway:
    """``api_base``: another server of the same interface, such as localstripe; None is Stripe itself."""

    def __init__(self, secret_key: str, *, api_base: str | None = None) -> None:
        self._stripe = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else {},
            http_client=stripe.RequestsClient(timeout=(CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S)),
            max_network_retries=NETWORK_RETRIES,
        ).v1

    def create_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        reference: str,
        idempotency_key: str,
        description: str,
        hold: bool = False,
    ) -> Intent:
        """An intent to take ``amount_minor`` of ``currency`` (ISO 4217), or with ``hold`` to authorise it only."""
        reply = _ask(
            _Intent,
            lambda: self._stripe.payment_intents.create(
                {
                    "amount": amount_minor,
                    "currency": currency.lower(),
                    "capture_method": "manual" if hold else "automatic",
                    "payment_method_types": ["card"],  # type: ignore[typeddict-unknown-key]  # the SDK's newest has none
                    # The description goes here too: localstripe refuses Stripe's own field for it.
                    "metadata": {"reference": reference, "description": description[:METADATA_LIMIT]},
                },
                {"idempotency_key": idempotency_key},
            ),
        )
        return _intent(reply)

    def retrieve(self, intent_id: str) -> Intent:
        """The intent as the provider sees it now."""
        return _intent(_ask(_Intent, lambda: self._stripe.payment_intents.retrieve(intent_id)))

    def pay(self, intent_id: str, *, card_token: str) -> Intent:
        """Pay with the card behind ``card_token`` (``tok_…`` of Stripe.js ``createToken``).

        Returns the intent as ``succeeded``, ``requires_capture`` (a hold), ``processing`` or ``requires_action``. An
        intent that has been paid is returned as it is. Raises ``PaymentFailure``; after ``declined`` it is used up.
        """
        present = self.retrieve(intent_id)
        if present.status in ENOUGH:
            return present
        card = self._attach(intent_id, card_token)
        return replace(self._confirmed(intent_id, card_token), card=card)

    def pay_like(self, intent_id: str, *, other: str) -> Intent:
        """Pay with the card that paid the intent ``other``: a token can be used once only. Answers as ``pay`` does."""
        present = self.retrieve(intent_id)
        if present.status in ENOUGH:
            return present
        paid = _ask(_Intent, lambda: self._stripe.payment_intents.retrieve(other))
        if paid.customer is None or paid.payment_method is None:
            raise PaymentFailure("refused", permanent=True, code="no_card")
        self._set_card(intent_id, customer=paid.customer, card=paid.payment_method)
        return self._confirmed(intent_id, paid.payment_method)

    def capture(self, intent_id: str, *, amount_minor: int) -> Intent:
        """Take ``amount_minor`` of what is held; the rest is let go. One that was captured is returned as it is.

        Raises ``PaymentFailure``; ``refused`` when nothing is held (any more).
        """
        present = self.retrieve(intent_id)
        if present.status is IntentStatus.SUCCEEDED:
            return present
        if present.status is not IntentStatus.REQUIRES_CAPTURE:
            raise PaymentFailure("refused", permanent=True, code="not_held")
        reply = _ask(
            _Intent,
            lambda: self._stripe.payment_intents.capture(
                intent_id, {"amount_to_capture": amount_minor}, {"idempotency_key": f"capture-{intent_id}"}
            ),
        )
        return replace(_intent(reply), taken_minor=amount_minor)

    def cancel(self, intent_id: str) -> Intent:
        """Give up an intent that took no money, and let go what it holds. A cancelled one is returned as it is."""
        present = self.retrieve(intent_id)
        if present.status is IntentStatus.CANCELED:
            return present
        return _intent(_ask(_Intent, lambda: self._stripe.payment_intents.cancel(intent_id)))

    def refund(self, intent_id: str) -> Refunded:
        """Give the whole amount back, once: a refund that exists is returned instead of a second one."""
        if self.retrieve(intent_id).status is not IntentStatus.SUCCEEDED:
            raise PaymentFailure("refused", permanent=True, code="not_paid")
        given = _call(lambda: self._stripe.refunds.list({"payment_intent": intent_id}))
        for refund in given.data:
            return _refunded(_parse(_Refund, refund))
        reply = _ask(
            _Refund,
            lambda: self._stripe.refunds.create(
                {"payment_intent": intent_id}, {"idempotency_key": f"refund-{intent_id}"}
            ),
        )
        return _refunded(reply)

    def _attach(self, intent_id: str, card_token: str) -> str:
        """Put the token's card on a customer and that on the intent: the one path that both servers know.

        Returns the card's fingerprint, empty where the provider tells none.
        """
        customer = _ask(
            _Customer,
            lambda: self._stripe.customers.create(
                {"source": card_token, "expand": ["sources"]}, {"idempotency_key": f"customer-{intent_id}-{card_token}"}
            ),
        )
        self._set_card(intent_id, customer=customer.id, card=customer.default_source)
        return next((card.fingerprint for card in customer.sources.data if card.id == customer.default_source), "")

    def _set_card(self, intent_id: str, *, customer: str, card: str) -> None:
        _call(
            lambda: self._stripe.payment_intents.update(intent_id, {"customer": customer, "payment_method": card}),
        )

    def _confirmed(self, intent_id: str, card: str) -> Intent:
        try:
            return self._confirm(intent_id, card)
        except PaymentFailure as failure:
            if failure.kind == "declined":
                raise
            return self._paid_after_all(intent_id, failure)

    def _confirm(self, intent_id: str, card: str) -> Intent:
        """``card``: names the try, so that the same one again is the same request."""
        reply = _ask(
            _Intent,
            lambda: self._stripe.payment_intents.confirm(
                intent_id, options={"idempotency_key": f"confirm-{intent_id}-{card}"}
            ),
        )
        return _intent(reply)

    def _paid_after_all(self, intent_id: str, failure: PaymentFailure) -> Intent:
        """A reply may be lost after the money was taken, so look before saying that it failed."""
        present = self.retrieve(intent_id)
        if present.status in ENOUGH:
            return present
        raise failure


_T = TypeVar("_T")


def _call(request: Callable[[], _T]) -> _T:
    """Run one request; the SDK's errors become ``PaymentFailure``, without its texts (they may quote the request)."""
    try:
        return request()
    except stripe.CardError as error:
        raise PaymentFailure("declined", permanent=True, code=error.code or "") from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentFailure("unavailable", permanent=False, code=type(error).__name__) from error
    except stripe.InvalidRequestError as error:
        kind: FailureKind = "not_found" if error.http_status == 404 else "refused"
        raise PaymentFailure(kind, permanent=True, code=error.code or "") from error
    except (stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError) as error:
        raise PaymentFailure("refused", permanent=True, code=type(error).__name__) from error
    except stripe.StripeError as error:
        raise PaymentFailure("unavailable", permanent=False, code=type(error).__name__) from error


def _ask(schema: type[_R], request: Callable[[], stripe.StripeObject]) -> _R:
    return _parse(schema, _call(request))


def _parse(schema: type[_R], reply: stripe.StripeObject) -> _R:
    try:
        return schema.model_validate(reply.to_dict())
    except ValidationError as error:
        raise PaymentFailure("bad_reply", permanent=False, code=f"{schema.__name__.strip('_')}") from error


def _intent(reply: _Intent) -> Intent:
    succeeded = reply.status is IntentStatus.SUCCEEDED
    return Intent(
        id=reply.id,
        client_secret=reply.client_secret,
        status=reply.status,
        amount_minor=reply.amount,
        currency=reply.currency.upper(),
        failure_code=(reply.last_payment_error.code or "") if reply.last_payment_error else "",
        taken_minor=reply.amount_received if reply.amount_received is not None else reply.amount * succeeded,
    )


def _refunded(reply: _Refund) -> Refunded:
    return Refunded(id=reply.id, amount_minor=reply.amount, status=reply.status)


class InstantGateway:
    """For unit tests: takes every token at once, except ``tok_declined`` and ``tok_action``."""

    def __init__(self) -> None:
        self.intents: dict[str, Intent] = {}
        self.refunds: dict[str, Refunded] = {}
        self._holds: set[str] = set()
        self._by_key: dict[str, str] = {}
        self._numbers = count(1)

    def create_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        reference: str,
        idempotency_key: str,
        description: str,
        hold: bool = False,
    ) -> Intent:
        """The same key gives the same intent."""
        if idempotency_key not in self._by_key:
            name = f"pi_{next(self._numbers)}"
            self.intents[name] = Intent(
                id=name,
                client_secret=f"{name}_secret_x",
                status=IntentStatus.REQUIRES_PAYMENT_METHOD,
                amount_minor=amount_minor,
                currency=currency.upper(),
            )
            self._by_key[idempotency_key] = name
            self._holds |= {name} if hold else set()
        return self.intents[self._by_key[idempotency_key]]

    def retrieve(self, intent_id: str) -> Intent:
        if intent_id not in self.intents:
            raise PaymentFailure("not_found", permanent=True)
        return self.intents[intent_id]

    def pay(self, intent_id: str, *, card_token: str) -> Intent:
        present = self.retrieve(intent_id)
        if present.status is not IntentStatus.REQUIRES_PAYMENT_METHOD:
            return present
        if card_token == "tok_declined":  # noqa: S105  a name, not a secret
            raise PaymentFailure("declined", permanent=True, code="card_declined")
        if card_token == "tok_action":  # noqa: S105  a name, not a secret
            paid = self._become(intent_id, IntentStatus.REQUIRES_ACTION)
        else:
            paid = self.agree(intent_id)
        return replace(paid, card=f"card of {card_token}")

    def pay_like(self, intent_id: str, *, other: str) -> Intent:
        if self.retrieve(other).status not in ENOUGH:
            raise PaymentFailure("refused", permanent=True, code="no_card")
        return self.pay(intent_id, card_token="tok_kept")  # noqa: S106  a name, not a secret

    def agree(self, intent_id: str) -> Intent:
        """The card's holder (or its bank) says yes."""
        held = intent_id in self._holds
        paid = self._become(intent_id, IntentStatus.REQUIRES_CAPTURE if held else IntentStatus.SUCCEEDED)
        self.intents[intent_id] = replace(paid, taken_minor=0 if held else paid.amount_minor)
        return self.intents[intent_id]

    def refuse(self, intent_id: str) -> Intent:
        """The card's holder says no at their bank."""
        refused = self._become(intent_id, IntentStatus.REQUIRES_PAYMENT_METHOD)
        self.intents[intent_id] = replace(refused, failure_code="payment_intent_authentication_failure")
        return self.intents[intent_id]

    def capture(self, intent_id: str, *, amount_minor: int) -> Intent:
        present = self.retrieve(intent_id)
        if present.status is IntentStatus.SUCCEEDED:
            return present
        if present.status is not IntentStatus.REQUIRES_CAPTURE:
            raise PaymentFailure("refused", permanent=True, code="not_held")
        self._become(intent_id, IntentStatus.SUCCEEDED)
        self.intents[intent_id] = replace(self.intents[intent_id], taken_minor=amount_minor)
        return self.intents[intent_id]

    def cancel(self, intent_id: str) -> Intent:
        if self.retrieve(intent_id).status is IntentStatus.SUCCEEDED:
            raise PaymentFailure("refused", permanent=True)
        return self._become(intent_id, IntentStatus.CANCELED)

    def refund(self, intent_id: str) -> Refunded:
        present = self.retrieve(intent_id)
        if present.status is not IntentStatus.SUCCEEDED:
            raise PaymentFailure("refused", permanent=True, code="not_paid")
        fresh = Refunded(id=f"re_{intent_id}", amount_minor=present.amount_minor, status="succeeded")
        return self.refunds.setdefault(intent_id, fresh)

    def _become(self, intent_id: str, status: IntentStatus) -> Intent:
        self.intents[intent_id] = replace(self.intents[intent_id], status=status)
        return self.intents[intent_id]
