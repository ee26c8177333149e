"""The protocol holds in every state of the model, and would not without any one of its safeguards."""

import pytest

from autosilo.chaos.protocol.explore import NO_WAY_OUT
from autosilo.chaos.protocol.model import check
from autosilo.chaos.protocol.mutants import MUTANTS
from autosilo.chaos.protocol.run import QUICK, story
from autosilo.chaos.protocol.state import Rules

SLOW = {"bad_crc_is_final", "no_checksum"}
"""Writes that mix field by field have many states before they break anything."""
MUTANT_STATES = 400_000


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_every_invariant_holds_in_every_state(name: str) -> None:
    found = check(QUICK[name].rules, at_most=QUICK[name].at_most)
    assert not found.broken, story(name, found)
    assert found.exhaustive
    assert found.states > 100_000, "the bounds are large enough to mean something"


def test_a_search_that_is_cut_short_says_so() -> None:
    found = check(Rules(torn=False, in_flight=1), at_most=1000)
    assert not found.broken
    assert not found.exhaustive


def test_the_same_search_finds_the_same() -> None:
    rules = MUTANTS["no_journal"].rules
    one, other = check(rules, at_most=MUTANT_STATES), check(rules, at_most=MUTANT_STATES)
    assert (one.states, one.transitions, one.story) == (other.states, other.transitions, other.story)


@pytest.mark.parametrize("name", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in MUTANTS])
def test_without_this_safeguard_the_check_fails(name: str) -> None:
    found = check(MUTANTS[name].rules, at_most=MUTANT_STATES)
    assert found.broken, f"nothing was found in {found.states} states"
    assert len(found.story) > 1


def test_a_counterexample_is_a_numbered_story_with_real_numbers() -> None:
    found = check(MUTANTS["any_epoch"].rules, at_most=MUTANT_STATES)
    told = story("any_epoch", found)
    assert "old epoch begins" in told
    assert told.splitlines()[-1].strip() == f"{len(found.story)}. The PLC accepts MOVE B1→D1 (epoch 1, seq 2)"


def test_a_hold_without_a_way_out_is_a_violation() -> None:
    assert check(MUTANTS["blind_resume"].rules, at_most=MUTANT_STATES).broken == NO_WAY_OUT
