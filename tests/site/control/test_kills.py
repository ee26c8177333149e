"""kill -9 of the controller, of the PLC, of both, at any moment of a visit: the car goes out exactly once."""

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from autosilo.site.control import Tower
from twin.plc.rig import SLUG, Rig, vin

WITHIN_S = 90
CONTROLLER = Path(__file__).with_name("controller.py")
BAYS = [f"L1.B0{floor}0{column}" for floor in (2, 3, 4) for column in (1, 2, 3)]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("kills"), {bay: number for number, bay in enumerate(BAYS, start=1)})
    rig.start_plc()
    yield rig
    violations = rig.state()["violations"]
    rig.close()
    assert violations == {}


class Driver:
    """Tries to drive out of any station, again and again, as the cars' twin does."""

    def __init__(self, rig: Rig, number: int) -> None:
        self._rig, self._vin = rig, vin(number)
        self.departures = 0

    async def run(self) -> None:
        while True:
            for station in ("L1.D1", "L1.D2"):
                with suppress(OSError, json.JSONDecodeError):  # the PLC's world is away, too
                    await asyncio.to_thread(self._rig.world, "/depart", {"station": station, "vin": self._vin})
            await asyncio.sleep(0.1)


def start_controller(rig: Rig, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CONTROLLER), SLUG, f"trial-{number}", vin(number)],
        env=rig.environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def read_until(controller: subprocess.Popen[str], kind: str) -> None:
    assert controller.stdout is not None
    for line in controller.stdout:
        if line.strip() == kind:
            return
    raise AssertionError(f"the controller ended before {kind}")


def kill(controller: subprocess.Popen[str]) -> None:
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    assert controller.stdout is not None
    controller.stdout.close()


async def finish(rig: Rig, number: int) -> Tower:
    """A fresh controller takes the visit to its end."""
    tower = Tower(config=rig.site, home=rig.home, plc_url=rig.url)
    driver = asyncio.create_task(Driver(rig, number).run())
    await tower.start()
    try:
        async with asyncio.timeout(WITHIN_S):
            await tower.fetch(job_key=f"trial-{number}", vin=vin(number))
            await tower.hand_over(job_key=f"trial-{number}", vin=vin(number))
        assert tower.held is None
        assert tower.inventory() == rig.state()["places"]
        assert {name: one["gate"] for name, one in rig.state()["stations"].items()} == {
            "L1.D1": "SHUT",
            "L1.D2": "SHUT",
            "L1.I1": "SHUT",
        }
    finally:
        driver.cancel()
        await tower.stop()
    return tower


@pytest.mark.parametrize(
    ("number", "moment", "victims"),
    [
        (1, "moving", "controller"),
        (2, "moving", "plc"),
        (3, "moving", "both"),
        (4, "at_gate", "both"),
        (5, "gate_open", "both"),
        (6, "fetching", "both"),
    ],
)
async def test_a_visit_survives_kill_9(rig: Rig, number: int, moment: str, victims: str) -> None:
    moves = rig.state()["moves_done"]
    controller = start_controller(rig, number)
    try:
        await asyncio.wait_for(asyncio.to_thread(read_until, controller, moment), WITHIN_S)
        await asyncio.sleep(random.uniform(0, 0.5))
        if victims in ("plc", "both"):
            rig.kill_plc()
        if victims in ("controller", "both"):
            kill(controller)
        if victims in ("plc", "both"):
            rig.start_plc()
    finally:
        if controller.poll() is None:
            if victims == "plc":  # it sees the PLC come back, and loses its own life only then
                await asyncio.sleep(1.0)
            kill(controller)
    await finish(rig, number)
    state = rig.state()
    assert vin(number) not in state["places"].values()
    assert state["moves_done"] == moves + 1, "exactly one move"
    assert state["violations"] == {}


@pytest.mark.slow
async def test_a_controller_joins_a_plc_that_comes_back_under_it(rig: Rig) -> None:
    number = 7
    moves = rig.state()["moves_done"]
    tower = Tower(config=rig.site, home=rig.home, plc_url=rig.url)
    driver = asyncio.create_task(Driver(rig, number).run())
    await tower.start()
    kinds: list[str] = []
    tower.subscribe(lambda event: kinds.append(event.kind))
    try:
        visit = asyncio.create_task(tower.fetch(job_key="trial-7", vin=vin(number)))
        async with asyncio.timeout(WITHIN_S):
            while "moving" not in kinds:
                await asyncio.sleep(0.02)
            rig.kill_plc()
            while "offline" not in kinds:
                await asyncio.sleep(0.05)
            assert tower.snapshot().connected is False
            assert tower.snapshot().lifts[0].state == "offline"
            rig.start_plc(wait=False)
            await visit
            await tower.hand_over(job_key="trial-7", vin=vin(number))
        assert kinds.count("moving") == 1
        assert rig.state()["moves_done"] == moves + 1
    finally:
        driver.cancel()
        await tower.stop()
