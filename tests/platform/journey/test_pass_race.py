"""A page asks for the pass while the job that settles the booking in makes it: neither fails, and there is one pass."""

import threading
from typing import Any

from django.db import connection, transaction

from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity.models import VisitPass
from autosilo.platform.journey.trial import actions as trials


def test_a_page_waits_for_the_job_and_shows_its_pass(transactional_shop: Any) -> None:
    shop = transactional_shop
    shop.add_cars(1)
    trial = shop.book()
    VisitPass.objects.all().delete()
    shown: list[VisitPass] = []

    def page() -> None:
        try:
            shown.append(identity.issue_pass(trial=trial, now=shop.now))
        finally:
            connection.close()

    asking = threading.Thread(target=page)
    with transaction.atomic():
        trials.lock(trial)
        asking.start()
        asking.join(1.0)  # long enough for the page to have come as far as it can
        made = identity.issue_pass(trial=trial, now=shop.now)
    asking.join(20)
    assert [one.pk for one in shown] == [made.pk]
    assert VisitPass.objects.count() == 1
