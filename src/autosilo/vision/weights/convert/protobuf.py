"""Just enough of the protocol-buffer wire format to read a TensorFlow graph without TensorFlow.

Source: protobuf.dev, "Encoding". A message is a sequence of (field number, value) pairs.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """`value` is an int for a varint, else the raw bytes."""

    number: int
    value: int | memoryview


def fields(data: memoryview) -> Iterator[Field]:
    """Walk one message. ValueError on a wire type that is not in use any more, IndexError on a cut message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire_type = key & 7
        if wire_type == 0:
            number, at = varint(data, at)
            yield Field(key >> 3, number)
            continue
        if wire_type == 2:
            size, at = varint(data, at)
        elif wire_type in (1, 5):
            size = 8 if wire_type == 1 else 4
        else:
            raise ValueError(f"wire type {wire_type} at byte {at}")
        yield Field(key >> 3, data[at : at + size])
        at += size


def varint(data: memoryview, at: int) -> tuple[int, int]:
    """The base-128 number at byte `at`, and where the next thing begins."""
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
        shift += 7


def varints(data: memoryview) -> list[int]:
    """A packed repeated field of varints."""
    numbers, at = [], 0
    while at < len(data):
        number, at = varint(data, at)
        numbers.append(number)
    return numbers
