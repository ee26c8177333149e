"""No request body is larger than one photo; the rest is refused before Django would put it into a temporary file."""

from autosilo.platform.kit.asgi import Application, Message, Receive, Send

TOO_LARGE = 413
WORDS = b"This is too large to be sent here.\n"


class BodyLimit:
    """Wraps an ASGI application. A stated length over ``most`` bytes is answered with 413; a body that turns out longer
    than that, or than it said, is cut off as if the client had gone."""

    def __init__(self, application: Application, *, most: int) -> None:
        self._application = application
        self._most = most

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._application(scope, receive, send)
        if _stated(scope) > self._most:
            return await _refuse(send)
        return await self._application(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            return {"type": "http.disconnect"} if seen > self._most else message

        return counted


def _stated(scope: Message) -> int:
    value = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"0")
    return int(value) if value.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(WORDS)).encode())]
    await send({"type": "http.response.start", "status": TOO_LARGE, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": WORDS})
