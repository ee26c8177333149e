"""A folder of clips: ``DIR/bona_fide/CLIP`` and ``DIR/attack/TYPE/CLIP``.

A clip is a folder of pictures (JPEG, PNG, WebP; in the order of their names) or a ``.mjpeg`` file (JPEGs one after
another). Each clip is one presentation (ISO/IEC 30107-3): it is taken for bona fide when the mean liveness of its
usable frames reaches the gate's threshold, and without a usable frame it has had no response.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autosilo.bench.rates import per_cent
from autosilo.bench.report import Figure
from autosilo.vision.presence.eye import Eye

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
JPEG_BEGINS = b"\xff\xd8\xff"
MOST_FRAMES = 60
"""Of each clip, evenly spread: ten seconds as the kiosk sees them."""


class NoClips(ValueError):
    """The folder does not have the form."""


@dataclass(frozen=True)
class Outcome:
    taken_for_alive: int
    answered: int
    clips: int


def figures_of_folder(folder: Path, eye: Eye) -> Sequence[Figure]:
    """BPCER, and APCER for each type of attack. Raises ``NoClips``."""
    bona_fide = _outcome(_clips(folder / "bona_fide"), eye)
    kinds = sorted(path for path in (folder / "attack").glob("*") if path.is_dir())
    attacks = {kind.name: _outcome(_clips(kind), eye) for kind in kinds}
    if not bona_fide.clips and not attacks:
        raise NoClips(f"{folder}: no bona_fide/CLIP and no attack/TYPE/CLIP")
    found = [_figure("BPCER", bona_fide.answered - bona_fide.taken_for_alive, bona_fide)] if bona_fide.clips else []
    found += [_figure(f"APCER, {kind}", one.taken_for_alive, one) for kind, one in attacks.items()]
    if attacks:
        worst = max(attacks.values(), key=lambda one: one.taken_for_alive / max(1, one.answered))
        found.append(_figure("APCER, the worst type", worst.taken_for_alive, worst))
    return found


def _figure(name: str, wrong: int, outcome: Outcome) -> Figure:
    share = 100 * wrong / outcome.answered if outcome.answered else 0.0
    baselines = {**per_cent(wrong, outcome.answered), "no response": outcome.clips - outcome.answered}
    return Figure(name=f"{name} ({outcome.clips} clips)", value=round(share, 2), unit="%", baselines=baselines)


def _outcome(clips: Sequence[Path], eye: Eye) -> Outcome:
    means = [_mean_liveness(clip, eye) for clip in clips]
    answered = [mean for mean in means if mean is not None]
    return Outcome(sum(mean >= eye.liveness for mean in answered), len(answered), len(clips))


def _mean_liveness(clip: Path, eye: Eye) -> float | None:
    frames = list(_frames(clip))
    looks = [eye.look(frame) for frame in frames[:: max(1, len(frames) // MOST_FRAMES)]]
    seen = [look.liveness for look in looks if look.embedding is not None]
    return sum(seen) / len(seen) if seen else None


def _clips(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() or path.suffix == ".mjpeg")


def _frames(clip: Path) -> Iterator[bytes]:
    if clip.is_dir():
        for path in sorted(clip.iterdir()):
            if path.suffix.lower() in PICTURES:
                yield path.read_bytes()
        return
    for body in clip.read_bytes().split(JPEG_BEGINS)[1:]:
        yield JPEG_BEGINS + body
