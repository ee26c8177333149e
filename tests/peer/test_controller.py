"""The site controller against the peer: its visits go through a PLC that shares no code with it, whoever is killed."""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from autosilo.site.control import Tower
from peer.rigs import CARS, SLUG, PeerRig, car, vin

pytestmark = pytest.mark.peer

WITHIN_S = 90
PACE = 20.0
"""Slow enough for a kill in mid-move."""
CONTROLLER = Path(__file__).parents[1] / "site" / "control" / "controller.py"


@pytest.fixture(scope="module")
def rig(node_packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeerRig]:
    one = PeerRig(tmp_path_factory.mktemp("controller"), pace=PACE)
    commissioning = one.home / "sites" / SLUG / "commissioning.json"
    commissioning.parent.mkdir(parents=True)
    commissioning.write_text(json.dumps({place: vin(number) for place, number in CARS.items()}), encoding="utf-8")
    one.start()
    yield one
    one.close()


def places(rig: PeerRig) -> dict[str, str]:
    """Where the cars stand."""
    return dict(rig.order("/state", {})["places"])


async def drive_out(rig: PeerRig, number: int) -> None:
    """A driver, who tries at every station again and again, as the cars' twin does."""
    while True:
        for station in ("L1.D1", "L1.D2"):
            with suppress(urllib.error.URLError, OSError):
                await asyncio.to_thread(rig.order, "/depart", {"station": station, "vin": vin(number)})
        await asyncio.sleep(0.1)


async def collected(rig: PeerRig, tower: Tower, number: int) -> None:
    driver = asyncio.create_task(drive_out(rig, number))
    try:
        async with asyncio.timeout(WITHIN_S):
            await tower.fetch(job_key=f"trial-{number}", vin=vin(number))
            await tower.hand_over(job_key=f"trial-{number}", vin=vin(number))
    finally:
        driver.cancel()
    assert tower.held is None
    assert tower.inventory() == places(rig)
    assert vin(number) not in places(rig).values()


def open_tower(rig: PeerRig) -> Tower:
    return Tower(config=rig.site, home=rig.home, plc_url=rig.url)


async def until_a_lift_moves(rig: PeerRig) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not any(job and job["kind"] == 2 for job in rig.order("/state", {})["jobs"].values()):
            await asyncio.sleep(0.02)


async def test_a_car_goes_out_and_comes_back(rig: PeerRig) -> None:
    tower = open_tower(rig)
    await tower.start()
    try:
        await collected(rig, tower, 1)
        async with asyncio.timeout(WITHIN_S):
            admitted = await tower.admit(job_key="trial-1", vin=vin(1), plate=car(1)["plate"])
            await asyncio.to_thread(rig.order, "/arrive", {"station": admitted.station, **car(1)})
            stored = await tower.take_in(job_key="trial-1", vin=vin(1))
        assert stored.refused is None
        assert places(rig)[stored.bay or ""] == vin(1)
        assert tower.inventory() == places(rig)
    finally:
        await tower.stop()


async def test_a_power_cut_of_the_plc_in_mid_move(rig: PeerRig) -> None:
    tower = open_tower(rig)
    await tower.start()
    try:
        visit = asyncio.create_task(collected(rig, tower, 4))
        await until_a_lift_moves(rig)
        await asyncio.to_thread(rig.order, "/power", {"off_s": 0.5})
        await visit
    finally:
        await tower.stop()


async def test_the_controller_is_killed_in_mid_move(rig: PeerRig) -> None:
    controller = start_controller(rig, 2)
    try:
        await until_a_lift_moves(rig)
    finally:
        controller.send_signal(signal.SIGKILL)
        controller.wait()
    tower = open_tower(rig)
    await tower.start()
    try:
        await collected(rig, tower, 2)
    finally:
        await tower.stop()


async def test_both_are_killed_in_mid_move(rig: PeerRig) -> None:
    """The car stands in a rear bay now reached through an empty front bay."""
    controller = start_controller(rig, 3)
    try:
        await until_a_lift_moves(rig)
        await asyncio.to_thread(rig.order, "/power", {"off_s": 0.5})
    finally:
        controller.send_signal(signal.SIGKILL)
        controller.wait()
    tower = open_tower(rig)
    await tower.start()
    try:
        await collected(rig, tower, 3)
    finally:
        await tower.stop()


def start_controller(rig: PeerRig, number: int) -> "subprocess.Popen[Any]":
    return subprocess.Popen(
        [sys.executable, str(CONTROLLER), SLUG, f"trial-{number}", vin(number)],
        env=rig.environment,
        stdout=subprocess.DEVNULL,
    )
