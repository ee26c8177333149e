"""Jobs. Each takes ids, asks what time it is, and calls one verb; the sweeper repeats what a dead worker left."""

from uuid import UUID

import structlog
from django.contrib.sessions.backends.db import SessionStore
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from autosilo.platform.journey.booking import actions as booking
from autosilo.platform.journey.booking import line, offering, offers, waiting
from autosilo.platform.journey.booking.claim import SETTLE_IN
from autosilo.platform.journey.booking.waiting import OFFER_NEXT
from autosilo.platform.journey.dues import actions as dues
from autosilo.platform.journey.dues import queries as due_queries
from autosilo.platform.journey.dues.actions import CARRY_OUT
from autosilo.platform.journey.eligibility import actions as eligibility
from autosilo.platform.journey.flow import deadlines
from autosilo.platform.journey.flow.names import GIVE_UP_PAYMENT, SWEEP
from autosilo.platform.journey.flow.sweeper import sweep as sweep_all
from autosilo.platform.journey.purchase import actions as purchase
from autosilo.platform.journey.scan import corrections, galleries
from autosilo.platform.journey.trial.actions import RUN_DEADLINE
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock, limits
from autosilo.platform.kit.refusals import DeviceFailure
from autosilo.platform.resources.licences import actions as licences
from autosilo.platform.resources.licences import reviewing as licence_photos
from autosilo.platform.resources.notices import actions as notices
from autosilo.platform.resources.notices.actions import SEND
from autosilo.platform.resources.payments.models import Payment
from autosilo.platform.resources.programs import actions as programs
from autosilo.platform.resources.programs.actions import DELIVER
from autosilo.platform.resources.signin import phones
from autosilo.platform.resources.signin.phones import SEND_CODE
from autosilo.platform.resources.sites import actions as sites
from autosilo.platform.resources.sites.actions import PUBLISH

log = structlog.get_logger(__name__)

EVERY_10_S = "* * * * * */10"  # the sixth field counts seconds
HOURLY = "17 * * * *"
KEEP_JOBS_HOURS = 24


@app.task(name=PUBLISH)
def publish_orders(site: str) -> None:
    try:
        sites.publish_waiting(site=site, now=clock.now())
    except DeviceFailure as failure:  # the sweeper tries again
        log.warning("orders wait", site=site, reason=failure.kind)


@app.task(name=SEND)
def send_notice(notice: int) -> None:
    notices.send(notice=notice, now=clock.now())


@app.task(name=SEND_CODE)
def send_code(code: str) -> None:
    phones.send(code_id=UUID(code), now=clock.now())


@app.task(name=RUN_DEADLINE)
def run_deadline(deadline: int) -> None:
    deadlines.run(deadline=deadline, now=clock.now())


@app.task(name=SETTLE_IN)
def settle_in(trial: str) -> None:
    booking.settle_in(trial=trial, now=clock.now())


@app.task(name=OFFER_NEXT)
def offer_next(site: str, car_model: str) -> None:
    for trial in offers.standing(site=site, car_model=car_model):  # whose car failed comes before who waits for one
        offering.make_good(trial=trial, now=clock.now())
    waiting.offer_next(site=site, car_model=car_model, now=clock.now())


@app.task(name=DELIVER)
def deliver(delivery: str) -> None:
    programs.deliver(delivery=UUID(delivery), now=clock.now())


@app.task(name=GIVE_UP_PAYMENT, retry=5)
def give_up_payment(payment: str) -> None:
    purchase.look_after(payment=Payment.objects.get(pk=payment), now=clock.now())


@app.task(name=CARRY_OUT, retry=3)
def carry_out_dues(trial: str) -> None:
    for due in due_queries.dues_of(Trial.objects.get(pk=trial)):
        dues.carry_out(due=due, now=clock.now())


@app.periodic(cron=EVERY_10_S)
@app.task(name=SWEEP)
def sweep(timestamp: int) -> None:
    sweep_all(now=clock.now())


@app.task(name=galleries.TRAIN, lock="gallery")
def train_gallery(version: int) -> None:
    galleries.train(version=version, clock=clock.now)


@app.periodic(cron=HOURLY)
@app.task(name="autosilo.tidy_scans")
def tidy_scans(timestamp: int) -> None:
    """What shoppers let us keep goes when they were told it would; a training that died is called failed, and one
    that a withdrawal asked for is ordered if it had to wait."""
    corrections.let_lapse(now=clock.now())
    galleries.give_up_lost(now=clock.now())
    galleries.renew(now=clock.now())


@app.periodic(cron=HOURLY)
@app.task(name="autosilo.tidy_visitors")
def tidy_visitors(timestamp: int) -> None:
    """Sessions, past tries, facts and answers of old decisions, old letters: what has no purpose is not kept."""
    SessionStore.clear_expired()
    limits.forget_old()
    line.tidy(now=clock.now())
    booking.forget_keys(now=clock.now())
    eligibility.forget_facts(now=clock.now())
    eligibility.forget_answers(now=clock.now())
    licences.forget_asks(now=clock.now())
    licence_photos.let_lapse(now=clock.now())
    notices.forget_letters(now=clock.now())
    phones.forget_codes(now=clock.now())


@app.periodic(cron=HOURLY)
@app.task(name="autosilo.tidy_jobs", pass_context=True)
async def tidy_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs that are over are of no further use, nor are those that died with their worker: the sweeper did the work."""
    jobs = context.app.job_manager
    for stalled in await jobs.get_stalled_jobs():
        await jobs.finish_job(stalled, status=Status.FAILED, delete_job=True)
    await jobs.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS, include_failed=True, include_cancelled=True)
