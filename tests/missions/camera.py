"""Somebody alive before Chromium's fake camera: the browser plays a file of one picture, which is drawn anew meanwhile.

Chromium reads each frame of a .y4m file from the disk when its turn comes, so what is written there is seen at once.
"""

import math
import os
import random
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from autosilo.vision.faces import FaceEngine
from autosilo.vision.samples.actor import Actor
from autosilo.vision.samples.turned import View

WIDTH, HEIGHT, A_SECOND = 640, 480, 12
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{A_SECOND}:1 Ip A1:1 C420\n".encode()
LEVELS = 6
FAR: dict[str, View] = {
    "left": View(yaw=28),
    "right": View(yaw=-28),
    "up": View(pitch=30),
    "closer": View(size=1.36),
}
REACHES = (0.72, 1.0)  # of a movement: nobody makes it twice alike, and the gate knows who does
MOVES_S = (0.45, 0.9)
REACTS_S = (0.35, 0.7)
STANDS = (40, 24)  # pixels, each way
SWAYS = ((4, (0.08, 0.4)), (3, (0.08, 0.4)))  # pixels, and how often a second
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
        self._actor = Actor(photo.read_bytes(), engine)
        self._random = random.Random()
        self._wanted, self._since, self._late = "look", 0.0, 0.0
        self._held: np.ndarray | None = None
        self._over = threading.Event()
        self.arrive()
        path.write_bytes(HEAD + b"FRAME\n" + self._film["left"][0].tobytes())

    def arrive(self) -> None:
        """Stand somewhere and somehow, as people do: before the kiosk looks, for it takes a second or two to draw."""
        draw = self._random.uniform
        here = View(yaw=draw(-4, 4), pitch=draw(-3, 3), roll=draw(-3, 3), size=draw(0.95, 1.05))
        rest = y4m(self._actor.seen(here))
        self._film = {
            name: [rest, *(y4m(self._actor.seen(here.moved(far, level / LEVELS))) for level in range(1, LEVELS + 1))]
            for name, far in FAR.items()
        }
        self._stands = [self._random.randint(-most, most) for most in STANDS]
        self._sways = [(size, draw(*often), draw(0, math.tau)) for size, often in SWAYS]
        self.told("look")

    def hold(self, picture: Image.Image | None) -> None:
        """Something before the camera instead of oneself; None takes it away."""
        self._held = None if picture is None else y4m(np.asarray(picture.convert("RGB").resize((WIDTH, HEIGHT))))

    def told(self, prompt: str) -> None:
        if prompt != self._wanted:
            self._late = self._random.uniform(*REACTS_S)
            self._wanted, self._since = prompt, time.monotonic()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        arm, reach, share, lasts, last = "left", 1.0, 0.0, 0.6, time.monotonic()
        with self.path.open("r+b") as file:
            while not self._over.wait(1 / A_SECOND):
                now = time.monotonic()
                step, last = (now - last) / lasts, now
                wanted = self._wanted if now - self._since > self._late else None
                if wanted in FAR and share == 0:
                    arm, lasts, reach = wanted, self._random.uniform(*MOVES_S), self._random.uniform(*REACHES)
                if wanted is not None:
                    share = min(1.0, share + step) if wanted == arm else max(0.0, share - step)
                shown = self._seen(arm, share * reach, now) if self._held is None else self._held
                os.pwrite(file.fileno(), shown.tobytes(), len(HEAD) + len(b"FRAME\n"))

    def _seen(self, arm: str, share: float, now: float) -> np.ndarray:
        swayed = (size * math.sin(math.tau * often * now + phase) for size, often, phase in self._sways)
        right, down = (2 * round((stand + sway) / 2) for stand, sway in zip(self._stands, swayed, strict=True))
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


KIOSK = """() => {
  const { screen } = document.getElementById("screen").dataset;
  if (screen !== "looking" && screen !== "welcome") return [screen, null];
  return [screen, document.querySelector(".looking")?.dataset.prompt || "look"];
}"""
SHOP = """() => {
  const stage = document.querySelector("[data-testid=capture]");
  const problem = document.querySelector("[data-testid=selfie-problem]")?.textContent;
  if (!stage || problem) return [problem || "taken", null];
  return [problem, stage.dataset.prompt];
}"""
"""What the page shows, and what it asks for; no prompt when it has made up its mind."""


def follow(page: Page, camera: LiveCamera, *, asked: str = KIOSK, limit_s: float = 100.0) -> str:
    """Do what the page asks until it has made up its mind; answers what it shows then."""
    end = time.monotonic() + limit_s
    seen: Any = None
    while time.monotonic() < end:
        try:
            seen = page.evaluate(asked)
        except PlaywrightError:  # the page goes on to another one just now
            page.wait_for_timeout(LOOK_MS)
            continue
        camera.told(seen[1] or "look")
        if seen[1] is None:
            return str(seen[0])
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"the page did not make up its mind: {seen}")
