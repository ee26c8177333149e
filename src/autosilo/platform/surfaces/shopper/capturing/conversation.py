"""From a page's first word to the last: who it is, what is seen of them, and what is kept of it.

Pictures and embeddings live in the session's object alone, which ends with the connection.
"""

import time
from typing import TYPE_CHECKING, Final, Literal

import structlog
from django.db import connections
from django.utils import translation

from autosilo.meter import Part, spent
from autosilo.platform.journey.identity import actions as identity
from autosilo.platform.journey.identity import faces, portraits
from autosilo.platform.journey.identity.consent_text import asks_for_portrait
from autosilo.platform.journey.identity.tickets import Ticket
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.kit import clock
from autosilo.platform.surfaces.shopper.capturing import words
from autosilo.platform.surfaces.shopper.capturing.line import Line
from autosilo.vision.presence.answers import Answer, Captured, Guidance, Refused
from autosilo.vision.presence.capture import CaptureSession
from autosilo.vision.presence.eye import Eye
from autosilo.wire.capture import Begin, CaptureOver, MoreTime, Portrait

if TYPE_CHECKING:
    from autosilo.platform.surfaces.shopper.capturing.door import CaptureDoor

log = structlog.get_logger(__name__)

FIRST_WORD_S: Final = 10.0
TICK_S: Final = 0.5
MIN_FRAME_GAP_S: Final = 1 / 8.5
"""A page sends the next frame when the last was answered, eight a second at most; faster ones are dropped unseen."""


PORTRAIT: Final = frozenset({"portrait_missing", "portrait_differs"})


class Conversation:
    def __init__(self, door: "CaptureDoor", line: Line, ticket: Ticket) -> None:
        self._door, self._line, self._ticket = door, line, ticket
        self._frame_at = 0.0

    async def run(self) -> None:
        """Raises ``Gone`` when the page does not stay until the end."""
        said, ticket = await self._line.next(within_s=FIRST_WORD_S), self._ticket
        if not isinstance(said, Begin):
            return await self._line.say(CaptureOver(outcome="again", words=words.said("expired", ticket.language)))
        if not self._door.sit_down(ticket.person):
            return await self._line.say(CaptureOver(outcome="again", words=words.said("busy", ticket.language)))
        try:
            await self._line.say(await self._ended(ticket, said.portrait))
        finally:
            self._door.stand_up(ticket.person)

    async def _ended(self, ticket: Ticket, portrait: Portrait | None) -> CaptureOver:
        try:
            eye = await self._door.on_thread(faces.eye)
        except Exception as error:  # no weights, no model: the pass serves everybody
            log.error("faces cannot be captured, passes work", error=str(error))
            return CaptureOver(outcome="closed", words=words.said("closed", ticket.language))
        answer = await self._watch(eye)
        if isinstance(answer, Captured):
            content = eye.write_template(answer.embedding)
            return await self._door.on_thread(lambda: kept(ticket, content, portrait))
        reason = answer.reason if isinstance(answer, Refused) else "doubtful"
        log.info("a capture came to nothing", trial=str(ticket.trial), reason=reason)
        return CaptureOver(outcome="again", words=words.said(reason, ticket.language))

    async def _watch(self, eye: Eye) -> Answer:
        session = CaptureSession(eye=eye, began_s=time.monotonic(), memory=self._door.memory)
        try:
            while True:
                answer = await self._next(session)
                if isinstance(answer, Guidance):
                    await self._line.say(answer.told())
                elif answer is not None:
                    return answer
        finally:
            session.forget()

    async def _next(self, session: CaptureSession) -> Answer | None:
        said = await self._line.next(within_s=TICK_S)
        now = time.monotonic()
        if isinstance(said, MoreTime):
            session.more_time()
        elif isinstance(said, bytes) and now - self._frame_at >= MIN_FRAME_GAP_S:
            self._frame_at = now
            return await self._door.on_thread(lambda: self._seen(session, said))
        return session.tick(at_s=now)

    def _seen(self, session: CaptureSession, jpeg: bytes) -> Answer:
        with spent(Part.VISION):
            came_s = time.monotonic()
            answer = session.feed(session.eye.look(jpeg), at_s=came_s)
        self._door.memory.untold()  # movements of the shop's visitors stay in this process
        return answer


def kept(ticket: Ticket, template: bytes, portrait: Portrait | None = None) -> CaptureOver:
    """The capture is over and good: consent and template are recorded. In the thread, with a connection of its own."""
    try:
        with translation.override(ticket.language):
            return enrolled(ticket, template, portrait)
    except Exception:
        log.exception("a captured face could not be kept", trial=str(ticket.trial))
        return CaptureOver(outcome="again", words=words.said("broken", ticket.language))
    finally:
        connections.close_all()


def enrolled(ticket: Ticket, template: bytes, portrait: Portrait | None = None) -> CaptureOver:
    """Record consent and sealed template; says where the page goes on, or why not."""
    trial = Trial.objects.select_related("site").filter(pk=ticket.trial, person=ticket.person).first()
    there = f"/trials/{ticket.trial}"
    with_portrait = asks_for_portrait(ticket.version)
    try:
        if trial is None:
            raise identity.CannotEnrol("trial_over")
        if with_portrait:
            _compare(trial, template, portrait)
        held = identity.enrol(
            trial=trial,
            template=template,
            consent_version=ticket.version,
            language=ticket.language,
            now=clock.now(),
        )
    except identity.CannotEnrol as refusal:
        outcome: Literal["again", "closed"] = "again" if refusal.reason in PORTRAIT else "closed"
        return CaptureOver(outcome=outcome, words=str(refusal), portrait=with_portrait)
    return CaptureOver(outcome="enrolled", to=f"{there}/selfie/pass" if held else there, held=held)


def _compare(trial: Trial, template: bytes, portrait: Portrait | None) -> None:
    """With the licence's, as was agreed to. Raises ``CannotEnrol``."""
    if portrait is None:
        raise identity.CannotEnrol("portrait_missing")
    face = faces.eye().read_template(template)
    try:
        agreed = portraits.agrees(ask_id=portrait.ask, trial=trial, key=portrait.key, face=face, now=clock.now())
    except portraits.NoPortrait as error:
        raise identity.CannotEnrol("portrait_missing") from error
    if not agreed:
        raise identity.CannotEnrol("portrait_differs")
