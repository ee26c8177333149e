from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from autosilo.platform.journey.booking import whereabouts
from autosilo.platform.journey.booking.whereabouts import Car

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
T = NOW.timestamp()


def test_each_car_is_where_it_is() -> None:
    cars = {
        "a": Car([]),
        "b": Car([(T, T + 9)]),
        "c": Car([(T - 9, T + 5)]),
        "d": Car([(T - 9, T)]),
        "e": Car([(T - 1, T + 2)]),
        "f": Car([], T + 7),
        "g": Car([], T - 7),
        "h": Car([(T + 9, T + 20)], T + 8),
        "i": Car([(T - 1, T + 3)], T + 4),
    }
    found = whereabouts.of(cars, inside=["a", "b", "f", "g", "stranger"], now=NOW)
    assert vars(found) == {
        "ready": 2,
        "kept": 1,
        "charged": (T + 7,),
        "free_again": (T + 2, T + 4, T + 5),
        "arriving": (T + 8,),
        "elsewhere": 1,
    }


VINS = st.text(alphabet="abcdef", min_size=1, max_size=1)
PERIODS = st.lists(st.tuples(st.floats(0, 2 * T), st.floats(0, 2 * T)), max_size=3)


CARS = st.builds(Car, PERIODS, st.none() | st.floats(0, 2 * T))


@given(st.dictionaries(VINS, CARS), st.sets(VINS))
def test_each_car_is_counted_once(cars: dict[str, Car], inside: set[str]) -> None:
    found = whereabouts.of(cars, inside=inside, now=NOW)
    assert found.ready + found.kept + len(found.charged) == len(inside & cars.keys())
    assert len(found.free_again) + len(found.arriving) + found.elsewhere == len(cars.keys() - inside)
    assert all(at > T for at in (*found.charged, *found.free_again, *found.arriving))
