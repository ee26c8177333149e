"""Words for what the domain says in codes: complete in both languages."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.policies.decision import Remedy, Rule
from autosilo.platform.resources.catalogue.models import Body
from autosilo.platform.surfaces.shopper import ruling, scan_words, words
from autosilo.platform.surfaces.shopper.templatetags.shop import clauses
from autosilo.vision.cars.types import Colour, Hint, Reason

PLATFORM = Path(words.__file__).parents[2]
CATALOGUE = PLATFORM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
KIOSK_WORDS = PLATFORM.parent / "site" / "kiosk" / "static" / "i18n"
ELSEWHERE = PLATFORM / "surfaces" / "console"  # has a catalogue of its own
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def marked() -> Iterator[tuple[str, object]]:
    """Every text that templates and code mark for translation, with the file that does."""
    for path in sorted(PLATFORM.rglob("*")):
        if ELSEWHERE in path.parents or path.suffix not in {".py", ".html", ".txt"}:
            continue
        source = path.read_text()
        if path.suffix != ".py":
            source = f"({templatize(source)})"  # within brackets, indentation means nothing
        for _line, message, _comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            yield path.name, (message, context)


def test_every_marked_text_is_translated() -> None:
    catalogue = read_po(BytesIO(CATALOGUE.read_bytes()))
    known = {
        (tuple(entry.id) if isinstance(entry.id, (list, tuple)) else entry.id, entry.context)
        for entry in catalogue
        if entry.id and entry.string and all(entry.string) and not entry.fuzzy
    }
    missing = {(name, key) for name, key in marked() if key not in known}
    assert missing == set()


def test_there_is_something_to_translate() -> None:
    assert len({key for _name, key in marked()}) > 300


def test_no_template_speaks_unmarked_english() -> None:
    """What is left of a template without its tags, comments and marks holds no word of three letters or more."""
    for path in sorted((PLATFORM / "surfaces" / "templates").rglob("*.html")):
        text = path.read_text()
        text = re.sub(r"{% (blocktranslate|comment).*?{% end\1 %}", "", text, flags=re.S)
        text = re.sub(r"{% block (page|body)_class %}.*?{% endblock %}", "", text)
        text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", "", text, flags=re.S)
        text = re.sub(r"<[^>]*>", " ", text, flags=re.S)
        left = set(re.findall(r"[A-Za-z]{3,}", text)) - {"autosilo", "kWh", "SHA"}
        assert left == set(), path.name


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_code_has_a_name(language: str) -> None:
    with translation.override(language):
        for table, codes in (
            (words.BODIES, Body),
            (words.FAMILIES, Colour),
            (scan_words.FAMILY_HEX, Colour),
            (words.STATES, TrialState),
            (scan_words.HINTS, Hint),
            (scan_words.REASONS, Reason),
            (ruling.TITLES, Rule),
        ):
            assert {str(code) for code in codes} <= set(table)
            assert all(str(text) for text in table.values())
        assert set(words.STATE_TONES) == set(TrialState)


def outcome(
    rule: str, remedy: str = "", *, met: bool = False, at: str | None = None, **detail: object
) -> dict[str, Any]:
    return {"rule": rule, "met": met, "detail": detail, "remedy": remedy, "eligible_at": at}


SOON = "2026-03-11"
END = "2026-03-13"
RULES = [
    (outcome("credit", met=True, state="meets", threshold=700), "over 700", "", ""),
    (outcome("credit", "ask_credit", state="unknown", threshold=700), "not been asked", "Agree", "credit"),
    (outcome("credit", "ask_credit", state="expired", threshold=700), "no longer valid", "Agree", "credit"),
    (outcome("credit", "raise_credit", state="below", threshold=700), "not over 700", "after a day", ""),
    (outcome("membership", "become_premium"), "premium members", "Become", "premium"),
    (
        outcome("trial_count", "wait", at="2026-05-01T16:00:00+00:00", counted=5, most=5, months=2),
        "5 of at most 5 trials in 2 months",
        "from 2 May 2026",
        "",
    ),
    (outcome("one_at_a_time", "finish_open_trial"), "not finished", "Bring that car back", "trials"),
    (outcome("model_once", "choose_other_model"), "tried this model before", "another model", "cars"),
    (outcome("licence", "give_licence", valid_until=None, needed_until=END), "do not know", "Complete", "details"),
    (outcome("licence", "renew_licence", valid_until=SOON, needed_until=END), "11 March 2026", "renewed", "details"),
    (outcome("age", "give_birth_date", least_years=18), "18 years", "Complete", "details"),
    (outcome("a_rule_of_tomorrow"), "", "", ""),
]


@pytest.mark.parametrize(("rule", "text", "helped", "action"), RULES)
def test_a_rule_says_how_it_stands_and_what_would_help(
    rule: dict[str, Any], text: str, helped: str, action: str
) -> None:
    [told] = ruling.in_words([rule], zone=SHANGHAI)
    assert text in told.text
    assert helped in told.help
    assert told.action == action
    assert bool(told.help) == bool(helped)


def test_every_remedy_helps_in_words() -> None:
    for remedy in set(Remedy) - {Remedy.WAIT}:
        [told] = ruling.in_words([{"rule": "age", "met": False, "detail": {}, "remedy": remedy.value}], zone=SHANGHAI)
        assert told.help


def test_clauses_join_the_lines_of_one_paragraph() -> None:
    assert clauses("1. A car,\n   used.\n\n2. A price.") == ["1. A car, used.", "2. A price."]
    assert clauses("一、车辆，\n    已使用。\n二、价款。") == ["一、车辆，已使用。", "二、价款。"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_name_the_very_buttons_of_the_kiosk(language: str) -> None:
    kiosk = json.loads((KIOSK_WORDS / f"{language}.json").read_text(encoding="utf-8"))
    with translation.override(language):
        collecting = translation.gettext("Choose “Use pass and code” on the screen.")
        returning = translation.gettext("Choose “Show my face” or “Use pass and code”.")
        stuck = translation.gettext("Something does not work? Press “Call a person” at the kiosk.")
    assert f"“{kiosk['welcome.pass']}”" in collecting
    assert f"“{kiosk['welcome.pass']}”" in returning
    assert f"“{kiosk['welcome.face']}”" in returning
    assert f"“{kiosk['help']}”" in stuck
