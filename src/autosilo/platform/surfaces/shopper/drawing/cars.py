"""A car in its paint: silhouette, then light from above, glass, seams, lamps, wheels, and the shadow on its pallet."""

from itertools import count
from re import fullmatch

from django.utils.html import escape

from autosilo.platform.surfaces.shopper.drawing.silhouettes import GROUND_Y, HEIGHT, SILHOUETTES, WIDTH, Silhouette

GLASS = "#17202b"
TRIM = "#12171f"
SPOKES = 5
_ids = count(1)


def car(body: str, hex_colour: str, *, label: str = "") -> str:
    """``body`` is one of ``Body``; an unknown one is drawn as a saloon. ``hex_colour``: #rrggbb, else a plain grey.

    With a ``label`` the picture is an image to a screen reader, without it is decoration.
    """
    shape = SILHOUETTES.get(body, SILHOUETTES["saloon"])
    paint = hex_colour.lower() if fullmatch(r"#[0-9a-fA-F]{6}", hex_colour) else "#9aa0a8"
    key = f"car{next(_ids)}"
    layers = (
        _defs(shape, paint, key),
        _shadow(shape),
        "".join(shape.behind),
        f'<path d="{shape.body}" fill="{paint}"/>',
        f'<path d="{shape.body}" fill="url(#{key}-light)"/>',
        _inside(shape, key),
        _glass(shape, key),
        _lines(shape, paint),
        "".join(shape.extras),
        f'<path d="{shape.body}" fill="none" stroke="currentColor" stroke-opacity=".28" stroke-width="1.4"/>',
        _wheel(shape.rear_x, shape.wheel_r),
        _wheel(shape.front_x, shape.wheel_r),
    )
    named = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return (
        f'<svg class="car" viewBox="0 0 {WIDTH} {HEIGHT}" {named} focusable="false" data-body="{escape(body)}">'
        f"{''.join(layers)}</svg>"
    )


def luminance(hex_colour: str) -> float:
    """Relative luminance of sRGB, 0 black to 1 white (WCAG 2, without its gamma detail: good enough for light)."""
    red, green, blue = (int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def _defs(shape: Silhouette, paint: str, key: str) -> str:
    """Light from above: bright roof, a bright shoulder under the windows, dark towards the sill."""
    bright = luminance(paint)
    gloss = 0.30 + 0.35 * bright
    shade = 0.22 + 0.22 * bright

    def stop(y: float, colour: str, opacity: float) -> str:
        offset = (y - shape.roof_y) / (shape.sill_y - shape.roof_y)
        return f'<stop offset="{offset:.3f}" stop-color="{colour}" stop-opacity="{opacity:.2f}"/>'

    stops = (
        stop(shape.roof_y, "#fff", gloss),
        stop(shape.roof_y + 14, "#fff", 0.05),
        stop(shape.belt_y - 4, "#fff", 0.0),
        stop(shape.belt_y + 1, "#fff", gloss * 0.85),
        stop(shape.belt_y + 13, "#fff", 0.04),
        stop(shape.belt_y + 26, "#000", 0.0),
        stop(shape.belt_y + 33, "#000", shade * 0.55),
        stop(shape.belt_y + 42, "#000", shade * 0.35),
        stop(shape.sill_y, "#000", shade * 1.7),
    )
    return (
        f'<defs><linearGradient id="{key}-light" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{shape.roof_y}"'
        f' y2="{shape.sill_y}">{"".join(stops)}</linearGradient>'
        f'<clipPath id="{key}-body"><path d="{shape.body}"/></clipPath>'
        f'<clipPath id="{key}-glass"><path d="{" ".join(shape.glass)}"/></clipPath></defs>'
    )


def _shadow(shape: Silhouette) -> str:
    middle = (shape.rear_x + shape.front_x) / 2
    return (
        f'<ellipse cx="{middle}" cy="{GROUND_Y - 1}" rx="206" ry="7" fill="#000" opacity=".14"/>'
        f'<ellipse cx="{middle}" cy="{GROUND_Y - 2}" rx="176" ry="5" fill="#000" opacity=".34"/>'
        f'<path d="M{shape.rear_x} {shape.sill_y - 12}H{shape.front_x}V{shape.sill_y + 8}H{shape.rear_x}Z"'
        ' fill="#0a0d12"/>'
    )


def _inside(shape: Silhouette, key: str) -> str:
    """What is cut off by the outline: lamps, cladding, wheel arches, the dark edge of the sill."""
    arch_y, arch_r = GROUND_Y - shape.wheel_r, shape.wheel_r + 5.5
    wheels = (shape.rear_x, shape.front_x)
    arches = "".join(f'<circle cx="{x}" cy="{arch_y}" r="{arch_r}" fill="#0b0e13"/>' for x in wheels)
    lips = "".join(
        f'<circle cx="{x}" cy="{arch_y}" r="{arch_r + 3.5}" fill="{TRIM if shape.cladding else "#fff"}"'
        f' fill-opacity="{1 if shape.cladding else 0.14}"/>'
        for x in wheels
    )
    cladding = f'<path d="{shape.cladding}" fill="{TRIM}"/>' if shape.cladding else ""
    sill = f'<rect x="0" y="{shape.sill_y - 6}" width="{WIDTH}" height="12" fill="{TRIM}"/>'
    return (
        f'<g clip-path="url(#{key}-body)"><path d="{shape.taillight}" fill="#b3121d"/>'
        f'<path d="{shape.taillight}" fill="#ff6a5e" opacity=".45" transform="translate(-6 3)"/>'
        f"{cladding}{sill}{lips}{arches}</g>"
        f'<path d="{shape.headlight}" fill="#f4f8ff" stroke="#20262f" stroke-width="1.2" stroke-linejoin="round"/>'
    )


def _glass(shape: Silhouette, key: str) -> str:
    frame = f'fill="{GLASS}" stroke="{TRIM}" stroke-width="2.4" stroke-linejoin="round"'
    panes = "".join(f'<path d="{pane}" {frame}/>' for pane in shape.glass)
    sky = f'<rect x="0" y="0" width="{WIDTH}" height="{shape.roof_y + 24}" fill="#8fb3d9" opacity=".16"/>'
    return (
        f'{panes}<g clip-path="url(#{key}-glass)">{sky}'
        '<path d="M150 100L196 0H222L176 100ZM186 100L232 0H239L193 100ZM262 100L302 0H340L300 100Z"'
        ' fill="#fff" opacity=".15"/></g>'
    )


def _lines(shape: Silhouette, paint: str) -> str:
    seam = "#fff" if luminance(paint) < 0.03 else "#000"
    seams = "".join(f'<path d="{line}"/>' for line in shape.seams)
    handles = "".join(f'<rect x="{x}" y="{y}" width="20" height="3.4" rx="1.7"/>' for x, y in shape.handles)
    glints = "".join(f'<rect x="{x}" y="{y}" width="20" height="1.1" rx=".5"/>' for x, y in shape.handles)
    return (
        f'<g fill="none" stroke="{seam}" stroke-opacity=".32" stroke-width="1.5" stroke-linecap="round">{seams}</g>'
        f'<g fill="#000" opacity=".42">{handles}</g><g fill="#fff" opacity=".5">{glints}</g>'
    )


def _wheel(x: float, radius: float) -> str:
    rim = radius * 0.70
    spokes = "".join(
        f'<path d="M-3.4 -4L-5.6 {-rim + 1.6:.1f}H5.6L3.4 -4Z" transform="rotate({360 / SPOKES * turn:.0f})"/>'
        for turn in range(SPOKES)
    )
    return (
        f'<g transform="translate({x} {GROUND_Y - radius})"><circle r="{radius}" fill="#0d1015"/>'
        f'<circle r="{radius - 1.6}" fill="none" stroke="#3a414c" stroke-width="1"/>'
        f'<circle r="{rim:.1f}" fill="#262c35"/><circle r="{rim * 0.62:.1f}" fill="#4a525e"/>'
        f'<g fill="#cdd2da">{spokes}</g><circle r="{rim:.1f}" fill="none" stroke="#cdd2da" stroke-width="1.8"/>'
        f'<path d="M{-rim:.1f} 0A{rim:.1f} {rim:.1f} 0 0 1 {rim:.1f} 0Z" fill="#fff" opacity=".10"/>'
        '<circle r="5" fill="#8b929d"/><circle r="2.4" fill="#d8412f"/></g>'
    )
