"""Assignments are the best, and say why."""

from itertools import permutations

import numpy as np
import pytest

from autosilo.tower.dispatch.assignment import assign


@pytest.mark.parametrize("size", [1, 2, 3, 6])
@pytest.mark.parametrize("seed", range(5))
def test_no_permutation_costs_less_and_the_prices_prove_it(size: int, seed: int) -> None:
    costs = np.random.default_rng(seed).integers(0, 9, (size, size)).astype(float)
    column, u, v = assign(costs)
    total = costs[np.arange(size), column].sum()
    assert sorted(column.tolist()) == list(range(size))
    assert total == min(sum(costs[row, to] for row, to in enumerate(order)) for order in permutations(range(size)))
    assert u.sum() + v.sum() == pytest.approx(total)
    assert np.all(u[:, None] + v[None, :] <= costs + 1e-9)
