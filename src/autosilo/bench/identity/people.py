"""Pairs of pictures through the pipeline that the shop and the gate use, and the gate's own rule."""

import importlib
import importlib.util
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autosilo.bench.identity.curve import Scores, scores_of
from autosilo.bench.identity.pairs import Pair, read_pairs
from autosilo.bench.rates import per_cent
from autosilo.bench.report import Figure
from autosilo.vision.faces import FaceEngine, mean_of
from autosilo.vision.images import CannotRead, read_image
from autosilo.vision.thresholds import MATCH_GATE, MATCH_SINGLE

STRICT_FMR = 1e-3
CURVE_FMR = (1e-1, 1e-2, 1e-3)
PROBES = 3
"""Frames whose mean is compared at the gate."""
NO_FACE = -1.0

Known = Mapping[Path, np.ndarray | None]


def figures_of_pairs(file: Path, images: Path, *, seed: int) -> list[Figure]:
    """Raises ``BadPairs``."""
    pairs = read_pairs(file, images)
    paths = sorted({path for pair in pairs for path in (pair.one, pair.other)})
    engine = FaceEngine()
    known = {path: _embedded(engine, path) for path in paths}
    scores = _scores(pairs, known)
    missing = sum(one is None for one in known.values())
    return [
        *_rates("SFace", scores, seed=seed),
        Figure(name=f"pictures without a face, of {len(paths)}", value=missing, unit="pictures"),
        *_gate(_groups(paths, known)),
        *_beside(pairs, paths, seed=seed),
    ]


def _rates(name: str, scores: Scores, *, seed: int) -> list[Figure]:
    accuracy, half = scores.accuracy()
    low, high = scores.fnmr_interval(STRICT_FMR, seed=seed)
    pairs = {"same": len(scores.same), "others": len(scores.other)}
    found = [
        Figure(
            name=f"{name}: accuracy, mean of ten folds",
            value=round(100 * accuracy, 2),
            unit="%",
            baselines={
                "95 % from": round(100 * (accuracy - half), 2),
                "95 % to": round(100 * min(1.0, accuracy + half), 2),
                **pairs,
            },
        ),
        Figure(
            name=f"{name}: FNMR at FMR ≤ 0.001",
            value=round(100 * scores.fnmr_at(STRICT_FMR), 3),
            unit="%",
            baselines={"95 % from": round(100 * low, 3), "95 % to": round(100 * high, 3)},
        ),
    ]
    for fmr in CURVE_FMR:
        threshold = scores.threshold_at(fmr)
        found.append(
            Figure(
                name=f"{name}: FNMR at FMR ≤ {fmr:g}, the curve",
                value=round(100 * scores.fnmr_at(fmr), 3),
                unit="%",
                baselines={"at": round(threshold, 4)},
            )
        )
    if name != "SFace":
        return found
    for threshold in (MATCH_SINGLE, MATCH_GATE):
        wrong_in = int((scores.other >= threshold).sum())
        wrong_out = int((scores.same < threshold).sum())
        found += [
            _share(f"single picture at {threshold:g}: FNMR", wrong_out, len(scores.same)),
            _share(f"single picture at {threshold:g}: FMR", wrong_in, len(scores.other)),
        ]
    return found


def _gate(groups: Mapping[str, list[np.ndarray]]) -> list[Figure]:
    """The gate's rule: the mean of three probes against one template; everybody against everybody."""
    able = {name: ones for name, ones in groups.items() if len(ones) > PROBES}
    genuine = [
        float(mean_of(ones[at : at + PROBES]) @ ones[0])
        for ones in able.values()
        for at in range(1, len(ones) - PROBES + 1)
    ]
    probes = {name: mean_of(ones[1 : PROBES + 1]) for name, ones in able.items()}
    others = [
        float(probe @ ones[0]) for name, probe in probes.items() for owner, ones in groups.items() if owner != name
    ]
    if not genuine or not others:
        return [Figure(name="gate's rule: people with four pictures", value=len(able), unit="people")]
    return [
        _share(
            f"gate's rule, mean of {PROBES} at {MATCH_GATE}: FNMR",
            sum(one < MATCH_GATE for one in genuine),
            len(genuine),
        ),
        _share(
            f"gate's rule, mean of {PROBES} at {MATCH_GATE}: FMR", sum(one >= MATCH_GATE for one in others), len(others)
        ),
        Figure(name="gate's rule: highest similarity of others", value=round(max(others), 3), unit="cosine"),
    ]


def _beside(pairs: Sequence[Pair], paths: Sequence[Path], *, seed: int) -> list[Figure]:
    """``face_recognition`` (dlib) on the same pairs, where somebody has installed it."""
    if importlib.util.find_spec("face_recognition") is None:
        return [Figure(name="face_recognition (dlib): not installed, pairs compared", value=0, unit="pairs")]
    library: Any = importlib.import_module("face_recognition")
    known: dict[Path, np.ndarray | None] = {}
    for path in paths:
        found = library.face_encodings(library.load_image_file(str(path)))
        known[path] = found[0] if found else None
    values = []
    for pair in pairs:
        one, other = known[pair.one], known[pair.other]
        values.append(NO_FACE if one is None or other is None else 1 - float(np.linalg.norm(one - other)))
    scores = scores_of(values, [pair.same for pair in pairs], [pair.fold for pair in pairs])
    return _rates("face_recognition (dlib)", scores, seed=seed)


def _scores(pairs: Sequence[Pair], known: Known) -> Scores:
    values = []
    for pair in pairs:
        one, other = known[pair.one], known[pair.other]
        values.append(NO_FACE if one is None or other is None else float(one @ other))
    return scores_of(values, [pair.same for pair in pairs], [pair.fold for pair in pairs])


def _embedded(engine: FaceEngine, path: Path) -> np.ndarray | None:
    """Of the largest face; None without one."""
    try:
        image = read_image(path.read_bytes())
    except CannotRead:
        return None
    faces = engine.detect(image)
    return engine.embed(image, faces[0]) if faces else None


def _groups(paths: Sequence[Path], known: Known) -> dict[str, list[np.ndarray]]:
    groups: dict[str, list[np.ndarray]] = defaultdict(list)
    for path in paths:
        if (one := known[path]) is not None:
            groups[path.parent.name].append(one)
    return dict(groups)


def _share(name: str, wrong: int, of: int) -> Figure:
    return Figure(name=f"{name}, of {of}", value=round(100 * wrong / of, 4), unit="%", baselines=per_cent(wrong, of))
