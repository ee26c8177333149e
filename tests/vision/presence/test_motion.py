"""A recording is known again, at the site where it was made and at others; people are not."""

from random import Random

import numpy as np
import pytest
from pydantic import ValidationError

from autosilo.vision.presence.eye import Stance
from autosilo.vision.presence.motion import KEPT, STEP_S, MotionMemory, Trace, heard, told
from autosilo.vision.samples.mover import Mover
from autosilo.wire.movements import ROWS, Movements

FRAME_S = 0.15
PROMPTS = ("left", "look", "closer", "look", "right", "look", "up", "look")


def performance(seed: int) -> Trace:
    """Somebody does four things, each at a time of their own choice, seen seven times a second."""
    draw = Random(seed)
    mover, trace, at, next_s = Mover(draw), [], 0.0, 1.0
    coming = list(PROMPTS)
    while coming or at < next_s:
        if coming and at >= next_s:
            mover.told(coming.pop(0), at_s=at)
            next_s = at + draw.uniform(1.6, 2.8)
        view = mover.view(at)
        place = {"x": 0.66 + view.right * 4 / 3, "y": 0.5 + view.down, "size": 0.4 * view.size}
        trace.append((at, Stance(yaw=view.yaw, pitch=view.pitch, roll=view.roll, **place)))
        at += FRAME_S
    return looked_at(trace, draw)


def looked_at(trace: Trace, draw: Random) -> Trace:
    """With the errors of a look."""
    return [
        (
            at,
            Stance(
                yaw=one.yaw + draw.gauss(0, 0.7),
                pitch=one.pitch + draw.gauss(0, 0.7),
                roll=one.roll + draw.gauss(0, 0.4),
                x=one.x + draw.gauss(0, 0.002),
                y=one.y + draw.gauss(0, 0.002),
                size=one.size * (1 + draw.gauss(0, 0.004)),
            ),
        )
        for at, one in trace
    ]


def seen_again(trace: Trace, seed: int) -> Trace:
    """The same film, at other moments and with the errors of another look."""
    return [(at + 1000.07, one) for at, one in looked_at(trace, Random(seed))]


def test_a_film_of_a_session_is_known_in_full_and_in_parts() -> None:
    memory = MotionMemory()
    film = performance(1)
    memory.remember(film)
    assert memory.knows(seen_again(film, 2))
    half = len(film) // 2
    assert memory.knows(seen_again(film[half:] + [(at + 60, one) for at, one in film[:half]], 3))


def test_the_same_person_again_is_not_a_recording() -> None:
    memory = MotionMemory()
    for seed in range(60):
        trace = performance(seed)
        assert not memory.knows(trace), seed
        memory.remember(trace)


def test_standing_still_is_no_recording() -> None:
    memory = MotionMemory()
    still = [(0.15 * frame, Stance(x=0.6)) for frame in range(100)]
    memory.remember(still)
    assert not memory.knows(still)


def test_another_site_knows_it_too() -> None:
    here, there = MotionMemory(), MotionMemory()
    film = performance(7)
    here.remember(film)
    (even,) = here.untold()
    assert not here.untold(), "told once"
    on_the_wire = told(even).model_dump_json()
    there.learn(heard(Movements.model_validate_json(on_the_wire)))
    assert there.knows(seen_again(film, 8))
    assert not there.untold(), "what was heard is not told on"


def test_what_goes_over_the_wire_is_where_a_head_was_and_no_more() -> None:
    here = MotionMemory()
    here.remember(performance(9))
    (even,) = here.untold()
    sent = told(even)
    assert set(sent.model_dump()) == {"v", "id", "at", "rows"}
    assert np.abs(heard(sent) - even).max() <= 0.006
    assert even.shape == (len(sent.rows), 6)


def test_nobody_can_fill_the_memory() -> None:
    memory = MotionMemory()
    even = np.zeros((30, 6), np.float32)
    for _ in range(KEPT + 10):
        memory.learn(even)
    assert len(memory._known) == KEPT
    with pytest.raises(ValidationError):
        Movements(rows=((0, 0, 0, 0, 0, 0),) * (ROWS + 1))
    with pytest.raises(ValidationError):
        Movements(rows=())


def test_a_session_of_any_length_can_be_told() -> None:
    memory = MotionMemory()
    memory.remember([(0.1 * frame, Stance()) for frame in range(round(5000 * STEP_S) * 10)])
    (even,) = memory.untold()
    assert len(told(even).rows) == ROWS
