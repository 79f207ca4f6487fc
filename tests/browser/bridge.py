"""A widget in a plain page, wired to its Python half: as a notebook, without a kernel.

What the page saves or sends goes to the real widget in this process; what that says
goes back, with its buffers, when it likes, as through a socket.
"""

import html
import json
import queue
import struct
import threading

from clarity_lab.browser import module, style
from tests.browser.server import Server

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 16px; font-family: sans-serif; }} {look}</style>
<body><main></main><script src="/bridge.js"></script></body>
</html>"""

LOOKS = {
    "light": "body { background: #fff; color: #212121; }",
    "dark": ":root { color-scheme: dark; --jp-content-font-color1: #ffffffde; }"
    " body { background: #111; color: #ffffffde; }",
    "plain": "",
}
PATIENCE_S = 10


class Comm:
    """Hands on what a widget says."""

    comm_id = "bridge"
    kernel = True

    def __init__(self, say):
        self.say = say

    def on_msg(self, receive):
        """Nobody calls it here: the bridge does."""

    def send(self, data=None, metadata=None, buffers=None):
        if data["method"] in ("update", "custom"):
            self.say(data, [bytes(one) for one in buffers or []])

    def close(self, *_, **__):
        """A page that is gone needs no word."""


class Bridge:
    """A page that shows widgets of this process; `errors` are those of both halves."""

    def __init__(self, page, *, look="light", title="A widget"):
        self.page, self.widgets, self.errors = page, {}, []
        self.html = PAGE.format(title=html.escape(title), look=LOOKS[look]).encode()
        self.texts = {}  # of the modules, style sheets and states
        self.outbox, self.said = queue.Queue(), 0
        self.lock = threading.Lock()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(Server.shared().add(self))

    def show(self, widget, name=None, *, id_="one", wait=True):
        """Render a widget at the end of the page, by its own module or `name`.

        `wait`: until it is there. A browser takes this for a click of the reader, as
        all that Playwright runs in a page; a page that was never clicked is not asked.
        """
        widget.comm = Comm(lambda data, buffers: self._say(id_, data, buffers))
        self.widgets[id_] = widget
        state = widget.get_state()
        state = {k: v for k, v in state.items() if k not in ("_esm", "_css", "layout")}
        text = json.dumps(state, default=lambda _: None, allow_nan=False)
        self.texts |= {
            f"{id_}.json": text,
            f"{id_}.js": module(name) if name else str(widget._esm),
            f"{id_}.css": style(name) if name else str(getattr(widget, "_css", "")),
        }
        self._say(id_, {"method": "show"}, [])
        if wait:
            self.settle()
            is_there = self.page.evaluate("id => id in window.models", id_)
            assert is_there, self.errors
        return self

    def settle(self):
        """Wait until each half knows all that the other one said."""
        said = None
        while said != self.said:
            said = self.said
            self.page.wait_for_function(
                "said => window.pending === 0 && window.taken >= said", arg=said
            )

    push = settle

    def _say(self, id_, data, buffers):
        self.said += 1
        self.outbox.put(packed({"id": id_, **data}, buffers))

    # What the server asks for.

    def find(self, name):
        if name == "page":
            return self.html
        if name == "next":
            try:
                return self.outbox.get(timeout=PATIENCE_S)
            except queue.Empty:
                return b""
        return self.texts[name].encode()

    def receive(self, data):
        message, buffers = unpacked(data)
        widget = self.widgets[message["id"]]
        with self.lock:
            try:
                if "state" in message:
                    widget.set_state(message["state"])
                else:
                    widget._handle_custom_msg(message["content"], buffers)
            except Exception as error:  # the test wants to see it, whatever it is
                self.errors.append(f"in Python: {error!r}")
                raise


def packed(message, buffers):
    """Head and buffers behind one another: a page finds them at odd places."""
    sizes = [len(one) for one in buffers]
    head = json.dumps({**message, "sizes": sizes}, allow_nan=False).encode()
    return struct.pack("<I", len(head)) + head + b"".join(buffers)


def unpacked(data):
    (size,) = struct.unpack_from("<I", data)
    message = json.loads(data[4 : 4 + size])
    buffers, start = [], 4 + size
    for length in message["sizes"]:
        buffers.append(memoryview(data)[start : start + length])
        start += length
    return message, buffers
