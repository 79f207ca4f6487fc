"""Every module, joined with its parts, is one that a browser can load."""

import pytest

from clarity_lab import browser

pytestmark = pytest.mark.browser

LOAD = """async (text) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    const module = await import(url);
    const made = module.default;
    const widget = typeof made === "function" ? await made() : made;
    return [Object.keys(module), typeof widget?.render];
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}"""

NAMES = sorted(path.stem for path in browser.HERE.glob("*.js"))


@pytest.fixture(scope="module")
def page(chromium, site):
    page = chromium.new_page()
    page.goto(f"{site.address}/")
    yield page
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_can_load(page, name):
    text = browser.module(name)
    loaded = page.evaluate(LOAD, text)
    assert isinstance(loaded, list), loaded
    if "\nexport default" in text:
        assert loaded[1] == "function", f"{name}.js has no render"


def test_a_slip_in_a_module_would_be_noticed(page):
    assert page.evaluate(LOAD, "const one = ;").startswith("SyntaxError")
    assert "one" in page.evaluate(LOAD, "const one = 1;\nfunction one() {}\n")
    assert page.evaluate(LOAD, "missing();").startswith("ReferenceError")
