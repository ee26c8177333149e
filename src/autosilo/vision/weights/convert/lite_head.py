"""EfficientNet-Lite3 (TensorFlow Lite): make the pooled features the model's output instead of the class probabilities.

The classifier is one matrix product, done in numpy from the weights that lie in the same file, so one run gives both
features and logits. Only four bytes of the file change: the index in the `outputs` vector of its only subgraph.
Field numbers are those of TensorFlow Lite's schema.fbs.
"""

import struct

FEATURES = "efficientnet-lite3/model/head/Squeeze1"
_MODEL_SUBGRAPHS, _SUBGRAPH_TENSORS, _SUBGRAPH_OUTPUTS, _TENSOR_NAME = 2, 0, 2, 3


class _Reader:
    """Walks a flatbuffer: tables find their fields through a vtable, references are offsets from where they stand."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def u32(self, at: int) -> int:
        (value,) = struct.unpack_from("<I", self.data, at)
        return int(value)

    def follow(self, at: int) -> int:
        return at + self.u32(at)

    def field(self, table: int, number: int) -> int:
        """Where the field's content (or the thing referred to) begins. KeyError when the field is not set."""
        (back,) = struct.unpack_from("<i", self.data, table)
        (offset,) = struct.unpack_from("<H", self.data, table - back + 4 + 2 * number)
        if offset == 0:
            raise KeyError(number)
        return self.follow(table + offset)

    def item(self, vector: int, index: int) -> int:
        """Address of a four-byte element."""
        return vector + 4 + 4 * index

    def text(self, at: int) -> str:
        return self.data[at + 4 : at + 4 + self.u32(at)].decode()


def expose_features(data: bytes) -> bytes:
    """The same model with the single output `FEATURES`, [1,1280] int8. ValueError when there is no such tensor."""
    reader = _Reader(data)
    graph = reader.follow(reader.item(reader.field(reader.follow(0), _MODEL_SUBGRAPHS), 0))
    tensors = reader.field(graph, _SUBGRAPH_TENSORS)
    for index in range(reader.u32(tensors)):
        tensor = reader.follow(reader.item(tensors, index))
        if reader.text(reader.field(tensor, _TENSOR_NAME)) == FEATURES:
            break
    else:
        raise ValueError(f"no tensor {FEATURES}")
    where = reader.item(reader.field(graph, _SUBGRAPH_OUTPUTS), 0)
    return data[:where] + struct.pack("<i", index) + data[where + 4 :]
