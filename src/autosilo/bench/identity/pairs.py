"""Pairs files of LFW's form (Huang et al. 2007): ``name 1 2`` for one person, ``name 1 other 3`` for two.

The first line says how many folds and pairs of each kind in a fold there are; a picture is ``name/name_0001.jpg``.
"""

from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


class BadPairs(ValueError):
    """The file has another form, or names a picture that is not there."""


@dataclass(frozen=True)
class Pair:
    one: Path
    other: Path
    same: bool
    fold: int


def read_pairs(file: Path, images: Path) -> list[Pair]:
    """Raises ``BadPairs``."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines or not all(part.isdigit() for part in lines[0]):
        raise BadPairs(f"{file}: the first line says how many folds and pairs there are")
    folds, each = (int(lines[0][0]), int(lines[0][1])) if len(lines[0]) > 1 else (1, int(lines[0][0]))
    if len(lines) - 1 != folds * 2 * each:
        raise BadPairs(f"{file}: {folds} folds of 2 × {each} pairs are not {len(lines) - 1} lines")
    return [_pair(words, images, index // (2 * each)) for index, words in enumerate(lines[1:])]


def _pair(words: list[str], images: Path, fold: int) -> Pair:
    if len(words) == 3:
        return Pair(_picture(images, words[0], words[1]), _picture(images, words[0], words[2]), True, fold)
    if len(words) == 4:
        return Pair(_picture(images, words[0], words[1]), _picture(images, words[2], words[3]), False, fold)
    raise BadPairs(f"a pair has three or four words, not {words}")


def _picture(images: Path, name: str, number: str) -> Path:
    try:
        stem = images / name / f"{name}_{int(number):04d}"
    except ValueError as error:
        raise BadPairs(f"{number!r} is no number of a picture") from error
    for suffix in SUFFIXES:
        if (path := stem.with_suffix(suffix)).exists():
            return path
    raise BadPairs(f"{stem}.jpg is not there")
