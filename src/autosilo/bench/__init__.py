"""``autosilo bench NAME``: measure something against its target."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autosilo.bench.command import Entry, add_arguments, run
from autosilo.bench.show import write_page

__all__ = ["BENCHES", "main"]

BENCHES: dict[str, Entry] = {
    "start": Entry("how long 'autosilo up' takes until the first page answers", "autosilo.bench.start:measure"),
    "visit": Entry("a whole visit without motion and human beings, and who spends it", "autosilo.bench.visit:measure"),
}
PAGE = Path("docs/reference/benchmarks.md")


def main(argv: Sequence[str]) -> int:
    """Exit code 0 only if every target is met."""
    parser = argparse.ArgumentParser(prog="autosilo bench", description=__doc__)
    add_arguments(parser, BENCHES)
    parser.add_argument("--write-docs", type=Path, metavar="DIR", help=f"write {PAGE} from the JSON files in DIR")
    options = parser.parse_args(argv)
    if options.write_docs:
        return _write(options.write_docs)
    if options.name is None:
        parser.error("name what to run, or give --write-docs DIR")
    return run("bench", options.name, BENCHES[options.name], options)


def _write(source: Path) -> int:
    try:
        count = write_page(source, PAGE)
    except ValueError as problem:
        print(f"autosilo bench: {problem}", file=sys.stderr)
        return 1
    print(f"{PAGE}: {count} reports")
    return 0
