"""The bench of the gate: its folder of clips, and the actors of its sessions."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from autosilo.bench.liveness import acted
from autosilo.bench.liveness.bank import FAR, RESTS, STAGES, Place
from autosilo.bench.liveness.folder import NoClips, figures_of_folder
from autosilo.bench.liveness.people import Living
from autosilo.bench.rates import wilson
from autosilo.vision.presence.answers import Accepted
from autosilo.vision.presence.eye import Hint, Look, Stance
from autosilo.vision.presence.motion import MotionMemory


class Eye:
    """Pictures are texts: the liveness that they look like, or nothing."""

    threshold, doubtful, liveness = 0.5, 0.363, 0.6

    def look(self, jpeg: bytes) -> Look:
        try:
            liveness = float(jpeg.strip(b"\xff\xd8"))
        except ValueError:
            return Look(hint=Hint.NOBODY)
        return Look(hint=Hint.GOOD, embedding=np.zeros(4, np.float32), liveness=liveness, stance=Stance())

    def similarity(self, one, other) -> float:
        return float(one @ other)

    def mean(self, embeddings):
        return np.mean(embeddings, axis=0)

    def read_template(self, content: bytes):
        raise AssertionError("not asked here")


def clip(folder: Path, *looks: str) -> None:
    folder.mkdir(parents=True)
    for index, look in enumerate(looks):
        (folder / f"{index:03d}.jpg").write_text(look)


def test_a_folder_of_clips_gives_the_rates_of_the_standard(tmp_path) -> None:
    clip(tmp_path / "bona_fide" / "a", "0.9", "0.8")
    clip(tmp_path / "bona_fide" / "b", "0.9", "0.1")
    clip(tmp_path / "bona_fide" / "nobody", "-")
    clip(tmp_path / "attack" / "print" / "a", "0.1", "nothing")
    clip(tmp_path / "attack" / "screen" / "a", "0.7")
    clip(tmp_path / "attack" / "screen" / "b", "0.2")
    (tmp_path / "attack" / "screen" / "c.mjpeg").write_bytes(b"\xff\xd8\xff0.9\xff\xd8\xff0.8")
    found = {figure.name: figure for figure in figures_of_folder(tmp_path, Eye())}
    assert found["BPCER (3 clips)"].value == 50
    assert found["BPCER (3 clips)"].baselines["no response"] == 1
    assert found["APCER, print (1 clips)"].value == 0
    assert found["APCER, screen (3 clips)"].value == pytest.approx(66.67)
    assert found["APCER, the worst type (3 clips)"].value == pytest.approx(66.67)


def test_an_empty_folder_is_said_to_be_so(tmp_path) -> None:
    with pytest.raises(NoClips, match="bona_fide"):
        figures_of_folder(tmp_path, Eye())


def test_intervals_are_wilsons() -> None:
    assert wilson(0, 200) == pytest.approx((0.0, 0.01885), abs=1e-4)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-3)  # Newcombe 1998, table I
    assert wilson(0, 0) == (0.0, 1.0)


def person(axis: int) -> Place:
    """Somebody who needs no picture."""

    def look(stance: Stance) -> Look:
        embedding = np.zeros(4, np.float32)
        embedding[axis] = 1
        return Look(hint=Hint.GOOD, embedding=embedding, liveness=0.9, stance=stance)

    def stage(name: str, share: float) -> Look:
        far = FAR[name]
        return look(Stance(yaw=far.yaw * share, pitch=far.pitch * share, size=0.4 * far.size**share))

    stages = {name: tuple(stage(name, (one + 1) / STAGES) for one in range(STAGES)) for name in FAR}
    return Place(tuple(look(Stance()) for _ in range(RESTS)), stages)


@pytest.fixture(scope="module")
def cast() -> acted.Cast:
    template = np.zeros(4, np.float32)
    template[0] = 1
    photo = {name: [person(0).rest[0]] for name in ("look", *FAR)}
    return acted.Cast(
        eye=Eye(),
        template=template,
        people=[person(0)],
        strangers=[person(1)],
        photo=photo,
        seed=1,  # type: ignore[arg-type]
    )


def test_people_who_follow_are_let_in(cast) -> None:
    memory = MotionMemory()
    answers = [acted.play(cast, number, Living(person(0), Random(number)), memory) for number in range(20)]
    assert sum(isinstance(answer, Accepted) for answer in answers) >= 19


# a film that no site saw gets in too often, which the benchmark shows against its target
@pytest.mark.parametrize("attack", [name for name in acted.ATTACKS if "elsewhere" not in name])
def test_attacks_are_not(cast, attack) -> None:
    answers = [acted.ATTACKS[attack](cast, number) for number in range(8)]
    assert not any(isinstance(answer, Accepted) for answer in answers)


def test_a_recording_would_be_let_in_if_it_were_asked_the_same_at_the_same_times(cast) -> None:
    """So it is the challenge that refuses it, and not a mistake in how it is played."""
    memory = MotionMemory()
    film = acted._recorded(cast, 3, memory)
    assert film.pieces()
    replay = acted.Replayed(film, Random(1), began_s=0.0)
    replay._shift = 0.0
    answer = acted.play(cast, 3, replay, MotionMemory())
    assert isinstance(answer, Accepted)
