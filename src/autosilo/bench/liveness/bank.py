"""What the models say of a person in every position that a session may show, looked at once.

Rendering and looking cost a quarter of a second a frame, and thousands of sessions are acted: so each person is drawn
at rest and in five stages of every movement, in several standing places, and each picture goes through the whole chain
from its JPEG. A session then shows the nearest of these pictures at each moment, with its place and size moved as the
person sways.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from autosilo.vision.presence.eye import Look, Stance
from autosilo.vision.presence.vision_eye import VisionEye
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.turned import View

STAGES = 5
FAR: Mapping[str, View] = {
    "left": View(yaw=27),
    "right": View(yaw=-27),
    "up": View(pitch=26),
    "closer": View(size=1.36),
}
RESTS = 4
LIFT_OF_PITCH = 0.4
"""Per cent for each degree, as drawn (docs/reference/vision.md)."""
WIDE = 4 / 3
"""Width over height of the picture."""


@dataclass(frozen=True)
class Place:
    """One standing place of one person: looks at rest, and by movement and stage."""

    rest: tuple[Look, ...]
    stages: Mapping[str, tuple[Look, ...]]


def looked_at(actor: Actor, eye: VisionEye, *, places: int, seed: int) -> tuple[Place, ...]:
    """The person of one portrait."""
    random = Random(seed)  # noqa: S311  where somebody stands
    return tuple(_place(actor, eye, random) for _ in range(places))


def _place(actor: Actor, eye: VisionEye, random: Random) -> Place:
    here = View(
        yaw=random.uniform(-4, 4),
        pitch=random.uniform(-3, 3),
        roll=random.uniform(-2, 2),
        size=random.uniform(0.95, 1.05),
    )

    def seen(view: View) -> Look:
        return eye.look(actor.jpeg(view))

    rest = tuple(seen(replace(here, yaw=here.yaw + random.gauss(0, 1))) for _ in range(RESTS))
    stages = {
        name: tuple(seen(here.moved(far, (stage + 1) / STAGES)) for stage in range(STAGES)) for name, far in FAR.items()
    }
    return Place(rest, stages)


def shown(place: Place, movement: View, *, placed: View, random: Random) -> Look:
    """The picture nearest to ``movement``, of somebody who stands and sways as ``placed`` says."""
    amounts = {
        "left": movement.yaw / FAR["left"].yaw,
        "right": movement.yaw / FAR["right"].yaw,
        "up": movement.pitch / FAR["up"].pitch,
        "closer": math.log(movement.size) / math.log(FAR["closer"].size),
    }
    name = max(amounts, key=lambda one: amounts[one])
    stage = round(amounts[name] * STAGES)
    look = place.stages[name][min(stage, STAGES) - 1] if stage > 0 else random.choice(place.rest)
    return look if look.stance is None else replace(look, stance=_moved(look.stance, placed, random))


def _moved(one: Stance, placed: View, random: Random) -> Stance:
    """Elsewhere in the picture, with the error of a look at another moment."""
    return Stance(
        yaw=one.yaw + placed.yaw + random.gauss(0, 0.7),
        pitch=one.pitch + placed.pitch + random.gauss(0, 0.7),
        lift=one.lift + LIFT_OF_PITCH * placed.pitch + random.gauss(0, 1.2),
        roll=one.roll + placed.roll + random.gauss(0, 0.4),
        x=one.x + placed.right * WIDE + random.gauss(0, 0.002),
        y=one.y + placed.down + random.gauss(0, 0.002),
        size=one.size * placed.size * math.exp(random.gauss(0, 0.004)),
    )
