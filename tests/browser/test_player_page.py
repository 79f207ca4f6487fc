"""A player on a plain page, without a kernel: a browser plays it at its level."""

import numpy as np
import pytest

from clarity_lab import audio, listen

pytestmark = pytest.mark.browser

HEARD = """async () => {
  const player = document.querySelector("audio");
  const file = await (await fetch(player.src)).arrayBuffer();
  const context = new OfflineAudioContext(2, 1, 16000);
  const buffer = await context.decodeAudioData(file);
  return [0, 1].map((channel) => [...buffer.getChannelData(channel)]);
}"""


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def test_a_browser_hears_both_channels_at_their_levels(page, rng):
    ears = 0.1 * rng.standard_normal((2, 1_600)) * [[1.0], [0.01]]
    page.set_content(listen.audio_html(ears, sample_rate=16_000, title="Two ears"))
    heard = np.array(page.evaluate(HEARD))
    assert heard == pytest.approx(ears, abs=1 / 32_768)
    assert audio.level_dbfs(heard[0]) == pytest.approx(
        audio.level_dbfs(ears[0]), abs=0.1
    )


def test_a_player_plays_and_knows_its_length(page):
    page.set_content(listen.audio_html(np.zeros(8_000), sample_rate=16_000))
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function("document.querySelector('audio').currentTime > 0")
    assert page.evaluate("document.querySelector('audio').duration") == 0.5


def test_a_table_of_players_has_headings_for_a_screen_reader(page):
    sounds = {"soft": np.full(800, 0.01), "loud": np.full(800, 0.1)}
    page.set_content(listen.table_html(sounds, sample_rate=16_000, title="Two levels"))
    table = page.get_by_role("table", name="Two levels. Played as they are")
    assert table.get_by_role("columnheader").count() == 3
    assert table.get_by_role("rowheader").all_inner_texts() == ["soft", "loud"]
