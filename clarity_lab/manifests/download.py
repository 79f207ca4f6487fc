"""One file over HTTP: resumed after a cut, checked before it gets its name."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clarity_lab.manifests.cache import (
    disk_explained,
    read_json,
    require_room,
    write_record,
)
from clarity_lab.manifests.errors import DownloadError, UnreachableError
from clarity_lab.manifests.manifest import Content
from clarity_lab.manifests.telling import bar

CHUNK_BYTES = 1 << 16
TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server, and how often to ask again."""

    connect_s: float = 10.0
    stall_s: float = 30.0
    tries: int = 3
    pause_s: float = 1.0  # doubled after each try


PATIENCE = Patience()


class _TransientError(Exception):
    """Something that may be gone in a moment."""


class _Part:
    """The half of a file that is here, and how the server called its version."""

    def __init__(self, target: Path, url: str) -> None:
        self.path = target.with_name(target.name + ".part")
        self.note = target.with_name(target.name + ".part.json")
        self.url = url
        self.version = ""
        self.unanswered = False  # whether the last try found nobody at the address
        known = read_json(self.note)
        if known.get("url") == url:
            self.version = known.get("version", "")
        else:
            self.discard()

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def headers(self) -> dict[str, str]:
        """Ask for what is missing, if the file is still the same."""
        headers = {"Accept-Encoding": "identity"}
        if self.bytes:
            headers["Range"] = f"bytes={self.bytes}-"
            headers |= {"If-Range": self.version} if self.version else {}
        return headers

    def begin(self, version: str) -> None:
        """Forget what was here and remember which version is coming now."""
        self.discard()
        self.version = version
        write_record(self.note, json.dumps({"url": self.url, "version": version}))

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(
    url: str,
    target: Path,
    *,
    content: Content,
    progress: bool = True,
    patience: Patience | None = None,
) -> None:
    """Fetch a file; it has its name only once its content was verified.

    What arrived before a cut stays beside it as `<name>.part`, and the next call, also
    of another day, asks for the rest only.

    Args:
        url: Address with http(s)://.
        target: Where it goes; its folder exists.
        content: What it must hold.
        progress: Whether to show a bar for what takes longer than two seconds.
        patience: How long to wait and how often to try.

    Raises:
        DownloadError: If the server cannot be reached, refuses, stalls, or has another
            file than the manifest describes.
        DiskFullError: If there is not enough room.
    """
    patience = patience or PATIENCE
    if target.exists() and not content.difference(target):
        return
    part = _Part(target, url)
    require_room(target.parent, content.bytes - part.bytes)
    reason = ""
    for attempt in range(patience.tries):
        if attempt:
            time.sleep(patience.pause_s * 2 ** (attempt - 1))
        try:
            _one_try(part, content, progress, patience)
            part.path.replace(target)
            part.note.unlink(missing_ok=True)
            return
        except _TransientError as trouble:
            reason = str(trouble)
    kept = f" {part.bytes} bytes are kept: run again to go on." if part.bytes else ""
    kind = UnreachableError if part.unanswered else DownloadError
    raise kind(f"{reason}, {patience.tries} times.{kept}")


def _one_try(part: _Part, content: Content, progress: bool, patience: Patience) -> None:
    if part.bytes > content.bytes:
        part.discard()
    resumed = part.bytes > 0
    if part.bytes < content.bytes or not part.path.exists():
        resumed = _receive(part, content, progress, patience)
    if part.bytes < content.bytes:
        raise _TransientError(
            f"{_host(part)} ended after {part.bytes} of {content.bytes} bytes"
        )
    wrong = content.difference(part.path)
    if wrong:
        part.discard()
        if resumed:  # the two halves may be of two versions: once more, from the start
            raise _TransientError(f"{_host(part)} gave another file: {wrong}")
        raise DownloadError(
            f"{_host(part)} gave another file than the manifest describes: {wrong}. "
            "Is there a login page in between? Else the publisher changed it."
        )


def _receive(part: _Part, content: Content, progress: bool, patience: Patience) -> bool:
    """Ask once and write what comes; return whether it continued an older half."""
    import requests
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    host = _host(part)
    timeouts = (patience.connect_s, patience.stall_s)
    stalled = f"{host} stalled for {patience.stall_s:g} s"
    part.unanswered = False
    try:
        with requests.get(
            part.url, headers=part.headers(), stream=True, timeout=timeouts
        ) as response:
            resumed = _begin_or_continue(response, part, content)
            _write(response, part, content, progress)
            return resumed
    except (requests.ReadTimeout, ReadTimeoutError) as error:
        raise _TransientError(stalled) from error
    except requests.exceptions.SSLError as error:
        raise DownloadError(f"{host} has no certificate we trust: {error}") from error
    except (requests.ConnectionError, requests.Timeout) as error:
        part.unanswered = True
        raise _TransientError(f"no connection to {host} (are you offline?)") from error
    except (HTTPError, requests.exceptions.ChunkedEncodingError) as error:
        raise _TransientError(
            f"{host} cut the connection after {part.bytes} of {content.bytes} bytes"
        ) from error
    except requests.RequestException as error:
        raise DownloadError(f"{host} cannot be asked: {error}") from error


def _begin_or_continue(response, part: _Part, content: Content) -> bool:
    """Read the answer's head: does the rest come, the whole, or a refusal?"""
    status, host = response.status_code, _host(part)
    if status == 416:
        part.discard()
        raise _TransientError(f"{host} has no such rest")
    if status in TRY_AGAIN:
        raise _TransientError(f"{host} answers {status} {response.reason}")
    if status not in (200, 206):
        raise DownloadError(f"{host} answers {status} {response.reason} for {part.url}")
    announced = response.headers.get("Content-Length")
    if status == 206:
        wanted = f"bytes {part.bytes}-{content.bytes - 1}/{content.bytes}"
        if response.headers.get("Content-Range") == wanted:
            return True
        part.discard()
        raise _TransientError(f"{host} sent another rest than {wanted}")
    if announced and announced.isdecimal() and int(announced) != content.bytes:
        part.discard()
        raise DownloadError(
            f"{host} has another file than the manifest describes: {announced} bytes "
            f"instead of {content.bytes}. Is there a login page in between?"
        )
    part.begin(_version(response.headers))
    return False


def _version(headers) -> str:
    """What If-Range may compare: a strong ETag, or the date of change."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")


def _write(response, part: _Part, content: Content, progress: bool) -> None:
    name = part.path.name.removesuffix(".part")
    left = content.bytes - part.bytes
    with (
        disk_explained(part.path.parent, needed_bytes=left),
        bar(name, total=content.bytes, done=part.bytes, show=progress) as shown,
    ):
        try:
            with part.path.open("ab") as output:
                for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
                    left -= len(chunk)
                    if left < 0:
                        break
                    output.write(chunk)
                    shown.update(len(chunk))
        except OSError:  # the disk's, not the server's: those are of urllib3
            part.discard()
            raise
    if left < 0:
        part.discard()
        raise DownloadError(
            f"{_host(part)} sends another file than the manifest describes: more than "
            f"{content.bytes} bytes. Is there a login page in between?"
        )


def _host(part: _Part) -> str:
    return urlsplit(part.url).hostname or part.url
