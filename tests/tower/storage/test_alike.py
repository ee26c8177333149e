"""Which of several equal cars is brought."""

from hypothesis import given
from hypothesis import strategies as st

from autosilo.tower.storage.alike import Likeness, Standing, soonest

RULE = Likeness(turn_s=80.0, worth_s=5.0)


def at(bring_s: float, *, free_in_s: float = 0.0, before: int = 0, bay: int = 0) -> Standing:
    return Standing(bay=bay, free_in_s=free_in_s, bring_s=bring_s, before=before)


def test_the_one_that_is_there_sooner() -> None:
    assert soonest("far", {"far": at(90), "near": at(60)}, RULE) == "near"
    assert soonest("near", {"far": at(90), "near": at(60)}, RULE) == "near"


def test_a_busy_lift_and_people_before_count() -> None:
    assert soonest("far", {"far": at(90), "near": at(60, free_in_s=40)}, RULE) == "far"
    assert soonest("far", {"far": at(90), "near": at(60, before=1)}, RULE) == "far"


def test_what_was_promised_is_changed_only_for_a_clear_gain() -> None:
    assert soonest("a", {"a": at(64), "b": at(60)}, RULE) == "a"
    assert soonest("a", {"a": at(66), "b": at(60)}, RULE) == "b"


def test_of_equals_the_first_bay_whatever_their_order() -> None:
    found = {"own": at(90), "b": at(60, bay=2), "a": at(60, bay=1)}
    assert soonest("own", found, RULE) == soonest("own", dict(reversed(found.items())), RULE) == "a"


def test_one_that_cannot_be_brought_gives_way_to_one_that_can() -> None:
    assert soonest("shut in", {"other": at(300, before=3)}, RULE) == "other"
    assert soonest("shut in", {}, RULE) == "shut in"


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 500).map(at), max_size=8), st.integers(0, 9))
def test_none_is_there_clearly_sooner_than_the_chosen_one(standing: dict[int, Standing], promised: int) -> None:
    chosen = soonest(promised, standing, RULE)
    if chosen in standing:
        least = min(one.cost_s(RULE) for one in standing.values())
        allowed = RULE.worth_s if chosen == promised else 0.0
        assert standing[chosen].cost_s(RULE) <= least + allowed
    else:
        assert (chosen, standing) == (promised, {})
