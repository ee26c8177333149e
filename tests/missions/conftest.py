"""One shop for all missions, real faces before the cameras, a fresh page for each person."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Playwright, Response, StorageState, expect, sync_playwright

from autosilo.vision.faces import FaceEngine
from autosilo.vision.samples.clip import make_clip
from missions.browsers import browser_seeing
from missions.camera import LiveCamera
from missions.people import SLOW_MS, Operator, Shopper, Technician, Visitor
from missions.shop import Shop, running_shop
from vision.cache import ready_cache

SERVER_ERROR = 500
SELFIE, AT_THE_GATE, STRANGER = "obama.jpg", "obama3.jpg", "biden.jpg"


@pytest.fixture(scope="session")
def samples() -> Path:
    return ready_cache() / "samples"


@pytest.fixture(scope="session")
def clips(samples: Path) -> dict[str, Path]:
    """Camera clips by sample name, of somebody who does not follow anything."""
    engine = FaceEngine(samples.parent / "weights")
    folder = samples.parent / "clips"
    folder.mkdir(exist_ok=True)
    made = {}
    for name in (STRANGER,):
        made[name] = folder / f"{Path(name).stem}.mjpeg"
        make_clip(samples / name, made[name], 3.0, engine=engine)
    return made


@pytest.fixture(scope="module")
def live(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, LiveCamera]]:
    """Somebody before a camera who does what is asked, at home and, on another day, at the gate: nothing recorded would
    be taken or let in."""
    engine = FaceEngine(samples.parent / "weights")
    folder = tmp_path_factory.mktemp("camera")
    cameras = {}
    for name in (SELFIE, AT_THE_GATE):
        cameras[name] = LiveCamera(folder / f"{Path(name).stem}.y4m", samples / name, engine)
        cameras[name].start()
    yield cameras
    for camera in cameras.values():
        camera.stop()


@pytest.fixture(scope="session")
def shop(samples: Path) -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture(scope="module")  # its event loop would be in the way of other modules' asyncio tests
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=SLOW_MS)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browsers(
    playwright: Playwright, clips: dict[str, Path], live: dict[str, LiveCamera]
) -> Iterator[Callable[[str | None], Browser]]:
    """A browser for each picture before its camera; ``None`` for one without a camera."""
    opened: dict[str | None, Browser] = {}
    with ExitStack() as stack:

        def seeing(name: str | None) -> Browser:
            if name not in opened:
                clip = live[name].path if name in live else clips[name] if name else None
                opened[name] = stack.enter_context(browser_seeing(playwright, clip))
            return opened[name]

        yield seeing


class Street:
    """Where people come from: each with a browser session of their own."""

    _count = itertools.count(1)

    def __init__(
        self, shop: Shop, browsers: Callable[[str | None], Browser], live: dict[str, LiveCamera] | None = None
    ) -> None:
        self._shop, self._browsers, self._live = shop, browsers, live or {}
        self._stack = ExitStack()
        self.server_errors: list[str] = []

    def _page(self, sees: str | None, width: int, height: int, *, scripts: bool = True) -> object:
        context = self._browsers(sees).new_context(
            viewport={"width": width, "height": height}, locale="en-GB", java_script_enabled=scripts
        )
        if sees:
            context.grant_permissions(["camera"])
        self._stack.callback(context.close)
        context.on("response", self._note_server_error)
        return context.new_page()

    def _note_server_error(self, response: Response) -> None:
        if response.status >= SERVER_ERROR:
            self.server_errors.append(f"{response.status} {response.request.method} {response.url}")

    def shopper(self, sees: str | None = SELFIE, *, scripts: bool = True) -> Shopper:
        page = self._page(sees, 412, 915, scripts=scripts)
        return Shopper(page=page, shop=self._shop, camera=self._live.get(sees or ""))  # type: ignore[arg-type]

    def eligible_shopper(self, sees: str | None = SELFIE, *, licence: str | None = None) -> Shopper:
        """Somebody who has joined, is premium and whose credit is good, ready to book."""
        shopper = self.shopper(sees)
        shopper.join(f"ming-{uuid4().hex[:12]}@example.org")
        licence = licence or f"31010119900101{next(self._count):04d}"
        shopper.give_details(licence=licence)
        shopper.prove_licence(licence)
        shopper.become_premium()
        return shopper

    def visitor(self, sees: str | None) -> Visitor:
        camera = self._live.get(sees or "")
        return Visitor(page=self._page(sees, 1080, 1920), shop=self._shop, camera=camera)  # type: ignore[arg-type]

    def operator(self, session: StorageState | None = None) -> Operator:
        """Signed in, by the cookies of an earlier session where there was one."""
        operator = Operator(page=self._page(None, 1440, 900), shop=self._shop)  # type: ignore[arg-type]
        if session:
            operator.page.context.add_cookies(session["cookies"])  # type: ignore[arg-type]
        else:
            operator.log_in()
        return operator

    def technician(self) -> Technician:
        """Signed in, with a phone."""
        technician = Technician(page=self._page(None, 412, 915), shop=self._shop)  # type: ignore[arg-type]
        technician.log_in()
        return technician

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def street(shop: Shop, browsers: Callable[[str | None], Browser], live: dict[str, LiveCamera]) -> Iterator[Street]:
    street = Street(shop, browsers, live)
    yield street
    street.close()


@pytest.fixture(scope="session")
def operator_session() -> dict[str, StorageState]:
    """One operator for the whole shift: a one-time code works once."""
    return {}


@pytest.fixture(scope="module")
def operator(
    shop: Shop, browsers: Callable[[str | None], Browser], operator_session: dict[str, StorageState]
) -> Iterator[Operator]:
    street = Street(shop, browsers)
    operator = street.operator(operator_session.get("kept"))
    operator_session["kept"] = operator.page.context.storage_state()
    yield operator
    street.close()
