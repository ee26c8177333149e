"""The suite looks for every reject code and every fault of the contract."""

import inspect

import pytest

from autosilo.site.conformance import checks
from autosilo.wire.mailbox import Fault, Kind, Reject

SOURCE = "\n".join(inspect.getsource(getattr(checks, name)) for name in checks.__all__)


@pytest.mark.parametrize(
    "code", [*Reject, *(fault for fault in Fault if fault), *(kind for kind in Kind if kind)], ids=repr
)
def test_each_is_looked_for(code: Reject | Fault | Kind) -> None:
    assert f"{type(code).__name__}.{code.name}" in SOURCE
