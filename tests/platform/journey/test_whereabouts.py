from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from autosilo.platform.journey.booking import whereabouts

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
T = NOW.timestamp()


def test_each_car_is_where_it_is() -> None:
    cars: dict[str, list[tuple[float, float]]] = {
        "a": [],
        "b": [(T, T + 9)],
        "c": [(T - 9, T + 5)],
        "d": [(T - 9, T)],
        "e": [(T - 1, T + 2)],
    }
    found = whereabouts.of(cars, inside=["a", "b", "stranger"], now=NOW)
    assert (found.ready, found.kept, found.free_again, found.elsewhere) == (1, 1, (T + 2, T + 5), 1)


VINS = st.text(alphabet="abcdef", min_size=1, max_size=1)
PERIODS = st.lists(st.tuples(st.floats(0, 2 * T), st.floats(0, 2 * T)), max_size=3)


@given(st.dictionaries(VINS, PERIODS), st.sets(VINS))
def test_each_car_is_counted_once(cars: dict[str, list[tuple[float, float]]], inside: set[str]) -> None:
    found = whereabouts.of(cars, inside=inside, now=NOW)
    assert found.ready + found.kept == len(inside & cars.keys())
    assert len(found.free_again) + found.elsewhere == len(cars.keys() - inside)
    assert all(end > T for end in found.free_again)
