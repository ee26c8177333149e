"""Passwords and keys between the processes: drawn once, kept in one file that only its owner may read."""

import json
import secrets as draw
from pathlib import Path

from autosilo.up.home import write_atomically


class Keys:
    """Named secrets of one home. A new name gets a new secret; an old one is never changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def get(self, name: str, *, prefix: str = "k") -> str:
        """The secret called ``name``. It starts with a letter, so that no parser takes it for a number."""
        if name not in self._known:
            self._known[name] = prefix + draw.token_hex(24)
            write_atomically(self._path, json.dumps(self._known, indent=1, sort_keys=True))
        return self._known[name]
