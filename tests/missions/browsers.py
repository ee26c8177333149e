"""A real browser whose camera shows a given clip."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright

QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Debian's chromium, or another one on the path."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise AssertionError("no Chromium: apt-get install chromium (./test does this as root)")


@contextmanager
def browser_seeing(playwright: Playwright, clip: Path | None) -> Iterator[Browser]:
    """A browser with that clip before its camera; without a clip it has no camera at all."""
    camera = [] if clip is None else ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}"]
    browser = playwright.chromium.launch(
        executable_path=chromium_path(),
        args=[
            *QUIET,
            *camera,
            "--use-fake-ui-for-media-stream",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
        ],
    )
    try:
        yield browser
    finally:
        browser.close()
