"""A small Hugging Face hub on a real socket: one repository, files with their SHA-256 and size, ranges, and trouble."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "4553cd7" + "0" * 33


class FakeHub:
    """files: content by name. cut_after: bytes of the next answer, after which the connection breaks. status: of every
    download. announced_bytes, announced_sha256: instead of the true ones. redirects: downloads come from elsewhere.
    ranges: what was asked for. plain: answers like any other web server.
    """

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self.files: dict[str, bytes] = {}
        self.cut_after: int | None = None
        self.status = 200
        self.announced_bytes: int | None = None
        self.announced_sha256: str | None = None
        self.redirects = False
        self.ignores_ranges = False
        self.plain = False
        self.ranges: list[str | None] = []
        self.url = self.elsewhere = ""


class Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        name = self.path.rpartition("/")[2]
        if self.hub.plain:
            self._answer(200, {})
        elif name not in self.hub.files or not self.path.startswith(f"/{self.hub.repository}/resolve/main/"):
            self._answer(404, {"X-Error-Code": "EntryNotFound"})
        else:
            content = self.hub.files[name]
            sha256 = self.hub.announced_sha256 or hashlib.sha256(content).hexdigest()
            size = len(content) if self.hub.announced_bytes is None else self.hub.announced_bytes
            headers = {"X-Repo-Commit": COMMIT, "X-Linked-Etag": f'"{sha256}"', "X-Linked-Size": str(size)}
            if self.hub.redirects:
                self._answer(302, {**headers, "Location": f"{self.hub.elsewhere}/elsewhere/{name}"})
            else:
                self._answer(200, {**headers, "ETag": f'"{sha256}"'})

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if name not in self.hub.files:
            self._answer(404, {"X-Error-Code": "EntryNotFound"})
            return
        if self.hub.redirects and not self.path.startswith("/elsewhere/"):
            self._answer(302, {"Location": f"{self.hub.elsewhere}/elsewhere/{name}"})
            return
        asked = self.headers.get("Range")
        self.hub.ranges.append(asked)
        if self.hub.status != 200:
            self._answer(self.hub.status, {})
            return
        first = 0 if asked is None or self.hub.ignores_ranges else int(asked.removeprefix("bytes=").partition("-")[0])
        content = self.hub.files[name][first:]
        whole = len(self.hub.files[name])
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(content)))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{whole - 1}/{whole}")
        self.end_headers()
        self.wfile.write(content if self.hub.cut_after is None else content[: self.hub.cut_after])
        if self.hub.cut_after is not None:
            self.hub.cut_after = None
            self.close_connection = True

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()


@contextmanager
def open_fake_hub(repository: str) -> Iterator[FakeHub]:
    hub = FakeHub(repository)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    hub.elsewhere = f"http://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
