"""A site opened from the disk, with the network cut off: it can be read and heard."""

import pytest

from clarity_lab.site.build import run
from tests.site.course import options, write_course

pytestmark = pytest.mark.browser

LESSON = [
    "You will hear a tone. *5 min · CPU · needs nothing*",
    "## Listen first",
    "> import numpy as np\nfrom clarity_lab import listen\n"
    "tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000)\n"
    "listen.play_all({'loud': tone, 'soft': 0.1 * tone}, sample_rate=16_000)",
    "## Theory\n\n$$L = 20 \\log_{10} \\frac{x}{x_0}$$\n\n"
    "| symbol | name in code | unit |\n|---|---|---|\n| $L$ | `level_db` | dB |",
    "> import matplotlib.pyplot as plt\n_, ax = plt.subplots()\nax.plot(tone[:99])\n"
    "ax.set(title='A tone', xlabel='Time (samples)', ylabel='Amplitude');",
    "## Explore",
    "> from clarity_lab.widgets.quiz import quiz\n"
    "quiz('How many dB is $x = 10\\\\,x_0$?', ['20 dB', '10 dB'], answer=0, "
    "why='The formula says so.')",
    "## Going further\n\nA long formula in a line: "
    "$a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + "
    "a_8 + a_9 + a_{10} + a_{11} + a_{12} + a_{13} + a_{14} + a_{15} + a_{16}$.",
    "> print('a line of output that is far too long for a narrow screen, ' * 5)",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site with two lessons."""
    root = tmp_path_factory.mktemp("course")
    folder = write_course(root, {"00_tone": LESSON, "01_next": ["Nothing yet."]})
    assert run(options(folder, root / "site")) == 0
    return root / "site"


@pytest.fixture
def opened(chromium, site):
    """opened("00_tone.html", ...) opens a page; it notes errors and failed requests."""
    contexts = []

    def open_page(name, **more):
        contexts.append(chromium.new_context(offline=True, **more))
        page = contexts[-1].new_page()
        page.faults = []
        page.on("console", lambda said: page.faults.append(said.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("requestfailed", lambda request: _note(page, request))
        page.goto((site / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


def _note(page, request):
    # A media element that knows enough lets go of the rest of its file.
    if request.resource_type != "media" or "ABORTED" not in request.failure:
        page.faults.append(f"{request.url}: {request.failure}")


def test_a_page_opens_without_an_error_and_without_the_network(opened):
    page = opened("00_tone.html")
    addresses = []
    page.on("request", lambda request: addresses.append(request.url))
    page.reload()
    page.wait_for_function(
        "[...document.querySelectorAll('audio')].every((one) => one.readyState > 0)"
    )
    assert page.faults == []
    assert addresses
    assert not [one for one in addresses if not one.startswith(("file:", "data:"))]


def test_a_sound_plays_and_only_one_at_a_time(opened):
    page = opened("00_tone.html")
    for number in (0, 1):
        page.evaluate("(n) => document.querySelectorAll('audio')[n].play()", number)
        page.wait_for_function(
            "(n) => document.querySelectorAll('audio')[n].currentTime > 0.2", arg=number
        )
    paused = "[...document.querySelectorAll('audio')].map((one) => one.paused)"
    assert page.evaluate(paused) == [True, False]


def test_a_sound_has_the_level_that_the_lesson_gave_it(opened, site):
    import soundfile

    from clarity_lab.audio import level_dbfs

    page = opened("00_tone.html")
    sounds = page.locator("audio").evaluate_all("all => all.map((a) => a.src)")
    names = [address.rsplit("/", 1)[1] for address in sounds]
    levels = [level_dbfs(soundfile.read(site / "sounds" / n)[0]) for n in names]
    assert levels == pytest.approx([-23.01, -43.01], abs=0.05)


def test_formula_table_figure_and_widget_are_there_to_be_seen(opened):
    page = opened("00_tone.html")
    assert page.locator("math[display=block]").bounding_box()["height"] > 20
    assert page.get_by_role("cell", name="level_db").is_visible()
    figure = page.get_by_role("img", name="Plot: A tone; Amplitude over Time (samples)")
    assert figure.is_visible()
    assert figure.evaluate("one => one.naturalWidth") > 100
    assert page.get_by_text("20 dB").first.is_visible()
    read = page.locator(".text, .output").all_inner_texts()
    assert "How many dB" in "".join(read)
    assert "$" not in "".join(read)


def test_links_lead_on_and_back_to_the_map(opened):
    page = opened("00_tone.html")
    page.get_by_role("navigation", name="Lessons").get_by_role("link").last.click()
    assert page.get_by_role("heading", level=1).inner_text() == "01 · Next"
    page.get_by_role("link", name="map", exact=True).click()
    assert page.url.endswith("index.html#lessons")
    page.get_by_role("link", name="Tone").click()
    page.get_by_role("navigation", name="On this page").get_by_text("Theory").click()
    assert page.url.endswith("#theory")
    assert page.faults == []


def test_code_is_folded_one_by_one_and_all_at_once(opened):
    page = opened("00_tone.html")
    code = page.locator(".code .highlight")
    page.locator(".code summary").first.click()
    assert not code.first.is_visible()
    assert code.last.is_visible()
    page.get_by_role("button", name="Fold all code").click()
    assert not code.last.is_visible()
    page.get_by_role("button", name="Show all code").click()
    assert code.first.is_visible()


def test_the_first_tab_skips_to_the_content(opened):
    page = opened("00_tone.html")
    page.keyboard.press("Tab")
    assert page.get_by_role("link", name="Skip to the content").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("width", [1300, 480, 320])
def test_no_page_is_wider_than_its_window(opened, width):
    for name in ("00_tone.html", "index.html", "attribution.html"):
        page = opened(name, viewport={"width": width, "height": 900})
        widths = "[document.documentElement.scrollWidth, innerWidth]"
        needed, there = page.evaluate(widths)
        assert needed <= there, name


def test_it_follows_the_readers_dark(opened):
    dark = opened("00_tone.html", color_scheme="dark")
    light = opened("00_tone.html", color_scheme="light")
    colour = "getComputedStyle(document.body).backgroundColor"
    assert light.evaluate(colour) == "rgb(255, 255, 255)"
    red, green, blue = map(int, dark.evaluate(colour)[4:-1].split(","))
    assert max(red, green, blue) < 50


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["00_tone.html", "index.html", "attribution.html"])
def test_axe_finds_nothing_serious(opened, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(opened(name, color_scheme=scheme)).response["violations"]
    serious = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []
