"""Template tags for what the pages draw: ``{% load drawn %}``."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from autosilo.platform.surfaces.shopper.drawing import cars, icons, tower

register = template.Library()

# Every value below is built from constants of ours; the only free text (a label) is escaped where it is put in.


@register.simple_tag
def car_svg(body: str, hex_colour: str, label: str = "") -> SafeString:
    """``{% car_svg model.body paint.hex %}``; add a label where no words stand beside the picture."""
    return mark_safe(cars.car(body, hex_colour, label=label))  # noqa: S308  see above


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "scan" %}``: decoration in the colour of the text."""
    return mark_safe(icons.icon(name))  # noqa: S308


@register.simple_tag
def logo() -> SafeString:
    return mark_safe(tower.logo())  # noqa: S308


@register.simple_tag
def eye() -> SafeString:
    """The blinking eye that says "working on it"."""
    return mark_safe(tower.eye())  # noqa: S308


@register.simple_tag
def tower_svg() -> SafeString:
    return mark_safe(tower.tower())  # noqa: S308


@register.simple_tag
def swatch(hex_colour: str, name: str = "") -> SafeString:
    """A dot of paint; with a name it can be told apart without seeing the colour."""
    title = format_html('role="img" aria-label="{}"', name) if name else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="swatch" viewBox="0 0 22 22" focusable="false" {}>'
        '<circle cx="11" cy="11" r="9.5" fill="{}"/></svg>',
        title,
        hex_colour,
    )
