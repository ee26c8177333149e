"""The house's mark and its picture: a tower with a cat's ears and eyes, cars behind its glass."""

# ruff: noqa: E501  path data reads worse when it is broken

from autosilo.platform.surfaces.shopper.drawing.silhouettes import GROUND_Y, SILHOUETTES

# The paints of the cars in the picture: no car of the catalogue in particular.
PAINTS = ("#d8412f", "#f4f2ec", "#3d6fb4", "#1f8a70", "#9fa6af", "#ffb52e", "#2a3140", "#b9c6d6")
BODIES = ("saloon", "hatchback", "suv", "estate", "sports", "van")
FLOORS = 6
BAY_W, BAY_H = 84, 46
LEFT_X, RIGHT_X, TOP_Y = 62, 214, 168
EMPTY_BAYS = frozenset({(1, 1), (4, 0)})


def logo() -> str:
    """The mark: tower, ears, two amber eyes. Takes the colour of the text for the tower itself."""
    return (
        '<svg viewBox="0 0 32 36" aria-hidden="true" focusable="false">'
        '<path d="M4 9.5 6.2.9c.2-.8 1-1 1.6-.4L14 6h4L24.2.5c.6-.6 1.4-.4 1.6.4L28 9.5V33a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3Z"'
        ' fill="currentColor"/>'
        '<path d="M7 14.5c1.5-2.6 5-2.6 6.6 0-1.6 2.6-5.1 2.6-6.6 0ZM18.4 14.5c1.6-2.6 5.1-2.6 6.6 0-1.5 2.6-5 2.6-6.6 0Z"'
        ' fill="#ffb52e"/><path d="M10.3 12.8v3.4M21.7 12.8v3.4" stroke="#14181f" stroke-width="1.3" stroke-linecap="round"/>'
        '<path d="M8 21.5h16M8 26.5h16M8 31.5h16" stroke="#d8412f" stroke-width="2" stroke-linecap="round"/></svg>'
    )


def eye() -> str:
    """A blinking cat's eye: something is being worked on. Put words beside it."""
    return (
        '<svg class="eye" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><g class="eye-lid">'
        '<path d="M1.5 12C6 4.5 18 4.5 22.5 12 18 19.5 6 19.5 1.5 12Z" fill="currentColor"/>'
        '<ellipse cx="12" cy="12" rx="1.9" ry="5.2" fill="#14181f"/></g></svg>'
    )


def tower() -> str:
    """The picture of the front page, 360 x 520, for a dark ground. Decoration: the words stand beside it."""
    return (
        '<svg class="tower" viewBox="0 0 360 520" aria-hidden="true" focusable="false">'
        f"{_defs()}{_head()}{_bays()}{_lift()}{_gate()}</svg>"
    )


def _defs() -> str:
    minis = "".join(f'<symbol id="mini-{body}" viewBox="0 0 440 160">{_mini(body)}</symbol>' for body in BODIES)
    return (
        '<defs><linearGradient id="tower-wall" x1="0" x2="1" y1="0" y2="0"><stop offset="0" stop-color="#2a3547"/>'
        '<stop offset=".5" stop-color="#354257"/><stop offset="1" stop-color="#222c3c"/></linearGradient>'
        '<radialGradient id="tower-eye"><stop offset="0" stop-color="#ffe1a1"/><stop offset=".55" stop-color="#ffb52e"/>'
        '<stop offset="1" stop-color="#e08a00"/></radialGradient>'
        '<linearGradient id="tower-lamp" x1="0" x2="0" y1="0" y2="1"><stop offset="0" stop-color="#ffdf9e" stop-opacity=".85"/>'
        f'<stop offset="1" stop-color="#ffb52e" stop-opacity="0"/></linearGradient>{minis}</defs>'
    )


def _mini(body: str) -> str:
    shape = SILHOUETTES[body]
    wheels = "".join(
        f'<circle cx="{x}" cy="{GROUND_Y - shape.wheel_r}" r="{shape.wheel_r}" fill="#0a0e15"/>'
        f'<circle cx="{x}" cy="{GROUND_Y - shape.wheel_r}" r="{shape.wheel_r * 0.6:.1f}" fill="#c3c9d2"/>'
        for x in (shape.rear_x, shape.front_x)
    )
    glass = "".join(f'<path d="{pane}" fill="#101722"/>' for pane in shape.glass)
    return (
        f'<path d="{shape.body}" fill="currentColor"/><rect x="20" y="{shape.sill_y - 8}" width="400" height="8" fill="#0a0e15"'
        f' opacity=".6"/>{glass}<path d="{shape.headlight}" fill="#fff6df"/>{wheels}'
    )


def _head() -> str:
    eyes = "".join(
        f'<g class="tower-eye" transform="translate({x} 112)"><circle r="34" fill="#ffb52e" opacity=".1"/>'
        '<g class="eye-lid"><path d="M-27 0C-17-19 17-19 27 0 17 19-17 19-27 0Z" fill="url(#tower-eye)"/>'
        '<ellipse rx="4.6" ry="14" fill="#0e1420"/><circle cx="-4" cy="-6" r="2.6" fill="#fff" opacity=".85"/></g></g>'
        for x in (124, 236)
    )
    return (
        '<path d="M44 92 60 14C62 6 69 4 75 10L134 62H226L285 10C291 4 298 6 300 14L316 92V496H44Z" fill="url(#tower-wall)"/>'
        '<path d="M66 66 74 28 108 58ZM294 66 286 28 252 58Z" fill="#d8412f" opacity=".85"/>'
        f"{eyes}"
        '<path d="m174 138 6 5 6-5" fill="none" stroke="#d8412f" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/>'
        '<path d="M96 134 46 126M96 140 48 146M264 134l50-8M264 140l48 6" stroke="#8391a8" stroke-width="1.6" stroke-linecap="round"/>'
    )


def _bays() -> str:
    cells = []
    for floor in range(FLOORS):
        for side, x in enumerate((LEFT_X, RIGHT_X)):
            y = TOP_Y + floor * (BAY_H + 6)
            cells.append(f'<rect x="{x}" y="{y}" width="{BAY_W}" height="{BAY_H}" rx="5" fill="#111927"/>')
            if (floor, side) not in EMPTY_BAYS:
                number = floor * 2 + side
                cells.append(
                    f'<use href="#mini-{BODIES[(number * 5 + side) % len(BODIES)]}" x="{x + 6}" y="{y + 16}" width="{BAY_W - 12}"'
                    f' height="27" color="{PAINTS[(number * 3) % len(PAINTS)]}"/>'
                )
            cells.append(
                f'<path d="M{x} {y + BAY_H - 3}h{BAY_W}" stroke="#4b5a72" stroke-width="2"/>'
                f'<path d="M{x + 18} {y}l-14 {BAY_H}h16l14 -{BAY_H}Z" fill="#fff" opacity=".055"/>'
            )
    return "".join(cells)


def _lift() -> str:
    shaft_h = FLOORS * (BAY_H + 6)
    return (
        f'<rect x="154" y="{TOP_Y - 6}" width="52" height="{shaft_h + 22}" rx="6" fill="#0b111b"/>'
        f'<path d="M162 {TOP_Y - 4}v{shaft_h + 18}M198 {TOP_Y - 4}v{shaft_h + 18}" stroke="#33415a" stroke-width="2"/>'
        f'<g class="tower-lift"><rect x="156" y="{TOP_Y + 40}" width="48" height="6" rx="2" fill="#ffb52e"/>'
        f'<use href="#mini-hatchback" x="155" y="{TOP_Y + 22}" width="50" height="18" color="#d8412f"/></g>'
    )


def _gate() -> str:
    return (
        '<path d="M20 496H340" stroke="#4b5a72" stroke-width="3" stroke-linecap="round"/>'
        '<path d="M132 484h96l44 36H88Z" fill="url(#tower-lamp)" opacity=".55"/>'
        '<rect x="132" y="482" width="96" height="14" rx="3" fill="#ffdf9e"/>'
    )
