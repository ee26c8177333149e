"""A small door for a process that serves nobody: ``/healthz``, ``/readyz`` and ``/metrics`` on loopback."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Ready = Callable[[], dict[str, bool]]
"""What the process needs, by name, and whether it is there. Called in a thread of its own."""


def open_door(port: int, ready: Ready) -> ThreadingHTTPServer:
    """Answer from a background thread until the process ends, or until ``shutdown``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._json(200, {"status": "ok"})
            elif self.path == "/readyz":
                parts = ready()
                self._json(200 if all(parts.values()) else 503, parts)
            elif self.path == "/metrics":
                self._send(200, CONTENT_TYPE_LATEST, generate_latest())
            else:
                self._json(404, {"status": "not found"})

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a probe is no news."""

        def _json(self, status: int, content: object) -> None:
            self._send(status, "application/json", json.dumps(content).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    door = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    door.daemon_threads = True
    threading.Thread(target=door.serve_forever, name="door", daemon=True).start()
    return door
