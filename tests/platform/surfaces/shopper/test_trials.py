"""My trials: list, hub, pass, cancelling, giving back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import segno
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.journey.drive.actions import become_overdue
from autosilo.platform.journey.identity import passes
from autosilo.platform.journey.identity.models import VisitPass
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.telemetry.models import CarReading
from autosilo.platform.resources.towers.models import TowerWaits
from autosilo.platform.surfaces.shopper.wait_words import between, duration
from autosilo.wire import bus
from autosilo.wire.passes import token_digest
from autosilo.wire.wait import VisitWait, WaitEstimate, WaitsReported


@pytest.fixture
def person(shop: Any, signed_in: Callable[..., Person]) -> Person:
    return signed_in()


@pytest.fixture
def trial(shop: Any, person: Person) -> Trial:
    shop.add_cars(1)
    booked: Trial = shop.book(person)
    return booked


def hub(client: Client, trial: Trial) -> str:
    return client.get(f"/trials/{trial.pk}").content.decode()


def test_without_trials_the_list_invites(person: Person, page: Callable[..., str]) -> None:
    assert 'data-testid="trials-empty"' in page("/trials")


def test_the_list_needs_as_many_queries_for_three_as_for_one(shop: Any, client: Client, trial: Trial) -> None:
    with CaptureQueriesContext(connection) as one:
        client.get("/trials")
    for slug in ("tang", "buzz"):
        shop.bring_back(shop.drive_off(Trial.objects.get(state="booked")))
        shop.now += timedelta(days=4)
        shop.add_cars(1, model=shop.add_model(slug))
        model = shop.model.__class__.objects.get(slug=slug)
        shop.book(trial.person, car_model=model, paint=model.paints.get(code="white"))
    with CaptureQueriesContext(connection) as three:
        text = client.get("/trials").content.decode()
    assert text.count('data-testid="trial-card"') == 3
    assert len(three) == len(one)


def test_booked_says_when_and_where_and_offers_both_ways(shop: Any, client: Client, trial: Trial) -> None:
    text = hub(client, trial)
    assert 'data-state="booked"' in text
    assert "The kiosk expects you" in text  # the slot is now
    assert 'data-testid="to-selfie"' in text
    assert 'data-testid="to-pass"' in text
    shop.now -= timedelta(hours=3)
    assert "Collect it on Tuesday 10 March at 12:00" in hub(client, trial)


def test_the_hub_follows_the_hand_over(shop: Any, client: Client, trial: Trial) -> None:
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
    assert "The tower is fetching your car" in hub(client, trial)
    shop.say(bus.CarAtGate, trial, station="L1.D1")
    assert "Gate L1.D1." in hub(client, trial)


def test_driving_shows_time_charge_range_and_distance(shop: Any, client: Client, trial: Trial) -> None:
    shop.drive_off(trial)
    assert 'data-testid="car-silent"' in hub(client, trial)
    CarReading.objects.create(
        car_id=trial.car_id, at=shop.now, charge=0.73, range_km=401.4, odometer_km=161, speed_kmh=40, trip_km=61.4,
        locked=True, plugged=False, where="road",
    )  # fmt: skip
    shop.now += timedelta(hours=23, minutes=30)
    text = hub(client, trial)
    for words in ("2 days 0 hours", "73 %", "401 km", "61.4 km", "locked", "Buy it for ¥208,800"):
        assert words in text
    due, now = (re.search(rf'data-{name}="(\d+)"', text)[1] for name in ("countdown", "now"))  # type: ignore[index]
    assert int(due) - int(now) == (48 * 60 + 30) * 60


def test_overdue_asks_for_the_car_first(shop: Any, client: Client, trial: Trial) -> None:
    shop.drive_off(trial)
    shop.now += timedelta(hours=75)
    trial.refresh_from_db()
    become_overdue(trial=trial, now=shop.now)
    text = hub(client, trial)
    assert "The car is overdue" in text
    assert "Overdue by" in text
    assert text.index('data-testid="to-return"') < text.index('data-testid="to-buy"')


def test_after_the_return_another_can_be_booked(shop: Any, client: Client, trial: Trial) -> None:
    shop.bring_back(shop.drive_off(trial))
    text = hub(client, trial)
    assert "You drove 88 km." in text
    assert 'data-testid="book-another"' in text
    assert "hx-trigger" not in text.split('id="trial-now"')[1].split(">")[0]


def test_a_refused_intake_is_told(shop: Any, client: Client, trial: Trial) -> None:
    shop.drive_off(trial)
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="return")
    shop.say(bus.IntakeRefused, trial, reason="plugged_in")
    assert "The tower could not take the car in last time." in hub(client, trial)


def test_polling_answers_only_when_something_changed(shop: Any, client: Client, trial: Trial) -> None:
    seen = re.search(r"now\?seen=([0-9a-f]+)", hub(client, trial))[1]  # type: ignore[index]
    poll = f"/trials/{trial.pk}/now?seen={seen}"
    assert client.get(poll).status_code == 204
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
    changed = client.get(poll)
    assert changed.status_code == 200
    assert b"<html" not in changed.content
    assert b'data-state="handing_over"' in changed.content


def told(shop: Any, *, trial: Trial | None = None, waiting: bool = False, usual: bool = False, **at: Any) -> None:
    """The site reports a wait of about two minutes, 70 to 170 s."""
    wait = WaitEstimate(low_s=70.0, likely_s=125.0, high_s=170.0)
    visits = () if trial is None else (VisitWait(trial=trial.pk, waiting=waiting, wait=wait),)
    shop.say(WaitsReported, site="shanghai", visits=visits, usual=wait if usual else None, **at)


def test_the_wait_is_told_before_the_shopper_comes(shop: Any, client: Client, trial: Trial) -> None:
    assert 'data-testid="wait"' not in hub(client, trial), "nothing is known yet, so nothing is claimed"
    told(shop, trial=trial)
    text = hub(client, trial)
    assert 'data-kind="now"' in text
    assert "about 2 minutes after the kiosk has recognised you: 1 to 3 minutes in eight of ten cases" in text


def test_for_another_day_the_page_says_what_is_usual(shop: Any, client: Client, trial: Trial) -> None:
    told(shop, usual=True)
    text = hub(client, trial)
    assert 'data-kind="usual"' in text
    assert "for eight of ten visitors it took 1 to 3 minutes" in text


def test_the_rest_of_the_wait_is_told_while_the_lift_fetches_the_car(shop: Any, client: Client, trial: Trial) -> None:
    shop.say(bus.VisitorIdentified, trial, method="face", purpose="collect")
    told(shop, trial=trial, waiting=True)
    assert "About <b>2 minutes</b> more: 1 to 3 minutes" in hub(client, trial)
    shop.now += timedelta(seconds=90)
    assert "About <b>35 seconds</b> more: at most 2 minutes" in hub(client, trial)
    shop.say(bus.CarAtGate, trial, station="L1.D1")
    assert 'data-testid="wait"' not in hub(client, trial), "it stands there"


def test_an_old_forecast_is_not_shown(shop: Any, client: Client, trial: Trial) -> None:
    told(shop, trial=trial)
    shop.now += timedelta(minutes=4)
    assert 'data-testid="wait"' not in hub(client, trial)


def test_an_older_report_never_replaces_a_newer_one(shop: Any, client: Client, trial: Trial) -> None:
    told(shop, trial=trial)
    told(shop, at=shop.now - timedelta(minutes=1))
    assert 'data-kind="now"' in hub(client, trial)


def test_a_report_names_nobody(shop: Any, trial: Trial) -> None:
    told(shop, trial=trial)
    body = TowerWaits.objects.get().body
    assert set(body["visits"][0]) == {"trial", "waiting", "wait"}, "no name, no car"


@pytest.mark.parametrize(
    ("low", "likely", "high", "words"),
    [
        (0.0, 0.0, 0.0, ("5 seconds", "0 to 5 seconds")),
        (21.0, 31.0, 44.0, ("35 seconds", "20 to 45 seconds")),
        (20.0, 58.0, 100.0, ("1 minute", "at most 2 minutes")),
        (120.0, 120.0, 120.0, ("2 minutes", "2 to 3 minutes")),
    ],
)
def test_a_wait_in_words_does_not_flicker(low: float, likely: float, high: float, words: tuple[str, str]) -> None:
    assert (duration(likely), between(low, high)) == words


def test_the_pass_is_what_the_site_was_told(shop: Any, client: Client, trial: Trial) -> None:
    text = client.get(f"/trials/{trial.pk}/pass").content.decode()
    token = re.search(r'data-testid="pass-token">([^<]+)<', text)[1]  # type: ignore[index]
    order = shop.orders(trial)[-1]
    assert token_digest(token) == order["pass_digest"]
    drawn = segno.make(token, error="m", micro=False).svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr")
    assert drawn in text
    code = re.search(r'data-code="(\d{6})"', text)[1]  # type: ignore[index]
    assert code == passes.code(VisitPass.objects.get())


def test_a_new_pass_makes_the_old_one_useless(client: Client, trial: Trial) -> None:
    before = passes.pass_token(VisitPass.objects.get())
    client.post(f"/trials/{trial.pk}/pass/renew")
    after = client.get(f"/trials/{trial.pk}/pass").content.decode()
    assert before not in after


def test_a_pass_of_a_finished_trial_is_not_shown(shop: Any, client: Client, trial: Trial) -> None:
    shop.bring_back(shop.drive_off(trial))
    response = client.get(f"/trials/{trial.pk}/pass", follow=True)
    assert "its pass opens nothing any more" in response.content.decode()


def test_cancelling_asks_first(client: Client, trial: Trial) -> None:
    assert "Cancel this booking?" in client.get(f"/trials/{trial.pk}/cancel").content.decode()
    trial.refresh_from_db()
    assert trial.state == "booked"
    response = client.post(f"/trials/{trial.pk}/cancel", follow=True)
    assert "Your booking is cancelled." in response.content.decode()
    trial.refresh_from_db()
    assert trial.state == "cancelled"


def test_what_has_begun_cannot_be_cancelled(shop: Any, client: Client, trial: Trial) -> None:
    shop.drive_off(trial)
    response = client.post(f"/trials/{trial.pk}/cancel", follow=True)
    assert "bring it back instead" in response.content.decode()
    trial.refresh_from_db()
    assert trial.state == "driving"


def test_how_to_give_it_back(shop: Any, client: Client, trial: Trial) -> None:
    shop.drive_off(trial)
    text = client.get(f"/trials/{trial.pk}/return").content.decode()
    assert "1 Test Road" in text
    assert "It is due Fri 13 Mar, 12:00." in text
