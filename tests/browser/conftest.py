"""Browsers as readers have them, and a local server for the pages under test."""

import pytest

from tests.browser.bridge import Bridge
from tests.browser.engine_page import engine_page
from tests.browser.player_page import RATE, three_noises, wait_until_loaded
from tests.browser.recording import WATCH
from tests.browser.server import Server

# Without this one a browser without a window lets every page sound before any click.
AS_FOR_READERS = ["--autoplay-policy=document-user-activation-required"]


@pytest.fixture(scope="session")
def strict_chromium(launch):
    """A started Chromium that holds sound back until the page was clicked."""
    return launch(*AS_FOR_READERS)


@pytest.fixture(scope="session")
def site():
    """The server of pages, modules and widgets."""
    return Server.shared()


@pytest.fixture(scope="module")
def ears(strict_chromium, site):
    """A page with the engine alone, heard by a recorder."""
    with engine_page(strict_chromium, site) as ears:
        yield ears


@pytest.fixture
def open_players(strict_chromium):
    """open_players() opens an empty page for widgets that sound."""
    pages = []

    def open_(*, look="light", width=1_000, before=""):
        page = strict_chromium.new_page(viewport={"width": width, "height": 1_000})
        pages.append(page)
        page.add_init_script(WATCH + before)
        return Bridge(page, look=look)

    yield open_
    for page in pages:
        page.close()


@pytest.fixture
def open_editor(chromium):
    """open_editor(...) opens an audiogram editor: the page and the editor."""
    from tests.browser.audiogram_page import Opener  # needs the lessons' packages

    opener = Opener(chromium)
    yield opener
    opener.close()


@pytest.fixture
def sounds(rng):
    """Three noises, for a player."""
    return three_noises(rng)


@pytest.fixture
def player(sounds):
    """The Python half of a player of three noises."""
    from clarity_lab import listen  # needs the lessons' packages

    return listen.Player(sounds, sample_rate=RATE, gain_db=-6, title="Three noises")


@pytest.fixture
def shown(open_players, player):
    """That player on a page, with its sounds there."""
    bridge = open_players().show(player, "player")
    wait_until_loaded(bridge.page)
    return bridge
