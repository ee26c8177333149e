"""The words of each consent to a face, by version and language. One that was ever agreed to stays: records name it."""

FACE, PASS_FACE = "face-2026-12", "pass-face-2026-12"
FACE_PORTRAIT, PASS_FACE_PORTRAIT = "face-portrait-2026-12", "pass-face-portrait-2026-12"
FACE_1, PASS_FACE_1 = "face-2026-01", "pass-face-2026-11"
"""Until faces were captured live: of one photo."""

TEXTS: dict[str, dict[str, str]] = {
    FACE_1: {
        "en": (
            "What for: so that the kiosk of this one site recognises me when I collect and bring back the car of this "
            "one booking, and for nothing else.\n"
            "What is kept: not my picture, but a mathematical template of my face. It is encrypted so that only this "
            "site can read it, for this visit only. The picture is discarded at once.\n"
            "How long: until the car is returned or bought, the booking is cancelled or lapses, or I withdraw, "
            "whichever comes first. Then the template is destroyed on the platform and at the site.\n"
            "My choice: this is voluntary. Without it I am served just as well with my pass and code. I can withdraw "
            "this consent at any time on the page of my booking; that does not affect the booking.\n"
            "Who: autosilo operates this shop and is responsible for this processing."
        ),
        "zh-hans": (
            "目的：仅用于本次预约中，在本站点的自助终端取车和还车时识别本人，不作其他用途。\n"
            "保存内容：不保存照片，仅保存由面部特征计算出的模板。该模板经过加密，只有本站点能够读取，且仅限本次使用。照片会立即删除。\n"
            "保存期限：直至车辆归还或购买、预约取消或失效，或本人撤回同意，以最先发生者为准。届时平台和站点上的模板均会被销毁。\n"
            "您的选择：此项完全自愿。如不同意，可使用取车凭证和取车码，享受同样的服务。您可随时在预约页面撤回同意，撤回不影响预约。\n"
            "处理者：本店由 autosilo 运营，并对此项处理负责。"
        ),
    },
    PASS_FACE_1: {
        "en": (
            "What for: so that the kiosk of this one site, after I have shown my pass, compares my face with the one "
            "for which the pass was made, when I collect and bring back the car of this one booking, and for nothing "
            "else.\n"
            "What is kept: not my picture, but a mathematical template of my face. It is encrypted under a key that "
            "stands in my pass alone, on paper, in a picture or in my browser; neither the platform nor the site keeps "
            "it. While my picture is turned into the template and the key is made, the platform has all three in its "
            "memory. The site can read the template only while I show the pass, and for this visit only. The picture "
            "is discarded at once.\n"
            "If I lose the pass: nobody can restore it. I take another selfie, or use pass and code.\n"
            "How long: until the car is returned or bought, the booking is cancelled or lapses, I make a new pass, or "
            "I withdraw, whichever comes first. Then the template is destroyed on the platform and at the site.\n"
            "My choice: this is voluntary. Without it I am served just as well with my pass and code. I can withdraw "
            "this consent at any time on the page of my booking; that does not affect the booking.\n"
            "Who: autosilo operates this shop and is responsible for this processing."
        ),
        "zh-hans": (
            "目的：仅用于本次预约中，在本站点的自助终端出示凭证后，"
            "将本人面容与制作该凭证时的面容进行比对，以便取车和还车，不作其他用途。\n"
            "保存内容：不保存照片，仅保存由面部特征计算出的模板。该模板经过加密，密钥只存在于您的凭证中"
            "（纸质、图片或您的浏览器内），平台和站点均不保存。"
            "仅在由照片计算模板并生成密钥的瞬间，平台内存中同时存在照片、模板和密钥。"
            "站点只有在您出示凭证时才能读取模板，且仅限本次使用。照片会立即删除。\n"
            "凭证遗失：任何人都无法恢复。您可以重新自拍，或使用取车凭证和取车码。\n"
            "保存期限：直至车辆归还或购买、预约取消或失效、生成新的凭证，或本人撤回同意，以最先发生者为准。"
            "届时平台和站点上的模板均会被销毁。\n"
            "您的选择：此项完全自愿。如不同意，可使用取车凭证和取车码，享受同样的服务。您可随时在预约页面撤回同意，撤回不影响预约。\n"
            "处理者：本店由 autosilo 运营，并对此项处理负责。"
        ),
    },
    FACE: {
        "en": (
            "What for: so that the kiosk of this one site recognises me when I collect and bring back the car of this "
            "one booking, and for nothing else.\n"
            "What is taken: some seconds of pictures from my camera while I make a few movements, so that no photo or "
            "film can stand in for me. They are looked at as they come and discarded at once.\n"
            "What is kept: not these pictures, but a mathematical template of my face. It is encrypted so that only "
            "this site can read it, for this visit only.\n"
            "How long: until the car is returned or bought, the booking is cancelled or lapses, or I withdraw, "
            "whichever comes first. Then the template is destroyed on the platform and at the site.\n"
            "My choice: this is voluntary. Without it I am served just as well with my pass and code. I can withdraw "
            "this consent at any time on the page of my booking; that does not affect the booking.\n"
            "Who: autosilo operates this shop and is responsible for this processing."
        ),
        "zh-hans": (
            "目的：仅用于本次预约中，在本站点的自助终端取车和还车时识别本人，不作其他用途。\n"
            "采集内容：在本人完成几个动作时，由摄像头拍摄的数秒画面，用于防止以照片或录像冒充本人。画面即时处理，随即删除。\n"
            "保存内容：不保存上述画面，仅保存由面部特征计算出的模板。该模板经过加密，只有本站点能够读取，且仅限本次使用。\n"
            "保存期限：直至车辆归还或购买、预约取消或失效，或本人撤回同意，以最先发生者为准。届时平台和站点上的模板均会被销毁。\n"
            "您的选择：此项完全自愿。如不同意，可使用取车凭证和取车码，享受同样的服务。您可随时在预约页面撤回同意，撤回不影响预约。\n"
            "处理者：本店由 autosilo 运营，并对此项处理负责。"
        ),
    },
    PASS_FACE: {
        "en": (
            "What for: so that the kiosk of this one site, after I have shown my pass, compares my face with the one "
            "for which the pass was made, when I collect and bring back the car of this one booking, and for nothing "
            "else.\n"
            "What is taken: some seconds of pictures from my camera while I make a few movements, so that no photo or "
            "film can stand in for me. They are looked at as they come and discarded at once.\n"
            "What is kept: not these pictures, but a mathematical template of my face. It is encrypted under a key "
            "that stands in my pass alone, on paper, in a picture or in my browser; neither the platform nor the site "
            "keeps it. While my pictures are turned into the template, the key is made and my pass is drawn, the "
            "platform has them in its memory. The site can read the template only while I show the pass, and for this "
            "visit only.\n"
            "If I lose the pass: nobody can restore it. I show my face anew, or use pass and code.\n"
            "How long: until the car is returned or bought, the booking is cancelled or lapses, I make a new pass, or "
            "I withdraw, whichever comes first. Then the template is destroyed on the platform and at the site.\n"
            "My choice: this is voluntary. Without it I am served just as well with my pass and code. I can withdraw "
            "this consent at any time on the page of my booking; that does not affect the booking.\n"
            "Who: autosilo operates this shop and is responsible for this processing."
        ),
        "zh-hans": (
            "目的：仅用于本次预约中，在本站点的自助终端出示凭证后，"
            "将本人面容与制作该凭证时的面容进行比对，以便取车和还车，不作其他用途。\n"
            "采集内容：在本人完成几个动作时，由摄像头拍摄的数秒画面，用于防止以照片或录像冒充本人。画面即时处理，随即删除。\n"
            "保存内容：不保存上述画面，仅保存由面部特征计算出的模板。该模板经过加密，密钥只存在于您的凭证中"
            "（纸质、图片或您的浏览器内），平台和站点均不保存。"
            "仅在由画面计算模板、生成密钥并绘制凭证时，平台内存中同时存在画面、模板和密钥。"
            "站点只有在您出示凭证时才能读取模板，且仅限本次使用。\n"
            "凭证遗失：任何人都无法恢复。您可以重新采集面容，或使用取车凭证和取车码。\n"
            "保存期限：直至车辆归还或购买、预约取消或失效、生成新的凭证，或本人撤回同意，以最先发生者为准。"
            "届时平台和站点上的模板均会被销毁。\n"
            "您的选择：此项完全自愿。如不同意，可使用取车凭证和取车码，享受同样的服务。您可随时在预约页面撤回同意，撤回不影响预约。\n"
            "处理者：本店由 autosilo 运营，并对此项处理负责。"
        ),
    },
}

PORTRAIT = {
    "en": (
        "With my licence: my wallet shows the portrait in my mobile driving licence this once. It is turned into a "
        "template, encrypted so that only this page of mine opens it, compared with the pictures from my camera, and "
        "destroyed, after ten minutes at the latest. What is kept is that the two agreed or did not. This comparison "
        "is voluntary as well; without it everything else stays the same."
    ),
    "zh-hans": (
        "驾驶证照片比对：本人的电子钱包仅此一次出示电子驾驶证中的照片。该照片将转换为模板，经过加密且只有本人当前页面能够打开，"
        "与摄像头画面比对后立即销毁，最迟十分钟。仅保存比对是否一致的结果。此项比对同样自愿；不同意不影响其他任何服务。"
    ),
}
for _plain, _with in ((FACE, FACE_PORTRAIT), (PASS_FACE, PASS_FACE_PORTRAIT)):
    TEXTS[_with] = {language: f"{words}\n{PORTRAIT[language]}" for language, words in TEXTS[_plain].items()}
