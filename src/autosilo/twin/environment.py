"""A twin's command line: no arguments, all settings from the environment, and a plain word when one is missing."""

import argparse
import os
from collections.abc import Sequence


def start(command: str, *, about: str, argv: Sequence[str], needs: Sequence[str]) -> dict[str, str]:
    """The values of the variables ``needs``. Ends the process (status 2) when one is missing or ``argv`` is wrong."""
    parser = argparse.ArgumentParser(
        prog=f"autosilo {command}", description=about, epilog="Environment: " + ", ".join(needs)
    )
    parser.parse_args(argv)
    missing = [name for name in needs if not os.environ.get(name)]
    if missing:
        parser.error(f"not set: {', '.join(missing)}")
    return {name: os.environ[name] for name in needs}
