"""What a kiosk page is told to show: one dictionary a screen, as it goes over the WebSocket."""

from datetime import datetime
from typing import Any

from autosilo.site.admission import NotNow, Purpose
from autosilo.site.progress import Phase, Progress
from autosilo.site.visits.store import Visit
from autosilo.vision.presence.answers import Guidance
from autosilo.wire.wait import WaitEstimate

Screen = dict[str, Any]

SCREEN_OF_PHASE: dict[Phase, str] = {
    Phase.QUEUED: "coming",
    Phase.FETCHING: "coming",
    Phase.AT_GATE: "coming",
    Phase.GATE_OPEN: "gate",
    Phase.LEAVING: "gate",
    Phase.HANDED_OVER: "done",
    Phase.ADMITTING: "intake",
    Phase.INTAKE_OPEN: "intake",
    Phase.CHECKING: "checks",
    Phase.STORING: "checks",
    Phase.TAKEN_IN: "thanks",
    Phase.REFUSED: "refused",
    Phase.FAILED: "refused",
}


def screen(name: str, **fields: Any) -> Screen:
    return {"t": "screen", "screen": name, **fields}


def welcome() -> Screen:
    return screen("welcome")


def hello(visit: Visit, purpose: Purpose) -> Screen:
    """The booking, to the visitor who was recognised."""
    return screen(
        "hello",
        purpose=purpose.value,
        greeting=visit.greeting,
        language=visit.language,
        car=car(visit),
        until=stamp(visit.collect_until if purpose is Purpose.COLLECT else visit.return_until),
        in_progress=visit.state in ("collecting", "returning"),
    )


def visit_progress(visit: Visit, progress: Progress, *, wait: WaitEstimate | None) -> Screen:
    """A visit in progress. Carries no name: it stays on the screen while others may walk by."""
    name = SCREEN_OF_PHASE[progress.phase]
    if progress.phase is Phase.QUEUED and progress.purpose is Purpose.RETURN:
        name = "intake"
    fields: Screen = {
        "purpose": progress.purpose.value,
        "phase": progress.phase.value,
        "station": progress.station,
        "car": car(visit),
        "wait": wait.model_dump(mode="json") if wait else None,
    }
    if progress.phase is Phase.TAKEN_IN:
        fields |= {"odometer_km": progress.odometer_km, "charge": progress.charge}
    if name == "refused":
        fields["reason"] = progress.reason
    return screen(name, **fields)


def gate(answer: Guidance) -> Screen:
    """One line of instruction to whoever stands before the camera."""
    return answer.told().model_dump(mode="json")


def not_now(answer: NotNow) -> Screen:
    return screen("refused", reason=answer.reason, since=stamp(answer.since), until=stamp(answer.until))


def refused(reason: str, **fields: Any) -> Screen:
    return screen("refused", reason=reason, **fields)


def car(visit: Visit) -> dict[str, str]:
    return {"vin": visit.vin, "model": visit.model_name, "paint": visit.paint_hex, "plate": visit.plate}


def stamp(moment: datetime) -> str:
    return moment.isoformat()
