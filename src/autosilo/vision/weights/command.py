"""`autosilo weights`: fetch the model weights, or check the ones that are there."""

import argparse
import sys
from collections.abc import Sequence

from autosilo.vision.donors import CannotFetch, CannotPlace
from autosilo.vision.samples import samples_dir
from autosilo.vision.samples import set_up as set_up_samples
from autosilo.vision.weights.setup import set_up
from autosilo.vision.weights.store import WeightStore, weights_dir


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when all is in place. Progress goes to standard output, problems to standard error."""
    parser = argparse.ArgumentParser(prog="autosilo weights", description="Fetch the model weights, or check them.")
    parser.add_argument("--check", action="store_true", help="only check that the weights are there and unaltered")
    parser.add_argument(
        "--samples", action="store_true", help="fetch the sample pictures for tests and the demo as well"
    )
    options = parser.parse_args(argv)
    if options.check:
        return _check()
    try:
        set_up(say=_say)
        _say(f"weights are ready in {weights_dir()}")
        if options.samples:
            set_up_samples(say=_say)
            _say(f"sample pictures are ready in {samples_dir()}")
    except (CannotFetch, CannotPlace) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def _check() -> int:
    problems = WeightStore().problems()
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        _say(f"all weights in {weights_dir()} are as the lock says")
    return 1 if problems else 0


def _say(line: str) -> None:
    print(line, flush=True)
