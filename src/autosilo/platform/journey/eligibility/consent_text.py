"""What a shopper agrees to before a credit bureau is asked: the words, by version and language."""

from autosilo.platform.kit import words

VERSION = "credit-2026-01"

TEXTS: dict[str, dict[str, str]] = {
    VERSION: {
        "en": (
            "I agree that autosilo asks a credit bureau one question about me: whether my credit score is over the "
            "threshold of this market. For this my name, my date of birth and the number of my driving licence are "
            "sent to the bureau. autosilo keeps the answer (yes or no), the threshold and the times of asking and "
            "expiry; it never learns my score. The answer is used only to decide on test drives, for as long as the "
            "bureau says that it is valid. I may refuse; then trials that need it are not possible. I may withdraw "
            "for the future at any time."
        ),
        "zh-hans": (
            "本人同意 autosilo 就本人向征信机构询问一个问题：本人的信用分是否高于本市场的门槛。"
            "为此，将向该机构提供本人的姓名、出生日期和驾驶证号码。"
            "autosilo 仅保存答复（是或否）、门槛以及询问时间和有效期，不会获知本人的具体分数。"
            "该答复仅用于决定是否可以试驾，保存期限以征信机构所述有效期为准。"
            "本人可以拒绝；拒绝后将无法参加需要该答复的试驾。本人可随时撤回同意，撤回不影响此前的处理。"
        ),
    }
}


def text(language: str, version: str = VERSION) -> str:
    """The words in ``language``, English where there are none."""
    return words.agreed(TEXTS, language=language, version=version)
