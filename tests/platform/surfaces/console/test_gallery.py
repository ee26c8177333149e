"""The gallery's pages: who may do what, what is answered, what it costs."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from autosilo.platform.journey.scan import consent_text, demand, galleries, queries
from autosilo.platform.journey.scan.learning import learn
from autosilo.platform.journey.scan.models import Correction, Demand, GalleryVersion
from autosilo.platform.journey.scan.states import CorrectionState
from autosilo.platform.resources.catalogue.models import CarModel, LookPicture, ReferenceLook
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.people.roles import Role

from .test_pages import queries_of
from .world import NOW, model, shop, signed_in, worker

pytestmark = pytest.mark.django_db

LOOKS = {"aurora-one": "red suv", "aurora-two": "white saloon", "aurora-three": "grey van"}


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    queries._kept.clear()
    yield
    queries._kept.clear()


@pytest.fixture
def operator() -> Person:
    return worker(Role.OPERATOR)


@pytest.fixture
def client(operator: Person) -> Client:
    return signed_in(operator)


def teach(photos: int = 4) -> None:
    for slug, look in LOOKS.items():
        for number in range(photos):
            learn(model=model(slug), photo=f"{look} {number}".encode(), note=f"{number}.jpg", now=NOW)


def train() -> GalleryVersion:
    version = galleries.order(activate=True, by=None, now=NOW)
    galleries.train(version=version.pk, clock=lambda: NOW)
    version.refresh_from_db()
    return version


def add(client: Client, *photos: bytes, slug: str = "aurora-one", htmx: bool = True, **said: str) -> Any:
    files = [SimpleUploadedFile(f"{number}.jpg", photo) for number, photo in enumerate(photos)]
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"/console/gallery/models/{slug}/photos", {"photo": files} | said, headers=headers)


def reasons(response: Any) -> list[str]:
    return re.findall(r'data-testid="photo-answer" data-reason="(\w+)"', response.content.decode())


# --- photos ---


def test_each_photo_is_answered_for(client: Client) -> None:
    shop()
    answer = add(client, b"red suv", b"red suv", b"nothing", b"")
    assert reasons(answer) == ["added", "known_already", "no_car", "not_an_image"]
    assert b"<html" not in answer.content
    assert ReferenceLook.objects.count() == 1
    entry = AuditEntry.objects.get(action="look_added")
    assert (entry.target, entry.detail["note"]) == ("model aurora-one", "0.jpg")
    assert not LookPicture.objects.exists()


def test_without_script_the_page_comes_with_its_answers(client: Client) -> None:
    shop()
    page = add(client, b"red suv", b"nothing", htmx=False)
    assert reasons(page) == ["added", "no_car"]
    assert b"<h1>Aurora One</h1>" in page.content
    assert b"Choose photos first." in add(client, htmx=False).content
    many = add(client, *(f"red suv {number}".encode() for number in range(22)), htmx=False)
    assert reasons(many).count("too_many") == 2


def test_what_looks_like_another_model_is_added_by_who_is_sure(client: Client) -> None:
    shop()
    teach()
    train()
    doubt = add(client, b"white saloon 99")
    assert reasons(doubt) == ["wrong_model"]
    assert b"Aurora Two" in doubt.content
    assert reasons(add(client, b"white saloon 99", sure="on")) == ["added"]


def test_a_photo_is_taken_out_and_that_is_written_down(client: Client) -> None:
    shop()
    add(client, b"red suv")
    look = ReferenceLook.objects.get()
    response = client.post(f"/console/gallery/looks/{look.pk}/remove")
    assert response["Location"] == "/console/gallery/models/aurora-one"
    assert not ReferenceLook.objects.exists()
    assert AuditEntry.objects.get(action="look_removed").detail["id"] == look.pk
    assert client.post(f"/console/gallery/looks/{look.pk}/remove").status_code == 404


# --- training, versions ---


def test_a_training_is_ordered_followed_and_used(client: Client) -> None:
    shop()
    teach()
    assert "No version yet." in client.get("/console/gallery").content.decode()
    client.post("/console/gallery/train", {"kind": "plain", "activate": "on"})
    version = GalleryVersion.objects.get()
    assert (version.state, version.asked_by.email) == ("ordered", "operators@staff.example")
    assert "waits for the worker" in client.get("/console/gallery/training").content.decode()
    galleries.train(version=version.pk, clock=lambda: NOW)
    assert client.get("/console/gallery/training")["HX-Redirect"] == "/console/gallery"
    text = client.get("/console/gallery").content.decode()
    assert "100.0 %" in text
    assert "heat-right heat-4" in text
    assert 'data-testid="no-mistakes"' in text
    assert AuditEntry.objects.filter(action="gallery_trained", target=f"gallery {version.pk}").exists()


def test_nothing_to_learn_and_a_second_training_are_refused_in_words(client: Client) -> None:
    shop()
    said = client.post("/console/gallery/train", {"kind": "plain"}, follow=True).content.decode()
    assert "There are no reference photos yet." in said
    teach(1)
    client.post("/console/gallery/train", {"kind": "plain"})
    assert "under way already" in client.post("/console/gallery/train", {"kind": "plain"}, follow=True).content.decode()
    assert GalleryVersion.objects.count() == 1


def test_an_earlier_version_is_used_again_after_a_second_look(client: Client) -> None:
    shop()
    teach()
    first, second = train(), train()
    assert f"use-{first.pk}" in client.get("/console/gallery").content.decode()
    asked = client.get(f"/console/gallery/versions/{first.pk}/use").content.decode()
    assert f"Use version {first.pk}?" in asked
    client.post(f"/console/gallery/versions/{first.pk}/use")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("active", "ready")
    assert AuditEntry.objects.get(action="gallery_activated").target == f"gallery {first.pk}"
    again = client.post(f"/console/gallery/versions/{first.pk}/use", follow=True).content.decode()
    assert "cannot be used" in again


def test_mistakes_are_a_picture_a_table_and_advice(client: Client) -> None:
    shop()
    teach()
    for number in range(3):  # photos of one model that were put to another
        learn(model=model("aurora-two"), photo=f"red suv 5{number}".encode(), note="x", now=NOW, sure=True)
    train()
    text = client.get("/console/gallery").content.decode()
    assert "heat-wrong heat-" in text
    (table,) = re.findall(r'data-testid="mistakes">.*?</table>', text, flags=re.S)
    assert "Aurora Two" in table
    assert "Aurora One" in table
    assert re.search(r"Add photos of Aurora Two[^:]*: it is taken for Aurora One\.", text)


# --- corrections ---


def correction(number: int = 0) -> Correction:
    return Correction.objects.create(
        model=model("aurora-one"),
        taken_for="aurora-two",
        sent_at=NOW,
        keep_until=NOW + timedelta(days=90),
        text_version=consent_text.VERSION,
        text_digest="0" * 64,
        language="en",
        encoder="instant/1",
        vector=b"\0" * 256,
        fingerprint=f"{number:016x}",
        jpeg=b"\xff\xd8\xff",
    )


def test_a_correction_is_looked_at_accepted_and_declined(client: Client) -> None:
    shop()
    assert 'data-testid="no-corrections"' in client.get("/console/gallery/corrections").content.decode()
    first, second = correction(1), correction(2)
    listed = client.get("/console/gallery/corrections").content.decode()
    assert listed.count('data-testid="correction"') == 2
    crop = client.get(f"/console/gallery/corrections/{first.pk}/picture")
    assert (crop.content, crop["Content-Type"], crop["X-Content-Type-Options"]) == (
        b"\xff\xd8\xff",
        "image/jpeg",
        "nosniff",
    )
    client.post(f"/console/gallery/corrections/{first.pk}/accept")
    client.post(f"/console/gallery/corrections/{second.pk}/decline")
    states = [Correction.objects.get(pk=one.pk).state for one in (first, second)]
    assert states == [CorrectionState.ACCEPTED, CorrectionState.DECLINED]
    assert ReferenceLook.objects.get().origin == "shopper"
    assert client.get(f"/console/gallery/corrections/{first.pk}/picture").status_code == 404
    late = client.post(f"/console/gallery/corrections/{second.pk}/accept", follow=True).content.decode()
    assert "Somebody has decided this already" in late
    actions = set(AuditEntry.objects.filter(action__startswith="correction").values_list("action", flat=True))
    assert actions == {"correction_accepted", "correction_declined"}


# --- demand ---


def test_demand_is_a_picture_and_a_table(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from autosilo.platform.kit import clock

    monkeypatch.setattr(clock, "now", lambda: NOW)
    shop()
    assert 'data-testid="no-demand"' in client.get("/console/demand").content.decode()
    for make, source, times in (("BMW", Demand.Source.TOLD, 2), ("", Demand.Source.SCAN, 5)):
        for _ in range(times):
            demand.count_up(body="suv", make=make, source=source, now=NOW)
    demand.count_up(body="van", make="Ford", source=Demand.Source.TOLD, now=NOW - timedelta(days=40))
    text = client.get("/console/demand?days=30").content.decode()
    assert "7 scans" in text
    (makes,) = re.findall(r'data-testid="demand-makes">.*?</table>', text, flags=re.S)
    assert '<th scope="row">BMW</th><td>2</td><td>0</td>' in makes
    assert '<th scope="row">make unknown</th><td>0</td><td>5</td>' in makes
    assert 'class="chart-told"' in text
    assert "Ford" not in text
    assert "Ford" in client.get("/console/demand?days=90").content.decode()
    assert "7 scans" in client.get("/console/demand?days=x").content.decode()


# --- rights and costs ---


def test_a_technician_looks_and_does_not_teach() -> None:
    shop()
    teach(1)
    client = signed_in(worker(Role.TECHNICIAN))
    for page in ("gallery", "gallery/models/aurora-one", "demand", "gallery/training"):
        response = client.get(f"/console/{page}")
        assert response.status_code in {200, 204}
        assert b"teach-form" not in response.content
        assert b'data-testid="train"' not in response.content
    look = ReferenceLook.objects.first()
    assert look is not None
    for page in (f"gallery/looks/{look.pk}/remove", "gallery/train", "gallery/models/aurora-one/photos"):
        assert client.post(f"/console/{page}").status_code == 403
    assert client.get("/console/gallery/corrections").status_code == 403
    assert client.get(f"/console/gallery/corrections/{correction().pk}/picture").status_code == 403


def test_too_many_photos_are_stopped(client: Client, settings: Any) -> None:
    shop()
    settings.LIMITS_FACTOR = 2 / 600
    assert [add(client, b"nothing").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("page", ["gallery", "gallery/models/aurora-one", "gallery/corrections", "demand"])
def test_a_hundred_rows_cost_as_much_as_one(client: Client, page: str) -> None:
    shop()
    learn(model=model(), photo=b"red suv", note="x", now=NOW)
    train()
    correction(1)
    demand.count_up(body="suv", make="", source=Demand.Source.SCAN, now=NOW)
    one = queries_of(client, f"/console/{page}")
    for number in range(2, 101):
        of = model(f"aurora-m{number}")
        learn(model=of, photo=f"red suv {number}".encode(), note="x", now=NOW)
        learn(model=model(), photo=f"blue van {number}".encode(), note="x", now=NOW, sure=True)
        correction(number)
        Demand.objects.create(day=NOW.date(), body="suv", make=f"m{number}", source="scan", count=1)
    train()
    assert CarModel.objects.count() == 100
    assert queries_of(client, f"/console/{page}") == one
