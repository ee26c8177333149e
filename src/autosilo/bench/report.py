"""What a benchmark or a chaos run found: figures, each with its target, and the machine that it was measured on."""

import operator
import os
import platform
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "==": operator.eq,
}
TARGET = re.compile(r"(<=|>=|==|<|>)\s*(-?[0-9.]+(?:e-?[0-9]+)?)")


def meets(value: float, target: str) -> bool:
    """Is ``value`` within ``target``, a text such as ``<= 100`` or ``== 0``?

    Raises:
        ValueError: the target cannot be read.
    """
    match = TARGET.fullmatch(target.strip())
    if match is None:
        raise ValueError(f"a target reads like '<= 100', not {target!r}")
    return COMPARISONS[match[1]](value, float(match[2]))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number that was measured."""

    name: str
    value: float
    unit: str
    target: str | None = None
    limit: float | None = None
    """The best value that is possible at all, where that can be computed."""
    baselines: Mapping[str, float] = field(default_factory=dict)
    """The same measured on something simpler or earlier, by name."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """Who spent it, in the same unit, where that was measured."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        return None if self.target is None else meets(self.value, self.target)

    def as_dict(self) -> dict[str, Any]:
        content = {**asdict(self), "baselines": dict(self.baselines), "met": self.met}
        parts = content.pop("parts")
        return content | ({"parts": dict(parts)} if parts else {})


@dataclass(frozen=True, kw_only=True)
class Report:
    """All figures of one run."""

    name: str
    seed: int
    figures: tuple[Figure, ...]
    machine: Mapping[str, Any]
    quick: bool = False
    about: str = ""
    """How it was measured."""

    @property
    def met(self) -> bool:
        """Every target is met, and there is something to show."""
        return bool(self.figures) and all(figure.met is not False for figure in self.figures)

    def as_dict(self, *, kind: str = "bench") -> dict[str, Any]:
        """The form in which runs are kept and compared."""
        return {
            kind: self.name,
            "seed": self.seed,
            "quick": self.quick,
            "about": self.about,
            "machine": dict(self.machine),
            "figures": [figure.as_dict() for figure in self.figures],
        }


def machine() -> dict[str, Any]:
    """What this was measured on. ``load``: processes that wanted to run, mean of the last 1, 5 and 15 minutes."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(pages * page / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
