"""What a kiosk page is told of a wait: typed, versioned, in order."""

from typing import Any

import pytest
from pydantic import ValidationError

from autosilo.site.told import wait_told
from autosilo.wire.wait import WaitEstimate, WaitTold

VIN = "LSVAA4187E2123456"


def test_an_estimate_goes_out_with_its_uncertainty(box: Any) -> None:
    told = WaitTold(wait=wait_told(box.tower, VIN)).model_dump(mode="json")
    assert told == {"t": "eta", "v": 1, "wait": {"v": 1, "low_s": 60.0, "likely_s": 125.0, "high_s": 230.0}}


def test_nothing_is_told_of_what_nobody_knows(box: Any) -> None:
    assert wait_told(box.tower, "LSVAA4187E2999999") is None
    box.tower.estimate = None
    assert wait_told(box.tower, VIN) is None


@pytest.mark.parametrize("ends", [(2.0, 1.0, 3.0), (1.0, 3.0, 2.0), (-1.0, 0.0, 1.0), (0.0, 1.0, float("inf"))])
def test_an_estimate_that_is_none_is_refused(ends: tuple[float, float, float]) -> None:
    low, likely, high = ends
    with pytest.raises(ValidationError):
        WaitEstimate(low_s=low, likely_s=likely, high_s=high)
