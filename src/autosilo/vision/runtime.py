"""One way to open an ONNX model, so that every model runs alike.

The library is imported at the first model, since processes that only use the types of `vision` need not carry it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# One thread a model: a site process serves several lanes, and on pictures of this size a second thread gains less than
# a second lane does.
_THREADS = 1
_ERRORS_ONLY = 3


def open_onnx(data: bytes) -> "InferenceSession":
    """A session on the CPU from the bytes of a model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.inter_op_num_threads = _THREADS
    options.log_severity_level = _ERRORS_ONLY
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
