"""The rules by themselves: nothing is scheduled, and no database is asked."""

import pytest

from autosilo.platform.policies import registry


@pytest.fixture(autouse=True)
def _nothing_scheduled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_sources", [])
