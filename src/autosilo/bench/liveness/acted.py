"""Whole sessions at the gate, acted by the sample portraits: the people who are expected, and attacks on them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import numpy as np
from PIL import Image

from autosilo.bench.liveness.bank import Place, looked_at
from autosilo.bench.liveness.people import CutUp, Joined, Living, Photo, Recording, Replayed, Swapped, Visitor
from autosilo.bench.rates import per_cent
from autosilo.bench.report import Figure
from autosilo.vision import samples
from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import read_image
from autosilo.vision.presence.answers import Accepted, Answer, Doubtful, Guidance, Refused
from autosilo.vision.presence.eye import Embedding, Look
from autosilo.vision.presence.motion import MotionMemory, heard, told
from autosilo.vision.presence.session import GateSession
from autosilo.vision.presence.vision_eye import VisionEye
from autosilo.vision.samples.actor import Actor, jpeg_of
from autosilo.vision.samples.turned import View
from autosilo.wire.movements import Movements

SESSIONS, QUICK_SESSIONS = 200, 20
PLACES = 3
ENROLLED, PEOPLE, STRANGER = "obama2.jpg", ("obama.jpg", "obama3.jpg"), "biden.jpg"
FRAME_S = (0.14, 0.17)
"""Between two frames, as the page's camera and the site's limit let them through."""
LONGEST_S = 80.0
EVERY = "== {count}"
GENUINE = ">= 98"


@dataclass
class Cast:
    """Everybody, looked at."""

    eye: VisionEye
    template: Embedding
    people: Sequence[Place]
    strangers: Sequence[Place]
    photo: dict[str, Sequence[Look]]
    seed: int

    def session(self, number: int, memory: MotionMemory) -> tuple[GateSession, UUID]:
        trial = uuid4()
        one = GateSession(
            eye=self.eye, templates={trial: self.template}, began_s=0.0, random=self.random(number, 1), memory=memory
        )
        return one, trial

    def random(self, number: int, what: int) -> Random:
        return Random(self.seed * 1_000_003 + number * 101 + what)  # noqa: S311  repeatable on purpose

    def person(self, number: int) -> Living:
        return Living(self.people[number % len(self.people)], self.random(number, 2))


def figures_of_acted(*, seed: int, quick: bool) -> Sequence[Figure]:
    """Genuine sessions, then each attack; every session is drawn anew."""
    count = QUICK_SESSIONS if quick else SESSIONS
    cast = _cast(seed)
    memory = MotionMemory()
    genuine = [play(cast, number, cast.person(number), memory) for number in range(count)]
    accepted = sum(isinstance(answer, Accepted) for answer in genuine)
    doubtful = sum(isinstance(answer, Doubtful) for answer in genuine)
    reasons = {
        reason: sum(isinstance(answer, Refused) and answer.reason == reason for answer in genuine)
        for reason in ("not_live", "timed_out", "wrong_moves", "changed", "unknown_face")
    }
    found = [
        Figure(
            name=f"genuine sessions accepted, of {count}",
            value=round(100 * accepted / count, 2),
            unit="%",
            target=GENUINE,
            baselines={
                **per_cent(accepted, count),
                "second factor": doubtful,
                **{k: v for k, v in reasons.items() if v},
            },
        )
    ]
    return found + [_refused(name, cast, count, attack) for name, attack in ATTACKS.items()]


Attack = Callable[[Cast, int], Answer]


def _refused(name: str, cast: Cast, count: int, attack: Attack) -> Figure:
    answers = [attack(cast, number) for number in range(count)]
    got_in = sum(isinstance(answer, Accepted) for answer in answers)
    doubtful = sum(isinstance(answer, Doubtful) for answer in answers)
    baselines = {f"APCER {name}": value for name, value in per_cent(got_in, count).items()}
    return Figure(
        name=f"{name}: not let in, of {count}",
        value=count - got_in,
        unit="sessions",
        target=EVERY.format(count=count),
        baselines={**baselines, "of them asked for a second factor": doubtful},
    )


def play(cast: Cast, number: int, visitor: Visitor, memory: MotionMemory, *, film: Recording | None = None) -> Answer:
    """One session to its end."""
    session, _ = cast.session(number, memory)
    rhythm, prompt, now = cast.random(number, 3), "look", 0.0
    answer: Answer = Refused(reason="timed_out")
    while now < LONGEST_S:
        now += rhythm.uniform(*FRAME_S)
        if film:
            film.film(now)
        answer = session.feed(visitor.show(now), at_s=now)
        if not isinstance(answer, Guidance):
            break
        if answer.prompt.value != prompt:
            prompt = answer.prompt.value
            visitor.hear(prompt, at_s=now)
            if film:
                film.prompts.append((now, prompt))
    return answer


# --- attacks ---


def _recorded(cast: Cast, number: int, memory: MotionMemory) -> Recording:
    """A session of the right person that was accepted."""
    for again in range(20):
        who = cast.person(number + again * 7919)
        film = Recording(who, prompts=[(0.0, "look")])
        if isinstance(play(cast, number + again * 7919, who, memory, film=film), Accepted):
            return film
    raise AssertionError("no genuine session succeeds")


class Where(Enum):
    """Where a session was filmed."""

    HERE = "here"
    ANOTHER_SITE = "at another site"
    ELSEWHERE = "elsewhere"

    def gate(self, filmed: MotionMemory) -> MotionMemory:
        """What the gate knows of it at which the film is played."""
        if self is Where.HERE:
            return filmed
        known = MotionMemory()
        for even in filmed.untold() if self is Where.ANOTHER_SITE else ():
            known.learn(heard(Movements.model_validate_json(told(even).model_dump_json())))
        return known


def _replay(cast: Cast, number: int, *, where: Where) -> Answer:
    memory = MotionMemory()
    film = _recorded(cast, number, memory)
    visitor = Replayed(film, cast.random(number, 4), began_s=0.0)
    return play(cast, number + 500_000, visitor, where.gate(memory))


def _cut_up(cast: Cast, number: int, *, where: Where) -> Answer:
    memory = MotionMemory()
    film = _recorded(cast, number, memory)
    return play(cast, number + 500_000, CutUp(film, cast.random(number, 4)), where.gate(memory))


def _stranger(cast: Cast, number: int) -> Answer:
    place = cast.strangers[number % len(cast.strangers)]
    return play(cast, number, Living(place, cast.random(number, 2)), MotionMemory())


def _photo(cast: Cast, number: int) -> Answer:
    return play(cast, number, Photo(cast.photo, cast.random(number, 2)), MotionMemory())


def _still(cast: Cast, number: int) -> Answer:
    visitor = Living(cast.people[number % len(cast.people)], cast.random(number, 2), deaf=True)
    return play(cast, number, visitor, MotionMemory())


def _two(cast: Cast, number: int) -> Answer:
    joins = cast.random(number, 5).uniform(0.0, 5.0)
    return play(cast, number, Joined(cast.person(number), joins_s=joins), MotionMemory())


def _swap(cast: Cast, number: int) -> Answer:
    draw = cast.random(number, 5)
    other = cast.strangers[number % len(cast.strangers)]
    visitor = Swapped(cast.person(number), other, draw, at_s=draw.uniform(0.0, 5.0))
    return play(cast, number, visitor, MotionMemory())


ATTACKS: dict[str, Attack] = {
    **{f"recording of a session {where.value}, in full": partial(_replay, where=where) for where in Where},
    **{f"recording of a session {where.value}, cut up": partial(_cut_up, where=where) for where in Where},
    "stranger": _stranger,
    "photo that is turned and moved": _photo,
    "video of somebody who stands there": _still,
    "two people": _two,
    "another person takes over": _swap,
}


# --- the cast ---


def _cast(seed: int) -> Cast:
    """Raises ``CannotFetch``, ``CannotPlace``, ``WeightsMissing``."""
    folder = samples.samples_dir()
    samples.set_up(folder, say=lambda _line: None)
    eye, engine = VisionEye(), FaceEngine()
    template = engine.look(read_image((folder / ENROLLED).read_bytes())).embedding
    if template is None:
        raise AssertionError("no face in the sample portrait")
    drawn = [_actor(folder, name, engine) for name in PEOPLE]
    return Cast(
        eye=eye,
        template=template,
        people=[place for actor in drawn for place in looked_at(actor, eye, places=PLACES, seed=seed)],
        strangers=looked_at(_actor(folder, STRANGER, engine), eye, places=PLACES, seed=seed),
        photo=_flat(drawn[0], eye),
        seed=seed,
    )


def _actor(folder: Path, name: str, engine: FaceEngine) -> Actor:
    return Actor((folder / name).read_bytes(), engine)


def _flat(actor: Actor, eye: VisionEye) -> dict[str, Sequence[Look]]:
    """A good print that fills the picture, turned by up to 40° about each axis and brought closer."""
    picture = Image.fromarray(actor.seen(View()))
    angles = (0, 10, 20, 30, 40)

    def squeezed(across: float, down: float) -> Look:
        width, height = picture.size
        wide, tall = (np.cos(np.radians(angle)) for angle in (across, down))
        small = picture.resize((round(width * wide), round(height * tall)), Image.Resampling.BICUBIC)
        desk = Image.new("RGB", picture.size, (96, 88, 80))
        desk.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
        return eye.look(jpeg_of(np.asarray(desk)))

    nearer = [eye.look(actor.jpeg(View(size=1 + 0.09 * stage))) for stage in range(5)]
    sideways = [squeezed(angle, 0) for angle in angles]
    return {
        "look": [squeezed(0, 0)],
        "left": sideways,
        "right": sideways,
        "up": [squeezed(0, angle) for angle in angles],
        "closer": nearer,
    }
