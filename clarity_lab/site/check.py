"""What must be true of a site before anybody sees it: whole, linked, small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MB = 1_000_000
LOADED = {("audio", "src"), ("img", "src"), ("script", "src"), ("link", "href")}
LOADED |= {("source", "src"), ("video", "src"), ("iframe", "src"), ("image", "href")}
OUTWARD = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(:\d+)?([/?#]\S*)?", re.IGNORECASE)


class SiteError(Exception):
    """A site that is not fit to be seen; the message lists why."""


@dataclass
class Seen(HTMLParser):
    """What one page links to, loads and calls its parts."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    without_words: int = 0
    lang: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what matters of one tag."""
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img" and not given.get("alt", "").strip():
            self.without_words += 1
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.loaded += [given[name] for name in given if (tag, name) in LOADED]


def require_whole_site(site: Path, *, most_mb: float) -> dict[str, list[str]]:
    """Raise unless every page of a site is whole and all is small enough.

    Args:
        site: The folder.
        most_mb: How large it may be in all, in megabytes of a million bytes.

    Returns:
        The addresses outside the site, each with the pages that link to it.

    Raises:
        SiteError: With all that is wrong, or the largest files if it is too large.
    """
    seen = {page.name: see(page) for page in sorted(site.glob("*.html"))}
    faults = [
        f"{name}: {fault}" for name in seen for fault in faults_of(name, seen, site)
    ]
    if not seen:
        faults = ["there is no page"]
    if faults:
        raise SiteError("\n".join(faults))
    require_small(site, most_mb=most_mb)
    outward: dict[str, list[str]] = {}
    for name, page in seen.items():
        for link in page.links:
            if urlsplit(link).scheme in {"http", "https"}:
                outward.setdefault(link, []).append(name)
    return outward


def see(page: Path) -> Seen:
    """Read one page."""
    seen = Seen()
    seen.feed(page.read_text(encoding="utf-8"))
    seen.close()
    return seen


def faults_of(name: str, seen: dict[str, Seen], site: Path) -> Iterator[str]:
    """What is wrong with one page, in words."""
    page = seen[name]
    if not page.lang:
        yield "expected a language, got no lang"
    if page.levels[:1] != [1] or page.levels.count(1) != 1:
        yield f"expected one h1 before all other headings, got levels {page.levels[:5]}"
    for before, after in zip(page.levels, page.levels[1:], strict=False):
        if after > before + 1:
            yield f"expected no heading left out, got h{after} after h{before}"
    for twice in sorted({one for one in page.ids if page.ids.count(one) > 1}):
        yield f"expected each id once, got {twice!r} again"
    if page.without_words:
        yield f"expected words (alt) for each picture, {page.without_words} have none"
    for address in page.loaded:
        yield from _fault_of_loaded(address, site)
    for link in page.links:
        yield from _fault_of_link(link, name, seen, site)


def _fault_of_loaded(address: str, site: Path) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme == "data":
        if address.startswith("data:audio"):
            yield "expected sounds as files, got one inside the page"
    elif parts.scheme or parts.netloc:
        yield f"expected nothing from the network, got {address}"
    elif not (site / unquote(parts.path)).is_file():
        yield f"expected {address} in the site, it is not there"


def _fault_of_link(
    link: str, name: str, seen: dict[str, Seen], site: Path
) -> Iterator[str]:
    parts = urlsplit(link)
    if parts.scheme in {"http", "https"}:
        if not OUTWARD.fullmatch(link):
            yield f"expected an address, got {link!r}"
    elif parts.scheme == "mailto":
        return
    elif parts.scheme or parts.netloc:
        yield f"expected a link that works from a disk, got {link!r}"
    else:
        path = unquote(parts.path) or name
        anchor = unquote(parts.fragment)
        if not (site / path).is_file():
            yield f"link to {link!r}: there is no {path}"
        elif anchor and path in seen and anchor not in seen[path].ids:
            yield f"link to {link!r}: {path} has no part named {anchor!r}"


def require_small(site: Path, *, most_mb: float) -> None:
    """Raise if a site is too large, and name what takes most room."""
    sizes = {path: path.stat().st_size for path in site.rglob("*") if path.is_file()}
    total_mb = sum(sizes.values()) / MB
    if total_mb <= most_mb:
        return
    texts = {page: page.read_text(encoding="utf-8") for page in site.glob("*.html")}
    largest = sorted(sizes, key=sizes.get, reverse=True)[:10]
    lines = []
    for path in largest:
        address = path.relative_to(site).as_posix()
        users = [page.stem for page, text in texts.items() if address in text]
        where = f", in {', '.join(users)}" if users else ""
        lines.append(f"  {sizes[path] / MB:.2f} MB  {address}{where}")
    raise SiteError(
        f"expected at most {most_mb:g} MB in all, got {total_mb:.1f} MB. Shorten the "
        "largest sounds, or play mono where one ear is enough:\n" + "\n".join(lines)
    )


def size_by_kind(site: Path) -> dict[str, tuple[int, int]]:
    """Files and bytes of each kind: pages, sounds, pictures, the rest."""
    found: dict[str, tuple[int, int]] = {}
    for path in sorted(site.rglob("*")):
        if not path.is_file():
            continue
        inside = path.relative_to(site).parts
        kind = "pages" if path.suffix == ".html" else "other"
        kind = inside[0] if len(inside) > 1 else kind
        n_files, n_bytes = found.get(kind, (0, 0))
        found[kind] = (n_files + 1, n_bytes + path.stat().st_size)
    return found
