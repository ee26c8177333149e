"""The console in Chromium against the real web process: content policy, event stream, drawing, panel, second factor."""

import asyncio
import re
import threading
from typing import Any

import nats
import pytest
from playwright.sync_api import Page, expect

from autosilo.platform.resources.people.roles import Role
from autosilo.tower.geometry import bays
from autosilo.tower.site_file import load_site
from autosilo.wire.live import LiveLift, TowerLive

from .browsing import in_thread
from .world import PASSWORD, code_of, shop, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    inventory, key = in_thread(_world)
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
