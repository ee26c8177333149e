"""Ask a wallet for a mobile driving licence, judge its answer, and keep that it was good, until when, and for what."""

import secrets
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.providers import Socket
from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.licences import queries
from autosilo.platform.resources.licences.models import LicenceProof, WalletAsk
from autosilo.platform.resources.licences.shown import NotProven, Shown
from autosilo.platform.resources.licences.states import AskState, Way
from autosilo.platform.resources.licences.transcript import Question
from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import DrivingLicence, Person
from autosilo.platform.resources.people.queries import licence_of, missing_details

log = structlog.get_logger(__name__)

ANSWER_WITHIN = timedelta(minutes=10)
ASKS_KEPT = timedelta(days=1)
NONCE_BYTES = 32


class LicenceReader(Protocol):
    """Reads a wallet's answer."""

    def ready(self) -> bool:
        """Is any issuer trusted at all?"""
        ...

    def read(self, answer: bytes, *, question: Question, now: datetime) -> Shown:
        """Raises ``NotProven``."""
        ...


reader: Socket[LicenceReader] = Socket("the reader of mobile driving licences")


class CannotProve(Refusal):
    """Also the words for ``WalletAsk.reason``."""

    messages = {
        "details_missing": _("Please complete your details and your driving licence first."),
        "no_issuer": _("This shop does not take mobile driving licences yet."),
        "over": _("This question has been answered or is too old. Please start again."),
        "unreadable": _("We could not read what the wallet sent."),
        "issuer": _("The licence is not from an authority that we know, or it was altered."),
        "holder": _("The wallet's answer was not made for this question, or not by the licence's own device."),
        "other_document": _("The wallet showed another document than a driving licence."),
        "out_of_date": _("The wallet's licence is out of date. Let the wallet renew it first."),
        "incomplete": _("The wallet did not show everything that we asked for."),
        "other_person": _("The wallet's licence does not agree with your details. Please correct them first."),
        "no_category": _("This licence is not for cars."),
        "portrait": _("There is no face to be seen in the licence's portrait."),
    }


def ask(*, person: Person, now: datetime) -> WalletAsk:
    """A fresh question; an open one of before is answered by nobody any more. Raises ``CannotProve``."""
    if not reader().ready():
        raise CannotProve("no_issuer")
    if missing_details(person=person):
        raise CannotProve("details_missing")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        WalletAsk.objects.filter(person=person, state=AskState.OPEN).delete()
        return WalletAsk.objects.create(
            person=person, nonce=secrets.token_urlsafe(NONCE_BYTES), made_at=now, ends_at=now + ANSWER_WITHIN
        )


def question_of(ask: WalletAsk) -> Question:
    return Question(nonce=ask.nonce, response_uri=f"{settings.WEB_URL.rstrip('/')}/wallet/{ask.pk}")


def answer(*, ask_id: UUID, response: bytes, now: datetime) -> LicenceProof:
    """What a wallet sent. Good or bad, the question is over with it. Raises ``CannotProve``."""
    found = queries.open_ask(ask_id, now=now)
    if found is None:
        raise CannotProve("over")
    try:
        shown = reader().read(response, question=question_of(found), now=now)
    except NotProven as error:
        _end(found, AskState.REFUSED, reason=error.reason, now=now)
        raise CannotProve(error.reason) from error
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=found.person_id)
        licence = licence_of(person=person)
        reason = doubt(shown, person, licence, today=now.date())
        if reason == "" and licence is not None:
            _end(found, AskState.PROVEN, reason="", now=now)
            return prove(licence=licence, way=Way.WALLET, by=None, **_kept(shown, today=now.date()), now=now)
        _end(found, AskState.REFUSED, reason=reason or "details_missing", now=now)
    raise CannotProve(reason or "details_missing")


@transaction.atomic
def prove(
    *, licence: DrivingLicence, way: Way, categories: Sequence[str], expires_on: date, by: Person | None, now: datetime
) -> LicenceProof:
    """The licence as it is stated now is real. What stood before is replaced."""
    proof, _made = LicenceProof.objects.update_or_create(
        licence=licence,
        defaults={"way": way, "categories": list(categories), "expires_on": expires_on, "at": now},
    )
    audit.record(
        actor=by,
        action="licence_proven",
        target=f"person {licence.person_id}",
        detail={"way": str(way)},
        now=now,
    )
    return proof


def forget_asks(*, now: datetime) -> int:
    """A question that is long over is of no use; returns how many went."""
    gone, _each = WalletAsk.objects.filter(ends_at__lt=now - ASKS_KEPT).delete()
    return gone


@transaction.atomic
def _end(ask: WalletAsk, state: AskState, *, reason: str, now: datetime) -> None:
    """Compare and set: of two answers at once, one is heard. Raises ``CannotProve("over")``."""
    ended = WalletAsk.objects.filter(pk=ask.pk, state=AskState.OPEN).update(state=state, reason=reason, answered_at=now)
    if ended != 1:
        raise CannotProve("over")
    if state is AskState.REFUSED:
        detail = {"way": str(Way.WALLET), "reason": reason}
        audit.record(actor=None, action="licence_doubted", target=f"person {ask.person_id}", detail=detail, now=now)
    log.info("wallet answered", outcome=state.value, reason=reason)


def doubt(shown: Shown, person: Person, licence: DrivingLicence | None, *, today: date) -> str:
    """Why this licence proves nothing about this account; empty when it does."""
    if licence is None:
        return "details_missing"
    pairs = [
        (shown.number, licence.number),
        (shown.family_name, person.last_name),
        (shown.given_name, person.first_name),
    ]
    if shown.birth_date != person.birth_date or any(_folded(one) != _folded(other) for one, other in pairs):
        return "other_person"
    if shown.expires_on < today:
        return "out_of_date"
    return "" if _for_cars(shown, today) else "no_category"


def _for_cars(shown: Shown, today: date) -> dict[str, date | None]:
    return {
        code: until
        for code, until in shown.categories.items()
        if code in settings.LICENCE_CATEGORIES and (until is None or until >= today)
    }


def _kept(shown: Shown, *, today: date) -> dict[str, Any]:
    """Categories for cars, and the day up to which both the licence and the longest of them hold."""
    good = _for_cars(shown, today)
    longest = max(min(until or shown.expires_on, shown.expires_on) for until in good.values())
    return {"categories": sorted(good), "expires_on": longest}


def _folded(text: str) -> str:
    """As people write one thing in several ways: width, case, spaces, hyphens."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
