"""Where a car goes."""

from math import inf

import pytest

from autosilo.tower.storage.charging import Relocation, charge_swap
from autosilo.tower.storage.choose import Stay, choose_bay
from autosilo.tower.storage.rack import NO_BAY, Bays, Rack
from autosilo.tower.storage.stays import leaves_first

DAY = 86_400.0
OFTEN, SELDOM = 1 / 3600, 1 / DAY


def one_deep(count: int = 10, *, kinds: tuple[int, ...] = (), chargers: tuple[int, ...] = ()) -> Rack:
    """Bay 0 is the nearest."""
    return Rack(
        Bays(
            seconds=[50.0 + bay for bay in range(count)],
            rear=[NO_BAY] * count,
            front=[NO_BAY] * count,
            kind=list(kinds) or [1] * count,
            charges=[bay in chargers for bay in range(count)],
        )
    )


def two_deep(lanes: int = 4) -> Rack:
    """Bays 2n (front) and 2n + 1 (rear) are lane n; all equally far."""
    count = 2 * lanes
    return Rack(
        Bays(
            seconds=[50.0] * count,
            rear=[bay + 1 if bay % 2 == 0 else NO_BAY for bay in range(count)],
            front=[bay - 1 if bay % 2 else NO_BAY for bay in range(count)],
            kind=[1] * count,
            charges=[False] * count,
        )
    )


def put(rack: Rack, bay: int, *, leaves: float = inf, rate: float = SELDOM) -> None:
    rack.put(bay, 100 + bay, leaves=leaves, rate=rate)


def test_the_car_that_is_wanted_most_goes_nearest() -> None:
    rack = one_deep()
    put(rack, 5, rate=SELDOM)
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN), now=0.0) == 0


def test_a_car_leaves_the_nearer_bays_to_those_that_are_wanted_more() -> None:
    rack = one_deep()
    for bay in (6, 7, 8):
        put(rack, bay, rate=OFTEN)
    assert choose_bay(rack, Stay(leaves=inf, rate=SELDOM), now=0.0) == 3


def test_a_booked_car_goes_far_since_it_is_brought_down_before_anybody_waits() -> None:
    assert choose_bay(one_deep(), Stay(leaves=7200.0, rate=OFTEN), now=0.0) == 9


def test_a_full_rack_has_no_bay() -> None:
    rack = one_deep(2)
    put(rack, 0)
    put(rack, 1)
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN), now=0.0) == NO_BAY


def test_a_heavy_car_goes_only_where_it_fits() -> None:
    rack = one_deep(4, kinds=(1, 1, 2, 2))
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN, kinds=(2,)), now=0.0) == 2


def test_a_flat_car_goes_to_a_charger_and_a_full_one_does_not() -> None:
    rack = one_deep(4, chargers=(0,))
    assert choose_bay(rack, Stay(leaves=inf, rate=SELDOM, needs_charge=True), now=0.0) == 0
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN), now=0.0) == 1


def test_the_first_car_of_a_lane_stands_in_its_rear() -> None:
    assert choose_bay(two_deep(1), Stay(leaves=inf, rate=OFTEN), now=0.0) == 1


def test_a_car_stands_before_one_that_leaves_later() -> None:
    rack = two_deep()
    put(rack, 1, leaves=1 * DAY)
    put(rack, 3, leaves=3 * DAY)
    put(rack, 5, leaves=2 * DAY)
    put(rack, 7, leaves=0.5 * DAY)
    assert choose_bay(rack, Stay(leaves=2.5 * DAY, rate=OFTEN), now=0.0) == 2


def test_a_car_that_is_moved_out_of_a_lane_is_not_put_back_into_it() -> None:
    rack = two_deep(2)
    for bay in (0, 1, 3):
        put(rack, bay, leaves=1 * DAY)
    assert choose_bay(rack, Stay(leaves=2 * DAY, rate=OFTEN), now=0.0, barred=0) == 2


@pytest.mark.parametrize(
    ("leaves_a", "leaves_b", "expected"),
    [(1.0, 2.0, 1.0), (2.0, 1.0, 0.0), (inf, inf, 0.75), (inf, 0.0, 0.0), (0.0, inf, 1.0)],
)
def test_who_leaves_first(leaves_a: float, leaves_b: float, expected: float) -> None:
    found = leaves_first(leaves_a=leaves_a, rate_a=3.0, leaves_b=leaves_b, rate_b=1.0, now=0.0)
    assert found == pytest.approx(expected)


def test_a_rack_knows_what_is_free_and_refuses_a_second_car() -> None:
    rack = one_deep(3)
    put(rack, 1)
    assert rack.open_bays() == [0, 2]
    assert len(rack) == 1
    with pytest.raises(ValueError, match="taken"):
        put(rack, 1)
    assert rack.take(1) == 101
    with pytest.raises(ValueError, match="empty"):
        rack.take(1)


def test_a_charger_that_is_free_is_used() -> None:
    rack = one_deep(4, chargers=(2,))
    put(rack, 0)
    assert charge_swap(rack, wanting=[0], charged=[], now=0.0) == Relocation(0, 2)


def test_a_charged_car_makes_room_for_one_that_waits() -> None:
    rack = one_deep(4, chargers=(2,))
    put(rack, 0)
    put(rack, 2)
    assert charge_swap(rack, wanting=[0], charged=[2], now=0.0) == Relocation(2, 1)


def test_nothing_is_moved_when_no_car_waits_for_a_charger() -> None:
    rack = one_deep(4, chargers=(2,))
    put(rack, 2)
    assert charge_swap(rack, wanting=[], charged=[2], now=0.0) is None


def test_a_small_car_leaves_the_large_bays_to_large_cars() -> None:
    rack = one_deep(4, kinds=(2, 2, 1, 1))
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN, kinds=(1, 2)), now=0.0) == 2
    put(rack, 2)
    put(rack, 3)
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN, kinds=(1, 2)), now=0.0) == 0
    assert choose_bay(one_deep(2), Stay(leaves=inf, rate=OFTEN, kinds=(2,)), now=0.0) == NO_BAY


def test_a_bay_that_is_closed_is_not_used_nor_is_the_one_behind_it() -> None:
    rack = two_deep(2)
    rack.close(0)
    assert rack.open_bays() == [2, 3]
    assert rack.blocker(1) == NO_BAY, "no car stands there that could be moved"
    with pytest.raises(ValueError, match="taken"):
        rack.put(0, 1, leaves=inf, rate=SELDOM)


def test_the_last_bay_is_kept_for_the_car_that_stands_before_another() -> None:
    rack = two_deep(2)
    for bay in (0, 1, 3):
        put(rack, bay)
    assert rack.stuck() == set()
    assert choose_bay(rack, Stay(leaves=inf, rate=OFTEN), now=0.0) == NO_BAY
    put(rack, 2)
    assert rack.stuck() == {1, 3}


def test_where_nothing_is_brought_down_ahead_a_booked_car_stands_by_how_soon_it_leaves() -> None:
    rack = one_deep()
    assert choose_bay(rack, Stay(leaves=7200.0, rate=1 / 7200, ahead=False), now=0.0) == 0
    put(rack, 0, leaves=3600.0, rate=1 / 3600)
    put(rack, 9, leaves=3600.0, rate=1 / 3600)
    assert choose_bay(rack, Stay(leaves=7200.0, rate=1 / 7200, ahead=False), now=0.0) == 2
