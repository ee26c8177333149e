"""The status file: addresses, process numbers and states, for scripts and for ``autosilo status``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autosilo.up.home import write_atomically


class StatusFile:
    """One or more copies of the same JSON, replaced in one step whenever something changed."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._last = ""

    def write(self, content: dict[str, Any]) -> None:
        """Write unless nothing changed. The file holds demo logins, so only its owner may read it."""
        text = json.dumps(content, indent=1, ensure_ascii=False)
        if text == self._last:
            return
        for path in self._paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
        self._last = text


def read(path: Path) -> dict[str, Any] | None:
    """What the supervisor last wrote, or None."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None
