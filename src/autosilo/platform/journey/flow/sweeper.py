"""Finds what a lost job, a dead worker or a closed browser left undone. Everything here is harmless to repeat."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import offering, offers, waiting
from autosilo.platform.journey.booking import queries as bookings
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.dues import queries as due_queries
from autosilo.platform.journey.flow import deadlines, retention
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.returns import transfers
from autosilo.platform.kit.refusals import DeviceFailure, Refusal
from autosilo.platform.resources.notices import actions as notices
from autosilo.platform.resources.notices import queries as unsent_notices
from autosilo.platform.resources.payments import queries as open_payments
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.programs import queries as deliveries
from autosilo.platform.resources.sites import actions as sites
from autosilo.platform.resources.sites import queries as site_queries

log = structlog.get_logger(__name__)
T = TypeVar("T")

LEAVE_TO_JOBS = timedelta(seconds=5)
"""What is younger is left to its own job."""


def sweep(*, now: datetime) -> dict[str, int]:
    """Run missed deadlines, send unsent orders and notices, settle open payments, move money that was decided about.

    Returns how many of each.
    """
    return {
        "holds": _each("hold", bookings.holds_over(now=now), lambda one: booking.expire(trial=one, now=now)),
        "bookings": _each(
            "booking",
            bookings.untold(before=now - LEAVE_TO_JOBS),
            lambda one: booking.settle_in(trial=one, now=now),
        ),
        "offers": _each("offer", offers.standing(), lambda one: offering.make_good(trial=one, now=now)),
        "waiting": _each(
            "waiting", bookings.waited_for(), lambda one: waiting.offer_next(site=one[0], car_model=one[1], now=now)
        ),
        "deadlines": _each("deadline", deadlines.due(now=now), lambda one: deadlines.run(deadline=one, now=now)),
        "orders": _each("orders", site_queries.unsent_sites(), lambda slug: sites.publish_waiting(site=slug, now=now)),
        "notices": _each(
            "notice",
            unsent_notices.unsent(before=now - LEAVE_TO_JOBS),
            lambda one: notices.send(notice=one, now=now),
        ),
        "deliveries": _each(
            "delivery",
            deliveries.due(now=now - LEAVE_TO_JOBS),
            lambda one: programs.deliver(delivery=one, now=now),
        ),
        "faces": retention.look_after_faces(now=now),
        "payments": _each(
            "payment", open_payments.unsettled(now=now), lambda one: purchase.look_after(payment=one, now=now)
        ),
        "transfers": _each("transfer", transfers.late(now=now), lambda one: transfers.put_off(transfer=one, now=now)),
        "dues": _each("due", due_queries.to_carry_out(), lambda one: dues.carry_out(due=one, now=now)),
    }


def _each(what: str, found: Iterable[T], do: Callable[[T], object]) -> int:
    """One that fails does not keep the others from their turn."""
    done = 0
    for one in found:
        try:
            done += bool(do(one))
        except (DeviceFailure, Refusal) as failure:
            log.warning("sweep: not yet", what=what, reason=str(failure))
        except Exception:
            log.exception("sweep failed", what=what)
    return done
