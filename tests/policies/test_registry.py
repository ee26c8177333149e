"""Which version holds when."""

from datetime import UTC, datetime, timedelta

import pytest

from autosilo.platform.policies import registry
from autosilo.platform.policies.files import read
from autosilo.platform.policies.policy import Policy

TEXT = registry.shipped_text("eu 2026-01") or ""
JAN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def version(name: str, start: datetime, end: datetime | None = None) -> Policy:
    text = TEXT.replace('"2026-01"', f'"{name}"').replace("2026-01-01T00:00:00Z", start.isoformat())
    if end is not None:
        text = text.replace("currency", f"valid_until = {end.isoformat()}\ncurrency", 1)
    return read(text.replace('market = "eu"', 'market = "xx"').replace('name = "eu"', 'name = "xx"'))


def at(moment: datetime) -> str:
    return registry.policy_for("xx", moment).version


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch):
    def policies(*found: Policy) -> None:
        monkeypatch.setattr(registry, "_sources", [lambda: found])

    return policies


def test_a_later_one_takes_over_at_its_beginning(hold) -> None:
    hold(version("2", JAN + 10 * DAY), version("1", JAN))
    assert [at(JAN + 10 * DAY - timedelta(microseconds=1)), at(JAN + 10 * DAY)] == ["1", "2"]


def test_one_for_a_season_gives_way_to_the_one_before(hold) -> None:
    hold(version("1", JAN), version("season", JAN + 10 * DAY, JAN + 20 * DAY))
    assert [at(JAN + days * DAY) for days in (9, 10, 19, 20)] == ["1", "season", "season", "1"]


def test_where_nothing_follows_the_last_one_goes_on(hold) -> None:
    hold(version("1", JAN, JAN + DAY), version("2", JAN + 2 * DAY, JAN + 3 * DAY))
    assert [at(JAN + DAY), at(JAN + 2 * DAY), at(JAN + 99 * DAY)] == ["1", "2", "2"]


def test_before_the_first_one_there_is_none(hold) -> None:
    hold(version("1", JAN))
    with pytest.raises(registry.NoPolicy):
        at(JAN - DAY)
    assert "xx" in registry.markets()
    assert "xx" not in registry.open_markets(JAN - DAY)
    assert "xx" in registry.open_markets(JAN)


def test_a_version_is_found_by_its_full_name(hold) -> None:
    mine = version("1", JAN)
    hold(mine)
    assert registry.named("xx 1") is mine
    assert registry.named("cn 2026-01") in registry.POLICIES
    assert registry.named("xx 2") is None
    assert registry.shipped_text("xx 1") is None
