"""A shopper's page while their face is captured: its WebSocket, with real camera frames."""

import asyncio
import itertools
import json
import time

import aiohttp

from autosilo.bench.visit.kiosk import FRAME_S, PATIENCE_S, REACTION_S
from autosilo.bench.visit.page import Unexpected
from autosilo.bench.visit.pictures import Performance
from autosilo.wire.capture import PATH, PROTOCOL, Begin, CaptureOver
from autosilo.wire.gate import GatePrompt


async def capture(web: str, ticket: str, shown: Performance) -> tuple[CaptureOver, float]:
    """Do before the camera what is asked, until the server has made up its mind.

    Returns its last word, and the seconds without the person's: those from the last frame until then.
    """
    async with aiohttp.ClientSession() as session, session.ws_connect(web + PATH, protocols=(PROTOCOL, ticket)) as line:
        await line.send_str(Begin().model_dump_json())
        prompt = "look"
        for index in itertools.count():
            frames = shown[prompt]
            sent = time.perf_counter()
            await line.send_bytes(frames[index % len(frames)])
            heard = json.loads(await line.receive_str(timeout=PATIENCE_S))
            if heard["t"] == "over":
                return CaptureOver.model_validate(heard), time.perf_counter() - sent
            wanted = GatePrompt.model_validate(heard).prompt.value
            await asyncio.sleep(FRAME_S if wanted == prompt else REACTION_S)
            prompt = wanted
    raise Unexpected("the capture ended without a word")
