"""Somebody alive before Chromium's fake camera: the browser plays a file of one picture, which is drawn anew meanwhile.

Chromium reads each frame of a .y4m file from the disk when its turn comes, so what is written there is seen at once.
"""

import math
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from autosilo.vision.faces import FaceEngine
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.turned import View

WIDTH, HEIGHT, A_SECOND = 640, 480, 12
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{A_SECOND}:1 Ip A1:1 C420\n".encode()
LEVELS = 5
FAR: dict[str, Callable[[float], View]] = {
    "left": lambda share: View(yaw=28 * share),
    "right": lambda share: View(yaw=-28 * share),
    "up": lambda share: View(pitch=30 * share),
    "closer": lambda share: View(size=1 + 0.36 * share),
}
MOVES_S = (0.45, 0.9)
REACTS_S = (0.35, 0.7)
STANDS = 16  # pixels, each way
LOOK_MS = 40


def y4m(picture: np.ndarray) -> np.ndarray:
    """The bytes of one frame: luma, then both chroma planes of half the size, limited range."""
    luma, blue, red = Image.fromarray(picture).convert("YCbCr").split()
    planes = [np.asarray(luma, np.float32) * (219 / 255) + 16]
    planes += [(np.asarray(plane.reduce(2), np.float32) - 128) * (224 / 255) + 128 for plane in (blue, red)]
    return np.concatenate([np.rint(plane).astype(np.uint8).ravel() for plane in planes])


class LiveCamera(threading.Thread):
    """A person who does what they are ``told``; the file at ``path`` shows them."""

    def __init__(self, path: Path, photo: Path, engine: FaceEngine) -> None:
        super().__init__(daemon=True, name=f"camera {photo.stem}")
        self.path = path
        actor = Actor(photo.read_bytes(), engine)
        rest = actor.seen(View())
        self._film = {
            name: [y4m(rest), *(y4m(actor.seen(far(level / LEVELS))) for level in range(1, LEVELS + 1))]
            for name, far in FAR.items()
        }
        self._random = random.Random()
        self._wanted, self._since, self._late = "look", 0.0, 0.0
        self._over = threading.Event()
        path.write_bytes(HEAD + b"FRAME\n" + y4m(rest).tobytes())
        self.arrive()

    def arrive(self) -> None:
        """Stand somewhere, as people do."""
        self._stands = [self._random.randint(-STANDS, STANDS) for _ in range(2)]
        self.told("look")

    def told(self, prompt: str) -> None:
        if prompt != self._wanted:
            self._late = self._random.uniform(*REACTS_S)
            self._wanted, self._since = prompt, time.monotonic()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        arm, share, lasts, last = "left", 0.0, 0.6, time.monotonic()
        with self.path.open("r+b") as file:
            while not self._over.wait(1 / A_SECOND):
                now = time.monotonic()
                step, last = (now - last) / lasts, now
                wanted = self._wanted if now - self._since > self._late else None
                if wanted in FAR and share == 0:
                    arm, lasts = wanted, self._random.uniform(*MOVES_S)
                if wanted is not None:
                    share = min(1.0, share + step) if wanted == arm else max(0.0, share - step)
                os.pwrite(file.fileno(), self._seen(arm, share, now).tobytes(), len(HEAD) + len(b"FRAME\n"))

    def _seen(self, arm: str, share: float, now: float) -> np.ndarray:
        sway = [self._stands[0] + 3 * math.sin(now), self._stands[1] + 2 * math.sin(1.7 * now)]
        right, down = (2 * round(pixels / 2) for pixels in sway)
        frame = self._film[arm][round(share * LEVELS)]
        cut = WIDTH * HEIGHT
        planes = [frame[:cut].reshape(HEIGHT, WIDTH), *frame[cut:].reshape(2, HEIGHT // 2, WIDTH // 2)]
        moved = [_shifted(planes[0], down, right), *(_shifted(one, down // 2, right // 2) for one in planes[1:])]
        return np.concatenate([plane.ravel() for plane in moved])


def _shifted(plane: np.ndarray, down: int, right: int) -> np.ndarray:
    """The edge is repeated: a seam in the picture would look like the border of a print."""
    rows, columns = (
        np.clip(np.arange(side) - by, 0, side - 1) for side, by in zip(plane.shape, (down, right), strict=True)
    )
    return plane[np.ix_(rows, columns)]


def follow(page: Page, camera: LiveCamera, *, limit_s: float = 100.0) -> str:
    """Do what the kiosk asks until it shows another screen; answers which."""
    end = time.monotonic() + limit_s
    camera.arrive()
    seen: Any = None
    while time.monotonic() < end:
        seen = page.evaluate(
            "() => [document.getElementById('screen').dataset.screen, "
            "document.querySelector('.looking')?.dataset.prompt ?? 'look']"
        )
        if seen[0] not in ("looking", "welcome"):
            camera.told("look")
            return str(seen[0])
        camera.told(seen[1])
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"the kiosk did not make up its mind: {seen}")
