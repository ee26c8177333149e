"""The console's words for towers: places, modes, refusals, and what to do by hand."""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from autosilo.platform.resources.towers.states import OrderState
from autosilo.tower.manual import Step, StepKind
from autosilo.wire.books import LiftMode

MODES = {
    LiftMode.AUTO: _("Auto"),
    LiftMode.MANUAL: _("Manual"),
    LiftMode.SERVICE: _("Service"),
    LiftMode.UNKNOWN: _("not known"),
}
MODE_TONES = {LiftMode.AUTO: "badge-good", LiftMode.UNKNOWN: "badge-bad"}

ORDERS = {
    "block_bay": _("Block a bay"),
    "unblock_bay": _("Unblock a bay"),
    "lift_service": _("Service of a lift"),
    "confirm_bay": _("Confirm a place"),
    "finish_reconciliation": _("Finish the walk"),
    "resolve_hold": _("Let the tower go on"),
}
ORDER_STATES = {
    OrderState.GIVEN: _("sent, no answer yet"),
    OrderState.DONE: _("done"),
    OrderState.REFUSED: _("refused"),
    OrderState.REPLACED: _("replaced by a later one"),
}
ORDER_TONES = {OrderState.GIVEN: "badge-warn", OrderState.DONE: "badge-good", OrderState.REFUSED: "badge-bad"}

REFUSALS = {
    "unknown_place": _("The site knows no such place."),
    "unknown_lift": _("The site knows no such lift."),
    "not_a_bay": _("This is a station; only bays can be blocked."),
    "no_reconciliation": _("No walk is open on this lift now."),
    "not_confirmed": _("Not every place is confirmed yet."),
    "differs": _(
        "The sensor still says something else. Look again: is the car where it should be, is the sensor clean?"
    ),
    "not_auto": _("The key switch is not in Auto. Turn it to Auto when the machine is clear, then try again."),
    "emergency_stop": _("An emergency stop is pressed. Release it at the machine, then try again."),
    "offline": _("The site cannot reach the machine's PLC now. Is it switched on, and its network plugged in?"),
    "in_motion": _("A lift is just moving a car from or to this place. Wait until it has stopped, then try again."),
    "in_use": _("A driver may come or go there at this moment. Wait until the station is free, then try again."),
    "still_wrong": _("What stopped the tower has not gone. Look at the named place again."),
    "no_hold": _("What held the tower when you looked has gone meanwhile. Look at what the console shows now."),
}

_PLACE = re.compile(
    r"^(?P<lift>L\d)(?:\.(?:B(?P<floor>\d\d)(?P<column>\d\d)(?P<rear>R?)|(?P<station>[DI])(?P<number>\d)))?$"
)


def place_words(place: str) -> str:
    """``Floor 3, column 12, rear`` of ``L1.B0312R``; a station or a carriage by its name; else the name as it is."""
    found = _PLACE.match(place)
    if found is None:
        return place
    if found["floor"]:
        where = {"floor": int(found["floor"]), "column": int(found["column"])}
        if found["rear"]:
            return gettext("Floor %(floor)d, column %(column)d, rear") % where
        return gettext("Floor %(floor)d, column %(column)d") % where
    if found["station"]:
        words = gettext("Delivery %(name)s") if found["station"] == "D" else gettext("Intake %(name)s")
        return words % {"name": f"{found['station']}{found['number']}"}
    return gettext("Carriage of %(lift)s") % {"lift": place}


STEPS = {
    StepKind.MAKE_SAFE: _(
        "Make the machine safe: key switch to Manual and the key in your pocket; all gates shut; nobody in the hoistway"
        " or in a station; a second person watches the street. Follow the maker's instructions for manual controls."
    ),
    StepKind.MOVE_CARRIAGE: _("Move the carriage of %(lift)s by its manual controls to %(where)s: %(position)s."),
    StepKind.TAKE: _("Take the car %(car)s from %(where)s onto the carriage. Compare its plate."),
    StepKind.PUT: _("Put the car %(car)s from the carriage into %(where)s."),
    StepKind.OPEN_SHUTTER: _("Open the shutter of %(where)s by hand. The gate stays shut."),
    StepKind.SHUT_SHUTTER: _("Shut the shutter of %(where)s and make sure that it is locked."),
    StepKind.OPEN_GATE: _("Open the gate of %(where)s by hand. The lift must not be moved now."),
    StepKind.DRIVE_OUT: _("Drive or push the car %(car)s out of %(where)s."),
    StepKind.SHUT_GATE: _("Shut the gate of %(where)s."),
}
WRITE_DOWN_LEFT = _("Write on the bay list: %(car)s has left. Time and name.")
WRITE_DOWN_MOVED = _("Write on the bay list: %(car)s now stands in %(where)s. Time and name.")


def step_words(step: Step, cars: dict[str, str]) -> str:
    """One step for people. ``cars``: VIN -> how a car is named on paper."""
    where = place_words(step.place) if step.place else ""
    values = {
        "lift": step.lift,
        "where": f"{where} ({step.place})" if step.place else "",
        "car": cars.get(step.vin, step.vin) if step.vin else "",
        "position": position_words(step.height_m or 0.0, step.across or 0.0, turns=step.turns),
    }
    if step.kind is StepKind.WRITE_DOWN:
        return str(WRITE_DOWN_MOVED if step.place else WRITE_DOWN_LEFT) % values
    return str(STEPS[step.kind]) % values


def position_words(height_m: float, across: float, *, turns: bool) -> str:
    """Where a carriage must be, to the centimetre or the tenth of a degree."""
    if turns:
        return gettext("%(height).2f m above the street, turned to %(degrees).1f°") % {
            "height": height_m,
            "degrees": across,
        }
    return gettext("%(height).2f m above the street, %(across).2f m along the columns") % {
        "height": height_m,
        "across": across,
    }
