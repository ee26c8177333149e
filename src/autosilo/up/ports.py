"""Which loopback port each server gets: the configured one, the last one, the customary one, else any free one."""

import json
import random
import socket
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from autosilo.up.home import write_atomically

SPREAD = range(20_000, 32_000)
"""Below Linux's default range for outgoing connections (32768 …), so that none of those takes a port first."""
SETTLE_S = 1.5
"""How long a port of the last run may still be held by a process that is just ending."""
NEIGHBOURS = 100
"""How far from a customary port one looks for a free one."""


class PortTaken(Exception):
    """A port that was asked for by name is in use; safe to show."""


class Claims:
    """Ports that this process has spoken for, before anything listens on them.

    Two autosilos that start at the same moment would otherwise both find a port free. A claim is a socket in Linux's
    abstract namespace: one for all users of a network namespace, and gone with the process, however that ends.
    """

    def __init__(self) -> None:
        self._held: dict[int, socket.socket | None] = {}

    def take(self, port: int) -> bool:
        """Claim the port if nobody else has, and if nothing listens there."""
        if port in self._held:
            return False
        self._held[port] = None
        if sys.platform == "linux":
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                claim.bind(f"\0autosilo-port-{port}")
            except OSError:
                claim.close()
                self.release(port)
                return False
            self._held[port] = claim
        if not is_free(port):
            self.release(port)
            return False
        return True

    def release(self, port: int) -> None:
        """Give one claim back."""
        claim = self._held.pop(port, None)
        if claim is not None:
            claim.close()

    def close(self) -> None:
        """Give all claims back."""
        for port in list(self._held):
            self.release(port)


def is_free(port: int) -> bool:
    """Can a server listen there now? Old connections in TIME_WAIT do not count, as they do not for servers."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def configured(environment: Mapping[str, str]) -> dict[str, int]:
    """Ports from ``AUTOSILO_PORT_<NAME>``: ``AUTOSILO_PORT_KIOSK_SHANGHAI=8101`` names ``kiosk-shanghai``."""
    prefix = "AUTOSILO_PORT_"
    return {
        key.removeprefix(prefix).lower().replace("_", "-"): int(value)
        for key, value in environment.items()
        if key.startswith(prefix) and value
    }


def assign(
    names: Iterable[str], *, memory: Path, fixed: Mapping[str, int], customary: Mapping[str, int], claims: Claims
) -> dict[str, int]:
    """A free port for each name, claimed, and written to ``memory`` for the next start.

    Raises:
        PortTaken: a port in ``fixed`` is in use.
    """
    names = list(names)
    before: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    _settle([before[name] for name in names if name in before] + list(fixed.values()))
    chosen: dict[str, int] = {}
    # whoever has a port keeps it: a newcomer's customary port may be an old one's
    for name in sorted(names, key=lambda name: name not in fixed and name not in before):
        chosen[name] = _pick(name, fixed, before, customary, claims)
    write_atomically(memory, json.dumps(before | chosen, indent=1))
    return chosen


def _pick(
    name: str, fixed: Mapping[str, int], before: Mapping[str, int], customary: Mapping[str, int], claims: Claims
) -> int:
    if name in fixed:
        if not claims.take(fixed[name]):
            raise PortTaken(f"port {fixed[name]} (asked for by {name}) is in use")
        return fixed[name]
    near = customary.get(name)
    wishes = [before[name]] if name in before else []
    wishes += range(near, near + NEIGHBOURS) if near else []
    wishes += random.sample(SPREAD, len(SPREAD) // 4)
    for port in wishes:
        if port not in fixed.values() and claims.take(port):
            return port
    raise PortTaken(f"no free port for {name}")


def _settle(ports: list[int]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline and not all(is_free(port) for port in ports):
        time.sleep(0.1)
