"""docs/reference/conformance.md lists every check, as it is."""

from pathlib import Path

from autosilo.site.conformance.registry import Level, choose
from autosilo.site.conformance.text import table

PAGE = Path(__file__).parents[3] / "docs/reference/conformance.md"
CONTRACT = Path(__file__).parents[3] / "docs/reference/mailbox.md"


def test_the_reference_lists_every_check() -> None:
    assert table(choose(Level.MOTION)) in PAGE.read_text(encoding="utf-8")


def test_every_check_names_a_part_of_the_contract() -> None:
    headings = {line.lstrip("# ").partition(" (")[0] for line in CONTRACT.read_text(encoding="utf-8").splitlines()}
    assert {one.section for one in choose(Level.MOTION)} <= headings
