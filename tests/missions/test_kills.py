"""``kill -9`` of each process in turn, in the middle of a pick-up: the car is handed over, once."""

import json
import urllib.request
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from missions.conftest import Street
from missions.people import SLOW_MS, Operator
from missions.shop import Shop

pytestmark = [pytest.mark.mission, pytest.mark.browser, pytest.mark.slow]

SITE = "shanghai"
PROCESSES = (
    "postgres",
    "nats",
    "bank",
    "bureau",
    "market",
    "texts",
    "plc-shanghai",
    "plc-nanjing",
    "cars",
    "site-shanghai",
    "site-nanjing",
    "feeds",
    "worker",
    "web",
)
MODELS = (  # one for each, so that nobody waits for a car that another has
    "tesla-model-y",
    "byd-dolphin",
    "volkswagen-id3",
    "hyundai-ioniq-5",
    "zeekr-001",
    "xpeng-g6",
    "xpeng-x9",
    "nio-firefly",
    "nio-et5",
    "byd-yuan-plus",
    "volkswagen-id-buzz",
    "maserati-granturismo-folgore",
    "maserati-grancabrio-folgore",
    "tesla-model-3",
)
MOVE = "2"  # wire.mailbox: the command that moves a car


@dataclass(frozen=True)
class World:
    """What stands where, by the PLC twin itself, and what its lifts have done."""

    places: dict[str, str]
    log: frozenset[str]
    violations: dict[str, int]

    @classmethod
    def of(cls, shop: Shop) -> "World":
        port = shop.status()["ports"][f"world-{SITE}"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/state", timeout=10) as answer:
            state = json.load(answer)
        log = frozenset(line for lift in state["lifts"].values() for line in lift["log"])
        return cls(places=state["places"], log=log, violations=state["violations"])


def test_every_process_is_on_the_list(shop: Shop) -> None:
    assert sorted(shop.children()) == sorted(PROCESSES)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_killed_process_does_not_stop_the_pick_up(
    process: str, shop: Shop, street: Street, operator: Operator
) -> None:
    model = MODELS[PROCESSES.index(process)]
    shopper = street.eligible_shopper(None)
    shopper.consent_to_credit_check(model)
    shopper.book(model, site=SITE)
    token, code = shopper.pass_and_code()
    operator.reach_next_pick_up()
    before = World.of(shop)

    at_kiosk = street.visitor(None)
    at_kiosk.arrive(SITE)
    at_kiosk.show_pass(token, code)
    at_kiosk.confirm()
    at_kiosk.on_screen("coming", "gate")
    pid = shop.children()[process]["pid"]
    shop.kill(process)
    shop.wait_child_up(process, other_than=pid)

    at_kiosk.on_screen("done", "welcome")
    expect(at_kiosk.see("notice")).to_be_hidden(timeout=SLOW_MS)
    shopper.wait_for_state("driving")
    assert shopper.see("timeline").locator('[data-kind="driving"]').count() == 1

    after = World.of(shop)
    (left,) = set(before.places.values()) - set(after.places.values())
    (bay,) = [place for place, vin in before.places.items() if vin == left]
    moves = [line.split(";") for line in after.log - before.log]
    assert [move[4] for move in moves if move[3] == MOVE] == [bay]
    assert after.violations == {}
