"""The linear assignment problem, exactly, with a certificate."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def assign(costs: ArrayLike) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """(column of each row, row prices u, column prices v) of least total cost; ``costs`` is n × n and finite.

    Shortest augmenting paths (Kuhn 1955, Jonker & Volgenant 1987). The prices prove it: u[i] + v[j] ≤ costs[i, j]
    everywhere, with equality where row i has column j, so no assignment costs less than sum(u) + sum(v).
    """
    matrix = np.asarray(costs, dtype=np.float64)
    size = len(matrix)
    u, v = np.zeros(size + 1), np.zeros(size + 1)
    row_of = np.full(size + 1, size, dtype=np.intp)  # the last column is where each new row begins its path
    for row in range(size):
        _augment(matrix, row, row_of, u, v)
    columns = np.empty(size, dtype=np.intp)
    columns[row_of[:size]] = np.arange(size)
    return columns, u[:size], v[:size]


def _augment(
    matrix: NDArray[np.float64],
    row: int,
    row_of: NDArray[np.intp],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
) -> None:
    """Give ``row`` a column, by the cheapest chain of changes; keeps the prices valid."""
    size = len(matrix)
    row_of[size] = row
    least, before = np.full(size, np.inf), np.full(size, size, dtype=np.intp)
    seen = np.zeros(size + 1, dtype=np.bool_)
    column = size
    while row_of[column] != size:
        seen[column] = True
        at = row_of[column]
        reduced = matrix[at] - u[at] - v[:size]
        better = ~seen[:size] & (reduced < least)
        least[better] = reduced[better]
        before[better] = column
        column = int(np.argmin(np.where(seen[:size], np.inf, least)))
        delta = least[column]
        u[row_of[seen]] += delta
        v[seen] -= delta
        least[~seen[:size]] -= delta
    while column != size:
        row_of[column] = row_of[before[column]]
        column = int(before[column])
    row_of[size] = size
