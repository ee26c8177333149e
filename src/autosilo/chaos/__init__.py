"""``autosilo chaos NAME``: break something on purpose, go on, and count what went wrong. Same form as a benchmark."""

import argparse
from collections.abc import Sequence

from autosilo.bench.command import Entry, add_arguments, run

__all__ = ["RUNS", "main"]

RUNS: dict[str, Entry] = {}


def main(argv: Sequence[str]) -> int:
    """Exit code 0 only if every target is met."""
    parser = argparse.ArgumentParser(prog="autosilo chaos", description=__doc__)
    add_arguments(parser, RUNS)
    options = parser.parse_args(argv)
    if options.name is None:
        parser.error("name what to run" if RUNS else "there is no chaos run yet")
    return run("chaos", options.name, RUNS[options.name], options)
