"""What an operator sees who starts a twin in the wrong way."""

from collections.abc import Callable, Sequence

import pytest

from autosilo.twin.bank import app as bank
from autosilo.twin.bureau import app as bureau
from autosilo.twin.cars import app as cars
from autosilo.twin.market import app as market
from autosilo.twin.texts import app as texts


@pytest.mark.parametrize(
    ("main", "missing"),
    [
        (bank.main, "STRIPE_API_BASE"),
        (bureau.main, "AUTOSILO_BUREAU_TOKEN"),
        (market.main, "AUTOSILO_MARKET_SHOPS"),
        (texts.main, "AUTOSILO_SMS_TOKEN"),
        (cars.main, "AUTOSILO_WORLD_URLS"),
    ],
)
def test_a_missing_setting_is_named(
    main: Callable[[Sequence[str]], None],
    missing: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("STRIPE_API_BASE", "AUTOSILO_BUREAU_URL", "AUTOSILO_MQTT_URL", missing):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    assert missing in capsys.readouterr().err
