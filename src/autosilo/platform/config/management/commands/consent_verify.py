"""``autosilo consent verify FILE``: was a downloaded record signed by this shop?"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import BaseModel, ValidationError

from autosilo.platform.journey.identity.consents import KIND
from autosilo.platform.kit.signing import Signed, holds, public_key

MAX_BYTES = 1_000_000


class Record(BaseModel):
    """A record as it is downloaded; version 1."""

    v: int
    acts: list[Signed]


class Command(BaseCommand):
    help = "Check every statement of a consent record that a shopper downloaded, and print what was said and when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        record = _read(options["file"])
        ours = public_key(KIND)
        for number, one in enumerate(record.acts, start=1):
            if not holds(one):
                raise CommandError(f"statement {number} is not what was signed")
            said = json.loads(one.statement)
            whose = "this shop's present key" if one.public_key == ours else f"another key, {one.public_key}"
            self.stdout.write(f"{said['at']}  {said['act']}  {said['text_version']} ({said['language']})  {whose}")
        self.stdout.write(f"{len(record.acts)} statements, all as they were signed")


def _read(file: Path) -> Record:
    try:
        with file.open("rb") as stream:
            return Record.model_validate_json(stream.read(MAX_BYTES))
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error
    except ValidationError as error:
        raise CommandError(f"{file}: this is no consent record ({error.error_count()} problems)") from error
