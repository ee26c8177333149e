from datetime import UTC, datetime, timedelta

import pytest

from autosilo.site.control import CannotObey
from autosilo.site.orders import Orders
from autosilo.wire.books import BlockBay, ConfirmBay, FinishReconciliation, LiftService, OrderRefused, UnblockBay
from autosilo.wire.bus import CarLook, DescribeCars, ResolveHold, ShiftClock


@pytest.fixture
def since() -> list[datetime | None]:
    return [None]


@pytest.fixture
def orders(box, since) -> Orders:
    return Orders(
        db=box.db,
        visits=box.visits,
        cars=box.cars,
        clock=box.clock,
        outbox=box.outbox,
        tower=box.tower,
        held_since=lambda: since[0],
    )


async def test_an_expected_visitor_brings_the_cars_colour(box, orders, make_order) -> None:
    one = make_order()
    await orders.handle(one)
    await orders.handle(one)
    assert box.visits.find(one.trial).revision == 1
    assert box.cars.paints == {one.vin: one.paint_hex}


async def test_a_hold_is_resolved_once_an_order(box, orders, since) -> None:
    since[0] = datetime.now(UTC) - timedelta(seconds=5)
    order = ResolveHold(operator="wang")
    await orders.handle(order)
    await orders.handle(order)
    assert box.tower.resolved_by == ["wang"]


async def test_an_order_older_than_the_hold_does_not_release_it(box, orders, since) -> None:
    order = ResolveHold(operator="wang", at=datetime.now(UTC) - timedelta(minutes=5))
    since[0] = datetime.now(UTC)
    await orders.handle(order)
    assert box.tower.resolved_by == []
    (fact,) = box.facts()
    assert (fact.order, fact.reason) == (order.id, "no_hold")


async def test_who_releases_a_tower_that_is_not_held_is_answered(box, orders) -> None:
    order = ResolveHold(operator="wang")
    await orders.handle(order)
    await orders.handle(order)
    (fact,) = box.facts()
    assert (fact.order, fact.reason, fact.detail) == (order.id, "no_hold", "the tower is not held")


async def test_the_demo_clock_follows(box, orders) -> None:
    before = box.clock.now()
    await orders.handle(ShiftClock(offset_s=3 * 86400))
    assert box.clock.now() - before > timedelta(days=2, hours=23)


async def test_the_colours_of_all_cars_are_kept(box, orders, make_box) -> None:
    looks = (
        CarLook(vin="LSVAA4187E2000001", paint_hex="#ffffff"),
        CarLook(vin="LSVAA4187E2000002", paint_hex="#101418"),
    )
    await orders.handle(DescribeCars(cars=looks))
    again = make_box(box.path, box.tower)
    assert again.cars.paints == {look.vin: look.paint_hex for look in looks}
    again.db.close()


CAR = "LSVAA4187E2000001"


@pytest.mark.parametrize(
    ("order", "done"),
    [
        (BlockBay(place="L1.B0102", reason="leak", operator="li"), ("block", "L1.B0102", "leak", "li")),
        (UnblockBay(place="L1.B0102R", operator="li"), ("unblock", "L1.B0102R", "li")),
        (LiftService(lift="L2", in_service=False, reason="rope", operator="li"), ("out", "L2", "rope", "li")),
        (LiftService(lift="L2", in_service=True, operator="li"), ("in", "L2", "li")),
        (ConfirmBay(place="L1.D1", vin=None, operator="li"), ("confirm", "L1.D1", "", "li")),
        (ConfirmBay(place="L1.B0102", vin=CAR, operator="li"), ("confirm", "L1.B0102", CAR, "li")),
        (FinishReconciliation(lift="L1", operator="li"), ("finish", "L1", "li")),
    ],
)
async def test_a_technicians_order_is_carried_out_once(box, orders, order, done) -> None:
    await orders.handle(order)
    await orders.handle(order)
    assert box.tower.obeyed == [done]
    assert box.facts() == []


async def test_an_order_without_effect_is_answered(box, orders) -> None:
    box.tower.disobedience = CannotObey("not_confirmed", "L1.B0102", "nobody has looked at L1.B0102")
    order = FinishReconciliation(lift="L1", operator="li")
    await orders.handle(order)
    (fact,) = box.facts()
    assert isinstance(fact, OrderRefused)
    assert (fact.order, fact.reason, fact.look_at) == (order.id, "not_confirmed", "L1.B0102")
    assert "nobody has looked" in fact.detail
