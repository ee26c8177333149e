"""My trials: the list, the hub of one, its pass, and calling it off."""

import hashlib
import re
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offering, offers
from autosilo.platform.journey.booking import queries as bookings
from autosilo.platform.journey.drive import queries as drive
from autosilo.platform.journey.handover.queries import handover_of
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import passes
from autosilo.platform.journey.identity.queries import face_mode, offers_face, pass_of
from autosilo.platform.journey.returns.queries import return_of
from autosilo.platform.journey.trial import queries as trials
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.journey.trial.states import ACTIVE, TrialState
from autosilo.platform.kit import clock
from autosilo.platform.kit.limits import rate_limited
from autosilo.platform.resources.towers.waits import wait_for
from autosilo.platform.surfaces.shopper import owing, words
from autosilo.platform.surfaces.shopper.limits import OFTEN
from autosilo.platform.surfaces.shopper.views.asking import person_of, trial_of
from autosilo.platform.surfaces.shopper.wait_words import Said, said

QUIET_ZONE = 4  # modules, ISO/IEC 18004
UNKNOWN = "-" * 16
"""Where the digest of a page goes that has yet to be computed."""
MOST_DIGITS = re.compile(r"[0-9]{1,18}")
"""Of the number of a row: what is longer is none."""
TELLS_OF_RETURN = (TrialState.DRIVING, TrialState.RETURNED)
PASSING = re.compile(r'car\d+-|data-now="\d+"')


@never_cache
@login_required
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    found = trials.all_of(person_of(request))
    context = {
        "open": [trial for trial in found if trial.state in ACTIVE],
        "past": [trial for trial in found if trial.state not in ACTIVE],
        "waits": bookings.still_waiting(person_of(request)),
    }
    return render(request, "shopper/trials.html", context)


@never_cache
@login_required
@require_safe
def hub(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    shown, _seen = _shown(trial)
    return render(request, "shopper/trial.html", {"trial": trial, "shown": shown})


@never_cache
@login_required
@require_safe
def present(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """The moving part of the hub. 204 while it still looks as the page that asks shows it."""
    shown, digest = _shown(trial_of(request, trial_id))
    if digest == request.GET.get("seen"):
        return HttpResponse(status=204)
    return HttpResponse(shown)


@never_cache
@login_required
@require_safe
def visit_pass(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    if trial.state not in ACTIVE:
        messages.warning(request, _("This trial is over, so its pass opens nothing any more."))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    found = pass_of(trial) or identity.issue_pass(trial=trial, now=clock.now())
    token = passes.pass_token(found)
    code = passes.code(found)
    context = {
        "trial": trial,
        "token": token,
        "code": f"{code[:3]} {code[3:]}",
        "code_plain": code,
        "qr": qr(token),
        "offers_face": offers_face(trial),
        "face_mode": face_mode(trial),
    }
    return render(request, "shopper/pass.html", context)


@login_required
@require_POST
@rate_limited("renew-pass", **OFTEN)
def renew_pass(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    identity.renew_pass(trial=trial, now=clock.now())
    messages.success(request, _("Here is a new pass and code. The old ones no longer work."))
    return HttpResponseRedirect(f"/trials/{trial.pk}/pass")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("cancel", **OFTEN)
def cancel(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    trial = trial_of(request, trial_id)
    if request.method == "POST":
        try:
            booking.cancel(trial=trial, by=person_of(request), now=clock.now())
        except booking.CannotCancel as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your booking is cancelled."))
        return HttpResponseRedirect(f"/trials/{trial.pk}")
    return render(request, "shopper/cancel.html", {"trial": trial})


@login_required
@require_POST
@rate_limited("offer", **OFTEN)
def take_offered(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """One of the things that are offered for a booked car that failed."""
    trial = trial_of(request, trial_id)
    chosen = request.POST.get("alternative", "")
    try:
        offering.take(trial=trial, alternative=int(chosen) if MOST_DIGITS.fullmatch(chosen) else 0, now=clock.now())
    except offering.CannotTake as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. It is yours, and nothing about the price has changed."))
    return HttpResponseRedirect(f"/trials/{trial.pk}")


@never_cache
@login_required
@require_safe
def give_back(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """How to bring the car back. The kiosk does the rest."""
    trial = trial_of(request, trial_id)
    context = {"trial": trial, "progress": drive.progress(trial=trial, now=clock.now()), "kiosk": _kiosk(trial)}
    return render(request, "shopper/return.html", context)


def qr(token: str) -> str:
    """The pass as an SVG for the page; dark on white whatever the theme, with its quiet zone."""
    code = segno.make(token, error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, border=QUIET_ZONE, light="#fff", svgclass="qr")
    return mark_safe(drawn)  # noqa: S308  segno draws our own token


def _shown(trial: Trial) -> tuple[str, str]:
    """The moving part of the hub, with the digest of how it looks, which stands in it."""
    drawn = render_to_string("shopper/_trial_now.html", _now(trial) | {"digest": UNKNOWN})
    digest = _digest(drawn)
    return mark_safe(drawn.replace(UNKNOWN, digest, 1)), digest  # noqa: S308  the template's own text


def _now(trial: Trial) -> dict[str, Any]:
    """What the hub shows."""
    now = clock.now()
    offer = offers.open_of(trial) if trial.state == TrialState.BOOKED else None
    return {
        "trial": trial,
        "now": now,
        "offer": offer,
        "choices": offers.choices_of(offer) if offer else [],
        "active": trial.state in ACTIVE,
        "collectable": trial.collect_from <= now < trial.collect_until,
        "has_face": (mode := face_mode(trial)) is not None,
        "face_mode": mode,
        "offers_face": offers_face(trial),
        "progress": drive.progress(trial=trial, now=now),
        "handover": handover_of(trial) if trial.state == TrialState.HANDING_OVER else None,
        "wait": _wait(trial, now),
        "car_return": return_of(trial) if trial.state in TELLS_OF_RETURN else None,
        "owing": owing.standing(trial),
        "timeline": trials.timeline(trial),
        "troubles": words.TROUBLES,
        "ahead": words.AHEAD.get(trial.state, ()),
        "kiosk": _kiosk(trial),
        "demo": settings.DEMO,
    }


def _wait(trial: Trial, now: datetime) -> Said | None:
    """Until the car stands behind an open gate."""
    if trial.state not in (TrialState.BOOKED, TrialState.HANDING_OVER):
        return None
    return said(wait_for(site=trial.site, trial=trial.pk, now=now))


def _digest(shown: str) -> str:
    """Of what a person would see: without the ids of drawings and the second of the clock, which the page counts."""
    return hashlib.sha256(PASSING.sub("", shown).encode()).hexdigest()[:16]


def _kiosk(trial: Trial) -> str:
    """In the demo the kiosk is a page that anybody can open; elsewhere one has to go there."""
    return trial.site.kiosk_url if settings.DEMO else ""
