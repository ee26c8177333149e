"""The pages of the counter: rendered once for each language, then filled in, since thousands ask at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from autosilo.platform.journey.booking import line

TEXT, PICKER, FORM, NUMBER = "%%TEXT%%", "%%PICKER%%", "%%FORM%%", "%%NUMBER%%"
MINUTE = 60


@dataclass(frozen=True)
class Page:
    body: bytes


def sold_out(language: str, picker: str) -> Page:
    return _filled("sold_out", language, picker=picker)


def too_often(language: str) -> Page:
    return _filled("too_often", language)


def refused(language: str, text: str, picker: str) -> Page:
    return _filled("refused", language, text=text, picker=picker)


def waiting(language: str, place: line.Place, form: Mapping[str, str], picker: str) -> Page:
    """Asks again by itself; with a button for browsers without scripts."""
    with override(language):
        seconds = int(place.about.total_seconds())
        if place.opens_at is not None:
            text = _("The sale has not opened yet. Your place in the line is kept; the order is drawn by lot.")
        elif seconds < MINUTE:
            text = ngettext("About %(n)d second.", "About %(n)d seconds.", seconds) % {"n": seconds}
        else:
            minutes = -(-seconds // MINUTE)
            text = ngettext("About %(n)d minute.", "About %(n)d minutes.", minutes) % {"n": minutes}
    return _filled("waiting", language, text=text, picker=picker, form=_fields(form), number=str(place.ahead))


def away(language: str, form: Mapping[str, str], picker: str) -> Page:
    """The shop could not answer; the wish stays on the page and can be sent again."""
    return _filled("away", language, picker=picker, form=_fields(form))


def _fields(form: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in form.items()
    )


def policy() -> str:
    """The same content policy as everywhere."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return _policy(tuple((name, tuple(values)) for name, values in directives.items()))


@lru_cache(maxsize=1)
def _policy(directives: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return "; ".join(f"{name} {' '.join(values)}" for name, values in directives)


def _filled(kind: str, language: str, *, text: str = "", picker: str = "/", form: str = "", number: str = "") -> Page:
    page = _rendered(kind, language)
    values = {TEXT: escape(text), PICKER: escape(_inside(picker)), FORM: form, NUMBER: escape(number)}
    for mark, value in values.items():
        page = page.replace(mark, value)
    return Page(page.encode())


def _inside(address: str) -> str:
    return address if not urlsplit(address).netloc else "/"


@lru_cache(maxsize=32)
def _rendered(kind: str, language: str) -> str:
    with override(language):
        marks = {"text": TEXT, "picker": PICKER, "form": FORM, "number": NUMBER, "ask_again_s": line.ASK_AGAIN_S}
        return render_to_string("shopper/counter.html", {"kind": kind, **marks})
