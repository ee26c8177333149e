"""Pure converters: bytes of a donor's weight file in, bytes of a file that our runtimes read out. Deterministic."""

from autosilo.vision.weights.convert.dequantise import dequantise
from autosilo.vision.weights.convert.lite_head import expose_features
from autosilo.vision.weights.convert.minifasnet import minifasnet
from autosilo.vision.weights.convert.ssd import ssd_mobilenet_v2

TRANSFORMS = {
    "dequantise": dequantise,
    "expose_features": expose_features,
    "minifasnet": minifasnet,
    "ssd_mobilenet_v2": ssd_mobilenet_v2,
}

__all__ = ["TRANSFORMS"]
