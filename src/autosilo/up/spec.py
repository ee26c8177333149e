"""What the supervisor is told: which processes there are, what each needs, and how one sees that it is ready."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

Announce = Callable[[str], None]
"""Says one line about the present node on the console."""


@dataclass(frozen=True)
class Tcp:
    """Ready when something accepts connections on this loopback port."""

    port: int


@dataclass(frozen=True)
class Http:
    """Ready when this address answers with a status below 400."""

    url: str


@dataclass(frozen=True)
class Sql:
    """Ready when this PostgreSQL lets us in."""

    url: str = field(repr=False)


Probe = Tcp | Http | Sql


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process that is kept running."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    needs: tuple[str, ...] = ()
    probe: Probe
    ready_within_s: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within_s: float = 8.0
    on_death: signal.Signals = signal.SIGKILL
    """What it gets when the supervisor dies. Every child must survive that anyway, as it must survive a power cut."""
    leashed: bool = False
    """The command line brings its own leash (another user)."""
    before: Callable[[], str | None] | None = None
    """Called in a thread before each start; returns a line to announce, or None."""
    cwd: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that is done once at start-up: a program, or a function of ours that runs in a thread."""

    name: str
    argv: tuple[str, ...] = ()
    call: Callable[[], str | None] | None = None
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    needs: tuple[str, ...] = ()
    within_s: float = 300.0


Node = Child | Step


def check(nodes: list[Node]) -> None:
    """Names are unique and every need is met by an earlier node, so that there is no circle."""
    seen: set[str] = set()
    for node in nodes:
        missing = set(node.needs) - seen
        if node.name in seen or missing:
            raise ValueError(f"{node.name}: named twice, or needs what is not above it: {sorted(missing)}")
        seen.add(node.name)


def without(nodes: list[Node], names: set[str]) -> list[Node]:
    """The same plan with some nodes left out, and no longer waited for.

    Raises:
        ValueError: there is no such node.
    """
    unknown = names - {node.name for node in nodes}
    if unknown:
        raise ValueError(
            f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(n.name for n in nodes)}"
        )
    return [
        replace(node, needs=tuple(need for need in node.needs if need not in names))
        for node in nodes
        if node.name not in names
    ]
