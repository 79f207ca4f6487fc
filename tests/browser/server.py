"""A small server on 127.0.0.1, where browsers allow sound and microphones."""

import contextlib
import functools
import http.server
import threading
import urllib.parse
from pathlib import Path

from clarity_lab.browser import module, style

HERE = Path(__file__).parent
TYPES = {
    "": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}
EMPTY = b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Empty</title>'


class Server:
    """Serves modules, files of a test, and the pages of bridges to widgets."""

    def __init__(self):
        self.bridges = []
        self.files = {}  # name -> bytes, for what a test wants to fetch
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.site = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @classmethod
    @functools.cache
    def shared(cls):
        """One for all tests of a process."""
        return cls()

    def add(self, bridge):
        """The address of the page of a bridge."""
        self.bridges.append(bridge)
        return f"{self.address}/bridges/{len(self.bridges) - 1}/page"

    def find(self, path):
        """What lies there, as bytes; KeyError, ValueError or OSError: nothing."""
        match path[1:].split("/"):
            case [""]:
                return EMPTY
            case ["modules", name]:
                return module(Path(name).stem).encode()
            case ["styles", name]:
                return style(Path(name).stem).encode()
            case ["files", name]:
                return self.files[name]
            case ["bridges", number, *rest]:
                return self.bridges[int(number)].find(*rest)
            case [name]:
                return (HERE / name).read_bytes()
        raise KeyError(path)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers a browser."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing."""

    def handle(self):
        # A page may be closed while it speaks, or while it waits.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        try:
            data = self.server.site.find(path)
        except (KeyError, ValueError, OSError) as error:
            return self.send_error(404, explain=str(error))
        kind = TYPES.get(Path(path).suffix, "application/octet-stream")
        return self.answer(data, kind)

    def do_POST(self):
        data = self.rfile.read(int(self.headers["Content-Length"]))
        number = int(self.path.split("/")[2])
        self.server.site.bridges[number].receive(data)
        self.answer(b"", "text/plain")

    def answer(self, data, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)
