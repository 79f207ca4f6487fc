"""Links that led through the repository lead through the site, or become words."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

ATTRIBUTION = "clarity_lab/samples/ATTRIBUTION.md"
"""In the repository; in a wheel it lies in the package."""


def lead_through_site(
    soup: BeautifulSoup, *, folder: str, pages: Mapping[str, str]
) -> None:
    """Rewrite the links of one page in place.

    Args:
        soup: What was written for the repository.
        folder: Where in the repository it was read: "notebooks"; "" is the root.
        pages: Path in the repository to page of the site.

    Example:
        >>> soup = BeautifulSoup('<a href="../b.md#X">B</a>', "html.parser")
        >>> lead_through_site(soup, folder="a", pages={"b.md": "b.html"})
        >>> soup
        <a href="b.html#x">B</a>
    """
    for link in soup.find_all("a", href=True):
        target = urlsplit(link["href"])
        if target.scheme or target.netloc or not target.path:
            continue  # elsewhere, or on this page
        path = posixpath.normpath(posixpath.join(folder, unquote(target.path)))
        if path in pages:
            anchor = f"#{target.fragment.lower()}" if target.fragment else ""
            link["href"] = pages[path] + anchor
            continue
        del link["href"]
        link.name = "span"
        if path.endswith(".ipynb"):
            link["class"] = "absent"
            link.append(" (not on this site)")
        else:
            link["class"] = "in-repository"
            link.append(f" (in the repository: {path})")
