"""Where ``tower/tower.js`` and ``tower/tower.css`` come from: the drawing that the kiosk shows too.

The platform imports nothing of ``autosilo.site``; it serves these two files of its by their path, and no others.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

import autosilo

FOLDER = Path(autosilo.__file__).parent / "site" / "kiosk" / "static"
PREFIX = "tower"
FILES = ("tower.js", "tower.css")


class TowerFinder(BaseFinder):
    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=FOLDER)
        self.storage.prefix = PREFIX  # type: ignore[attr-defined]  # how collectstatic learns the folder in the address
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        known = {f"{PREFIX}/{name}": str(FOLDER / name) for name in FILES}
        found = known.get(path.replace("\\", "/"))
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in FILES:
            yield name, self.storage
