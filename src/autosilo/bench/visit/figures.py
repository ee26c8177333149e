"""From the steps of many visits to figures."""

import statistics
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import floor

from autosilo.bench.report import Figure
from autosilo.bench.visit import story
from autosilo.bench.visit.bare import Bare
from autosilo.bench.visit.spending import Step
from autosilo.meter import Part

TARGET = "<= 1000"
"""ms. A second is about the limit for a person's flow of thought to stay uninterrupted (Nielsen 1993, ch. 5)."""
WORTH_SAYING = 0.5
"""ms: a part that took less is left out."""


def figures(steps: Sequence[Step], bare: Bare) -> list[Figure]:
    """Each step's median with who spent it and its p95; then whole visits; then what they are measured against."""
    named = {name: [step for step in steps if step.name == name] for name in dict.fromkeys(step.name for step in steps)}
    limits = _limits(bare)
    found: list[Figure] = []
    for name, ones in named.items():
        found += _of_step(name, ones, limits.get(name), bare)
    found += [
        _whole("whole visit by face, bought", [named[name] for name in story.BUYER]),
        _whole("whole visit by pass, returned", [named[name] for name in story.RETURNER]),
    ]
    return found + _alone(bare)


def _limits(bare: Bare) -> dict[str, float]:
    """Seconds below which a step cannot be: models, key derivation and the camera's rhythm alone."""
    return {
        story.SCAN: bare.scan_s,
        story.JOIN: bare.password_s,
        story.CODE: bare.code_s,
        story.CAPTURE: bare.frame_s,
        story.FACE: bare.frame_s,
    }


def _of_step(name: str, ones: Sequence[Step], limit_s: float | None, bare: Bare) -> list[Figure]:
    overheads = [step.overhead_s for step in ones]
    baselines = {}
    if motion := statistics.median(step.motion_s for step in ones):
        baselines["motion subtracted"] = _ms(motion)
    asked = statistics.median(step.requests for step in ones)
    if asked and name not in (story.DRIVING, story.PURCHASED, story.RETURNED):  # those ask until the answer changes
        baselines[f"{asked:g} empty pages"] = _ms(asked * bare.page_s)
    return [
        Figure(
            name=name,
            value=_ms(statistics.median(overheads)),
            unit="ms",
            target=TARGET,
            limit=None if limit_s is None else _ms(limit_s),
            baselines=baselines,
            parts=_parts(ones),
        ),
        Figure(name=f"{name}, p95 of {len(ones)}", value=_ms(percentile(overheads, 0.95)), unit="ms"),
    ]


def _parts(ones: Sequence[Step]) -> Mapping[str, float]:
    """Mean ms by part, and the rest. Means, since only they can be added up to a mean whole."""
    means = {part.value: _ms(statistics.fmean(one.parts.get(part, 0.0) for one in ones)) for part in Part}
    rest = _ms(statistics.fmean(one.overhead_s for one in ones)) - sum(means.values())
    shown = {name: value for name, value in means.items() if value >= WORTH_SAYING}
    return shown | {"rest": round(max(0.0, rest), 1)}


def _whole(name: str, visit: Sequence[Sequence[Step]]) -> Figure:
    """The sum of the medians of its steps; parts are the sums of their means."""
    parts: dict[str, float] = {}
    for ones in visit:
        for part, value in _parts(ones).items():
            parts[part] = round(parts.get(part, 0.0) + value, 1)
    rest = parts.pop("rest", 0.0)
    value = sum(statistics.median(step.overhead_s for step in ones) for ones in visit)
    largest_first = dict(sorted(parts.items(), key=lambda pair: -pair[1]))
    return Figure(name=name, value=_ms(value), unit="ms", parts=largest_first | {"rest": rest})


def _alone(bare: Bare) -> list[Figure]:
    return [
        Figure(name="alone: describe a car (models, picture decoded)", value=_ms(bare.scan_s), unit="ms"),
        Figure(name="alone: find, judge and embed a face in one frame", value=_ms(bare.frame_s), unit="ms"),
        Figure(name="alone: hash a password", value=_ms(bare.password_s), unit="ms"),
        Figure(name="alone: digest a code", value=_ms(bare.code_s), unit="ms"),
        Figure(name="alone: empty page", value=_ms(bare.page_s), unit="ms"),
        Figure(name="alone: SELECT 1", value=_ms(bare.query_s), unit="ms"),
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """Between the two nearest values, linearly (Hyndman and Fan's type 7)."""
    ordered = sorted(values)
    if len(ordered) == 1:
        return ordered[0]
    at = share * (len(ordered) - 1)
    low, high = list(pairwise(ordered))[min(floor(at), len(ordered) - 2)]
    return low + (high - low) * (at - min(floor(at), len(ordered) - 2))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2 if seconds < 0.01 else 1)
