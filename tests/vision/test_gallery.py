import numpy as np
import pytest

from autosilo.vision.cars import Body, Box, CarLook, CatalogueEntry, Colour, Hint, Reason, fit, rank

CATALOGUE = [
    CatalogueEntry("hill-suv", Body.SUV, (Colour.WHITE, Colour.BLUE)),
    CatalogueEntry("town-hatch", Body.HATCHBACK, (Colour.RED, Colour.WHITE)),
    CatalogueEntry("swift-coupe", Body.SPORTS, (Colour.RED, Colour.BLACK)),
    CatalogueEntry("open-roadster", Body.CONVERTIBLE, (Colour.YELLOW,)),
    CatalogueEntry("field-pickup", Body.PICKUP, (Colour.GREY,)),
    CatalogueEntry("long-saloon", Body.SALOON, (Colour.SILVER, Colour.BLACK)),
    CatalogueEntry("parcel-van", Body.VAN, (Colour.WHITE,)),
]
DIMENSIONS = 1280


def look_at(body: Body, colour: Colour, embedding: np.ndarray | None = None) -> CarLook:
    others = [other for other in Body if other is not body]
    shares = {body: 0.79, **dict.fromkeys(others, 0.03)}
    vector = np.ones(DIMENSIONS, np.float32) if embedding is None else embedding
    vector = (vector / np.linalg.norm(vector)).astype(np.float32)
    return CarLook(True, 0.9, box=Box(0, 0, 9, 9), body=shares, colour=colour, embedding=vector)


def photos_of(model: int, count: int, spread: float = 0.6) -> np.ndarray:
    """Embeddings of one model: a common part of all cars, one of the model, and what differs from photo to photo."""
    common = np.random.default_rng(999).normal(size=DIMENSIONS)
    own = np.random.default_rng(model).normal(size=DIMENSIONS)
    noise = np.random.default_rng(1000 + model).normal(size=(count, DIMENSIONS))
    rows = 2 * common + own + spread * noise
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def test_cold_the_body_comes_first_and_colour_decides_among_equals() -> None:
    assert rank(look_at(Body.PICKUP, Colour.RED), {}, CATALOGUE)[0].slug == "field-pickup"
    twins = [
        CatalogueEntry("blue-suv", Body.SUV, (Colour.BLUE,)),
        CatalogueEntry("red-suv", Body.SUV, (Colour.RED,)),
        CatalogueEntry("orange-suv", Body.SUV, (Colour.ORANGE,)),
    ]
    assert [c.slug for c in rank(look_at(Body.SUV, Colour.RED), {}, twins)] == ["red-suv", "orange-suv", "blue-suv"]


def test_cold_nothing_is_exact_and_reasons_are_true() -> None:
    found = rank(look_at(Body.SPORTS, Colour.RED), {}, CATALOGUE)
    assert len(found) == 5
    assert not any(candidate.exact for candidate in found)
    assert found[0].slug == "swift-coupe"
    assert found[0].reasons == (Reason.BODY, Reason.COLOUR)
    assert all(Reason.LOOK not in candidate.reasons for candidate in found)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_without_a_car_there_is_no_candidate() -> None:
    assert rank(CarLook(found=False, score=0.1, hint=Hint.NO_CAR), {}, CATALOGUE) == []


def test_a_known_model_is_named_against_body_and_colour() -> None:
    rows = {entry.slug: photos_of(i, 9) for i, entry in enumerate(CATALOGUE)}
    references = {slug: photos[:8] for slug, photos in rows.items()}
    for slug, photos in rows.items():
        found = rank(look_at(Body.ESTATE, Colour.BROWN, photos[8]), references, CATALOGUE)
        assert (found[0].slug, found[0].exact) == (slug, True)
        assert Reason.LOOK in found[0].reasons
        assert sum(candidate.exact for candidate in found) == 1


def test_an_unknown_model_is_rarely_named() -> None:
    references = {entry.slug: photos_of(i, 8) for i, entry in enumerate(CATALOGUE)}
    strangers = np.concatenate([photos_of(model, 4) for model in range(50, 90)])
    gallery = fit(references)
    named = [rank(look_at(Body.SUV, Colour.BLUE, row), gallery, CATALOGUE)[0].exact for row in strangers]
    assert np.mean(named) < 0.15


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_photos_are_too_few_to_be_exact(count: int) -> None:
    references = {entry.slug: photos_of(i, count) for i, entry in enumerate(CATALOGUE)}
    found = rank(look_at(Body.SUV, Colour.BLUE, photos_of(3, 9)[8]), references, CATALOGUE)
    assert not any(candidate.exact for candidate in found)


def test_references_of_foreign_models_and_empty_ones_do_no_harm() -> None:
    references = {
        **{f"not-sold-here-{model}": photos_of(model, 5) for model in (77, 78, 79)},
        "hill-suv": np.empty((0, DIMENSIONS), np.float32),
    }
    cold = rank(look_at(Body.SUV, Colour.BLUE), {}, CATALOGUE)
    assert rank(look_at(Body.SUV, Colour.BLUE), references, CATALOGUE) == cold


def test_models_without_references_stay_in_the_race() -> None:
    references = {entry.slug: photos_of(i, 6) for i, entry in enumerate(CATALOGUE[:3])}
    found = rank(look_at(Body.PICKUP, Colour.GREY, photos_of(60, 1)[0]), references, CATALOGUE)
    assert "field-pickup" in [candidate.slug for candidate in found]


def test_a_gallery_is_built_once_and_used_often() -> None:
    references = {entry.slug: photos_of(i, 6) for i, entry in enumerate(CATALOGUE)}
    gallery = fit(references)
    look = look_at(Body.VAN, Colour.WHITE, photos_of(2, 7)[6])
    assert rank(look, gallery, CATALOGUE) == rank(look, references, CATALOGUE)


def test_two_models_are_too_few_to_compare_looks() -> None:
    references = {entry.slug: photos_of(i, 6) for i, entry in enumerate(CATALOGUE[:2])}
    assert not fit(references).is_ready
    look = look_at(Body.SUV, Colour.BLUE, photos_of(0, 1)[0])
    assert rank(look, references, CATALOGUE) == rank(look, {}, CATALOGUE)
