"""The cases of the dispatch bench say what they measured."""

import pytest

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import CASES, throughput
from autosilo.bench.dispatch.first_decision import _percentile


def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed() -> None:
    assert _percentile([float(value) for value in range(1, 101)], 99) == 99
    assert _percentile([float(value) for value in range(1, 31)], 99) == 30
    assert _percentile([3.0, 1.0, 2.0], 50) == 2
    assert _percentile([7.0], 99) == 7


@pytest.mark.slow
def test_moves_that_nobody_waits_for_reach_the_assignment_optimum() -> None:
    above, rate = throughput.figures(Conditions(seed=3, quick=True))
    assert above.value == 0
    assert min(above.baselines.values()) > 0.3
    assert rate.limit == pytest.approx(rate.value)


@pytest.mark.slow
def test_every_case_has_a_goal_and_stands_beside_something_simpler() -> None:
    for case in CASES:
        figures = list(case(Conditions(seed=2, quick=True)))
        assert any(figure.target for figure in figures)
        assert all(figure.baselines for figure in figures if figure.target)
        assert len({figure.name for figure in figures}) == len(figures)
