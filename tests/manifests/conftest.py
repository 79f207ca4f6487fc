"""A small publisher on 127.0.0.1 that can misbehave, and toy manifests naming it."""

import hashlib
import http.server
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from dataclasses import dataclass, field

import pytest

from clarity_lab.manifests import download
from clarity_lab.manifests.manifest import Content

BODY = bytes(range(256)) * 800  # 204,800 bytes: some chunks of a download
QUICK = download.Patience(connect_s=2, stall_s=0.5, tries=3, pause_s=0.01)


@dataclass
class Page:
    """A file of the publisher, and what happens to the next requests for it."""

    body: bytes
    etag: str = '"first"'
    ranges: bool = True
    announced: bool = True
    plan: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)


class Publisher(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.asked, self.sent = {}, [], []
        self.closing = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that hangs up is part of the play."""

    def publish(self, path, body, **how) -> str:
        self.pages[path] = Page(body, **how)
        return self.address + path


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Quiet."""

    def do_GET(self):
        server, page = self.server, self.server.pages.get(self.path)
        server.asked.append((self.path, self.headers.get("Range")))
        step = page.plan.pop(0) if page and page.plan else "whole"
        if page is None or isinstance(step, int):
            self.send_error(404 if page is None else step)
        elif step.startswith("redirect "):
            self.send_response(302)
            self.send_header("Location", step.split()[1])
            self.end_headers()
        else:
            self.answer(page, step)

    def answer(self, page, step):
        start = self.start_of(page)
        self.send_response(206 if start else 200)
        if page.announced:
            self.send_header("Content-Length", str(len(page.body) - start))
        if page.etag:
            self.send_header("ETag", page.etag)
        if start:
            end, total = len(page.body) - 1, len(page.body)
            first = 0 if step == "lie" else start
            self.send_header("Content-Range", f"bytes {first}-{end}/{total}")
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.send_body(page.body, start, step)

    def start_of(self, page):
        asked, same = self.headers.get("Range"), self.headers.get("If-Range")
        if not asked or not page.ranges or same not in (None, page.etag):
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def send_body(self, body, start, step):
        end = len(body) // 2 if step in ("half", "stall") else len(body)
        pieces = 20 if step == "slow" else 1
        size = -(-(end - start) // pieces) or 1
        for first in range(start, end, size):
            piece = body[first : min(first + size, end)]
            self.server.sent.append(len(piece))  # first: the client may be quicker
            self.wfile.write(piece)
            time.sleep(0.05 if step == "slow" else 0)
        if step == "stall":
            self.server.closing.wait(20)


@pytest.fixture
def publisher():
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def body() -> bytes:
    return BODY


@pytest.fixture
def quick() -> download.Patience:
    return QUICK


@pytest.fixture(autouse=True)
def own_world(tmp_path, monkeypatch):
    """No test sees or changes the real cache, the real sets or the user's folders."""
    (tmp_path / "manifests").mkdir()
    monkeypatch.setenv("CLARITY_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CLARITY_LAB_MANIFESTS", str(tmp_path / "manifests"))
    monkeypatch.delenv("CLARITY_LAB_DATA", raising=False)
    monkeypatch.setattr(download, "PATIENCE", QUICK)


@pytest.fixture
def content():
    """The true content of some bytes."""

    def of(body: bytes, algorithm: str = "sha256") -> Content:
        return Content(len(body), algorithm, hashlib.new(algorithm, body).hexdigest())

    return of


@pytest.fixture
def entry(content):
    """A file of a manifest, as JSON has it."""

    def make(path, body, *sources, **more):
        true = content(body)
        known = {"path": path, "bytes": true.bytes, "sha256": true.digest}
        return {**known, "sources": list(sources), **more}

    return make


@pytest.fixture
def write_manifest(tmp_path):
    """Write a manifest called toy, and return its name."""

    def write(*files, name="toy", **more):
        texts = dict.fromkeys(("title", "description", "citation"), "A toy")
        top = {**texts, "name": name, "kind": "audio", "licence": "CC0"}
        values = {
            **top,
            "homepage": "https://example.org",
            "files": list(files),
            **more,
        }
        path = tmp_path / "manifests" / f"{name}.json"
        path.write_text(json.dumps(values), encoding="utf-8")
        return name

    return write


@pytest.fixture
def zip_of():
    """A zip of (name or ZipInfo, bytes) pairs."""

    def make(*members) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return buffer.getvalue()

    return make


@pytest.fixture
def tar_of():
    """A tar of (name, bytes) pairs; instead of bytes a tar type such as SYMTYPE."""

    def make(*members, mode="w:gz", target="elsewhere") -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode=mode) as archive:
            for name, data in members:
                info = tarfile.TarInfo(name)
                if len(data) == 1:  # a tar type, not a content
                    info.type, info.linkname = data, target
                    archive.addfile(info)
                else:
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
        return buffer.getvalue()

    return make


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """The user's own data folder."""
    folder = tmp_path / "own data"
    folder.mkdir()
    monkeypatch.setenv("CLARITY_LAB_DATA", str(folder))
    return folder


@pytest.fixture
def another_process():
    """A second Python that fetches a set; its end is waited for."""
    started = []

    def start(name="toy"):
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            f"from clarity_lab import manifests; print(manifests.fetch({name!r}))"
        )  # who starts the tests in the background may have had SIGINT ignored
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        words = [sys.executable, "-c", code]
        process = subprocess.Popen(words, env=dict(os.environ), **pipes)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def wait_until():
    """Wait for something that another process or thread does."""

    def wait(condition, timeout_s=15.0):
        end = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)

    return wait
