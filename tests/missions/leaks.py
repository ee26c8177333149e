"""Looks for what a face was in everything that a running shop keeps or shows: picture, embedding, template, score."""

import base64
import contextlib
import http.client
import json
import re
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psycopg
from playwright.sync_api import BrowserContext
from psycopg import sql

from autosilo.up import postgres
from autosilo.vision.faces import FaceEngine, template_bytes
from autosilo.vision.images import read_image
from missions.shop import Shop

PHOTOS = 8  # of all that were taken in a visit, evenly spread, the first and the last with them
WINDOW = 48  # bytes of a picture or template, by which it is known again wherever it was cut
WINDOWS = (0.45, 0.8)  # where in it; the beginning is the same for every JPEG
DIGITS = 7  # of a number: too many to be the same by chance
NUMBERS = 4
SCORES = re.compile(rb"(?i)\b(?:score|similarity|liveness|cosine)[\"']?\s*[:=]\s*[\"']?-?\d*\.\d+")
NOT_READ = frozenset({"pg", "weights", "samples", "secrets.json"})
"""The database is read by SQL; the others have nothing of a visit."""
NOTE = """(() => {
  const plain = HTMLCanvasElement.prototype.toBlob;
  HTMLCanvasElement.prototype.toBlob = function (done, ...rest) {
    return plain.call(this, async (blob) => {
      done(blob);
      if (!blob) return;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      window.noteWhatWasTaken(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    }, ...rest);
  };
})();"""


@dataclass
class Taken:
    """Every picture that the pages of some people took with their cameras, as it was sent."""

    photos: list[bytes] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """From its next page on."""
        context.expose_function("noteWhatWasTaken", lambda text: self.photos.append(text.encode("latin-1")))
        context.add_init_script(NOTE)


def needles(photos: Sequence[bytes], engine: FaceEngine) -> dict[str, list[bytes]]:
    """What to look for, by what it would mean to find it."""
    some = [photos[round(at * (len(photos) - 1) / (PHOTOS - 1))] for at in range(PHOTOS)]
    found: dict[str, list[bytes]] = {"a picture": [], "an embedding": [], "a template": []}
    for photo in dict.fromkeys(some):
        found["a picture"] += [form for piece in _pieces(photo) for form in written(piece)]
        embedding = engine.look(read_image(photo)).embedding
        if embedding is None:
            continue
        found["a template"] += [form for piece in _pieces(template_bytes(embedding)) for form in written(piece)]
        found["an embedding"] += [form for piece in _pieces(embedding.tobytes()) for form in written(piece)]
        largest = sorted(map(abs, embedding.tolist()))[-NUMBERS:]
        found["an embedding"] += [f"{value:.{DIGITS + 2}f}"[: DIGITS + 2].encode() for value in largest]
    return found


def written(piece: bytes) -> list[bytes]:
    """The ways in which bytes stand in files: as they are, in hex, and in base64 wherever they begin."""
    texts = [base64.b64encode(piece[start : start + WINDOW - 3]) for start in range(3)]
    return [piece, piece.hex().encode(), *texts]


def search(shop: Shop, wanted: dict[str, list[bytes]]) -> list[str]:
    """Where something of it stands."""
    found = []
    for place, content in everything(shop):
        found += [f"{what} in {place}" for what, forms in wanted.items() if any(form in content for form in forms)]
        found += [f"a score in {place}: {score.decode()}" for score in SCORES.findall(content)]
    return found


def everything(shop: Shop) -> Iterator[tuple[str, bytes]]:
    """Each table of the database, each file of the home (logs, the bus' streams, the sites' stores, letters) and the
    metrics of each process."""
    yield from _tables(shop)
    for path in sorted(shop.home.rglob("*")):
        inner = path.relative_to(shop.home)
        if inner.parts[0] not in NOT_READ and path.is_file() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):  # rotated away meanwhile
                yield f"{inner}", path.read_bytes()
    for name, port in shop.status()["ports"].items():
        with contextlib.suppress(OSError, http.client.HTTPException):  # a door of another protocol
            address = f"http://127.0.0.1:{port}/metrics"
            with urllib.request.urlopen(address, timeout=5) as answer:
                yield f"the metrics of {name}", answer.read()


def _tables(shop: Shop) -> Iterator[tuple[str, bytes]]:
    password = json.loads((shop.home / "secrets.json").read_text())["postgres"]
    address = postgres.url(shop.status()["ports"]["postgres"], password)
    with psycopg.connect(address, autocommit=True) as link:
        names = link.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information)'")
        for schema, table in names.fetchall():
            with link.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))) as rows:
                yield f"table {table}", b"".join(bytes(row) for row in rows)


def _pieces(whole: bytes) -> list[bytes]:
    return [whole[at : at + WINDOW] for at in (int(share * (len(whole) - WINDOW)) for share in WINDOWS)]
