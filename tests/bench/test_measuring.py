"""What the platform counts by itself: statements, commits, templates, passwords."""

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db import connection, transaction
from django.template.loader import render_to_string

from autosilo.meter import SPENT, Part
from autosilo.platform.config.measuring import MeasuredScrypt


def charged(part: Part) -> float:
    value: float = SPENT.labels(part.value)._value.get()
    return value


@pytest.mark.django_db
def test_a_statement_is_charged_to_the_database() -> None:
    before = charged(Part.DATABASE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.03)")
    assert charged(Part.DATABASE) - before >= 0.03


@pytest.mark.django_db(transaction=True)
def test_a_commit_is_charged_to_the_database() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        after_statement = charged(Part.DATABASE)
    assert charged(Part.DATABASE) > after_statement


def test_a_page_is_charged_to_templates() -> None:
    before = charged(Part.TEMPLATES)
    assert render_to_string("429.html", {"message": "wait"})
    assert charged(Part.TEMPLATES) > before


def test_a_password_is_charged_and_hashed_as_before() -> None:
    before = charged(Part.DIGESTS)
    encoded = MeasuredScrypt().encode("a long walk", "salt")
    assert charged(Part.DIGESTS) > before
    assert ScryptPasswordHasher().verify("a long walk", encoded)
    assert MeasuredScrypt.algorithm == ScryptPasswordHasher.algorithm
