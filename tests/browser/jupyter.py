"""A JupyterLab of its own for a test, and notebooks for it."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request


def write_notebook(path, *sources):
    """A notebook of code cells, not run yet."""
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate(sources)
    ]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@contextlib.contextmanager
def jupyterlab(folder):
    """The address of a JupyterLab that serves this folder, and ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--LabApp.news_url=", f"--LabApp.workspaces_dir={folder}"]
    options += [f"--LabApp.user_settings_dir={folder}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_up(address):
    for _ in range(120):
        try:
            return urllib.request.urlopen(f"{address}/api", timeout=5)
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("JupyterLab did not start within a minute")


def open_notebook(page, address, name):
    """Open a notebook and wait until its kernel is there."""
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/{name}?reset")
    # The notebook's own indicator says idle before there is a kernel, and JupyterLab
    # drops a cell that is run then; the status bar says so of a connected kernel only.
    page.wait_for_selector(".jp-StatusBar-TextItem:has-text('| Idle')")


def run_cell(page, number):
    page.locator(".jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.press("Shift+Enter")
