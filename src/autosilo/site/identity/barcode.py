"""Reading the pass from a camera frame."""

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

from autosilo.wire.passes import NotAPass, read

MAX_PIXELS = 2_500_000
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def read_pass(jpeg: bytes) -> str | None:
    """The text of the first QR code that is a pass, None when there is none in the picture."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    for code in zxingcpp.read_barcodes(grey, formats=QR_ONLY):
        try:
            read(code.text)
        except NotAPass:
            continue
        return str(code.text)
    return None
