"""What a shopper agrees to before a photo of the licence is sent; by version and language."""

from autosilo.platform.kit import words

VERSION = "licence-2026-11"

TEXTS: dict[str, dict[str, str]] = {
    VERSION: {
        "en": (
            "What for: so that a person of this shop sees whether my driving licence is real and agrees with my "
            "details, and for nothing else.\n"
            "What is kept: the photo, encrypted, until that person has decided, at most seven days; then it is "
            "deleted, whatever the decision is. Afterwards only the decision is kept, until when it counts and for "
            "which vehicles.\n"
            "Who sees it: operators of this shop; each look is written down.\n"
            "My choice: this is voluntary; a wallet with a mobile driving licence needs no photo. I can take the photo "
            "back at any time before the decision. I may cover what is not asked for: address and signature."
        ),
        "zh-hans": (
            "目的：仅供本店工作人员核验驾驶证的真实性及其与本人资料是否一致，不作其他用途。\n"
            "保存内容：照片加密保存，直至工作人员作出决定，最长七天；无论结果如何，届时照片都会被删除。此后只保留核验结果、有效期和准驾车型。\n"
            "查看者：本店工作人员；每次查看均有记录。\n"
            "您的选择：此项完全自愿；使用手机钱包中的移动驾驶证则无需照片。在作出决定之前，您可随时撤回照片。您可以遮住不需要的内容：住址和签名。"
        ),
    }
}


def text(language: str, version: str = VERSION) -> str:
    """The words in ``language``, English where there are none. Raises ``KeyError`` for an unknown version."""
    return words.agreed(TEXTS, language=language, version=version)
