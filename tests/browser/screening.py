"""A film shown in a real Chromium: a loopback server with byte ranges, a page that plays, and its report."""

from __future__ import annotations

import json
import queue
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).parent / "page.html").read_bytes()
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
]
PATIENCE = 90.0


@dataclass(frozen=True)
class Report:
    """What the page saw. Times in seconds, sizes in pixels; `shown` counts frames, `steps` are the times passed."""

    outcome: str
    error: str | None
    duration: float
    reached: float
    width: int
    height: int
    shown: int
    sound_bytes: int
    steps: list[float]


class Screening(ThreadingHTTPServer):
    """Serves the page and the film on loopback, and keeps what the page reports."""

    daemon_threads = True

    def __init__(self, film: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.film = film.read_bytes()
        self.reports: queue.Queue[dict[str, Any]] = queue.Queue()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Screening
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/":
            self.answer(HTTPStatus.OK, "text/html", PAGE)
        elif self.path == "/film.mp4":
            self.send_film()
        else:
            self.answer(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.reports.put(json.loads(body))
        self.answer(HTTPStatus.OK, "text/plain", b"")

    def send_film(self) -> None:
        film = self.server.film
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            self.answer(HTTPStatus.OK, "video/mp4", film)
            return
        first, last = int(wanted[1]), min(int(wanted[2] or len(film)), len(film) - 1)
        content_range = f"bytes {first}-{last}/{len(film)}"
        self.answer(HTTPStatus.PARTIAL_CONTENT, "video/mp4", film[first : last + 1], content_range)

    def answer(self, status: HTTPStatus, kind: str, body: bytes, content_range: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Accept-Ranges", "bytes")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keeps the tests' output quiet."""


@contextmanager
def serving(film: Path) -> Iterator[Screening]:
    with Screening(film) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browser(address: str, profile: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", address]
    with (profile.parent / "chromium.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def screen(film: Path, folder: Path) -> Report:
    """Plays the film from start to end in Chromium. `folder` takes the browser's profile and log."""
    with serving(film) as server, browser(server.address, folder / "profile"):
        try:
            return Report(**server.reports.get(timeout=PATIENCE))
        except queue.Empty:
            log = (folder / "chromium.log").read_text(errors="replace")[-3000:]
            raise AssertionError(f"Chromium reported nothing in {PATIENCE:.0f} s\n{log}") from None
