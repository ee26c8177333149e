"""The console in Chromium against the real web process: content policy, event stream, drawing, panel, second factor."""

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from django.db import connection
from playwright.sync_api import Page, expect, sync_playwright

from autosilo.platform.resources.people.roles import Role
from autosilo.tower.geometry import bays
from autosilo.tower.site_file import load_site
from autosilo.wire.live import LiveLift, TowerLive

from .test_live import free_port, server
from .world import PASSWORD, code_of, shop, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

START_S = 60
PATIENCE_MS = 20_000
SETTINGS = "autosilo.platform.config.settings.test"


@pytest.fixture
def bus_url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    with server(port, tmp_path):
        yield f"nats://127.0.0.1:{port}"


@pytest.fixture
def console(transactional_db: None, bus_url: str, tmp_path: Path) -> Iterator[str]:
    """Address of a web process on the test's own database."""
    database = connection.settings_dict
    address = f"http://127.0.0.1:{free_port()}"
    where = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "DATABASE_URL": f"postgresql://{where}",
        "AUTOSILO_HOME": str(tmp_path),
        "AUTOSILO_WEB_URL": address,
        "AUTOSILO_NATS_URL": bus_url,
    }
    collect = [sys.executable, "-m", "django", "collectstatic", "--noinput"]
    subprocess.run(collect, env=environment, check=True, stdout=subprocess.DEVNULL)
    with (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from autosilo.up.serve import web; web([])"],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(address, tmp_path / "web.log")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str, log: Path) -> None:
    ready = threading.Event()
    for _ in range(START_S * 5):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/console/login", timeout=5):  # noqa: S310
            return
        ready.wait(0.2)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def page(console: str) -> Iterator[Page]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "no Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        context = browser.new_context(base_url=console, locale="en")
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield context.new_page()
        browser.close()


class Tower:
    """A site that says again and again how its tower looks; lift L1 goes up."""

    def __init__(self, url: str, inventory: dict[str, str]) -> None:
        self._url = url
        self._site = load_site("shanghai", pace=1)
        self._inventory = inventory
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._speak()), daemon=True)

    def __enter__(self) -> "Tower":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(10)

    async def _speak(self) -> None:
        bus = await nats.connect(self._url)
        count = 0
        while not self._over.is_set():
            await bus.publish("live.shanghai", self._frame(1 + count % 8))
            await asyncio.sleep(0.2)
            count += 1
        await bus.close()

    def _frame(self, floor: int) -> bytes:
        lifts = tuple(
            LiveLift(lift=lift.name, floor=floor, column=1, car=None, state="moving") for lift in self._site.tower.lifts
        )
        places = [place.name for lift in self._site.tower.lifts for place in bays(self._site.tower, lift)]
        standing = {name: self._inventory.get(name) for name in places}
        return (
            TowerLive(site="shanghai", at=1, lifts=lifts, stations=(), bays=standing, connected=True)
            .model_dump_json()
            .encode()
        )


def test_an_operator_signs_in_watches_a_tower_and_looks_at_a_car(page: Page, bus_url: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    inventory, key = _in_thread(_world)
    place, vin = next(iter(inventory.items()))

    page.goto("/console/sites/shanghai")
    page.get_by_label("E-mail").fill("operators@staff.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(code_of(key))
    page.get_by_test_id("login-submit").click()

    expect(page).to_have_url(re.compile("/console/sites/shanghai$"))
    expect(page.get_by_test_id("quiet-note")).to_be_visible()
    with Tower(bus_url, inventory):
        expect(page.get_by_test_id("live-shanghai")).to_be_visible()
        expect(page.get_by_test_id("quiet-note")).to_be_hidden()
        beam = page.locator(".tw-lift").first
        before = beam.get_attribute("transform")
        expect(beam).not_to_have_attribute("transform", before or "")
        page.locator(f'[data-place="{place}"]').click()
        expect(page.get_by_test_id(f"car-{vin}")).to_contain_text(place)
    expect(page.get_by_test_id("quiet-note")).to_be_visible()

    page.get_by_test_id("console-logout").click()
    expect(page.get_by_test_id("console-login")).to_be_visible()
    assert complaints == []


def _world() -> tuple[dict[str, str], Any]:
    site = shop(cars=3)[1]
    return site.inventory, worker(Role.OPERATOR).totpdevice_set.get()


def _in_thread(work: Any) -> Any:
    """Playwright's sync interface runs an event loop in this thread, in which Django refuses to touch a database."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]
