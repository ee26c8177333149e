"""Numbers that the PLC has not seen."""

import json
from pathlib import Path

import pytest

from autosilo.site.conformance.numbers import Numbers
from autosilo.wire.mailbox import MAX_UINT32, Command, Reject

VECTORS = json.loads(Path(__file__).with_name("crc.json").read_text(encoding="utf-8"))


def test_they_begin_at_one() -> None:
    assert Numbers().next("L1") == (1, 1)


def test_they_go_on_after_what_the_plc_looked_at_last() -> None:
    numbers = Numbers()
    numbers.learn("L1", 7, 30, Reject.NONE)
    assert numbers.next("L1") == (7, 31)
    assert numbers.next("L1.D1") == (1, 1)


def test_numbers_of_a_wrong_checksum_say_nothing() -> None:
    numbers = Numbers()
    numbers.learn("L1", MAX_UINT32, 1, Reject.BAD_CRC)
    assert numbers.next("L1") == (1, 1)


def test_they_never_go_back() -> None:
    numbers = Numbers()
    numbers.used("L1", 3, 9)
    numbers.used("L1", 3, 2)
    numbers.used("L1", 2, 99)
    assert numbers.next("L1") == (3, 10)


def test_the_last_number_is_the_last() -> None:
    numbers = Numbers()
    numbers.used("L1", 1, MAX_UINT32)
    with pytest.raises(OverflowError):
        numbers.next("L1")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["text"]))
def test_the_published_checksums(vector: dict[str, object]) -> None:
    fields: dict[str, object] = dict(vector["command"])  # type: ignore[call-overload]
    assert Command(**fields).checksum() == vector["crc"]  # type: ignore[arg-type]
