"""A page with an engine and nothing else; what it plays comes back as arrays."""

import contextlib

import numpy as np

from tests.browser.recording import WATCH, ears_of, samples_of

RATE = 48_000
NEW = "window.engine = new Engine({sampleRate: 48000});"


def tone(hz, seconds=5, peak=0.3):
    return peak * np.cos(2 * np.pi * hz * np.arange(seconds * RATE) / RATE)


class EnginePage:
    """Runs code beside an engine, and hears it."""

    def __init__(self, browser, site):
        self.site = site
        self.page = browser.new_page()
        self.page.set_default_timeout(20_000)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.add_init_script(WATCH)
        self.page.goto(f"{site.address}/engine_page.html")
        self.page.wait_for_function("window.ready")

    def give(self, **sounds):
        """Sounds that the page can `load`, as 32-bit floats."""
        for name, samples in sounds.items():
            self.site.files[name] = np.asarray(samples, dtype="<f4").tobytes()

    def run(self, code, *, arg=None):
        return self.page.evaluate(f"async (arg) => {{ {code} }}", arg)

    def click_play(self):
        self.page.get_by_role("button", name="Play").click()

    def hear(self, set_up, act):
        """What is heard while `act` runs, and the frame of its first sample.

        A busy machine may lose a block of a recording; then once more.
        """
        start = "startRecording(sharedContext(engine.sampleRate))"
        for _ in range(3):
            self.leave()
            self.run(set_up)
            self.run(f"window.recorder = await {start};")
            self.click_play()
            self.page.wait_for_function("engine.position_s > 0")
            told = self.run(act)
            heard = self.run("await wait(0.1); return recorder.stop();")
            if heard["whole"]:
                break
        assert heard["whole"], "the recording itself has a hole"
        return ears_of(heard).astype(float), heard["first"], told

    def leave(self):
        """No engine, and nothing of one that still sounds."""
        self.run("window.engine?.destroy(); window.engine = null;")
        self.page.wait_for_function("window.ends.size === 0")

    def render(self, seconds, sample_rate, set_up, acts=()):
        """The same without a clock: what an OfflineAudioContext renders."""
        acts = ", ".join(
            f"[{when}, (engine, frame) => {{ {do} }}]" for when, do in acts
        )
        ears = self.run(
            f"""return render({{
                seconds: {seconds}, sampleRate: {sample_rate}, acts: [{acts}],
                setUp: async (engine) => {{ {set_up} }},
            }});"""
        )
        return np.array([samples_of(text) for text in ears]).astype(float)


@contextlib.contextmanager
def engine_page(browser, site):
    """A page with an engine for some tests, none of which may leave an error in it."""
    page = EnginePage(browser, site)
    yield page
    assert page.errors == []
    page.page.close()
