"""Pictures of numbers: ``{% load charts %}``."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from autosilo.platform.surfaces.console import charts, words
from autosilo.platform.surfaces.console.queries.demand import Bar
from autosilo.platform.surfaces.console.queries.gallery import Confusion

register = template.Library()

# Names are escaped where they are put into a picture; all else is numbers.


@register.filter
def make_word(make: str) -> str:
    return make or _("make unknown")


@register.filter
def body_word(body: str) -> str:
    return str(words.BODIES.get(body, body or "?"))


@register.filter
def view_word(view: str) -> str:
    return str(words.VIEWS.get(view, _("not known")))


@register.simple_tag
def make_bars(rows: Sequence[Bar]) -> SafeString:
    return mark_safe(charts.bars([(make_word(bar.name), bar) for bar in rows]))  # noqa: S308  see above


@register.simple_tag
def body_bars(rows: Sequence[Bar]) -> SafeString:
    return mark_safe(charts.bars([(body_word(bar.name), bar) for bar in rows]))  # noqa: S308


@register.simple_tag
def day_columns(rows: Sequence[Bar]) -> SafeString:
    return mark_safe(charts.columns(rows))  # noqa: S308


@register.simple_tag
def heat(confusion: Confusion) -> SafeString:
    return mark_safe(charts.heat(confusion))  # noqa: S308
