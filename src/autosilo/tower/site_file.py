"""Reading site files: where they lie, the pace, and errors that name the file, the line, the key and what is wrong."""

import os
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from autosilo.tower.config import SiteConfig
from autosilo.tower.toml_lines import line_of, lines_of

DEFAULT_SITES_FOLDER = "sites"


class SiteFileError(Exception):
    """A site file that cannot be used. The message names the file and, one a line, each key and what is wrong."""


def pace_from_environment() -> float:
    """``AUTOSILO_PACE``, 1.0 when unset. Raises ``SiteFileError`` when it is not a positive number."""
    text = os.environ.get("AUTOSILO_PACE", "1")
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0 < pace < float("inf"):
        raise SiteFileError(f"AUTOSILO_PACE: {text!r} is not a positive number")
    return pace


def sites_folder() -> Path:
    """``AUTOSILO_SITES``, else the ``sites`` folder under the working directory or of the checkout."""
    configured = os.environ.get("AUTOSILO_SITES")
    if configured:
        return Path(configured)
    here = Path(DEFAULT_SITES_FOLDER)
    return here if here.is_dir() else Path(__file__).resolve().parents[3] / DEFAULT_SITES_FOLDER


def read_site_file(path: Path) -> SiteConfig:
    """Parse and check one file, at its real pace. Raises ``SiteFileError``."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except OSError as error:
        raise SiteFileError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteFileError(f"{path}: not TOML: {error}") from error
    try:
        site = SiteConfig.model_validate(raw)
    except ValidationError as error:
        raise SiteFileError(_mistakes(path, text, error)) from error
    if site.slug != path.stem:
        raise SiteFileError(_mistake(path, text, ("slug",), f"{site.slug!r} must be the name of the file"))
    return site


def load_site(name: str, *, folder: Path | None = None, pace: float | None = None) -> SiteConfig:
    """The site ``name`` from ``folder`` (``sites_folder()``), paced (``AUTOSILO_PACE``). Raises ``SiteFileError``."""
    site = read_site_file((folder or sites_folder()) / f"{name}.toml")
    return site.paced(pace_from_environment() if pace is None else pace)


def load_all_sites(*, folder: Path | None = None, pace: float | None = None) -> dict[str, SiteConfig]:
    """Every site of the folder by slug, in alphabetical order.

    Raises ``SiteFileError`` with the mistakes of all files at once, also when there is no file.
    """
    folder = folder or sites_folder()
    names = sorted(path.stem for path in folder.glob("*.toml"))
    if not names:
        raise SiteFileError(f"{folder}: no site file (NAME.toml)")
    pace = pace_from_environment() if pace is None else pace
    sites: dict[str, SiteConfig] = {}
    mistakes: list[str] = []
    for name in names:
        try:
            sites[name] = load_site(name, folder=folder, pace=pace)
        except SiteFileError as error:
            mistakes.append(str(error))
    if mistakes:
        raise SiteFileError("\n".join(mistakes))
    return sites


def _mistakes(path: Path, text: str, error: ValidationError) -> str:
    """One line for each, in the order of the file."""
    found = []
    for one in error.errors():
        cause = one.get("ctx", {}).get("error")
        where = (*one["loc"], *getattr(cause, "where", ()))
        found.append((line_of(lines_of(text), where) or 0, _mistake(path, text, where, one["msg"])))
    return "\n".join(words for _, words in sorted(found))


def _mistake(path: Path, text: str, where: Sequence[str | int], words: str) -> str:
    """``FILE:LINE: KEY: WORDS``; without pydantic's label before words of our own."""
    line = line_of(lines_of(text), tuple(where))
    key = ".".join(str(part) for part in where) or "(whole file)"
    return f"{path}{f':{line}' if line else ''}: {key}: {words.removeprefix('Value error, ')}"
