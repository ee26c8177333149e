"""What is read of a unit, and what cannot be understood."""

from typing import Any

import pytest

from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.readings import Decoder, fields
from autosilo.tower.site_file import load_site
from autosilo.wire.mailbox import Reject

PLACES = ["L1.B0101", "L1.B0102", "L1.D1"]


def values(unit: str, **changes: Any) -> dict[str, Any]:
    """Every value of ``unit``: zeros, an occupied first place, Auto."""
    fixed = {"Safety.Occupancy": "100", "Status.State": 4, "Status.Mode": 1, "Intake.Plate": ""}
    return {name: fixed.get(name, 0) for name in fields(unit)} | {
        key.replace("_", "."): one for key, one in changes.items()
    }


def test_an_occupied_place_is_named() -> None:
    seen = Decoder("L1", PLACES).take(values("L1"))
    assert seen is not None
    assert seen.occupied == frozenset({"L1.B0101"})  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "10", "1000", "1x0", None])
def test_a_place_of_which_nothing_is_said_is_not_taken_for_empty(text: str | None) -> None:
    with pytest.raises(ValueError, match="Occupancy"):
        Decoder("L1", PLACES).take(values("L1", Safety_Occupancy=text))


@pytest.mark.parametrize("code", [99, None])
def test_an_unknown_code_stays_unknown_until_it_is_gone(code: int | None) -> None:
    decoder = Decoder("L1", PLACES)
    assert decoder.take(values("L1")) is not None
    for _ in range(2):
        with pytest.raises(ValueError, match=str(code)):
            decoder.take(values("L1", Status_RejectCode=code))
    seen = decoder.take(values("L1", Status_RejectCode=7))
    assert seen is not None
    assert seen.reject is Reject.BUSY


def test_what_one_unit_says_keeps_no_other_from_being_read(tmp_path: Any) -> None:
    link = PlcLink(config=load_site("nanjing", pace=1), url="opc.tcp://nowhere", pki=tmp_path)
    link._decoders = {unit: Decoder(unit, PLACES if unit == "L1" else []) for unit in ("L1", "L1.D1")}
    assert link._take("L1", values("L1"))
    assert link._take("L1.D1", values("L1.D1"))
    assert link._take("L1", values("L1", Status_FaultCode=99))
    assert not link._take("L1", values("L1", Status_FaultCode=99)), "said once"
    assert "99 is not a valid Fault" in link.unreadable["L1"]
    assert set(link.status) == {"L1.D1"}
    assert link._take("L1", values("L1"))
    assert (set(link.status), link.unreadable) == ({"L1", "L1.D1"}, {})
