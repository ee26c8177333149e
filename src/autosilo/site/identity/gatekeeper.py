"""Runs gate sessions and reads passes on the one vision thread, so that control and sockets never wait for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random, SystemRandom
from typing import TypeVar
from uuid import UUID

import structlog

from autosilo.meter import Part, spent
from autosilo.site.identity.barcode import read_pass
from autosilo.site.identity.templates import open_held, open_templates
from autosilo.site.visits.store import VisitStore
from autosilo.vision.presence.answers import Accepted, Answer, Guidance
from autosilo.vision.presence.eye import Embedding, Eye
from autosilo.vision.presence.motion import MotionMemory, heard, told
from autosilo.vision.presence.session import GateSession
from autosilo.wire.held import CannotOpen
from autosilo.wire.movements import Movements

log = structlog.get_logger(__name__)

T = TypeVar("T")


class FacesUnavailable(Exception):
    """No model weights or no sealing key at this site: the pass serves everybody."""


class Gatekeeper:
    """``make_eye`` is called once, on the vision thread; it may raise when weights are missing. ``share`` tells other
    sites how somebody moved.

    ``random`` draws the movements; anything that can be foreseen is for tests.
    """

    def __init__(
        self,
        *,
        visits: VisitStore,
        make_eye: Callable[[], Eye],
        key: bytes | None,
        share: Callable[[Movements], Awaitable[None]] | None = None,
        random: Random | None = None,
    ) -> None:
        self._random = random or SystemRandom()
        self._visits = visits
        self._make_eye = make_eye
        self._key = key
        self._share = share
        self._eye: Eye | None = None
        self._memory = MotionMemory()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vision")

    @property
    def faces(self) -> bool:
        """Can faces be served now?"""
        return self._eye is not None and self._key is not None

    async def start(self) -> None:
        """Load the models; without them the site goes on with passes."""
        try:
            self._eye = await self._on_thread(self._make_eye)
        except Exception as error:
            log.error("faces cannot be served, passes can", error=str(error))

    async def stop(self) -> None:
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    async def open(self, *, now: datetime) -> GateSession:
        """A session over those who may come now or about now. Raises ``FacesUnavailable``."""
        eye, key = self._eye, self._key
        if eye is None or key is None:
            raise FacesUnavailable
        sealed = self._visits.templates(now=now)
        if sealed:
            trials = " ".join(str(trial) for trial, _ in sealed)
            self._visits.accesses.note("templates_opened", count=len(sealed), trials=trials)
        return self._session(eye, await self._on_thread(lambda: open_templates(sealed, key=key, eye=eye)))

    async def open_held(self, trial: UUID, *, pass_key: bytes) -> GateSession | None:
        """A session over the one visitor whose pass was shown; None when it opens no template of this visit.

        Neither the key nor what it opened is kept anywhere but in the session. Raises ``FacesUnavailable``.
        """
        eye, key = self._eye, self._key
        if eye is None or key is None:
            raise FacesUnavailable
        sealed = self._visits.held_template(trial)
        if sealed is None:
            return None
        try:
            template = await self._on_thread(
                lambda: open_held(sealed, key=key, pass_key=pass_key, trial=trial, eye=eye)
            )
        except CannotOpen:
            self._visits.accesses.note("template_stayed_shut", trial=trial)
            return None
        self._visits.accesses.note("templates_opened", count=1, trials=str(trial))
        return self._session(eye, {trial: template})

    def _session(self, eye: Eye, templates: dict[UUID, Embedding]) -> GateSession:
        began_s = time.monotonic()
        return GateSession(eye=eye, templates=templates, began_s=began_s, memory=self._memory, random=self._random)

    async def look(self, session: GateSession, jpeg: bytes) -> Answer:
        """One frame; some tens of milliseconds on the vision thread."""
        answer, fresh = await self._on_thread(lambda: (self._seen(session, jpeg), self._memory.untold()))
        if not isinstance(answer, Guidance):
            whose = answer.trial if isinstance(answer, Accepted) else None
            self._note(session, type(answer).__name__.lower(), whose)
        for even in fresh:
            if self._share and len(even):
                await self._share(told(even))
        return answer

    def close(self, session: GateSession) -> None:
        """It is over, whether it came to an answer or was left, timed out or interrupted before."""
        if session.compared:
            self._note(session, "left", None)
        session.forget()

    def _note(self, session: GateSession, outcome: str, whose: UUID | None) -> None:
        """A face was held against templates, and how that ended: once a session."""
        if not session.logged:
            session.logged = True
            self._visits.accesses.note("face_compared", trial=whose, outcome=outcome)

    async def heard(self, movements: Movements) -> None:
        """Another site tells how somebody moved there."""
        await self._on_thread(lambda: self._memory.learn(heard(movements)))

    def _seen(self, session: GateSession, jpeg: bytes) -> Answer:
        with spent(Part.VISION):
            came_s = time.monotonic()
            return session.feed(session.eye.look(jpeg), at_s=came_s)

    async def read_pass(self, jpeg: bytes) -> str | None:
        """The text of a pass that is held before the camera."""
        return await self._on_thread(lambda: read_pass(jpeg))

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
