"""Every test of the platform runs with instant providers; the database is the real one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.utils import translation

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import calendar, line, overbooking
from autosilo.platform.journey.booking.wishes import wishes
from autosilo.platform.journey.eligibility import scheduled
from autosilo.platform.journey.eligibility.actions import bureau
from autosilo.platform.journey.eligibility.bureau_client import BureauFailure, CreditAnswer, CreditSubject
from autosilo.platform.journey.eligibility.models import CreditCheck
from autosilo.platform.journey.flow import site_facts
from autosilo.platform.journey.identity import faces
from autosilo.platform.journey.scan import seeing
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.policies import registry
from autosilo.platform.resources.catalogue.models import CarModel, Paint
from autosilo.platform.resources.catalogue.shelf import shelf
from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.fleet.vin import with_check_digit
from autosilo.platform.resources.licences.models import LicenceProof
from autosilo.platform.resources.licences.states import Way
from autosilo.platform.resources.payments.actions import gateway
from autosilo.platform.resources.payments.stripe_gateway import InstantGateway
from autosilo.platform.resources.people.models import DrivingLicence, Membership, Person
from autosilo.platform.resources.programs.tokens import gate
from autosilo.platform.resources.sites.bus import InstantPublisher, publisher
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.platform.surfaces.api import thin
from autosilo.platform.surfaces.api.bookings import forget_answers
from autosilo.platform.surfaces.shopper import counter
from autosilo.wire import bus
from autosilo.wire.identity import IdentityMode

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # Tuesday, 12:00 in Shanghai
HOURS = {day: ["08:00", "22:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
OUT_KM, BACK_KM = 100.0, 187.5


class FriendlyBureau:
    """Everybody's score is over the threshold unless the licence says ``LOW``; ``failure`` is raised instead."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.failure: BureauFailure | None = None

    def meets(self, *, subject: CreditSubject, threshold: int, consent_id: str, request_id: UUID) -> CreditAnswer:
        self.asked.append(request_id)
        if self.failure:
            raise self.failure
        met = "LOW" not in subject.document_number
        return CreditAnswer(meets=met, asked_at=NOON, valid_until=NOON + timedelta(days=30))


@dataclass
class Fakes:
    bureau: FriendlyBureau = field(default_factory=FriendlyBureau)
    gateway: InstantGateway = field(default_factory=InstantGateway)
    eye: faces.InstantEye = field(default_factory=faces.InstantEye)
    car: seeing.InstantCarReader = field(default_factory=seeing.InstantCarReader)
    bus: InstantPublisher = field(default_factory=InstantPublisher)


@pytest.fixture(autouse=True)
def fakes() -> Iterator[Fakes]:
    """Instant providers, fresh for each test."""
    made = Fakes()
    forget_all()
    scheduled.keep(())
    with ExitStack() as stack:
        stack.enter_context(bureau.replaced(made.bureau))
        stack.enter_context(gateway.replaced(made.gateway))
        stack.enter_context(faces.eye.replaced(made.eye))
        stack.enter_context(seeing.reader.replaced(made.car))
        stack.enter_context(publisher.replaced(made.bus))
        yield made
    translation.deactivate()  # a page in another language leaves that language behind, in this very thread


@pytest.fixture
def offering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the shipped policies offer these ways of being known, and no others."""

    def offer(*modes: IdentityMode) -> None:
        monkeypatch.setattr(registry, "POLICIES", tuple(replace(one, identity=modes) for one in registry.POLICIES))

    return offer


def forget_all() -> None:
    """What processes remember for seconds must not reach from one test into the next."""
    for forget in (
        wishes.forget,
        shelf.forget,
        counter.forget,
        line.forget,
        overbooking.forget,
        gate.forget,
        forget_answers,
        thin.buckets.forget,
    ):
        forget()


class Shop:
    """A small shop to tell stories in. ``now`` is its clock."""

    def __init__(self) -> None:
        self.now = NOON
        self.sealing_key = X25519PrivateKey.generate()
        self._numbers = count(1)
        self.site = self.add_site("shanghai")
        self.model = self.add_model("byd-seal")
        self.paint = self.model.paints.get(code="white")

    def add_site(self, slug: str) -> Site:
        return Site.objects.create(
            slug=slug,
            name_en=slug.title(),
            name_zh="上海",
            address_en="1 Test Road",
            address_zh="测试路1号",
            latitude=31,
            longitude=121,
            time_zone="Asia/Shanghai",
            market="cn",
            opening=HOURS,
            sealing_public_key=self.sealing_key.public_key().public_bytes_raw(),
        )

    def add_model(self, slug: str, *, body: str = "saloon") -> CarModel:
        model = CarModel.objects.create(
            slug=slug,
            make="BYD",
            name=slug,
            year=2025,
            body=body,
            seats=5,
            range_km=570,
            range_cycle="WLTP",
            battery_kwh="82.5",
            length_mm=4800,
            width_mm=1875,
            height_mm=1460,
            mass_kg=2055,
            price_minor=20_880_000,
            source="test",
        )
        for code, zh, colour in (("white", "白", "#f2f4f3"), ("red", "红", "#a3161f")):
            Paint.objects.create(model=model, code=code, name_en=code.title(), name_zh=zh, hex=colour, family=code)
        return model

    def add_cars(
        self, number: int, *, model: CarModel | None = None, code: str = "white", site: Site | None = None
    ) -> list[Car]:
        model = model or self.model
        paint = model.paints.get(code=code)
        return [
            Car.objects.create(
                vin=with_check_digit(f"LA9EV00A0SSASD{index:03d}"),
                plate=f"沪AD{index:05d}",
                model=model,
                paint=paint,
                site=site or self.site,
                odometer_km=OUT_KM,
                charge=0.9,
            )
            for index in (next(self._numbers) for _ in range(number))
        ]

    def add_person(self, *, eligible: bool = True, proven: bool = True, language: str = "en", **changes: Any) -> Person:
        index = next(self._numbers)
        details: dict[str, Any] = {"first_name": "Lin", "last_name": "Chen", "birth_date": date(1990, 5, 17)}
        person = Person.objects.create_user(
            f"shopper{index}@example.org",
            None,
            phone="+86 138 0000 0000",
            language=language,
            **(details | changes),
        )
        licence = DrivingLicence.objects.create(
            person=person, number=f"3101{index:08d}", expires_on=date(2099, 1, 1), stated_at=NOON
        )
        if proven:
            LicenceProof.objects.create(licence=licence, way=Way.DEMO, expires_on=date(2099, 1, 1), at=NOON)
        Membership.objects.create(person=person, tier="premium" if eligible else "basic", since=NOON, source="test")
        if eligible:
            CreditCheck.objects.create(
                person=person,
                consent_text="test",
                threshold=700,
                meets=True,
                asked_at=NOON,
                valid_until=NOON + timedelta(days=4000),
            )
        return person

    def in_real_time(self) -> datetime:
        """The real clock, and a site that is always open; returns the start of the present slot."""
        self.now = clock.now()
        self.site.opening = {day: ["00:00", "23:59"] for day in HOURS}
        self.site.save()
        return calendar.starts(self.site, now=self.now)[0]

    def book(self, person: Person | None = None, *, start: datetime | None = None, **changes: Any) -> Trial:
        wish: dict[str, Any] = {"car_model": self.model, "paint": self.paint, "site": self.site} | changes
        return booking.book(person=person or self.add_person(), slot_start=start or self.now, now=self.now, **wish)

    def say(self, kind: type[Any], trial: Trial | None = None, *, at: datetime | None = None, **fields: Any) -> Any:
        """The site states a fact, and it arrives."""
        fact = self.fact(kind, trial, at=at, **fields)
        outcome = self.arrive(fact)
        if trial is not None:
            trial.refresh_from_db()
        return outcome

    def fact(self, kind: type[Any], trial: Trial | None = None, *, at: datetime | None = None, **fields: Any) -> Any:
        given: dict[str, Any] = {"id": uuid4(), "at": at or self.now}
        if trial is not None:
            given["trial"] = trial.pk
            if "vin" in kind.model_fields:
                given["vin"] = trial.car_id
        return kind(**(given | fields))

    def arrive(self, fact: Any, *, site: str = "shanghai") -> site_facts.Outcome:
        return site_facts.receive(site_slug=site, body=fact.model_dump_json().encode(), now=self.now)

    def drive_off(self, trial: Trial) -> Trial:
        self.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
        self.say(bus.CarAtGate, trial, station="L1.D1")
        self.say(bus.CarHandedOver, trial, odometer_km=OUT_KM, charge=0.9)
        return trial

    def bring_back(self, trial: Trial) -> Trial:
        self.say(bus.VisitorIdentified, trial, method="pass", purpose="return")
        self.say(bus.CarTakenIn, trial, bay="L1.B0302", odometer_km=BACK_KM, charge=0.4)
        return trial

    def orders(self, trial: Trial | None = None) -> list[dict[str, Any]]:
        """What was written for the sites, oldest first."""
        payloads = list(OutgoingOrder.objects.values_list("payload", flat=True))
        return payloads if trial is None else [one for one in payloads if one.get("trial") == str(trial.pk)]


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()


@pytest.fixture
def transactional_shop(transactional_db: None) -> Shop:
    """For tests with several connections: what is written is committed."""
    return Shop()


@pytest.fixture
def new_shop(db: None) -> type[Shop]:
    """For tests that open several shops, one after another."""
    return Shop
