"""Faults of the control software itself: said once, shown to a person, tried again ever more slowly, harmless."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from autosilo.site.control import EventKind, Tower, TowerEvent, holding, lift, mailbox
from autosilo.site.control.journal import Journal
from autosilo.site.tasks import Retries
from twin.plc.rig import Rig, vin

WITHIN_S = 20
BAY = "L1.B0201"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("faults"), {BAY: 1, "L1.B0202": 2}, lifts=("L1",), pace=40)
    rig.start_plc()
    yield rig
    state = rig.state()
    rig.close()
    assert state["violations"] == {}


@pytest.fixture
def seen() -> list[TowerEvent]:
    return []


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "Retries", lambda what: Retries(what, first_s=0.2, longest_s=0.4))
    monkeypatch.setattr(mailbox, "Retries", lambda what, **_: Retries(what, first_s=0.05, longest_s=0.1))
    monkeypatch.setattr(mailbox, "HEALTHY_S", 0.3)


@pytest.fixture
async def tower(rig: Rig, seen: list[TowerEvent]) -> AsyncIterator[Tower]:
    tower = Tower(config=rig.site, home=rig.home, plc_url=rig.url)
    tower.subscribe(seen.append)
    yield tower
    await tower.stop()


async def until(true: Any) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():
            await asyncio.sleep(0.02)


def kinds(seen: list[TowerEvent]) -> list[EventKind]:
    return [event.kind for event in seen if event.kind in (EventKind.HELD, EventKind.RELEASED)]


def said(caplog: pytest.LogCaptureFixture, fault: type[Exception]) -> int:
    return sum(bool(record.exc_info and isinstance(record.exc_info[1], fault)) for record in caplog.records)


async def test_a_fault_while_settling_holds_the_lift_until_it_is_gone(tower, seen, monkeypatch, caplog) -> None:
    tries, kept = [], mailbox.PlcLink.send

    async def broken(self: Any, unit: str, command: Any) -> None:
        if unit != "L1":
            return await kept(self, unit, command)
        tries.append(unit)
        raise NameError("a slip")

    with monkeypatch.context() as patch:
        patch.setattr(mailbox.PlcLink, "send", broken)
        await tower.start()
        await until(lambda: len(tries) >= 3)
        assert tower.held == (
            "L1: a fault of the control software (NameError); it tries again by itself, the log says more"
        )
        assert (said(caplog, NameError), kinds(seen)) == (1, [EventKind.HELD])
        before = len(tries)
        await asyncio.sleep(1.0)
        assert len(tries) - before <= 4, "the pauses grow"
    await until(lambda: tower.ready)
    assert kinds(seen) == [EventKind.HELD, EventKind.RELEASED]
    assert tower.held is None


async def test_a_job_goes_on_after_a_fault_and_moves_its_car_once(rig, tower, seen, monkeypatch, caplog) -> None:
    await tower.start()
    await until(lambda: tower.ready)
    kept, failures = Journal.update_job, []

    def broken(self: Journal, number: int, **changes: Any) -> Any:
        if changes.get("state") == "at_gate" and len(failures) < 3:
            failures.append(number)
            raise OSError("no space left on the device")
        return kept(self, number, **changes)

    monkeypatch.setattr(Journal, "update_job", broken)
    async with asyncio.timeout(WITHIN_S):
        fetched = await tower.fetch(job_key="one", vin=vin(1))
    assert (len(failures), said(caplog, OSError)) == (3, 1)
    assert [event.kind for event in seen].count(EventKind.MOVING) == 1
    assert rig.state()["places"][fetched.station] == vin(1)
    assert rig.world("/depart", {"station": fetched.station, "vin": vin(1)})[0] == 200
    async with asyncio.timeout(WITHIN_S):
        await tower.hand_over(job_key="one", vin=vin(1))
    await until(lambda: tower.held is None)
    assert kinds(seen) == [EventKind.HELD, EventKind.RELEASED]


async def test_an_operator_need_not_wait_for_the_next_try(tower, seen, monkeypatch) -> None:
    monkeypatch.setattr(holding, "Retries", lambda what: Retries(what, first_s=600, longest_s=600))
    await tower.start()
    await until(lambda: tower.ready)
    monkeypatch.setattr(tower._floor.lifts["L1"], "_reconciled", -1)
    with monkeypatch.context() as patch:
        patch.setattr(lift, "disagreements", lambda **_: 1 / 0)
        await until(lambda: tower.held is not None)
    await tower.resolve_hold(operator="wang")
    await until(lambda: tower.ready)
    assert [event.detail for event in seen if event.kind is EventKind.RELEASED] == ["wang"]


async def test_a_fault_in_the_link_is_shown_as_well(tower, seen, monkeypatch, caplog) -> None:
    await tower.start()
    await until(lambda: tower.ready)
    with monkeypatch.context() as patch:
        patch.setattr(mailbox.Decoder, "take", lambda *_: {}["no such field"])
        await until(lambda: tower.held is not None)
        assert "KeyError" in (tower.held or "")
        assert said(caplog, KeyError) == 1
    await until(lambda: tower.ready)
    assert kinds(seen) == [EventKind.HELD, EventKind.RELEASED]


async def test_a_listener_that_fails_stops_no_lift(tower, caplog) -> None:
    tower.subscribe(lambda event: {}["no such key"])
    await tower.start()
    await until(lambda: tower.ready and tower._running.online)
    assert said(caplog, KeyError) >= 1
    assert tower.held is None
