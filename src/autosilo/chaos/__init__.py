"""``autosilo chaos NAME``: break something on purpose, go on, and count what went wrong. Same form as a benchmark."""

import argparse
from collections.abc import Sequence

from autosilo.bench.command import Entry, add_arguments, run

__all__ = ["RUNS", "main"]

ABOUT_PROTOCOL = """\
Every reachable state of a small tower's protocol is visited once: one controller with its journal, a link that loses,
delays, doubles and mixes writes, a PLC with retained memory, any number of crashes of either. Then one safeguard at a
time is taken out; 'story_…' is the length of the shortest counterexample, which is told on the error channel. Nothing
is random, so the seed plays no part. See docs/explanation/exactly-once.md."""

RUNS: dict[str, Entry] = {
    "protocol": Entry(
        "search every state of the protocol, and prove that the search can fail",
        "autosilo.chaos.protocol.run:measure",
        ABOUT_PROTOCOL,
    ),
}


def main(argv: Sequence[str]) -> int:
    """Exit code 0 only if every target is met."""
    parser = argparse.ArgumentParser(prog="autosilo chaos", description=__doc__)
    add_arguments(parser, RUNS)
    options = parser.parse_args(argv)
    if options.name is None:
        parser.error("name what to run" if RUNS else "there is no chaos run yet")
    return run("chaos", options.name, RUNS[options.name], options)
