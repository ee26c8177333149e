"""A program's secret is renewed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import AuditEntry
from autosilo.platform.resources.programs import actions, tokens
from autosilo.platform.resources.programs.states import Scope

pytestmark = pytest.mark.django_db


def test_the_old_secret_and_its_tokens_end() -> None:
    scopes = frozenset(Scope.values)
    program, old = actions.register(slug="shop", name="Shop", scopes=scopes, per_minute=60, now=clock.now())
    token = tokens.issue(program=program.pk, secret=old, scopes=frozenset())
    out = StringIO()
    call_command("program_rotate", "shop", stdout=out)
    new = out.getvalue().strip()
    gate = tokens.Gate()
    assert new != old
    assert token is not None
    assert gate.check(token) is None
    assert tokens.issue(program=program.pk, secret=old, scopes=frozenset()) is None
    fresh = tokens.issue(program=program.pk, secret=new, scopes=frozenset())
    assert fresh is not None
    assert gate.check(fresh) is not None
    entry = AuditEntry.objects.get(action="program_rotated")
    assert new not in f"{entry.target}{entry.detail}"


def test_an_unknown_program_is_refused() -> None:
    with pytest.raises(CommandError, match="no program"):
        call_command("program_rotate", "nobody")
