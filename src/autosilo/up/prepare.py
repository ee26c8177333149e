"""``autosilo prepare``: bring the platform's database and files up to date. Idempotent; run before the platform starts.

One process does all of it, because loading Django is most of the cost of each part.
"""

import argparse
import hashlib
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from autosilo import logs
from autosilo.twin.wallet.authority import FOLDER, kept_in

SETTINGS = "autosilo.platform.config.settings.base"


def main(argv: Sequence[str]) -> int:
    """Migrations, static files, and in demo mode the demo's catalogue, cars and operators."""
    parser = argparse.ArgumentParser(prog="autosilo prepare", description=main.__doc__)
    parser.add_argument("--no-seed", action="store_true", help="leave the demo data out")
    options = parser.parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    logs.configure("prepare")
    import django
    from django.conf import settings
    from django.core.management import call_command

    _timed("load", django.setup)
    _timed("migrate", lambda: call_command("migrate", interactive=False, verbosity=1))
    _timed("static files", lambda: _collect(Path(settings.STATIC_ROOT)))
    if settings.DEMO and not options.no_seed:
        _timed("demo data", lambda: call_command("seed_demo"))
        kept_in(Path(settings.HOME) / FOLDER, now=datetime.now(UTC))  # the wallet twin's authority: the shop trusts it
    else:
        _timed("sites", lambda: call_command("sync_sites"))
    return 0


def _timed(what: str, do: Callable[[], object]) -> None:
    begun = time.monotonic()
    do()
    print(f"{what}: {time.monotonic() - begun:.2f} s", flush=True)


def _collect(root: Path) -> None:
    """Collect and compress static files, unless nothing changed since the last time."""
    from django.core.management import call_command

    stamp = root / ".stamp"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _fingerprint() -> str:
    """Changes when a static file comes, goes, or is written."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = os.stat(storage.path(path))
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
