"""What an operator's photos teach the scan: checked, trained into versions, used, rolled back."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from PIL import Image

from autosilo.platform.journey.flow import tasks
from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.scan import galleries, queries
from autosilo.platform.journey.scan.galleries import CannotActivate, CannotTrain
from autosilo.platform.journey.scan.learning import CannotLearn, learn
from autosilo.platform.journey.scan.models import Demand, GalleryChange, GalleryVersion
from autosilo.platform.journey.scan.seeing import InstantCarReader, reader
from autosilo.platform.journey.scan.states import VersionState
from autosilo.platform.resources.catalogue.models import CarModel, LookPicture, ReferenceLook
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.vision.cars import CarLook, Frame, Point

LOOKS = {"byd-seal": "white saloon", "tang": "red suv", "bus": "grey van", "zeekr": "blue estate"}


class PictureReader(InstantCarReader):
    """Looks at pictures by their comment, so that a crop of them can be kept."""

    def look(self, photo: bytes, at: Point | Frame | None = None) -> CarLook:
        return super().look(bytes(Image.open(BytesIO(photo)).info["comment"]), at)


def picture(words: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (400, 300), "teal").save(out, "JPEG", comment=words.encode())
    return out.getvalue()


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    queries._kept.clear()
    yield
    queries._kept.clear()


@pytest.fixture
def taught(shop: Any) -> Any:
    """A shop whose four models have six photos each, trained and in use."""
    for slug, look in LOOKS.items():
        model = shop.model if slug == "byd-seal" else shop.add_model(slug, body=look.split()[1])
        for number in range(6):
            learn(model=model, photo=f"{look} {number}".encode(), note=f"{number}.jpg", now=shop.now)
    train(shop)
    return shop


def train(shop: Any, *, activate: bool = True) -> GalleryVersion:
    version = galleries.order(activate=activate, by=None, now=shop.now)
    galleries.train(version=version.pk, clock=lambda: shop.now)
    version.refresh_from_db()
    return version


# --- photos ---


def test_a_photo_becomes_numbers_and_a_second_time_nothing(shop: Any) -> None:
    look = learn(model=shop.model, photo=b"red suv", note="front", now=shop.now)
    assert len(bytes(look.vector)) == 64 * 4
    assert (look.view, look.width, look.height, look.origin) == ("front", 300, 210, "operator")
    assert not LookPicture.objects.exists()
    with pytest.raises(CannotLearn) as refusal:
        learn(model=shop.add_model("tang"), photo=b"red suv", note="again", now=shop.now)
    assert (refusal.value.reason, refusal.value.detail["other"]) == ("known_already", "byd-seal")
    with pytest.raises(CannotLearn) as refusal:
        learn(model=shop.model, photo=b"nothing", note="", now=shop.now)
    assert refusal.value.reason == "no_car"
    assert ReferenceLook.objects.count() == 1


def test_a_picture_is_kept_only_where_it_is_asked_for(shop: Any) -> None:
    with reader.replaced(PictureReader()):
        look = learn(model=shop.model, photo=picture("red suv"), note="", now=shop.now, keep_picture=True)
    kept = Image.open(BytesIO(bytes(look.picture.jpeg)))
    assert kept.width <= 320
    assert "exif" not in kept.info
    look.delete()
    assert not LookPicture.objects.exists()


def test_the_database_takes_no_picture_twice(shop: Any) -> None:
    look = learn(model=shop.model, photo=b"red suv", note="", now=shop.now)
    look.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        look.save()


def test_what_looks_like_another_model_is_asked_about(taught: Any) -> None:
    with pytest.raises(CannotLearn) as doubt:
        learn(model=taught.model, photo=b"red suv 77", note="", now=taught.now)
    assert (doubt.value.reason, doubt.value.detail["other"]) == ("wrong_model", "tang")
    assert learn(model=taught.model, photo=b"red suv 77", note="", now=taught.now, sure=True).pk


# --- versions ---


def test_a_training_says_how_good_it_is_and_is_used(taught: Any) -> None:
    (version,) = GalleryVersion.objects.all()
    assert (version.state, version.model_count, version.photo_count, version.done) == ("active", 4, 24, 100)
    assert version.top1 == version.top5 == 1.0
    assert list(GalleryChange.objects.values_list("target", flat=True)) == ["training", "ready", "active"]
    found = scan.look(photo=b"red suv 99", now=taught.now)
    assert (found.candidates[0].model.slug, found.candidates[0].exact) == ("tang", True)
    assert "look" in found.candidates[0].reasons


def test_a_scan_costs_the_same_however_many_photos_there_are(
    taught: Any, django_assert_num_queries: Callable[[int], Any]
) -> None:
    scan.look(photo=b"red suv 99", now=taught.now)  # reads the gallery
    with django_assert_num_queries(3):
        scan.look(photo=b"red suv 99", now=taught.now)


def test_an_unknown_car_is_counted_by_body_and_day_and_nothing_else(taught: Any) -> None:
    for number in range(3):
        found = scan.look(photo=f"yellow sports {number}".encode(), now=taught.now)
        assert found.in_catalogue is False
    (row,) = Demand.objects.all()
    assert (row.day, row.body, row.source, row.count) == (taught.now.date(), "sports", "scan", 3)
    assert {field.name for field in Demand._meta.fields} == {"id", "day", "body", "make", "source", "count"}
    scan.look(photo=b"red suv 99", now=taught.now)
    assert Demand.objects.count() == 1


def test_a_version_is_rolled_back_to_and_scans_follow(taught: Any) -> None:
    first = GalleryVersion.objects.get()
    for number in range(6):
        learn(
            model=taught.add_model(f"new-{number}"), photo=f"yellow sports {number}".encode(), note="", now=taught.now
        )
    second = train(taught)
    first.refresh_from_db()
    assert (first.state, second.state) == ("ready", "active")
    galleries.activate(version=first, by="test", now=taught.now)
    second.refresh_from_db()
    assert (first.state, second.state) == ("active", "ready")
    gallery = queries.active_gallery(encoder=InstantCarReader.encoder)
    assert gallery is not None
    assert len(gallery.counts) == 4


def test_a_version_of_another_network_is_not_used(taught: Any) -> None:
    version = train(taught, activate=False)
    assert version.state == VersionState.READY
    other = PictureReader()
    other.encoder = "another/1"
    with reader.replaced(other), pytest.raises(CannotActivate):
        galleries.activate(version=version, by="test", now=taught.now)
    assert queries.active_gallery(encoder="another/1") is None


def test_only_one_training_runs_and_nothing_is_not_trained(shop: Any) -> None:
    with pytest.raises(CannotTrain) as refusal:
        train(shop)
    assert refusal.value.reason == "nothing_to_learn"
    learn(model=shop.model, photo=b"red suv", note="", now=shop.now)
    version = galleries.order(activate=True, by=None, now=shop.now)
    with pytest.raises(CannotTrain) as refusal:
        galleries.order(activate=True, by=None, now=shop.now)
    assert refusal.value.reason == "under_way"
    galleries.train(version=version.pk, clock=lambda: shop.now)
    galleries.train(version=version.pk, clock=lambda: shop.now)  # a job that is run twice
    assert GalleryVersion.objects.get().state == "active"


def test_a_training_that_breaks_or_is_lost_is_called_failed(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    learn(model=shop.model, photo=b"red suv", note="", now=shop.now)
    lost = galleries.order(activate=True, by=None, now=shop.now)
    shop.now += timedelta(hours=1)
    broken = galleries.order(activate=True, by=None, now=shop.now)
    lost.refresh_from_db()
    assert (lost.state, lost.reason) == ("failed", "lost")

    def fall(*args: Any, **kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(galleries, "assess", fall)
    with pytest.raises(MemoryError):
        galleries.train(version=broken.pk, clock=lambda: shop.now)
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == ("failed", "broken")


def test_old_versions_go_and_the_one_in_use_stays(taught: Any) -> None:
    for _ in range(galleries.KEPT + 2):
        train(taught, activate=False)
    assert GalleryVersion.objects.count() == galleries.KEPT + 1
    assert GalleryVersion.objects.order_by("pk").first().state == "active"


def test_a_head_is_tuned_from_enough_photos_on(taught: Any) -> None:
    few = galleries.order(kind="tuned", activate=True, by=None, now=taught.now)
    tasks.train_gallery(version=few.pk)
    few.refresh_from_db()
    assert (few.state, few.reason) == ("failed", "too_few")
    for slug, look in LOOKS.items():
        for number in range(6, 15):
            learn(
                model=CarModel.objects.get(pk=slug),
                photo=f"{look} {number}".encode(),
                note="",
                now=taught.now,
                sure=True,
            )
    tuned = galleries.order(kind="tuned", activate=True, by=None, now=taught.now)
    tasks.train_gallery(version=tuned.pk)
    tuned.refresh_from_db()
    assert (tuned.state, tuned.kind, tuned.photo_count, tuned.done) == ("active", "tuned", 60, 100)
    assert scan.look(photo=b"red suv 99", now=taught.now).candidates[0].model.slug == "tang"


def test_the_worker_trains(taught: Any) -> None:
    version = galleries.order(activate=True, by=None, now=taught.now)
    tasks.train_gallery(version=version.pk)
    version.refresh_from_db()
    assert version.state == "active"


# --- the commands ---


def run(*words: Any) -> tuple[str, str]:
    said, complained = StringIO(), StringIO()
    call_command(*words, stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()


def test_the_command_tells_what_it_took_and_what_it_did_not(shop: Any, tmp_path: Any) -> None:
    (tmp_path / "car.jpg").write_bytes(b"blue saloon")
    (tmp_path / "letter.jpg").write_bytes(b"")
    files = [tmp_path / name for name in ("car.jpg", "letter.jpg", "absent.jpg")]
    said, complained = run("gallery_add", shop.model.pk, *files)
    assert "1 of 3 added, 1 in all" in said
    assert "in use: 1 photos of 1 models" in said
    assert "letter.jpg: This is not a picture." in complained
    assert "absent.jpg" in complained
    listed, _ = run("gallery_list")
    assert f"   1  {shop.model.pk}" in listed
    assert "compared once 3 models have photos; 1 have" in listed
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"look_added", "gallery_trained"}


def test_an_unknown_model_is_named_with_those_that_there_are(shop: Any) -> None:
    with pytest.raises(CommandError, match=shop.model.pk):
        call_command("gallery_add", "no-such-car", "x.jpg")


def test_versions_are_listed_assessed_and_rolled_back_by_command(taught: Any) -> None:
    first = GalleryVersion.objects.get().pk
    assert "24 photos of 4 models" in run("gallery_assess")[0]
    assert "named rightly 100.0%" in run("gallery_train")[0]
    said, _ = run("gallery_rollback")
    assert said == f"scans use version {first} now\n"
    listed, _ = run("gallery_versions")
    assert f"{first:5}  active" in listed
    with pytest.raises(CommandError, match="no such version"):
        run("gallery_rollback")
    with pytest.raises(CommandError, match="not ready"):
        run("gallery_rollback", first)
