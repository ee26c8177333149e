"""Where ``tower/…`` and ``presence/…`` come from: what the kiosk's page shows too, the tower and who stands before it.

The platform imports nothing of ``autosilo.site``; it serves these files of its by their path, and no others.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage, Storage

import autosilo

KIOSK = Path(autosilo.__file__).parent / "site" / "kiosk" / "static"
SHARED = {
    "tower": (KIOSK, ("tower.js", "tower.css")),
    "presence": (KIOSK / "presence", ("camera.js", "moves.js", "moves.css", "chime.js")),
}
"""prefix in the address -> folder, names"""


class KioskFinder(BaseFinder):
    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.storages: dict[str, Storage] = {}
        for prefix, (folder, _) in SHARED.items():
            storage = FileSystemStorage(location=folder)
            storage.prefix = prefix  # type: ignore[attr-defined]  # how collectstatic learns the folder in the address
            self.storages[prefix] = storage
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        prefix, _, name = path.replace("\\", "/").partition("/")
        folder, names = SHARED.get(prefix, (KIOSK, ()))
        found = str(folder / name) if name in names else ""
        if find_all:
            return [found] if found else []
        return found or []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for prefix, (_, names) in SHARED.items():
            for name in names:
                yield name, self.storages[prefix]
