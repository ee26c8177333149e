"""One kiosk page and its visitor, from welcome to farewell.

The page is told which screen to show and tells what was tapped, typed or seen; every decision is made here. What is
known of a visitor lives in this object alone and is gone with ``home``, with the idle limit and with the connection.
A visit in progress belongs to the service, and is found again by the kiosk's id after a reload or a restart.
"""

import hmac
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import structlog

from autosilo.site.admission import NotNow, admission
from autosilo.site.clock import SiteClock
from autosilo.site.identity.gatekeeper import FacesUnavailable, Gatekeeper
from autosilo.site.kiosk import screens
from autosilo.site.kiosk.limits import Window, face_window, help_window, pass_window
from autosilo.site.kiosk.showing import ShowOneself
from autosilo.site.progress import FINAL, Progress
from autosilo.site.service import CannotBegin, VisitService
from autosilo.site.uplink.outbox import Outbox
from autosilo.site.video import Video
from autosilo.site.visits.codes import Locked, WrongCode, check_code
from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import Visit, VisitStore
from autosilo.vision.presence.answers import Accepted, Answer, Doubtful, Guidance, No, Refused
from autosilo.vision.presence.session import GateSession
from autosilo.wire.bus import KIOSK_NAME_LENGTH, HelpWanted, Method, VisitorRefused
from autosilo.wire.passes import CODE_DIGITS, NotAPass, read, token_digest
from autosilo.wire.wait import WaitEstimate, WaitTold

log = structlog.get_logger(__name__)

NONCE_BYTES = 16
MAX_FRAME_BYTES = 400_000
PASS_LENGTH = 96
"""Characters that are looked at; a pass with a key has 71."""
MIN_FRAME_GAP_S = 1 / 8.5
"""The page sends eight frames a second at most; faster ones are dropped unseen."""
IDLE_LIMIT_S = 150.0
"""The page itself warns and clears earlier; this is for a page that died with a visitor's name on it."""

Send = Callable[[dict[str, Any]], None]
RefusalFact = Literal["unknown_face", "wrong_code", "locked", "too_early", "too_late", "not_live"]
FACT_OF_NO: dict[No, RefusalFact | None] = {
    "unknown_face": "unknown_face",
    "not_live": "not_live",
    "changed": "not_live",
    "wrong_moves": "not_live",
    "second_person": None,
    "timed_out": None,
}
"""What the platform hears of a "no", which counts as a try then; a slow or crowded attempt is no news and no try."""


@dataclass
class Desk:
    """What every kiosk of a site shares."""

    visits: VisitStore
    service: VisitService
    gatekeeper: Gatekeeper
    outbox: Outbox
    clock: SiteClock
    eta: Callable[[str], WaitEstimate | None]
    line_up: Callable[[], bool]
    """Whether the site has its line to the platform, and so to the operators."""
    video: Video
    passes: Window = field(default_factory=pass_window)
    faces: Window = field(default_factory=face_window)
    help: Window = field(default_factory=help_window)


class KioskSession:
    """``send`` must not block; ``address`` is the peer's, for the limits."""

    def __init__(self, *, desk: Desk, send: Send, address: str) -> None:
        self._desk = desk
        self._send = send
        self._address = address
        self._kiosk = self._name = ""
        self._at = "welcome"
        self._gate: GateSession | None = None
        self._nonce = b""
        self._frame_at = 0.0
        self._looking = False
        self._visit: UUID | None = None
        self._method: Method | None = None
        self._held: UUID | None = None
        self._heard_at = time.monotonic()
        self._minute: datetime | None = None
        self._call_waits = self._called = False
        self._shown = ShowOneself(video=desk.video, accesses=desk.visits.accesses, send=send)
        self._unwatch = desk.service.board.watch(self._on_progress)
        self._handlers: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "hello": self._hello,
            "face": self._face,
            "pass_screen": self._pass_screen,
            "pass": self._pass,
            "code": self._code,
            "code_screen": self._code_screen,
            "confirm": self._confirm,
            "home": self._home,
            "help": self._help,
            "show_me": self._show_me,
            "hide_me": self._hide_me,
            "camera_dead": self._camera_dead,
            "stay": self._stay,
            "more_time": self._more_time,
        }

    # --- from the page ---

    async def said(self, message: dict[str, Any]) -> None:
        """Handle one message; an unknown one is ignored."""
        self._heard_at = time.monotonic()
        handler = self._handlers.get(str(message.get("t")))
        if handler:
            await handler(message)

    async def saw(self, frame: bytes) -> None:
        """Look at one camera frame: 16 bytes of the session's nonce, then a JPEG. Too many or foreign: dropped."""
        nonce, jpeg = frame[:NONCE_BYTES], frame[NONCE_BYTES:]
        if self._shown.is_mine(nonce):
            self._heard_at = time.monotonic()  # who waits to be seen touches nothing
            return await self._shown.saw(jpeg)
        now = time.monotonic()
        fresh = self._nonce and hmac.compare_digest(nonce, self._nonce)
        if not fresh or self._looking or now - self._frame_at < MIN_FRAME_GAP_S or len(jpeg) > MAX_FRAME_BYTES:
            return None
        self._looking, self._frame_at = True, now
        try:
            if self._gate is not None:
                await self._look_at_face(self._gate, jpeg)
            elif self._at == "pass":
                await self._look_for_pass(jpeg)
        finally:
            self._looking = False

    def idle(self) -> bool:
        """True when a page that shows something personal has not been heard of for too long."""
        progress = self._desk.service.board.of(self._visit) if self._at == "visit" else None
        moving = progress is not None and progress.phase not in FINAL
        return self._at != "welcome" and not moving and time.monotonic() - self._heard_at > IDLE_LIMIT_S

    async def clear(self) -> None:
        await self._home({})

    async def close(self) -> None:
        self._unwatch()
        self._stop_looking()
        await self._shown.end()

    # --- screens ---

    async def _hello(self, message: dict[str, Any]) -> None:
        """A page arrived or came back: show the visit that this kiosk was showing, else welcome."""
        self._kiosk = str(message.get("kiosk", ""))[:64]
        self._name = _name_of(message)
        visit = self._desk.visits.shown_at(self._kiosk) if self._kiosk else None
        if visit is None:
            return await self._home({})
        self._visit, self._method, self._at = visit.trial, visit.method, "visit"
        if progress := self._desk.service.board.of(visit.trial):
            self._on_progress(progress)
        return None

    async def _home(self, message: dict[str, Any]) -> None:
        """Welcome; nothing of the last visitor stays."""
        self._stop_looking()
        await self._shown.end()
        if self._visit and self._at == "visit":
            self._desk.visits.show_at(self._visit, None)
        self._visit = self._method = self._held = None
        self._call_waits = self._called = False
        self._go("welcome", screens.welcome())

    async def _stay(self, message: dict[str, Any]) -> None:
        """The visitor asked for more time; having been heard is enough."""

    # --- face ---

    async def _face(self, message: dict[str, Any]) -> None:
        now = self._desk.clock.now()
        self._forget_visitor()
        allowed = self._desk.faces.open_from(self._address, now=now)
        if allowed > now:
            return self._go("refused", screens.refused("face_paused", until=screens.stamp(allowed)))
        try:
            self._gate = await self._desk.gatekeeper.open(now=now)
        except FacesUnavailable:
            return self._go("refused", screens.refused("no_faces"))
        return self._go("looking", screens.screen("looking", nonce=self._new_nonce()))

    async def _look_at_face(self, gate: GateSession, jpeg: bytes) -> None:
        answer = await self._desk.gatekeeper.look(gate, jpeg)
        if gate is self._gate:  # else the visitor went home meanwhile
            self._heard_at = time.monotonic()
            self._face_answered(answer)

    def _face_answered(self, answer: Answer) -> None:
        if isinstance(answer, Accepted) and not self._desk.visits.has_template(answer.trial):
            answer = Refused(reason="unknown_face")  # withdrawn or over since this session began
        if isinstance(answer, Accepted):
            self._stop_looking()
            self._identified(answer.trial, Method.PASS_FACE if self._held else Method.FACE)
        elif isinstance(answer, Doubtful):
            self._stop_looking()
            if self._held:
                self._ask_for_code(self._held)
            else:
                self._ask_for_pass(second_factor=True)
        elif isinstance(answer, Refused):
            self._stop_looking()
            self._face_refused(answer)
        elif isinstance(answer, Guidance):
            self._send(screens.gate(answer))

    def _face_refused(self, answer: Refused) -> None:
        log.info("face refused", reason=answer.reason)
        if fact := FACT_OF_NO[answer.reason]:
            self._desk.faces.count(self._address, now=self._desk.clock.now())
            self._state_refusal(fact, self._held)
        self._go("refused", screens.refused(answer.reason, held=self._held is not None))

    async def _more_time(self, message: dict[str, Any]) -> None:
        """The visitor needs longer for what the camera asks."""
        if self._gate is not None:
            self._gate.more_time()

    # --- pass and code ---

    async def _pass_screen(self, message: dict[str, Any]) -> None:
        self._ask_for_pass()

    def _ask_for_pass(self, *, second_factor: bool = False) -> None:
        self._forget_visitor()
        self._go("pass", screens.screen("pass", nonce=self._new_nonce(), second_factor=second_factor))

    async def _look_for_pass(self, jpeg: bytes) -> None:
        token = await self._desk.gatekeeper.read_pass(jpeg)
        if token and self._at == "pass":
            await self._take_pass(token)

    async def _pass(self, message: dict[str, Any]) -> None:
        if self._at == "pass":
            await self._take_pass(str(message.get("token", ""))[:PASS_LENGTH])

    async def _take_pass(self, text: str) -> None:
        """Known passes go on to the code; an unknown one, a mistyped one and one of a past visit read alike."""
        now = self._desk.clock.now()
        if self._too_many_passes():
            return
        try:
            shown = read(text)
            visit = self._desk.visits.by_pass(token_digest(shown.token))
        except NotAPass:
            shown, visit = None, None
        self._desk.passes.count(self._address, now=now)
        if visit is None or shown is None:
            self._send({"t": "note", "note": "unknown_pass"})
            return
        self._stop_looking()
        if shown.key is None or not await self._look_for_holder(visit, shown.key):
            self._ask_for_code(visit.trial)

    async def _look_for_holder(self, visit: Visit, key: bytes) -> bool:
        """The pass opens the template of one face: compare with that one. False when there is nothing to compare."""
        now = self._desk.clock.now()
        locked = visit.locked_until is not None and now < visit.locked_until
        if locked or self._desk.faces.open_from(self._address, now=now) > now:
            return False
        self._at = "opening"
        try:
            gate = await self._desk.gatekeeper.open_held(visit.trial, pass_key=key)
        except FacesUnavailable:
            return False
        if self._at != "opening":  # went home meanwhile
            if gate is not None:
                self._desk.gatekeeper.close(gate)
            return True
        if gate is None:
            return False
        self._gate, self._held = gate, visit.trial
        self._go("looking", screens.screen("looking", nonce=self._new_nonce(), held=True))
        return True

    def _ask_for_code(self, trial: UUID) -> None:
        """The second half of pass and code, for the visit whose pass was shown."""
        self._forget_visitor()
        visit, now = self._desk.visits.find(trial), self._desk.clock.now()
        if visit is None:
            return self._go("refused", screens.refused("gone"))
        self._visit = trial
        if visit.locked_until and now < visit.locked_until:
            return self._locked(visit, Locked(until=visit.locked_until, just_now=False))
        return self._go("code", screens.screen("code", digits=CODE_DIGITS))

    async def _code_screen(self, message: dict[str, Any]) -> None:
        """Rather the code than the face, after a pass that opens a template was shown here."""
        if self._held and self._at in ("looking", "refused"):
            self._ask_for_code(self._held)

    async def _code(self, message: dict[str, Any]) -> None:
        visit = self._desk.visits.find(self._visit) if self._visit and self._at == "code" else None
        code = str(message.get("code", ""))
        if visit is None or self._too_many_passes():
            return
        if len(code) != CODE_DIGITS or not code.isascii() or not code.isdigit():
            self._send({"t": "note", "note": "code_form"})
            return
        now = self._desk.clock.now()
        self._desk.passes.count(self._address, now=now)
        answer = await check_code(self._desk.visits, visit, code, now=now)
        if self._visit != visit.trial or self._at != "code":
            return
        if answer == "right":
            self._identified(visit.trial, Method.PASS)
        elif isinstance(answer, WrongCode):
            self._state_refusal("wrong_code", visit.trial)
            self._send({"t": "note", "note": "wrong_code", "left": answer.left})
        else:
            self._locked(visit, answer)

    def _locked(self, visit: Visit, answer: Locked) -> None:
        if answer.just_now:
            self._desk.outbox.put(
                HelpWanted(at=self._desk.clock.now(), reason="locked_out", trial=visit.trial, kiosk=self._name)
            )
        self._state_refusal("locked", visit.trial)
        self._forget_visitor()
        self._go("refused", screens.refused("locked", until=screens.stamp(answer.until)))

    def _too_many_passes(self) -> bool:
        now = self._desk.clock.now()
        allowed = self._desk.passes.open_from(self._address, now=now)
        if allowed > now:
            self._forget_visitor()
            self._go("refused", screens.refused("too_many_tries", until=screens.stamp(allowed)))
        return allowed > now

    # --- the visit ---

    def _identified(self, trial: UUID, method: Method) -> None:
        visit = self._desk.visits.find(trial)
        if visit is None or visit.state is VisitState.DONE:
            return self._go("refused", screens.refused("gone"))
        purpose = admission(visit, now=self._desk.clock.now())
        if isinstance(purpose, NotNow):
            return self._not_now(trial, purpose)
        self._visit, self._method, self._held = trial, method, None
        log.info("visitor recognised", trial=str(trial), method=method.value)
        return self._go("hello", screens.hello(visit, purpose))

    async def _confirm(self, message: dict[str, Any]) -> None:
        """Only what this very session identified can be begun."""
        if self._visit is None or self._method is None:
            return None
        trial = self._visit
        self._at = "visit"
        try:
            progress = self._desk.service.begin(trial, method=self._method, kiosk=self._kiosk)
        except CannotBegin as error:
            if error.not_now:
                return self._not_now(trial, error.not_now)
            self._forget_visitor()
            return self._go("refused", screens.refused(error.reason))
        self._on_progress(progress)
        return None

    def _on_progress(self, progress: Progress) -> None:
        if progress.trial != self._visit or self._at != "visit":
            return
        visit = self._desk.visits.find(progress.trial)
        if visit:
            self._show_screen(screens.visit_progress(visit, progress, wait=self._desk.eta(progress.vin)))

    async def tick(self) -> None:
        """Once a second: the site's time, limits that ran out, and what is left until the gate opens."""
        await self._shown.tick(line_up=self._desk.line_up())
        if self._gate is not None and not self._looking:
            answer = self._gate.tick(at_s=time.monotonic())
            if answer is not None:
                self._face_answered(answer)
        minute = self._desk.clock.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            self._send({"t": "time", "now": screens.stamp(minute)})
        self._tell_when_called()
        progress = self._desk.service.board.of(self._visit) if self._at == "visit" else None
        if progress and screens.SCREEN_OF_PHASE[progress.phase] == "coming":
            self._send(WaitTold(wait=self._desk.eta(progress.vin)).model_dump(mode="json"))

    def _not_now(self, trial: UUID, answer: NotNow) -> None:
        self._state_refusal(answer.reason, trial)
        self._forget_visitor()
        self._go("refused", screens.not_now(answer))

    # --- help ---

    async def _help(self, message: dict[str, Any]) -> None:
        called = self._ask_for_help("asked")
        self._called = True
        self._call_waits = self._call_is_stuck()
        if self._call_waits:
            self._send({"t": "note", "note": "help_waits"})
        else:
            self._send({"t": "note", "note": "help_called" if called else "help_known"})

    async def _show_me(self, message: dict[str, Any]) -> None:
        """Whoever called may let the operator see them; without a line nobody could."""
        if self._called and self._desk.line_up():
            self._shown.begin(kiosk=self._name)

    async def _hide_me(self, message: dict[str, Any]) -> None:
        await self._shown.end()

    def _call_is_stuck(self) -> bool:
        """A call is kept while the line to the operators is down: nobody has heard it yet."""
        return not self._desk.line_up() and self._desk.outbox.holds("help_wanted")

    def _tell_when_called(self) -> None:
        """Who was told that their call waits hears when it has gone out."""
        if self._call_waits and not self._desk.outbox.holds("help_wanted"):
            self._call_waits = False
            self._send({"t": "note", "note": "help_called"})

    async def _camera_dead(self, message: dict[str, Any]) -> None:
        """A camera that somebody asked to be seen by. Without one the pass is typed, and nobody need come."""
        if self._at == "looking":
            self._ask_for_help("camera_dead")

    def _ask_for_help(self, reason: Literal["asked", "camera_dead"]) -> bool:
        """One call a minute for each reason is enough from one kiosk; False when there was one just now."""
        now = self._desk.clock.now()
        key = f"{self._address} {self._name} {reason}"
        if self._desk.help.open_from(key, now=now) > now:
            return False
        self._desk.help.count(key, now=now)
        trial = self._visit if self._method else None
        self._desk.outbox.put(HelpWanted(at=now, reason=reason, trial=trial, kiosk=self._name))
        log.info("help wanted", reason=reason, kiosk=self._name)
        return True

    # --- parts ---

    def _go(self, at: str, screen: screens.Screen) -> None:
        self._at = at
        self._show_screen(screen)

    def _show_screen(self, screen: screens.Screen) -> None:
        """A refusal of which the staff are told says whether they can hear of it just now."""
        self._send(screen | {"line": self._desk.line_up()} if screen["screen"] == "refused" else screen)

    def _new_nonce(self) -> str:
        self._nonce = os.urandom(NONCE_BYTES)
        return self._nonce.hex()

    def _stop_looking(self) -> None:
        if self._gate:
            self._desk.gatekeeper.close(self._gate)
        self._gate, self._nonce = None, b""

    def _forget_visitor(self) -> None:
        self._stop_looking()
        self._visit = self._method = self._held = None

    def _state_refusal(self, reason: RefusalFact, trial: UUID | None) -> None:
        self._desk.outbox.put(VisitorRefused(at=self._desk.clock.now(), reason=reason, trial=trial))
        log.info("visitor refused", reason=reason, trial=str(trial) if trial else None)


def _name_of(hello: dict[str, Any]) -> str:
    """What the kiosk was set up as, else the beginning of its id: two screens without a name are two all the same."""
    name = str(hello.get("name", "")).strip()[:KIOSK_NAME_LENGTH]
    return name if name.isprintable() and name else str(hello.get("kiosk", ""))[:6]
