"""The command line: ``autosilo COMMAND …``. Each command lives in its own part and is imported only when called."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from autosilo import __doc__ as SLOGAN  # noqa: N812  a constant text

Main = Callable[[Sequence[str]], int | None]

SETTINGS = "autosilo.platform.config.settings.base"


@dataclass(frozen=True)
class Command:
    """One command: its words, what it takes, what it does, and ``module:function`` that does it."""

    words: str
    takes: str
    summary: str
    target: str


COMMANDS = (
    Command("up", "[options]", "run everything on this machine, under supervision", "autosilo.up:main"),
    Command("status", "", "what runs, and where", "autosilo.up.ask:status"),
    Command("stop", "", "stop what 'up' started", "autosilo.up.ask:stop"),
    Command("prepare", "", "migrations, static files and demo data", "autosilo.up.prepare:main"),
    Command("web", "", "the shop, the console and the API", "autosilo.up.serve:web"),
    Command("worker", "", "deferred jobs of the platform", "autosilo.up.serve:worker"),
    Command("feeds", "", "the platform's ear on the bus and on the cars", "autosilo.platform.surfaces.feeds.app:main"),
    Command("site", "NAME", "the controller of one tower, with its kiosk", "autosilo.site.app:main"),
    Command("site pki", "NAME [options]", "certificates of one tower", "autosilo.site.control.pki:main"),
    Command("site manual", "NAME [options]", "a sheet for bringing cars down by hand", "autosilo.site.paper:main"),
    Command("site accesses", "NAME [options]", "is its log of accesses whole?", "autosilo.site.accesses_command:main"),
    Command("site conformance", "[options]", "check a PLC", "autosilo.site.conformance.command:main"),
    Command("twin plc", "NAME", "stand-in for a tower's PLC", "autosilo.twin.plc.main:main"),
    Command("twin cars", "", "stand-in for connected cars and their drivers", "autosilo.twin.cars.app:main"),
    Command("twin bureau", "", "stand-in for the credit bureau", "autosilo.twin.bureau.app:main"),
    Command("twin market", "", "stand-in for a marketplace's login", "autosilo.twin.market.app:main"),
    Command("twin texts", "", "stand-in for a sender of text messages", "autosilo.twin.texts.app:main"),
    Command("twin bank", "", "stand-in for the payment service", "autosilo.twin.bank.app:main"),
    Command(
        "twin wallet", "LINK [options]", "stand-in for a phone with a licence", "autosilo.twin.wallet.command:main"
    ),
    Command("weights", "[options]", "fetch, check and convert model weights", "autosilo.vision.weights.command:main"),
    Command("manage", "COMMAND …", "Django's administration commands", "autosilo.cli:manage"),
    Command("gallery add", "MODEL PHOTO …", "teach the scan what a model looks like", "autosilo.cli:gallery_add"),
    Command("gallery list", "", "how many reference photos each model has", "autosilo.cli:gallery_list"),
    Command("policy", "list | check | try | schedule …", "market policies: who may drive", "autosilo.cli:policy"),
    Command("membership import", "FILE [options]", "memberships from a list", "autosilo.cli:membership_import"),
    Command("gallery assess", "", "how well models are told apart, and what would help", "autosilo.cli:gallery_assess"),
    Command("gallery train", "[options]", "make a version of all reference photos", "autosilo.cli:gallery_train"),
    Command("gallery versions", "", "versions of the gallery, and the one in use", "autosilo.cli:gallery_versions"),
    Command("gallery rollback", "[VERSION]", "use an earlier version of the gallery", "autosilo.cli:gallery_rollback"),
    Command("audit verify", "[options]", "is the platform's audit trail whole?", "autosilo.cli:audit_verify"),
    Command("consent verify", "FILE", "check a downloaded consent record", "autosilo.cli:consent_verify"),
    Command("seed", "", "the demo's catalogue, cars, sites and operators", "autosilo.cli:seed"),
    Command("plan", "--site FILE --demand FILE [options]", "simulate and size a site", "autosilo.planner.command:main"),
    Command("bench", "NAME [options]", "measure something against its target", "autosilo.bench:main"),
    Command("chaos", "NAME [options]", "break something on purpose and count", "autosilo.chaos:main"),
)

BY_WORDS = {tuple(command.words.split()): command for command in COMMANDS}
LONGEST = max(len(words) for words in BY_WORDS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for count in range(min(LONGEST, len(arguments)), 0, -1):
        command = BY_WORDS.get(tuple(arguments[:count]))
        if command is not None:
            return _call(command, arguments[count:])
    return _explain(arguments)


def _call(command: Command, arguments: Sequence[str]) -> int:
    module, _, name = command.target.partition(":")
    run = cast("Main", getattr(importlib.import_module(module), name))
    try:
        return run(arguments) or 0
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells count


def _explain(arguments: Sequence[str]) -> int:
    """Help, version, or what is wrong with these words."""
    parser = _parser()
    if not arguments:
        parser.print_help()
        return 2
    group = [command for command in COMMANDS if command.words.split()[0] == arguments[0]]
    if group:  # 'autosilo twin' alone, or with a word that it does not know
        known = ", ".join(repr(command.words) for command in group)
        parser.error(f"{arguments[0]!r} needs one of: {known}")
    parser.parse_args(arguments)
    return 0


def _parser() -> argparse.ArgumentParser:
    width = max(len(command.words) + len(command.takes) for command in COMMANDS) + 3
    listing = "\n".join(f"  {f'{command.words} {command.takes}':<{width}}{command.summary}" for command in COMMANDS)
    parser = argparse.ArgumentParser(
        prog="autosilo",
        description=SLOGAN,
        epilog=f"commands:\n{listing}\n\n'autosilo COMMAND --help' tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="autosilo [--help] [--version] COMMAND …",
    )
    parser.add_argument("--version", action="version", version=_version())
    parser.add_argument(
        "command", choices=sorted({command.words.split()[0] for command in COMMANDS}), metavar="COMMAND"
    )
    return parser


def _version() -> str:
    from importlib.metadata import version

    return f"autosilo {version('autosilo')}"


def manage(argv: Sequence[str]) -> int:
    """Django's ``manage.py``, with our settings, on the shop of this home."""
    from autosilo.up.borrow import borrow_environment

    borrow_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from django.core.management import execute_from_command_line

    from autosilo import logs

    logs.configure("manage")
    execute_from_command_line(["autosilo manage", *argv])
    return 0


def gallery_add(argv: Sequence[str]) -> int:
    """``manage gallery_add``."""
    return manage(["gallery_add", *argv])


def gallery_list(argv: Sequence[str]) -> int:
    """``manage gallery_list``."""
    return manage(["gallery_list", *argv])


def policy(argv: Sequence[str]) -> int:
    """``manage policy``."""
    return manage(["policy", *argv])


def membership_import(argv: Sequence[str]) -> int:
    """``manage membership_import``."""
    return manage(["membership_import", *argv])


def gallery_assess(argv: Sequence[str]) -> int:
    """``manage gallery_assess``."""
    return manage(["gallery_assess", *argv])


def gallery_train(argv: Sequence[str]) -> int:
    """``manage gallery_train``."""
    return manage(["gallery_train", *argv])


def gallery_versions(argv: Sequence[str]) -> int:
    """``manage gallery_versions``."""
    return manage(["gallery_versions", *argv])


def gallery_rollback(argv: Sequence[str]) -> int:
    """``manage gallery_rollback``."""
    return manage(["gallery_rollback", *argv])


def audit_verify(argv: Sequence[str]) -> int:
    """``manage audit_verify``."""
    return manage(["audit_verify", *argv])


def consent_verify(argv: Sequence[str]) -> int:
    """``manage consent_verify``."""
    return manage(["consent_verify", *argv])


def seed(argv: Sequence[str]) -> int:
    """``manage seed_demo``."""
    return manage(["seed_demo", *argv])


if __name__ == "__main__":
    sys.exit(main())
