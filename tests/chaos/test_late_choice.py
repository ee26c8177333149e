"""The protocol of late choice holds in every state of the model, and would not without any one of its rules."""

import pytest

from chaos.late_choice import RULES, Model, explore


@pytest.mark.parametrize(("cars", "revisions"), [(2, 3), (3, 2)])
def test_no_car_is_given_to_two(cars: int, revisions: int) -> None:
    states, wrong, story = explore(Model(cars=cars, revisions=revisions))
    assert not wrong, "\n".join([wrong, *story])
    assert states > 10_000, "the bounds are large enough to mean something"


@pytest.mark.parametrize("rule", sorted(RULES))
def test_each_rule_is_needed(rule: str) -> None:
    _, wrong, story = explore(Model(cars=2, revisions=3, without=rule))
    assert wrong, f"nothing breaks without {rule}"
    assert len(story) > 1
