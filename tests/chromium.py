"""A real Chromium without a window, one for all tests of a process."""

import os
import shutil
import sys

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
def launch():
    """launch(*flags) starts a Chromium, or skips and says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser on the path, one of {', '.join(BROWSERS)}")
    is_root = sys.platform != "win32" and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        browsers = []

        def start(*more):
            flags = [*FLAGS, *more, *["--no-sandbox"] * is_root]
            browsers.append(
                playwright.chromium.launch(executable_path=found, args=flags)
            )
            return browsers[-1]

        yield start
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="session")
def chromium(launch):
    """A started Chromium that lets pages sound at once."""
    return launch()
