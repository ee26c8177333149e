"""What becomes of a program that was let in: another secret, other scopes, stopped and let in again."""

from datetime import datetime

from django.db import transaction

from autosilo.platform.resources.people import audit
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.programs import tokens
from autosilo.platform.resources.programs.models import Program
from autosilo.platform.resources.programs.states import Scope


@transaction.atomic
def rotate(*, program: Program, by: Person | None, now: datetime) -> str:
    """A new secret, shown once; the old one and every token got with it are useless from now on, in a web process
    that has just seen such a token after ``tokens.LOOK_AGAIN_S`` seconds at most. ``by``: None for a command."""
    row = _locked(program)
    secret = tokens.new_secret()
    row.secret_digest = tokens.digest(secret)
    _end_tokens(row, "secret_digest")
    audit.record(actor=by, action="program_rotated", target=audit.target_of(row), now=now)
    return secret


@transaction.atomic
def change(*, program: Program, scopes: frozenset[str], per_minute: int, by: Person, now: datetime) -> None:
    """What it may do, and how often. Tokens that carry other scopes end, as above."""
    row = _locked(program)
    before = {"scopes": row.scopes, "per_minute": row.per_minute}
    row.scopes, row.per_minute = sorted(scopes & frozenset(Scope.values)), per_minute
    _end_tokens(row, "scopes", "per_minute")
    detail = {"before": before, "scopes": row.scopes, "per_minute": per_minute}
    audit.record(actor=by, action="program_changed", target=audit.target_of(row), detail=detail, now=now)


@transaction.atomic
def switch(*, program: Program, on: bool, by: Person, now: datetime) -> None:
    """Stop it, or let it in again with the same secret. Its bookings stand. Tokens end, as above."""
    row = _locked(program)
    if row.is_active == on:
        return
    row.is_active = on
    _end_tokens(row, "is_active")
    action = "program_let_in_again" if on else "program_stopped"
    audit.record(actor=by, action=action, target=audit.target_of(row), now=now)


def _locked(program: Program) -> Program:
    return Program.objects.select_for_update().get(pk=program.pk)


def _end_tokens(row: Program, *changed: str) -> None:
    row.serial += 1
    row.save(update_fields=["serial", *changed])
