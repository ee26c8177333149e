"""Read the tensors of a PyTorch state dict (the file form from before 1.6) without PyTorch.

Such a file is five pickles (magic, protocol, system facts, the state dict, the storage keys) and then the raw storages.
Unpickling can run code, so this unpickler knows a handful of names and refuses everything else.
"""

import io
import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class CannotReadTensors(Exception):
    """The file is not a state dict of the old form, or it asks for a name outside the list."""


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]


@dataclass(frozen=True)
class _View:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _rebuild(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> _View:
    return _View(storage, offset, tuple(shape), tuple(strides))


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise CannotReadTensors(f"refused to load {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, *_ = pid
        if kind != "storage":
            raise CannotReadTensors(f"unknown persistent id {kind!r}")
        return _Storage(key, dtype)


def read_tensors(data: bytes) -> dict[str, np.ndarray]:
    """Name -> array (float32 or int64), in the file's order. Raises CannotReadTensors."""
    stream = io.BytesIO(data)
    try:
        if _Unpickler(stream).load() != MAGIC:
            raise CannotReadTensors("not a PyTorch file of the old form")
        _Unpickler(stream).load()  # protocol version
        _Unpickler(stream).load()  # sizes and byte order; the storages are little-endian on every platform met
        state = _Unpickler(stream).load()
        keys = _Unpickler(stream).load()
    except pickle.UnpicklingError as bad:
        raise CannotReadTensors(str(bad)) from bad
    dtypes = {view.storage.key: view.storage.dtype for view in state.values()}
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", stream.read(8))
        storages[key] = np.frombuffer(stream.read(count * dtypes[key].itemsize), dtypes[key], count)
    return {name: _array(view, storages[view.storage.key]) for name, view in state.items()}


def _array(view: _View, storage: np.ndarray) -> np.ndarray:
    strides = tuple(step * storage.itemsize for step in view.strides)
    return np.lib.stride_tricks.as_strided(storage[view.offset :], view.shape, strides).copy()
