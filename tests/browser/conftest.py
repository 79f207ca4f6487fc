"""A real Chromium without a window, and a local server for the page under test."""

import http.server
import os
import shutil
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps once a second
]


@pytest.fixture(scope="session")
def chromium():
    """A started Chromium, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser on the path, one of {', '.join(BROWSERS)}")
    is_root = sys.platform != "win32" and os.geteuid() == 0
    flags = FLAGS + ["--no-sandbox"] * is_root
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where the page is served: this machine counts as a safe place for microphones."""
    folder = tmp_path_factory.mktemp("page")
    here = Path(__file__).parent
    shutil.copy(here / "page.html", folder)
    shutil.copy(here.parents[1] / "clarity_lab/widgets/recorder.js", folder)
    handler = partial(_QuietHandler, directory=folder)
    handler.extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",  # Windows' registry may say otherwise
    }
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/page.html"
    server.shutdown()
