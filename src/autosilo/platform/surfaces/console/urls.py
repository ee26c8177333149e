"""Addresses of the console, all under ``/console/``."""

from django.conf import settings
from django.urls import URLPattern, path

from autosilo.platform.surfaces.console.views import (
    audit,
    books,
    clock,
    corrections,
    demand,
    flags,
    gallery,
    licences,
    live,
    memberships,
    overview,
    plan,
    policies,
    reviews,
    session,
    sheet,
    sites,
    staff,
    training,
    trials,
    waiting,
    walk,
)

app_name = "console"


def patterns(*, demo: bool) -> list[URLPattern]:
    """The clock is moved in demo mode only; elsewhere its page does not exist."""
    always = [
        path("", overview.overview, name="overview"),
        path("login", session.log_in, name="login"),
        path("enrol", session.enrol, name="enrol"),
        path("logout", session.log_out, name="logout"),
        path("live", live.live, name="live"),
        path("live/<slug:slug>", live.live, name="live-site"),
        path("sites/<slug:slug>", sites.site, name="site"),
        path("sites/<slug:slug>/cars/<str:vin>", sites.car, name="car"),
        path("sites/<slug:slug>/resolve", sites.resolve, name="resolve"),
        path("towers", books.listing, name="towers"),
        path("sites/<slug:slug>/books", books.books, name="books"),
        path("sites/<slug:slug>/lifts/<str:lift>/service", books.service, name="lift-service"),
        path("sites/<slug:slug>/bays", books.choose_bay, name="choose-bay"),
        path("sites/<slug:slug>/bays/<str:place>", books.bay, name="bay"),
        path("sites/<slug:slug>/walks/<str:lift>", walk.walk, name="walk"),
        path("sites/<slug:slug>/walks/<str:lift>/progress", walk.progress, name="walk-progress"),
        path("sites/<slug:slug>/walks/<str:lift>/confirm", walk.confirm, name="walk-confirm"),
        path("sites/<slug:slug>/walks/<str:lift>/photos", walk.attach, name="walk-attach"),
        path("sites/<slug:slug>/walks/<str:lift>/finish", walk.finish, name="walk-finish"),
        path("sites/<slug:slug>/photos/<uuid:photo_id>", walk.photo, name="walk-photo"),
        path("sites/<slug:slug>/sheet", sheet.whole_tower, name="sheet"),
        path("sites/<slug:slug>/sheet/<str:vin>", sheet.one_car, name="sheet-car"),
        path("reviews", reviews.listing, name="reviews"),
        path("reviews/<uuid:review_id>", reviews.one, name="review"),
        path("licences", licences.listing, name="licences"),
        path("licences/<uuid:review_id>", licences.one, name="licence"),
        path("licences/<uuid:review_id>/photo", licences.photo, name="licence-photo"),
        path("policies", policies.listing, name="policies"),
        path("policies/write", policies.write, name="policy-write"),
        path("policies/<int:policy_id>/withdraw", policies.withdraw, name="policy-withdraw"),
        path("flags", flags.listing, name="flags"),
        path("flags/<int:flag_id>/close", flags.close, name="flag-close"),
        path("memberships", memberships.import_list, name="memberships"),
        path("trials", trials.listing, name="trials"),
        path("trials/<uuid:trial_id>", trials.one, name="trial"),
        path("trials/<uuid:trial_id>/cancel", trials.cancel, name="trial-cancel"),
        path("trials/<uuid:trial_id>/contact", trials.contact, name="trial-contact"),
        path("waiting", waiting.listing, name="waiting"),
        path("waiting/<int:incident_id>/close", waiting.close, name="incident-close"),
        path("gallery", gallery.overview, name="gallery"),
        path("gallery/models/<slug:slug>", gallery.model, name="gallery-model"),
        path("gallery/models/<slug:slug>/photos", gallery.add, name="gallery-add"),
        path("gallery/looks/<int:look_id>/remove", gallery.remove, name="gallery-remove"),
        path("gallery/looks/<int:look_id>/picture", gallery.picture, name="gallery-picture"),
        path("gallery/train", training.train, name="gallery-train"),
        path("gallery/training", training.progress, name="gallery-training"),
        path("gallery/versions/<int:version_id>/use", training.use, name="gallery-use"),
        path("gallery/corrections", corrections.listing, name="gallery-corrections"),
        path("gallery/corrections/<uuid:correction_id>/picture", corrections.picture, name="gallery-crop"),
        path("gallery/corrections/<uuid:correction_id>/accept", corrections.accept, name="gallery-accept"),
        path("gallery/corrections/<uuid:correction_id>/decline", corrections.decline, name="gallery-decline"),
        path("demand", demand.page_of, name="demand"),
        path("plan", plan.planner, name="plan"),
        path("plan/<slug:slug>", plan.answer, name="plan-answer"),
        path("plan/<slug:slug>/neighbours", plan.neighbours, name="plan-neighbours"),
        path("audit", audit.listing, name="audit"),
        path("staff", staff.listing, name="staff"),
        path("staff/<int:person_id>/forget", staff.forget, name="staff-forget"),
    ]
    return always + ([path("clock", clock.clock_page, name="clock")] if demo else [])


urlpatterns = patterns(demo=settings.DEMO)
