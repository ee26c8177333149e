"""The site's page tells what is booked on cars that are due back shortly before, beside what the market allows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from autosilo.platform.journey.booking import overbooking
from autosilo.platform.kit import clock
from autosilo.platform.policies import registry
from autosilo.platform.policies.overbooking import OverBooking
from autosilo.platform.resources.people.roles import Role

from ...journey.test_overbooking import HOUR, SOONEST, past
from .world import signed_in, worker


@pytest.fixture
def page(shop: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(clock, "now", lambda: shop.now)
    client = signed_in(worker(Role.OPERATOR))

    def get(limit: OverBooking | None, language: str = "en") -> str:
        found = tuple(replace(one, over_booking=limit) for one in registry.POLICIES)
        monkeypatch.setattr(registry, "POLICIES", found)
        overbooking.forget()
        text = client.get(f"/console/sites/{shop.site.pk}", headers={"accept-language": language}).content.decode()
        return " ".join(text.split())

    return get


def test_number_and_risk_stand_beside_the_limits(shop: Any, page: Any) -> None:
    past(shop, on_time=19, late=1)
    shop.add_cars(1)
    shop.book()
    assert 'data-testid="over-booked"' not in page(None)
    limit = OverBooking(turn_round=timedelta(hours=1), most=2, most_risk=0.1)
    text = page(limit)
    assert '<dd data-testid="tight-count">0 <span class="soft">of at most 2</span>' in text
    assert '<dd data-testid="tight-more">would be taken' in text
    booked = shop.book(start=shop.now + SOONEST - HOUR)
    text = page(limit)
    assert '<dd data-testid="tight-count">1 <span class="soft">of at most 2</span>' in text
    assert '<dd data-testid="tight-risk">7.1 % <span class="soft">of at most 10.0 %</span>' in text  # 1.5 / 21
    assert '<dd data-testid="tight-more">is taken no more' in text, "two are 14 %"
    assert f'href="/console/trials/{booked.pk}"' in text.partition('data-testid="tight-table"')[2]
    assert 'data-testid="tight-over"' not in text
    assert 'data-testid="tight-over"' in page(replace(limit, most_risk=0.05)), "a stricter version came"
    assert "至少一位顾客无车可取的风险" in page(limit, "zh-hans")
