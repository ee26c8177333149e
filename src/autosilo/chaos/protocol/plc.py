"""The PLC and what is around it: it looks, works, retains and publishes, as ``docs/reference/mailbox.md`` asks.

A power cut fits between any two of these. The machine itself (cars, gate) keeps its state whatever the PLC forgets.
"""

from collections.abc import Iterator

from autosilo.chaos.protocol import flow
from autosilo.chaos.protocol.looking import look
from autosilo.chaos.protocol.memory import power_cut, publish, retain, view_of
from autosilo.chaos.protocol.state import PUBLISH, RETAIN, Rules, State
from autosilo.chaos.protocol.step import FAULT, PERSON, Step
from autosilo.chaos.protocol.working import work


def steps(state: State, rules: Rules) -> Iterator[Step]:
    """What PLC, machine and people at the machine can do now."""
    if rules.crashes:
        yield Step(("The PLC loses power and comes back",), power_cut(state, rules), FAULT)
    if state.stage == RETAIN:
        yield retain(state, rules)
        return
    if state.stage == PUBLISH:
        yield publish(state, rules)
        return
    if rules.switch:
        says = "The key switch is turned " + ("away from Auto" if state.auto else "back to Auto")
        yield Step((says,), state._replace(auto=not state.auto), PERSON)
    driven = flow.driver_may(state, rules)
    if driven is not None:
        place = flow.put(state.cars, state.turn, driven)
        yield Step(("The driver goes {}", driven), state._replace(cars=place))
    if view_of(state) != state.view:
        yield Step(("The PLC publishes its sensors",), state._replace(view=view_of(state)))
    for index in range(len(state.units)):
        yield from look(state, index, rules)
        yield from work(state, index, rules)
