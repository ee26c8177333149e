"""Line icons on a 24 px grid, 1.8 px strokes, round ends. One dictionary: name -> the marks inside the ``svg``."""

# ruff: noqa: E501  path data reads worse when it is broken

ICONS: dict[str, str] = {
    "car": '<path d="M3 16v-3.2l2.2-4.6A2.4 2.4 0 0 1 7.4 7h7.2a3 3 0 0 1 2.2 1l2.7 3 1.5 1.6V16h-2m-4 0H9m-4 0H3"/>'
    '<circle cx="7" cy="16.4" r="2"/><circle cx="17" cy="16.4" r="2"/><path d="M5.4 11.6h14"/>',
    "scan": '<path d="M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 '
    '0 1-2-2v-2.5"/><path d="M7 12c2.6-3.6 7.4-3.6 10 0-2.6 3.6-7.4 3.6-10 0Z"/><path d="M12 10.4v3.2"/>',
    "key": '<circle cx="8" cy="12" r="4"/><path d="M12 12h8.5m-3 0v3.2m-2.6-3.2v2"/>',
    "person": '<circle cx="12" cy="8" r="3.6"/><path d="M4.8 20c.7-4 3.6-6 7.2-6s6.5 2 7.2 6"/>',
    "camera": '<path d="M4 8h3.2l1.6-2.4h6.4L16.8 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z"/>'
    '<circle cx="12" cy="13.2" r="3.4"/>',
    "file": '<path d="M5 19h14M12 15.5V4.5m-4 4 4-4 4 4"/>',
    "phone": '<rect x="6.5" y="2.5" width="11" height="19" rx="2.5"/><path d="M10.5 18.5h3"/>',
    "tick": '<circle cx="12" cy="12" r="9"/><path d="m7.8 12.4 2.9 2.9 5.6-6"/>',
    "cross": '<circle cx="12" cy="12" r="9"/><path d="m8.8 8.8 6.4 6.4m0-6.4-6.4 6.4"/>',
    "open": '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5l3 2"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.4M12 7.6v.2"/>',
    "warn": '<path d="M12 4 2.8 19.6h18.4L12 4Z"/><path d="M12 10v4.4m0 2.4v.2"/>',
    "pin": '<path d="M12 21c4.4-4.8 6.6-8.3 6.6-11a6.6 6.6 0 0 0-13.2 0c0 2.7 2.2 6.2 6.6 11Z"/><circle cx="12" cy="10" r="2.4"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.8V12l3.6 2.2"/>',
    "battery": '<rect x="2.8" y="7.5" width="16" height="9" rx="2"/><path d="M21.4 10.6v2.8M6 10.4v3.2m3-3.2v3.2m3-3.2v3.2"/>',
    "seat": '<path d="M7 4.5 8.6 14H16a2 2 0 0 1 2 2v3.5M8.6 14l.4 5.5M6 19.5h13"/>',
    "arrow": '<path d="M4.5 12h15m-6-6 6 6-6 6"/>',
    "back": '<path d="M19.5 12h-15m6-6-6 6 6 6"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5A1.5 1.5 0 0 1 3 15.5v-5A1.5 1.5 0 0 1 4.5 9h15a1.5 1.5 0 0 1 1.5 1.5v5a1.5 1.5 0 0 '
    '1-1.5 1.5H17"/><path d="M7 14h10v6H7z"/>',
    "face": '<path d="M6 8.5 5 4l4 2.4a8.4 8.4 0 0 1 6 0L19 4l-1 4.5c1 1.2 1.6 2.8 1.6 4.5 0 4-3.4 7-7.6 7s-7.6-3-7.6-7c0-1.7.6-3.3 1.6-4.5Z"/>'
    '<path d="M9.2 11.6v1.6m5.6-1.6v1.6M10.4 16.2c1 .7 2.2.7 3.2 0"/>',
    "pass": '<rect x="4" y="4" width="6" height="6" rx="1"/><rect x="14" y="4" width="6" height="6" rx="1"/>'
    '<rect x="4" y="14" width="6" height="6" rx="1"/><path d="M14 14h2.5v2.5M20 14v6m-6-1.5V20h3"/>',
    "road": '<path d="M8.5 4 4 20M15.5 4 20 20M12 5v2.5m0 3.2v2.6m0 3.2V20"/>',
    "out": '<path d="M10 5H6a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h4M10 12h10m-4-4 4 4-4 4"/>',
    "paper": '<path d="M7 3.5h7l4 4V20a.5.5 0 0 1-.5.5h-10.5a.5.5 0 0 1-.5-.5V4a.5.5 0 0 1 .5-.5Z"/><path d="M14 3.5V8h4M9.5 12h5.5m-5.5 4h5.5"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>',
    "turn": '<path d="M5 12a7 7 0 0 1 12.2-4.7L20 10M20 5v5h-5M19 12a7 7 0 0 1-12.2 4.7L4 14M4 19v-5h5"/>',
}


def icon(name: str) -> str:
    """The icon as an ``svg`` that takes the colour of the text; hidden from screen readers, so put words beside it."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"'
        f' stroke-linejoin="round" aria-hidden="true" focusable="false">{ICONS[name]}</svg>'
    )
