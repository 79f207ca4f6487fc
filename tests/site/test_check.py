"""The check of a finished site finds each fault, and nothing in a right site."""

import pytest

from clarity_lab.site.check import SiteError, require_whole_site, size_by_kind

PAGE = '<!doctype html><html lang="en"><h1 id="top">T</h1>{}</html>'
RIGHT = (
    '<h2 id="a">A</h2><a href="#a">a</a><a href="other.html#top">o</a>'
    '<a href="https://example.org/x?y=1#z">e</a><img src="p.png" alt="A picture">'
    '<audio src="sounds/s.flac"></audio>'
)


@pytest.fixture
def site(tmp_path):
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "s.flac").write_bytes(b"s" * 1_000)
    (tmp_path / "p.png").write_bytes(b"p")
    (tmp_path / "other.html").write_text(PAGE.format(""), encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE.format(RIGHT), encoding="utf-8")
    return tmp_path


def test_a_right_site_passes_and_its_outward_links_are_listed(site):
    outward = require_whole_site(site, most_mb=1)
    assert outward == {"https://example.org/x?y=1#z": ["index.html"]}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ('<a href="gone.html">x</a>', "there is no gone.html"),
        ('<a href="other.html#gone">x</a>', "no part named 'gone'"),
        ('<a href="#gone">x</a>', "index.html has no part named 'gone'"),
        ('<a href="javascript:x()">x</a>', "works from a disk"),
        ('<a href="https://exa mple">x</a>', "expected an address"),
        ('<audio src="sounds/gone.flac"></audio>', "sounds/gone.flac in the site"),
        ('<audio><source src="sounds/gone.flac"></audio>', "sounds/gone.flac"),
        ('<audio src="data:audio/flac;base64,AA"></audio>', "inside the page"),
        ('<script src="https://example.org/x.js"></script>', "from the network"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "from the network"),
        ('<img src="gone.png" alt="x">', "gone.png in the site"),
        ('<img src="p.png">', "1 have none"),
        ('<img src="p.png" alt=" ">', "1 have none"),
        ('<h2 id="a">again</h2>', "'a' again"),
        ("<h1>again</h1>", "expected one h1"),
        ("<h4>deep</h4>", "h4 after h2"),
    ],
)
def test_a_fault_is_found_and_named(site, fault, words):
    text = PAGE.format(RIGHT + fault)
    (site / "index.html").write_text(text, encoding="utf-8")
    with pytest.raises(SiteError, match=r"index.html: ") as found:
        require_whole_site(site, most_mb=1)
    assert words in str(found.value)


def test_a_page_without_a_language_is_found(site):
    (site / "other.html").write_text("<html><h1 id=top>x</h1></html>", "utf-8")
    with pytest.raises(SiteError, match=r"other.html: expected a language"):
        require_whole_site(site, most_mb=1)


def test_a_folder_without_pages_is_no_site(tmp_path):
    with pytest.raises(SiteError, match="no page"):
        require_whole_site(tmp_path, most_mb=1)


def test_a_site_that_is_too_large_names_the_largest_and_where_it_is_used(site):
    with pytest.raises(SiteError, match=r"expected at most 0.001 MB") as found:
        require_whole_site(site, most_mb=0.001)
    first = str(found.value).splitlines()[1]
    assert "sounds/s.flac, in index" in first


def test_sizes_are_told_by_kind(site):
    sizes = size_by_kind(site)
    assert sizes["sounds"] == (1, 1_000)
    assert sizes["pages"][0] == 2
