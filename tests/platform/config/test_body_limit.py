"""A body that is too large is refused before anything of it is kept."""

from autosilo.platform.config.body_limit import BodyLimit

MOST = 10


async def ask(chunks: list[bytes], *, stated: int | None) -> tuple[list[dict], list[dict]]:
    """What the application saw, and what was answered."""
    headers = [] if stated is None else [(b"content-length", str(stated).encode())]
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]
    seen: list[dict] = []
    answered: list[dict] = []

    async def application(scope, receive, send):
        for _ in chunks:
            seen.append(await receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        answered.append(message)

    await BodyLimit(application, most=MOST)({"type": "http", "headers": headers}, receive, send)
    return seen, answered


async def test_a_body_within_the_limit_arrives_whole() -> None:
    seen, answered = await ask([b"12345", b"67890"], stated=10)
    assert [message["body"] for message in seen] == [b"12345", b"67890"]
    assert answered[0]["status"] == 200


async def test_a_stated_length_over_the_limit_is_refused_unread() -> None:
    seen, answered = await ask([b"1"], stated=11)
    assert seen == []
    assert answered[0]["status"] == 413


async def test_a_body_that_does_not_say_its_length_is_cut_off() -> None:
    seen, _ = await ask([b"12345", b"678901"], stated=None)
    assert [message["type"] for message in seen] == ["http.request", "http.disconnect"]
