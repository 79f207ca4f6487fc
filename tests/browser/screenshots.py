"""Pictures of what the browser tests saw, kept to be looked at: `build/screenshots`."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "screenshots"


def keep_screenshot(page, name):
    """Keep a picture of the whole page under a name, instead of an older one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name.replace(', ', '-').replace(' ', '_')}.png"
    page.screenshot(path=path, full_page=True)
