import io
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from autosilo.vision.faces import (
    CannotUseTemplate,
    FaceEngine,
    Problem,
    detector,
    from_bytes,
    match,
    mean_of,
    pose,
    template_bytes,
)
from autosilo.vision.faces.align import SIDE, TEMPLATE, aligned, similarity
from autosilo.vision.faces.pose import _MEAN_FACE
from autosilo.vision.thresholds import LIVENESS, MATCH_GATE, MATCH_SINGLE

Picture = Callable[[str], np.ndarray]
SAME_PERSON = ("obama.jpg", "obama2.jpg", "obama3.jpg")


def jpeg(image: np.ndarray | Image.Image) -> bytes:
    stream = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(stream, "JPEG", quality=92)
    return stream.getvalue()


def portrait(picture: Picture, name: str = "obama.jpg") -> Image.Image:
    """Head and shoulders, the face in the middle, about 640 pixels high."""
    image = Image.fromarray(picture(name))
    return image.crop((90, 0, 890, 600)).resize((640, 480))


@pytest.fixture(scope="module")
def embeddings(faces: FaceEngine, picture: Picture) -> dict[str, np.ndarray]:
    looks = {name: faces.look(picture(name)) for name in (*SAME_PERSON, "biden.jpg")}
    return {name: look.embedding for name, look in looks.items() if look.embedding is not None}


@pytest.mark.parametrize("name", [*SAME_PERSON, "biden.jpg"])
def test_one_face_is_found_with_its_points_in_order(faces: FaceEngine, picture: Picture, name: str) -> None:
    (face,) = faces.detect(picture(name))
    right_eye, left_eye, nose, right_mouth, left_mouth = face.landmarks
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_mouth[0] < left_mouth[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_mouth[1], left_mouth[1])
    inside = (face.landmarks >= (face.left, face.top)) & (
        face.landmarks <= (face.left + face.width, face.top + face.height)
    )
    assert inside.all()


def test_a_face_keeps_its_place_when_the_picture_is_shrunk(faces: FaceEngine, picture: Picture) -> None:
    whole = picture("obama.jpg")
    small = np.asarray(Image.fromarray(whole).resize((whole.shape[1] // 3, whole.shape[0] // 3)))
    (large_face,), (small_face,) = faces.detect(whole), faces.detect(small)
    assert np.abs(small_face.landmarks * 3 - large_face.landmarks).max() < 0.06 * large_face.eye_distance * 3


def test_no_face_where_there_is_none(faces: FaceEngine, picture: Picture) -> None:
    assert faces.detect(picture("street_hatchback.png")) == []
    assert faces.detect(np.zeros((40, 33, 3), np.uint8)) == []


def test_one_person_matches_and_another_does_not(embeddings: dict[str, np.ndarray]) -> None:
    for one, other in combinations(SAME_PERSON, 2):
        assert embeddings[one] @ embeddings[other] > MATCH_GATE
    for name in SAME_PERSON:
        assert embeddings[name] @ embeddings["biden.jpg"] < MATCH_SINGLE


def test_the_nearest_template_is_found(embeddings: dict[str, np.ndarray]) -> None:
    templates = {"visit-1": embeddings["biden.jpg"], "visit-2": embeddings["obama.jpg"]}
    found = match(mean_of([embeddings["obama2.jpg"], embeddings["obama3.jpg"]]), templates)
    assert found.best == "visit-2"
    assert found.score > MATCH_GATE
    assert match(embeddings["obama.jpg"], {}).best is None


def test_an_embedding_has_length_one_and_bears_scale_and_shift(faces: FaceEngine, picture: Picture) -> None:
    view = portrait(picture)
    whole = np.asarray(view)
    moved = np.asarray(view.resize((480, 360)))
    one, other = (faces.embed(image, faces.detect(image)[0]) for image in (whole, moved))
    assert one.dtype == np.float32
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ other > 0.9


def test_a_photo_of_a_person_looks_alive(faces: FaceEngine, picture: Picture) -> None:
    for name in ("obama.jpg", "obama3.jpg", "biden.jpg"):
        image = picture(name)
        assert faces.liveness(image, faces.detect(image)[0]) > LIVENESS


def test_a_print_held_before_a_camera_looks_less_alive(faces: FaceEngine, picture: Picture) -> None:
    """A small print with white borders, on a desk, a little blurred: the crudest attack."""
    paper = Image.new("RGB", (640, 480), (96, 84, 70))
    photo = portrait(picture).resize((240, 180)).filter(ImageFilter.GaussianBlur(1))
    paper.paste((235, 235, 230), (180, 130, 460, 350))
    paper.paste(photo, (200, 150))
    image = np.asarray(paper)
    (face,) = faces.detect(image)
    assert faces.liveness(image, face) < LIVENESS


def test_a_good_picture_has_no_problem(faces: FaceEngine, picture: Picture) -> None:
    look = faces.look(np.asarray(portrait(picture)))
    assert look.quality.problems == ()
    assert look.quality.ok
    assert look.embedding is not None
    assert look.embedding.shape == (128,)


def two_people(picture: Picture) -> Image.Image:
    both = Image.new("RGB", (1280, 480))
    both.paste(portrait(picture), (0, 0))
    both.paste(portrait(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (640, 0))
    return both


def darkened(view: Image.Image, factor: float) -> Image.Image:
    return view.point(lambda value: min(255, int(value * factor)))


def far_away(view: Image.Image) -> Image.Image:
    scene = Image.new("RGB", view.size, "grey")
    scene.paste(view.resize((160, 120)), (240, 180))
    return scene


def at_the_edge(view: Image.Image) -> Image.Image:
    scene = Image.new("RGB", (view.width * 2, view.height), "grey")
    scene.paste(view, (view.width, 0))
    return scene.crop((0, 0, view.width + 480, view.height))


@pytest.mark.parametrize(
    ("problem", "spoil"),
    [
        (Problem.NO_FACE, lambda view: Image.new("RGB", view.size, "grey")),
        (Problem.TOO_DARK, lambda view: darkened(view, 0.12)),
        (Problem.TOO_BRIGHT, lambda view: darkened(view, 2.6)),
        (Problem.TOO_SMALL, far_away),
        (Problem.BLURRED, lambda view: view.filter(ImageFilter.GaussianBlur(6))),
        (Problem.TURNED_AWAY, lambda view: view.rotate(50)),
        (Problem.OFF_CENTRE, at_the_edge),
    ],
)
def test_each_problem_is_named(
    faces: FaceEngine, picture: Picture, problem: Problem, spoil: Callable[[Image.Image], Image.Image]
) -> None:
    look = faces.look(np.asarray(spoil(portrait(picture))))
    assert problem in look.quality.problems
    assert not look.quality.ok


def test_two_people_are_seen(faces: FaceEngine, picture: Picture) -> None:
    assert Problem.SEVERAL_FACES in faces.look(np.asarray(two_people(picture))).quality.problems


def test_someone_far_behind_is_no_second_person(faces: FaceEngine, picture: Picture) -> None:
    view = portrait(picture)
    view.paste(portrait(picture).resize((160, 120)), (0, 20))
    assert Problem.SEVERAL_FACES not in faces.look(np.asarray(view)).quality.problems


def test_a_head_in_profile_is_not_taken(faces: FaceEngine, picture: Picture) -> None:
    image = picture("obama2.jpg")
    assert pose(faces.detect(image)[0].landmarks).yaw < -15, "he looks to his right"


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


@pytest.mark.parametrize("angles", [(0, 0, 0), (25, 0, 0), (-40, 0, 0), (0, 20, 0), (0, 0, -15), (-30, 10, 5)])
def test_a_known_turn_of_a_mean_face_is_measured(angles: tuple[float, float, float]) -> None:
    turned = (_MEAN_FACE @ rotation(*angles).T)[:, :2] * 1.7 + (200, 120)
    found = pose(turned)
    assert (found.yaw, found.pitch, found.roll) == pytest.approx(angles, abs=1e-6)


def test_alignment_puts_the_points_on_the_template() -> None:
    matrix = similarity(TEMPLATE, TEMPLATE * 2.5 + (30, -12))
    np.testing.assert_allclose(matrix, [[2.5, 0, 30], [0, 2.5, -12]], atol=1e-9)


@pytest.mark.parametrize("scale", [0.7, 1.0, 2.6, 5.3])
def test_alignment_brings_a_drawn_face_to_the_template(scale: float) -> None:
    points = TEMPLATE * scale + 40
    size = int(SIDE * scale) + 80
    drawn = np.zeros((size, size, 3), np.uint8)
    radius = max(2, int(3 * scale))
    for x, y in points.round().astype(int):
        drawn[y - radius : y + radius + 1, x - radius : x + radius + 1] = 255
    crop = aligned(drawn, points)[:, :, 0].astype(float)
    for x, y in TEMPLATE:
        rows, columns = slice(int(y) - 7, int(y) + 9), slice(int(x) - 7, int(x) + 9)
        patch = crop[rows, columns]
        ys, xs = np.mgrid[rows, columns]
        assert (patch * xs).sum() / patch.sum() == pytest.approx(x, abs=0.6 + 0.6 / scale)
        assert (patch * ys).sum() / patch.sum() == pytest.approx(y, abs=0.6 + 0.6 / scale)


def test_a_template_survives_storage(embeddings: dict[str, np.ndarray]) -> None:
    embedding = embeddings["obama.jpg"]
    stored = template_bytes(embedding)
    assert len(stored) == 261
    again = from_bytes(stored)
    assert again @ embedding > 0.99999
    assert abs(again @ embeddings["biden.jpg"] - embedding @ embeddings["biden.jpg"]) < 5e-4


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: b"XX" + data[2:],
        lambda data: data[:2] + b"\x09" + data[3:],
        lambda data: data[:3] + b"\x09" + data[4:],
        lambda data: data[:5] + b"\0" * 256,
        lambda data: data[:5] + b"\xff" * 256,
    ],
)
def test_what_is_no_template_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    good = template_bytes(np.eye(1, 128, dtype=np.float32)[0])
    with pytest.raises(CannotUseTemplate):
        from_bytes(spoil(good))


def test_no_weights_no_guess(tmp_path: Path) -> None:
    from autosilo.vision.weights import WeightsMissing

    with pytest.raises(WeightsMissing, match="autosilo weights"):
        FaceEngine(tmp_path).detect(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize(("height", "width"), [(450, 800), (960, 720), (1000, 1279), (480, 640), (300, 200)])
def test_a_picture_is_reduced_for_the_search_as_a_picture_library_would(height: int, width: int) -> None:
    dice = np.random.default_rng(3)
    small = Image.fromarray(dice.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    image = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
    tensor, scale = detector._prepared(image)
    rows, columns = round(height * scale), round(width * scale)
    wanted = np.asarray(small.resize((columns, rows), Image.Resampling.BICUBIC))
    found = tensor[0, ::-1, :rows, :columns].transpose(1, 2, 0)
    assert max(rows, columns) <= 640
    assert np.abs(found - wanted.astype(np.float32)).mean() < 1.5
    assert not tensor[0, :, rows:].any()
    assert not tensor[0, :, :, columns:].any()
