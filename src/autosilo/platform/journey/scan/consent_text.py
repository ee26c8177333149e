"""What a shopper agrees to before a correction is kept: purpose, what, how long, right to withdraw; by version."""

from autosilo.platform.kit import words

VERSION = "scan-2026-01"
KEPT_DAYS = 90
"""How long a correction waits for a person at most; said in the words below."""

TEXTS: dict[str, dict[str, str]] = {
    VERSION: {
        "en": (
            "What for: so that a person of this shop can check my correction and the scan learns what this model "
            "looks like. For nothing else.\n"
            "What is kept: the car alone, cut out of my photo, at most 320 pixels wide, with the number plate and "
            "the windows covered, without place or time; and numbers that describe how the car looks. Not my photo, "
            "and nothing about me.\n"
            "How long: the picture until somebody has checked it, 90 days at most. If it is taken, the numbers stay "
            "with the model.\n"
            "My choice: this is voluntary, and the scan works just as well without it. I can delete it again on the "
            "page that follows."
        ),
        "zh-hans": (
            "目的：供本店工作人员核对我的更正，使识别功能学习该车型的外观，不作其他用途。\n"
            "保存内容：仅保存从照片中裁出的车辆，宽度不超过 320 像素，遮盖车牌和车窗，不含地点和时间；"
            "以及描述车辆外观的数值。不保存我的照片，也不保存任何与我有关的信息。\n"
            "保存期限：图片保存至工作人员核对完毕，最长 90 天。如被采纳，数值将随该车型保留。\n"
            "我的选择：此项完全自愿，不同意也不影响识别。我可以在随后的页面上将其删除。"
        ),
    }
}


def text(language: str, version: str = VERSION) -> str:
    """The words in ``language``, English where there are none. Raises ``KeyError`` for an unknown version."""
    return words.agreed(TEXTS, language=language, version=version)


def digest(language: str, version: str = VERSION) -> str:
    """Hex SHA-256 of exactly these words."""
    return words.digest(text(language, version))
