"""Where the WebSocket of a capture comes in, before Django, whose views speak none."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from autosilo.platform.journey.identity import tickets
from autosilo.platform.journey.identity.tickets import BadTicket, Ticket
from autosilo.platform.kit.asgi import Application, Message, Receive, Send
from autosilo.platform.surfaces.shopper.capturing.conversation import Conversation
from autosilo.platform.surfaces.shopper.capturing.line import Gone, Line
from autosilo.vision.presence.motion import MotionMemory
from autosilo.wire.capture import PATH, PROTOCOL

SEATS: Final = 6
"""Captures at once in one web process: its vision thread looks at about eighteen frames a second, and below three a
second a movement is not followed any more."""
NOT_HERE: Final = 4404

T = TypeVar("T")


def _ticket(scope: Message) -> Ticket | None:
    """That which stands beside our protocol's name."""
    given = [name for name in scope.get("subprotocols", ()) if name != PROTOCOL]
    try:
        return tickets.read(given[0]) if len(given) == 1 and PROTOCOL in scope["subprotocols"] else None
    except BadTicket:
        return None


class CaptureDoor:
    """Wraps an ASGI application. All pictures of a process are looked at on one thread, so that pages never wait."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="capture")
        self._seated: set[int] = set()
        self.memory = MotionMemory()
        """How people moved in earlier captures of this process; for its one thread."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._application(scope, receive, send)
            return
        await receive()  # the connection itself
        ticket = _ticket(scope) if scope["path"] == PATH else None
        if ticket is None:  # before it is accepted: who has no ticket sends nothing
            await send({"type": "websocket.close", "code": NOT_HERE})
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        line = Line(receive, send)
        try:
            await Conversation(self, line, ticket).run()
        except Gone:
            return
        finally:
            line.let_go()
        await send({"type": "websocket.close", "code": 1000})

    def sit_down(self, person: int) -> bool:
        """One capture a person, and no more of all than can be followed."""
        if person in self._seated or len(self._seated) >= SEATS:
            return False
        self._seated.add(person)
        return True

    def stand_up(self, person: int) -> None:
        self._seated.discard(person)

    async def on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def stop(self) -> None:
        """End the thread; for tests, since a web process lives as long as it does."""
        self._thread.shutdown()
