"""A clip, seen through Chromium's own camera."""

import base64
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from autosilo.vision.faces import FaceEngine
from autosilo.vision.images import read_image
from autosilo.vision.samples.clip import make_clip
from autosilo.vision.thresholds import LIVENESS, MATCH_GATE, MATCH_SINGLE

pytestmark = pytest.mark.browser

TAKE_PHOTOS = """
async () => {
  const video = document.createElement('video');
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
  await video.play();
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  const photos = [];
  for (let i = 0; i < 3; i++) {
    await new Promise((done) => setTimeout(done, 150));
    canvas.getContext('2d').drawImage(video, 0, 0);
    photos.push(canvas.toDataURL('image/jpeg', 0.9).split(',')[1]);
  }
  return photos;
}
"""


def photos_of(clip: Path) -> list[bytes]:
    """What a page sees of the camera."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    flags = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        page.route("**/*", lambda route: route.fulfill(body="<title>camera</title>", content_type="text/html"))
        page.goto("http://localhost/")
        encoded = page.evaluate(TAKE_PHOTOS)
        browser.close()
    return [base64.b64decode(photo) for photo in encoded]


@pytest.mark.parametrize(
    ("name", "form", "same"), [("obama3", "y4m", True), ("biden", "y4m", False), ("obama", "mjpeg", True)]
)
def test_the_browser_sees_a_living_person_and_who_it_is(
    faces: FaceEngine, samples_dir: Path, tmp_path: Path, name: str, form: str, same: bool
) -> None:
    clip = tmp_path / f"camera.{form}"
    make_clip(samples_dir / f"{name}.jpg", clip, 2, engine=faces)
    enrolled = faces.look(read_image((samples_dir / "obama.jpg").read_bytes())).embedding
    assert enrolled is not None
    for photo in photos_of(clip):
        look = faces.look(read_image(photo))
        assert look.quality.ok
        assert look.liveness is not None
        assert look.liveness > LIVENESS
        assert look.embedding is not None
        score = float(look.embedding @ enrolled)
        assert score > MATCH_GATE if same else score < MATCH_SINGLE
