"""Catalogues: compiled without gettext, and checked for gaps."""

import gettext
import json
from pathlib import Path

import pytest

from autosilo.up import translations

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: zh_Hans\\n"

msgid "car"
msgstr "汽车"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO, encoding="utf-8")
    return path


def test_a_compiled_catalogue_speaks(catalogue: Path) -> None:
    compiled = translations.compile_catalogue(catalogue)
    with compiled.open("rb") as source:
        assert gettext.GNUTranslations(source).gettext("car") == "汽车"


def test_a_whole_catalogue_has_no_gap(catalogue: Path, tmp_path: Path) -> None:
    assert list(translations.missing(tmp_path)) == []


def test_an_untranslated_and_a_fuzzy_message_are_gaps(catalogue: Path, tmp_path: Path) -> None:
    catalogue.write_text(PO + '\nmsgid "bay"\nmsgstr ""\n\n#, fuzzy\nmsgid "lift"\nmsgstr "电梯"\n', encoding="utf-8")
    gaps = list(translations.missing(tmp_path))
    assert len(gaps) == 2
    assert "not translated: 'bay'" in gaps[0]
    assert "marked fuzzy: 'lift'" in gaps[1]


def test_a_key_that_one_language_of_the_kiosk_lacks_is_a_gap(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk" / "i18n"
    folder.mkdir(parents=True)
    (folder / "en.json").write_text(json.dumps({"hello": "Hello", "wait": "Please wait"}))
    (folder / "zh-hans.json").write_text(json.dumps({"hello": "你好"}))
    assert list(translations.missing(tmp_path)) == [f"{folder / 'zh-hans.json'}: no text for 'wait'"]
