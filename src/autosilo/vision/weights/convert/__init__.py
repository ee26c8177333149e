"""Pure converters: bytes of a donor's weight file in, bytes of a file that our runtimes read out. Deterministic."""

from autosilo.vision.weights.convert.dequantise import dequantise
from autosilo.vision.weights.convert.efficientnet_lite import efficientnet_lite
from autosilo.vision.weights.convert.minifasnet import minifasnet
from autosilo.vision.weights.convert.ssd import ssd_mobilenet_v2

TRANSFORMS = {
    "dequantise": dequantise,
    "efficientnet_lite_288x416": efficientnet_lite(288, 416),
    "efficientnet_lite_260x380": efficientnet_lite(260, 380),
    "minifasnet": minifasnet,
    "ssd_mobilenet_v2": ssd_mobilenet_v2,
}

__all__ = ["TRANSFORMS"]
