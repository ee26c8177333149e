"""Server-sent events for screens (WHATWG HTML, section 9.2): newest frames, keep-alive, and an end with the session."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

from autosilo.platform.surfaces.console.live.hub import LiveHub

RETRY_MS = 2000
FRAME_EVERY_S = 0.1
"""At most ten pictures a second to one screen."""
QUIET_AFTER_S = 5.0
"""A running site sends several frames a second while something moves, and at least one a second otherwise."""
CHECK_EVERY_S = 15.0
"""Keep-alive, and a fresh look at the session."""

LastKnown = Callable[[str], Awaitable[str]]
"""Site -> JSON of a ``TowerLive`` made from what the site reported last."""


def event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


async def pictures(
    *, hub: LiveHub, sites: Iterable[str], last_known: LastKnown, still_allowed: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """``frame`` events while a site is heard, ``quiet`` ones while it is not, ``ended`` when the session is over."""
    async with hub.watch(sites) as viewer:
        yield f"retry: {RETRY_MS}\n\n".encode()
        quiet = _Quiet(viewer.sites)
        for site in viewer.sites:
            yield event("quiet", await last_known(site))
        checked = time.monotonic()
        while True:
            for frame in await viewer.next(within_s=1.0):
                quiet.heard(frame.site)
                yield event("frame", frame.text)
            for site in quiet.fell_silent():
                yield event("quiet", await last_known(site))
            if time.monotonic() - checked >= CHECK_EVERY_S:
                checked = time.monotonic()
                if not await still_allowed():
                    yield event("ended", "session")
                    return
                yield b": still here\n\n"
            await asyncio.sleep(FRAME_EVERY_S)


class _Quiet:
    """When was each site heard last? Names a site once when it falls silent, then again with each check."""

    def __init__(self, sites: Iterable[str]) -> None:
        now = time.monotonic()
        self._said = dict.fromkeys(sites, now)
        self._silent = set(self._said)

    def heard(self, site: str) -> None:
        self._said[site] = time.monotonic()
        self._silent.discard(site)

    def fell_silent(self) -> list[str]:
        now = time.monotonic()
        found = [
            site
            for site, said in self._said.items()
            if now - said >= (CHECK_EVERY_S if site in self._silent else QUIET_AFTER_S)
        ]
        for site in found:
            self._said[site] = now
            self._silent.add(site)
        return found
