"""A frozen TensorFlow graph (`GraphDef`), read into plain nodes.

Field numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto and tensor.proto.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autosilo.vision.weights.convert.protobuf import fields, varints

_DTYPES: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 3: np.dtype("<i4"), 9: np.dtype("<i8")}
_LISTED_FLOATS = 5
_LISTED_INTS = 7


@dataclass
class TfNode:
    """`strides` as NHWC, `padding` "SAME" or "VALID", `value` for a Const that holds numbers."""

    name: str = ""
    op: str = ""
    inputs: list[str] = field(default_factory=list)
    strides: list[int] = field(default_factory=list)
    dilations: list[int] = field(default_factory=list)
    padding: str = ""
    value: np.ndarray | None = None


def read_graph(data: bytes) -> dict[str, TfNode]:
    """All nodes by name."""
    nodes = (
        _node(value) for number, value in fields(memoryview(data)) if number == 1 and isinstance(value, memoryview)
    )
    return {node.name: node for node in nodes}


def _node(data: memoryview) -> TfNode:
    node = TfNode()
    for number, value in fields(data):
        if not isinstance(value, memoryview):
            continue
        if number == 1:
            node.name = _text(value)
        elif number == 2:
            node.op = _text(value)
        elif number == 3:
            node.inputs.append(_text(value))
        elif number == 5:
            _take_attribute(node, value)
    return node


def _take_attribute(node: TfNode, data: memoryview) -> None:
    parts = {entry.number: entry.value for entry in fields(data)}
    name, value = parts[1], parts[2]
    if not isinstance(name, memoryview) or not isinstance(value, memoryview):
        return
    for number, content in fields(value):
        if not isinstance(content, memoryview):
            continue
        if _text(name) == "padding" and number == 2:
            node.padding = _text(content)
        elif _text(name) == "strides" and number == 1:
            node.strides = _int_list(content)
        elif _text(name) == "dilations" and number == 1:
            node.dilations = _int_list(content)
        elif _text(name) == "value" and number == 8:
            node.value = _tensor(content)


def _int_list(data: memoryview) -> list[int]:
    found: list[int] = []
    for number, value in fields(data):
        if number == 3:
            found += varints(value) if isinstance(value, memoryview) else [value]
    return found


def _tensor(data: memoryview) -> np.ndarray | None:
    """Numbers come as raw content, or as a list that may be one number standing for all; other kinds give None."""
    kind, shape, raw = 0, [], b""
    listed: list[float] = []
    for number, value in fields(data):
        if number == 1 and isinstance(value, int):
            kind = value
        elif number == 2 and isinstance(value, memoryview):
            shape = _shape(value)
        elif number == 4 and isinstance(value, memoryview):
            raw = bytes(value)
        elif number == _LISTED_FLOATS and isinstance(value, memoryview):
            listed += np.frombuffer(value, "<f4").tolist()
        elif number == _LISTED_INTS:
            listed += [_signed(n) for n in (varints(value) if isinstance(value, memoryview) else [value])]
    dtype = _DTYPES.get(kind)
    if dtype is None:
        return None
    if raw:
        return np.frombuffer(raw, dtype).reshape(shape)
    if len(listed) == 1:
        return np.full(shape, listed[0], dtype)
    return np.array(listed, dtype).reshape(shape)


def _shape(data: memoryview) -> list[int]:
    sizes = []
    for number, dimension in fields(data):
        if number == 2 and isinstance(dimension, memoryview):
            sizes.append(next((v for n, v in fields(dimension) if n == 1 and isinstance(v, int)), 0))
    return sizes


def _signed(number: int) -> int:
    """A negative int32 or int64 is written as the 64-bit two's complement."""
    return number - (1 << 64) if number >> 63 else number


def _text(value: memoryview) -> str:
    return bytes(value).decode()
