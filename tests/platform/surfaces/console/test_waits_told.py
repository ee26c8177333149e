"""How true the told waits were, on the page of a site."""

import pytest
from django.test import Client

from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.towers.actions import note_waits
from autosilo.platform.surfaces.console.templatetags.waits import covered_range
from autosilo.wire.wait import WaitEstimate, WaitsMeasured, WaitsReported

from .world import NOW, shop, signed_in, worker


@pytest.mark.django_db
def test_the_console_shows_how_often_the_told_interval_held() -> None:
    shanghai, client = shop()[1], signed_in(worker(Role.OPERATOR))
    assert 'data-testid="no-waits-told"' in client.get("/console/sites/shanghai").content.decode()
    report = WaitsReported(
        site="shanghai",
        usual=WaitEstimate(low_s=31.0, likely_s=62.0, high_s=118.0),
        measured=(
            WaitsMeasured(group="idle", sooner=3, within=40, later=7),
            WaitsMeasured(group="queue", sooner=10, within=39, later=1),
        ),
    )
    note_waits(site=shanghai, report=report, said_at=NOW)
    text = _page(client)
    assert '<b data-testid="waits-covered">79.0 %</b> of 100 waits' in text
    assert "80 % are meant to" in text
    assert "Half of the shoppers waited up to 62 s, eight of ten 31 to 118 s." in text
    assert "Its lift was idle" in text
    assert "Others waited already" in text
    assert text.count("<tr data-group=") == 2


def _page(client: Client) -> str:
    return client.get("/console/sites/shanghai").content.decode()


def test_few_waits_say_little() -> None:
    """Wilson's interval of 8 of 10, by hand: (0.8 + 0.192) / 1.384 ± 0.227."""
    assert covered_range(WaitsMeasured(group="", sooner=1, within=8, later=1)) == "49–94 %"
    assert covered_range(WaitsMeasured(group="", sooner=0, within=0, later=0)) == "0–100 %"
