"""Jobs run by a real worker, and what the sweeper finds when none ran."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from autosilo.platform.journey.booking.claim import SETTLE_IN
from autosilo.platform.journey.booking.waiting import OFFER_NEXT
from autosilo.platform.journey.flow import sweeper, tasks
from autosilo.platform.journey.flow.names import SWEEP
from autosilo.platform.journey.trial.actions import RUN_DEADLINE
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.kit import clock, clock_actions, limits
from autosilo.platform.kit.clock_actions import CannotAdvance
from autosilo.platform.kit.limits import allow
from autosilo.platform.kit.models import RateBucket
from autosilo.platform.resources.notices.actions import SEND
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.sites.actions import PUBLISH
from autosilo.platform.resources.sites.models import OutgoingOrder
from autosilo.platform.surfaces.feeds.orm import in_database

HOUR = timedelta(hours=1)


def waiting_jobs():
    return sorted(ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True))


@pytest.fixture
def no_jobs(db):
    """Tests with real transactions leave theirs behind: the tables of jobs are not Django's to empty."""
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.usefixtures("no_jobs")
def test_a_booking_asks_for_what_must_follow_and_not_more(shop):
    shop.add_cars(1)
    trial = shop.book()
    assert waiting_jobs() == sorted([SETTLE_IN, PUBLISH, SEND, RUN_DEADLINE])
    lapse = ProcrastinateJob.objects.get(task_name=RUN_DEADLINE)
    assert lapse.scheduled_at == trial.collect_until


def test_every_job_that_is_asked_for_has_its_task():
    app.perform_import_paths()
    assert {PUBLISH, SEND, RUN_DEADLINE, SWEEP, SETTLE_IN, OFFER_NEXT, tasks.GIVE_UP_PAYMENT} <= set(app.tasks)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
async def test_a_worker_publishes_and_writes(transactional_shop, fakes, mailoutbox):
    def book():
        start = transactional_shop.in_real_time()
        transactional_shop.add_cars(1)
        return transactional_shop.book(start=start)

    trial = await in_database(book)
    worker = app.with_connector(app.connector.get_worker_connector())
    async with worker.open_async():
        await worker.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
    await in_database(connections.close_all)
    assert [subject for subject, _, _ in fakes.bus.sent] == ["to.shanghai.orders"]
    assert [letter.to for letter in mailoutbox] == [[trial.person.email]]


def test_the_sweeper_does_what_no_job_did(shop, fakes, mailoutbox):
    shop.add_cars(1)
    shop.book()
    shop.now += timedelta(seconds=10)
    nothing = dict.fromkeys(
        (
            "holds",
            "bookings",
            "waiting",
            "deadlines",
            "orders",
            "notices",
            "deliveries",
            "payments",
            "dues",
            "faces",
            "transfers",
            "offers",
        ),
        0,
    )
    assert sweeper.sweep(now=shop.now) == nothing | {"orders": 1, "notices": 1}
    assert sweeper.sweep(now=shop.now) == nothing
    assert len(fakes.bus.sent) == len(mailoutbox) == 1


def test_orders_wait_while_the_bus_is_away_and_keep_their_order(shop, fakes):
    shop.add_cars(1)
    fakes.bus.broken = True
    trial = shop.book()
    tasks.publish_orders(site="shanghai")
    shop.drive_off(trial)
    sweeper.sweep(now=shop.now)
    assert OutgoingOrder.objects.filter(sent_at=None).count() == 2
    fakes.bus.broken = False
    sweeper.sweep(now=shop.now)
    assert [message_id for _, _, message_id in fakes.bus.sent] == [
        str(one) for one in OutgoingOrder.objects.values_list("message_id", flat=True)
    ]


def test_one_thing_that_fails_does_not_hold_up_the_rest(shop, monkeypatch, mailoutbox):
    shop.add_cars(2)
    shop.book()
    shop.book()
    bad, good = Notice.objects.order_by("pk")
    send = sweeper.notices.send

    def picky(*, notice, now):
        if notice == bad.pk:
            raise OSError("the mail server is away")
        return send(notice=notice, now=now)

    monkeypatch.setattr(sweeper.notices, "send", picky)
    sweeper.sweep(now=shop.now + HOUR)
    assert [letter.to for letter in mailoutbox] == [[good.person.email]]


def test_a_letter_goes_out_once(shop, mailoutbox):
    shop.add_cars(1)
    shop.book()
    notice = Notice.objects.get()
    for _ in range(3):
        tasks.send_notice(notice=notice.pk)
    assert len(mailoutbox) == 1


# --- the demo's clock ---


@pytest.fixture
def operator(shop):
    return shop.add_person(is_staff=True)


def test_three_days_pass_in_a_moment(shop, operator):
    start = shop.in_real_time()
    shop.add_cars(1)
    trial = shop.drive_off(shop.book(start=start))
    clock_actions.advance(by=timedelta(hours=73), operator=operator, now=clock.now())
    assert clock.now() - shop.now >= timedelta(hours=73)
    assert shop.orders()[-1]["kind"] == "shift_clock"
    assert shop.orders()[-1]["offset_s"] == 73 * 3600
    assert SWEEP in waiting_jobs()
    tasks.sweep(timestamp=0)
    trial.refresh_from_db()
    assert trial.state == TrialState.OVERDUE


@pytest.mark.parametrize(
    ("by", "reason"), [(timedelta(0), "backwards"), (-HOUR, "backwards"), (timedelta(days=99), "too_far")]
)
def test_the_clock_is_not_moved_anyhow(shop, operator, by, reason):
    with pytest.raises(CannotAdvance) as caught:
        clock_actions.advance(by=by, operator=operator, now=shop.now)
    assert caught.value.reason == reason


def test_nobody_moves_a_real_clock(shop, operator, settings):
    clock_actions.advance(by=HOUR, operator=operator, now=shop.now)
    settings.DEMO = False
    assert clock.offset() == timedelta(0)
    with pytest.raises(CannotAdvance) as caught:
        clock_actions.advance(by=HOUR, operator=operator, now=shop.now)
    assert caught.value.reason == "not_demo"


def test_who_was_here_is_not_kept(db):
    allow(key="login-of:old@example.org", limit=1, per=HOUR)
    RateBucket.objects.update(window_start=timezone.now() - limits.KEPT - HOUR)
    allow(key="login-of:new@example.org", limit=1, per=HOUR)
    for key, left in (("over", -HOUR), ("open", HOUR)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + left)
    tasks.tidy_visitors(timestamp=0)
    assert list(RateBucket.objects.values_list("key", flat=True)) == ["login-of:new@example.org"]
    assert [one.session_key for one in Session.objects.all()] == ["open"]
