"""The console in Chromium."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .browsing import PATIENCE_MS, web_process
from .test_live import free_port, server


@pytest.fixture
def bus_url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    with server(port, tmp_path):
        yield f"nats://127.0.0.1:{port}"


@pytest.fixture
def console(transactional_db: None, bus_url: str, tmp_path: Path) -> Iterator[str]:
    """Address of a web process on the test's own database."""
    with web_process(home=tmp_path, bus_url=bus_url) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(console: str, browser: Browser) -> Page:
    context = browser.new_context(base_url=console, locale="en")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return context.new_page()
