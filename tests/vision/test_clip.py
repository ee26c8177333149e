import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autosilo.vision.faces import FaceEngine, Look, mean_of
from autosilo.vision.samples.clip import CannotMakeClip, frames, make_clip
from autosilo.vision.thresholds import LIVENESS, MATCH_GATE, MATCH_SINGLE

COUNT = 24


@pytest.fixture(scope="module")
def seen(faces: FaceEngine, samples_dir: Path) -> dict[str, list[Look]]:
    """What the engine says of each frame of each person's clip."""
    photos = {name: (samples_dir / f"{name}.jpg").read_bytes() for name in ("obama", "obama3", "biden")}
    return {
        name: [faces.look(np.asarray(frame)) for frame in frames(photo, COUNT, engine=faces)]
        for name, photo in photos.items()
    }


@pytest.mark.parametrize("name", ["obama", "obama3", "biden"])
def test_every_frame_shows_one_good_living_face(seen: dict[str, list[Look]], name: str) -> None:
    assert len(seen[name]) == COUNT
    for look in seen[name]:
        assert len(look.faces) == 1
        assert look.quality.problems == ()
        assert look.liveness is not None
        assert look.liveness > LIVENESS


def test_every_frame_is_the_person_and_no_frame_is_a_stranger(seen: dict[str, list[Look]]) -> None:
    rows = {name: np.array([look.embedding for look in looks]) for name, looks in seen.items()}
    enrolled = rows["obama"][0]
    assert (rows["obama"] @ enrolled).min() > MATCH_GATE
    assert (rows["obama3"] @ enrolled).min() > MATCH_GATE, "another photo of the same person"
    assert (rows["biden"] @ rows["obama"].T).max() < MATCH_SINGLE
    assert mean_of(list(rows["biden"][:3])) @ enrolled < MATCH_SINGLE


def test_the_frames_differ_and_the_loop_closes(faces: FaceEngine, samples_dir: Path) -> None:
    photo = (samples_dir / "obama.jpg").read_bytes()
    pictures = [np.asarray(frame, np.float32) for frame in frames(photo, COUNT, engine=faces)]
    steps = [np.abs(a - b).mean() for a, b in zip(pictures, pictures[1:] + pictures[:1], strict=True)]
    assert min(steps) > 0.5, "a person never holds still"
    assert steps[-1] < 1.5 * max(steps[:-1]), "the clip starts again without a jump"


def test_a_raw_clip_has_the_form_that_chromium_reads(faces: FaceEngine, samples_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "camera.y4m"
    make_clip(samples_dir / "obama.jpg", out, 0.4, frames_a_second=10, engine=faces)
    head, body = out.read_bytes().split(b"\n", 1)
    assert head == b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420"
    frame = len(b"FRAME\n") + 640 * 480 * 3 // 2
    assert len(body) == 4 * frame
    assert all(body[i * frame :].startswith(b"FRAME\n") for i in range(4))
    luma = np.frombuffer(body, np.uint8, 640 * 480, 6)
    assert luma.min() >= 16 - 1
    assert luma.max() <= 235 + 1


def test_a_raw_clip_shows_the_same_face_when_read_back(faces: FaceEngine, samples_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "camera.y4m"
    make_clip(samples_dir / "obama.jpg", out, 0.1, frames_a_second=10, engine=faces)
    plane = np.frombuffer(out.read_bytes().split(b"FRAME\n", 1)[1], np.uint8)
    luma, chroma = plane[: 640 * 480].reshape(480, 640), plane[640 * 480 :].reshape(2, 240, 320)
    full = [(luma - 16.0) * 255 / 219, *((c - 128.0) * 255 / 224 + 128 for c in chroma.repeat(2, 1).repeat(2, 2))]
    bands = [Image.fromarray(np.clip(band, 0, 255).astype(np.uint8)) for band in full]
    picture = np.asarray(Image.merge("YCbCr", bands).convert("RGB"))
    (original,) = frames((samples_dir / "obama.jpg").read_bytes(), 1, engine=faces)
    assert np.abs(picture - np.asarray(original, np.float32)).mean() < 3
    assert len(faces.detect(picture)) == 1


def test_a_jpeg_clip_is_a_row_of_jpegs(faces: FaceEngine, samples_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "camera.mjpeg"
    make_clip(samples_dir / "biden.jpg", out, 0.3, frames_a_second=10, size=(320, 240), engine=faces)
    pictures = out.read_bytes().split(b"\xff\xd8\xff")[1:]
    assert len(pictures) == 3
    for picture in pictures:
        with Image.open(io.BytesIO(b"\xff\xd8\xff" + picture)) as image:
            assert image.size == (320, 240)


def test_what_makes_no_clip_is_said(faces: FaceEngine, samples_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotMakeClip, match="no face"):
        make_clip(samples_dir / "no_car.jpg", tmp_path / "a.y4m", engine=faces)
    with pytest.raises(ValueError, match="suffix"):
        make_clip(samples_dir / "obama.jpg", tmp_path / "a.avi", engine=faces)
