"""``autosilo chaos NAME``: break something on purpose, go on, and count what went wrong. Same form as a benchmark."""

import argparse
from collections.abc import Sequence

from autosilo.bench.command import Entry, Option, add_arguments, run

__all__ = ["RUNS", "main"]

ABOUT_PROTOCOL = """\
Every reachable state of a small tower's protocol is visited once: one controller with its journal, a link that loses,
delays, doubles and mixes writes, a PLC with retained memory, any number of crashes of either. Then one safeguard at a
time is taken out; 'story_…' is the length of the shortest counterexample, which is told on the error channel. Nothing
is random, so the seed plays no part. See docs/explanation/exactly-once.md."""

ABOUT_TOWER = """\
Controller and PLC twin as real processes, at 100 times their pace, with real OPC UA between them through a relay.
While shoppers collect and bring back cars, at random: kill -9 of either or of both, power cuts, a cable that is cut or
frozen, commands that come late, twice or never, answers that come late, people in the way, emergency stops, drive
faults, stuck sensors, key switches that are turned (and cars moved by hand meanwhile). A person is played, who looks,
removes the cause and releases; `held_for_operator` counts how often. In the end the world's own ledger is held against
the controller's journal, move by move."""

RUNS: dict[str, Entry] = {
    "protocol": Entry(
        "search every state of the protocol, and prove that the search can fail",
        "autosilo.chaos.protocol.run:measure",
        ABOUT_PROTOCOL,
    ),
    "tower": Entry(
        "a tower whose controller, PLC, link and people fail at random",
        "autosilo.chaos.tower.run:measure",
        ABOUT_TOWER,
        options=(Option(name="moves", metavar="N", help="moves of cars before it ends (2000)", read=int),),
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
