"""In the simulator: equal cars are exchanged when a shopper has come, and everybody still gets one of their kind."""

import pytest
from tests.planner.towers import HOURS, demand, small

from autosilo.planner import alike
from autosilo.planner.records import NOWHERE
from autosilo.planner.rules import Choice, Rules
from autosilo.planner.run import simulate
from autosilo.planner.world import World


@pytest.mark.parametrize("booked", [0.0, 0.8])
def test_choosing_on_arrival_is_about_as_good_as_promising_nothing(booked: float) -> None:
    asked = demand(60, booking={"share": booked})
    mean = {
        choice: simulate(small(), asked, HOURS, days=20, seed=3, rules=Rules(choice=choice)).waits for choice in Choice
    }
    seconds = {choice: sum(one.after_due_s for one in waits) / len(waits) for choice, waits in mean.items()}
    assert seconds[Choice.ON_ARRIVAL] < 0.95 * seconds[Choice.PROMISED]
    assert seconds[Choice.ON_ARRIVAL] < 1.06 * seconds[Choice.AT_SET_OUT]


def test_an_exchange_leaves_each_car_to_one_and_each_model_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    exchanged = []
    choose = alike.choose

    def watched(w: World, now: float, visit: object) -> None:
        held = {one: (one.car, one.model) for one in w.visits.values() if one.car != NOWHERE}
        choose(w, now, visit)  # type: ignore[arg-type]
        changed = [one for one in held if one.car != held[one][0]]
        if len(changed) == 2:
            exchanged.append(changed)
            assert {one.car for one in changed} == {held[one][0] for one in changed}
        for one in held:
            assert one.model == w.model[one.car]
            assert w.visit_of[one.car] is one
            assert one.car not in w.stock[one.model]

    monkeypatch.setattr(alike, "choose", watched)
    simulate(small(), demand(60, booking={"share": 0.8}), HOURS, days=6, seed=5)
    assert exchanged, "two shoppers have changed cars"
