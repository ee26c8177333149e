"""The whole protocol put together, and what must hold in every one of its states."""

from collections.abc import Iterator

from autosilo.chaos.protocol import controller, flow, link, plc
from autosilo.chaos.protocol.explore import Found, Model, Search
from autosilo.chaos.protocol.numbers import canonical
from autosilo.chaos.protocol.state import CARRIAGE, HELD, LIFT, LOGIC, OUTSIDE, PREPARE, Rules, State, first_state
from autosilo.chaos.protocol.step import Step


def model(rules: Rules) -> Model:
    """Ready to be searched."""

    def steps(state: State) -> Iterator[Step]:
        # what others do inside a scan is as if done before it, as long as they see nothing of it before it is retained
        if state.stage == LOGIC or rules.publish_first:
            yield from controller.steps(state, rules)
            yield from link.steps(state, rules)
        yield from plc.steps(state, rules)

    return Model(
        first=first_state(rules),
        steps=steps,
        canonical=canonical,
        broken=lambda state: broken(state, rules),
        called=lambda state: any(unit.pc == HELD for unit in state.units),
    )


def check(rules: Rules, *, at_most: int) -> Found:
    """Search the model under ``rules``, up to ``at_most`` states."""
    return Search(model(rules), at_most=at_most).run()


def broken(state: State, rules: Rules) -> str:
    """Which invariant a single state breaks; those of a step (``step.begin``, ``step.settle``) are seen there."""
    for where, name in ((state.cars, "a place"), (state.books, "a place in the inventory")):
        inside = [place for place in where if place != OUTSIDE]
        if len(inside) != len(set(inside)):
            return f"{name} holds two cars"
    lift = state.units[LIFT]
    settled = lift.pc == PREPARE and lift.fenced and lift.open is None
    if settled and (CARRIAGE in state.cars or not flow.true_books(state, rules)):
        return "everything is settled, but the inventory is not where the cars are"
    return ""
