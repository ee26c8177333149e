"""The one form of every measuring run: options, a report, a table or JSON, an exit code."""

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from autosilo.bench.report import Figure, Report, machine
from autosilo.bench.show import table

DEFAULT_SEED = 1
USAGE = 2
"""Exit code of a call that makes no sense, as argparse has it."""
SHARED_OPTIONS = frozenset({"name", "quick", "seed", "json", "write_docs"})


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How a run is to be made."""

    seed: int
    quick: bool
    """Fewer repetitions: enough to see that it works, too few to quote."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The options of this run's own, by name without dashes; those that were not given are missing."""


Run = Callable[[Conditions], Sequence[Figure]]


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option of one run's own: ``--moves N``."""

    name: str
    metavar: str
    help: str
    read: Callable[[str], Any] = str
    """Raises ``ValueError`` for what it cannot read."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be run; ``target`` is ``module:function`` of a ``Run``, imported when called."""

    summary: str
    target: str
    about: str = ""
    """How it is measured, in a few sentences that go with the figures."""
    options: tuple[Option, ...] = ()


def add_arguments(parser: argparse.ArgumentParser, entries: Mapping[str, Entry]) -> None:
    """The options that all runs share."""
    listing = "\n".join(f"  {name:<16} {entry.summary}" for name, entry in sorted(entries.items()))
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"there are:\n{listing}" if entries else "none is registered yet"
    parser.add_argument("name", nargs="?", choices=sorted(entries), metavar="NAME", help="what to run")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help=f"of the random numbers ({DEFAULT_SEED})")
    parser.add_argument("--json", action="store_true", help="print the report as JSON instead of a table")
    for name, entry in sorted(entries.items()):
        for option in entry.options:
            parser.add_argument(
                f"--{option.name}",
                type=option.read,
                metavar=option.metavar,
                default=argparse.SUPPRESS,
                help=f"{name}: {option.help}",
            )


def run(kind: str, name: str, entry: Entry, options: argparse.Namespace) -> int:
    """Run it, print the report; 0 only if every target is met."""
    own = {option.name.replace("-", "_") for option in entry.options}
    given = {key: value for key, value in vars(options).items() if key not in SHARED_OPTIONS}
    if foreign := sorted(set(given) - own):
        print(f"autosilo {kind}: {name} has no option --{foreign[0].replace('_', '-')}", file=sys.stderr)
        return USAGE
    module, _, function = entry.target.partition(":")
    measure = cast("Run", getattr(importlib.import_module(module), function))
    figures = measure(Conditions(seed=options.seed, quick=options.quick, options=given))
    report = Report(
        name=name,
        seed=options.seed,
        quick=options.quick,
        figures=tuple(figures),
        machine=machine(),
        about=entry.about or f"{entry.summary[:1].upper()}{entry.summary[1:]}.",
    )
    content = report.as_dict(kind=kind)
    print(json.dumps(content, indent=1, ensure_ascii=False) if options.json else table(content))
    return 0 if report.met else 1
