"""A world in which every kind of row that a page lists grows together, for tests of what a page costs."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from autosilo.platform.journey.booking.models import Alternative, Offer, Reservation, WaitEntry, Way
from autosilo.platform.journey.eligibility.models import EligibilityDecision, Review, ScheduledPolicy
from autosilo.platform.journey.identity.models import BiometricConsent, FaceTemplate
from autosilo.platform.journey.scan.learning import learn
from autosilo.platform.journey.scan.models import Correction, Demand
from autosilo.platform.journey.trial.models import Deadline, Trial, TrialChange
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.policies import registry
from autosilo.platform.resources.catalogue.models import Paint
from autosilo.platform.resources.incidents.actions import open_incident
from autosilo.platform.resources.incidents.models import Incident
from autosilo.platform.resources.licences.models import LicenceReview
from autosilo.platform.resources.people.marks import mark
from autosilo.platform.resources.people.models import AuditEntry, MarkKind
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.programs.models import Attempt, Delivery, Webhook
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.sites.actions import sync_sites
from autosilo.platform.surfaces.console.queries.trials import target_of

from .console.world import worker

SUBJECT = "s1"


class Many:
    """One shopper, one trial, one program and one site that the addresses name, and rows around them."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        sync_sites()
        shop.site.refresh_from_db()
        self.person = shop.add_person()
        self.worker = worker(Role.OPERATOR)
        self.program, self.secret = programs.register(
            slug="market", name="Market", scopes=frozenset(Scope.values), per_minute=100_000, now=shop.now
        )
        programs.link(program=self.program, person=self.person, subject=SUBJECT, now=shop.now)
        shop.add_cars(1)
        self.trial = shop.book(self.person, start=shop.now + timedelta(hours=24))
        self.trial.channel = self.program.pk
        self.trial.save()
        self.hook = self._hook()
        self.wait = WaitEntry.objects.create(
            person=self.person,
            car_model=shop.model,
            site=shop.site,
            not_before=shop.now,
            not_after=shop.now + timedelta(days=3),
            made_at=shop.now,
            channel=self.program.pk,
        )
        self.bays = [bay["name"] for lift in shop.site.geometry["lifts"] for bay in lift["bays"]]

    def grow(self, numbers: Iterable[int]) -> None:
        """A row of each kind for each of ``numbers``."""
        for number in numbers:
            self._of_the_catalogue(number)
            self._of_the_shopper(number)
            self._of_the_trial(number)
            self._of_the_program()
            self._that_waits(number)
            self._of_the_gallery(number)
            self._of_the_staff(number)
        vins = self.shop.site.cars.values_list("vin", flat=True)
        self.shop.site.inventory = dict(zip(self.bays, vins, strict=False))
        self.shop.site.save()

    def _of_the_catalogue(self, number: int) -> None:
        """A model at the site, a site with the model, a colour of the model, a car that somebody has kept."""
        shop = self.shop
        self.model = shop.add_model(f"model-{number}")
        site = shop.add_site(f"site-{number}")
        site.geometry = shop.site.geometry
        site.save()
        self.cars = shop.add_cars(1, model=self.model) + shop.add_cars(1, site=site) + shop.add_cars(1)
        Paint.objects.create(
            model=shop.model, code=f"p{number}", name_en=f"P{number}", name_zh="漆", hex="#123456", family="blue"
        )

    def _of_the_shopper(self, number: int) -> None:
        now = self.shop.now
        past = self._trial(state=TrialState.CANCELLED, created_at=now - timedelta(hours=number + 2))
        consent = BiometricConsent.objects.create(
            person=self.person, trial=past, text_version="1", text_digest="0" * 64, language="en", given_at=now
        )
        FaceTemplate.objects.create(trial=past, consent=consent, sealed={}, made_at=now)
        WaitEntry.objects.create(
            person=self.person,
            car_model=self.model,
            paint=self.model.paints.first(),
            site=self.shop.site,
            not_before=now,
            not_after=now + timedelta(days=3),
            made_at=now,
            channel=self.program.pk,
        )

    def _trial(self, **fields: Any) -> Trial:
        now = self.shop.now
        car = self.cars[0]
        later = now + timedelta(hours=1)
        given = {"person": self.person, "slot_start": now, "slot_end": later, "collect_from": now}
        made: Trial = Trial.objects.create(
            **given | {"car": car, "car_model": car.model, "paint": car.paint, "site": car.site} | fields,
            collect_until=later,
            policy="cn 2026-01",
            channel=self.program.pk,
        )
        return made

    def _of_the_trial(self, number: int) -> None:
        now = self.shop.now
        TrialChange.objects.create(subject=self.trial, source="booked", target="booked", at=now, by="test")
        Deadline.objects.create(trial=self.trial, kind=f"kind {number}", due_at=now + timedelta(hours=1))
        AuditEntry.objects.create(at=now, actor=self.worker, action="looked", target=target_of(self.trial))
        another = self.shop.add_person()
        theirs = self._trial(person=another, car=self.cars[2], state=TrialState.BOOKED, created_at=now)
        period = (now + timedelta(days=2), now + timedelta(days=5))
        Reservation.objects.create(trial=theirs, car=self.cars[2], period=period)
        for one, settled in ((theirs, {}), (self.trial, {"state": "lapsed", "settled_at": now})):
            self._offered(one, **settled)
        if number == 0:
            self._offered(self.trial)
        Alternative.objects.create(
            offer=Offer.objects.get(trial=self.trial, state="open"),
            way=Way.MODEL,
            car_model=self.model,
            paint=self.model.paints.first(),
            slot_start=now,
        )

    def _offered(self, trial: Trial, **fields: Any) -> None:
        now = self.shop.now
        booked = {"car_model": trial.car_model, "paint": trial.paint, "car": trial.car}
        made = {"made_at": now, "until": now + timedelta(hours=1), "why": "car_failed", "kept": True}
        offer = Offer.objects.create(trial=trial, **booked, **made, **fields)
        Alternative.objects.create(
            offer=offer, way=Way.PAINT, car_model=trial.car_model, paint=trial.paint, slot_start=now
        )

    def _hook(self) -> Webhook:
        return Webhook.objects.create(
            program=self.program, url="http://127.0.0.1:9/hook", secret="x", created_at=self.shop.now
        )

    def _of_the_program(self) -> None:
        now = self.shop.now
        self._hook()
        sent = Delivery.objects.create(webhook=self.hook, event=uuid4(), kind="x", payload={}, next_at=now, made_at=now)
        Attempt.objects.create(delivery=sent, at=now, status=500, took_ms=1)

    def _that_waits(self, number: int) -> None:
        now, site = self.shop.now, self.shop.site
        for key in ("open", "closed"):
            open_incident(key=f"{key} {number}", kind="help_wanted", site=site, trial=self.trial.pk, now=now)
        Incident.objects.filter(key=f"closed {number}").update(closed_at=now, closed_by=self.worker)
        pair = [self.shop.add_person(), self.shop.add_person()]
        for one in pair:
            mark(person=one, kind=MarkKind.LICENCE, value=f"no {number}", now=now)
        LicenceReview.objects.create(
            person=pair[1], consent="1", sealed=b"x", asked_at=now, lapses_at=now + timedelta(days=9)
        )
        decision = EligibilityDecision.objects.create(
            person=pair[0], car_model=self.shop.model, policy="cn 2026-01", allowed=False, rules=[], terms={}, at=now
        )
        Review.objects.create(
            person=pair[0], car_model=self.model, site=site, decision=decision, asked_at=now, due_at=now
        )

    def _of_the_gallery(self, number: int) -> None:
        now, model = self.shop.now, self.shop.model
        learn(model=model, photo=f"red suv {number}".encode(), note=f"{number}.jpg", now=now)
        kept = {"encoder": "e", "vector": b"x", "jpeg": b"x", "text_version": "1", "text_digest": "0" * 64}
        times = {"sent_at": now, "keep_until": now + timedelta(days=9)}
        Correction.objects.create(model=self.model, taken_for=model.pk, language="en", **kept, **times)
        Demand.objects.create(day=now.date(), body="suv", make=f"make {number}", source="scan", count=1)

    def _of_the_staff(self, number: int) -> None:
        now = self.shop.now
        one = worker(Role.TECHNICIAN, email=f"staff{number}@staff.example")
        AuditEntry.objects.create(at=now, actor=one, action=f"act {number}", target=f"thing {number}")
        ScheduledPolicy.objects.create(
            market="cn",
            name="cn",
            version=f"v{number}",
            valid_from=now + timedelta(days=number + 30),
            text=registry.shipped_text("cn 2026-01") or "",
            reason="test",
            added_at=now,
            added_by=one,
        )
