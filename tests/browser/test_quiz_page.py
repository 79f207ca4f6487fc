"""A question on a page: the page itself checks the answer."""

import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.quiz import quiz
from tests.browser.bridge import Bridge

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(chromium):
    pages = []

    def open_(widget, **options):
        pages.append(chromium.new_page())
        return Bridge(pages[-1], **options).show(widget, "quiz")

    yield open_
    for page in pages:
        page.close()


@pytest.fixture
def question():
    return quiz(
        r"How many dB is a factor $\frac{1}{10}$ of the amplitude?",
        ["−10 dB", "−20 dB", "−3 dB"],
        answer="−20 dB",
        why=r"Since $20\log_{10}\frac{1}{10} = -20$.",
        hints=["A decibel counts powers of ten.", "It is 20 times a logarithm."],
    )


def choose(shown, option):
    shown.page.get_by_role("radio", name=option).check()


def check(shown):
    shown.page.get_by_role("button", name="Check").click()
    shown.settle()


def verdict(shown):
    return shown.page.get_by_role("status").inner_text()


def test_wrong_answers_give_one_hint_after_the_other_and_the_right_one_why(
    open_page, question
):
    shown = open_page(question)
    choose(shown, "−10 dB")
    check(shown)
    assert "powers of ten" in verdict(shown)
    assert "logarithm" not in verdict(shown)
    choose(shown, "−3 dB")
    check(shown)
    assert "20 times a logarithm" in verdict(shown)
    assert (question.tries, question.is_right) == (2, False)
    choose(shown, "−20 dB")
    check(shown)
    assert "Right (3 tries)." in verdict(shown)
    assert "Since" in verdict(shown)
    assert (question.tries, question.is_right) == (3, True)
    assert shown.errors == []


def test_the_same_answer_again_is_no_new_try(open_page, question):
    shown = open_page(question)
    choose(shown, "−10 dB")
    check(shown)
    button = shown.page.get_by_role("button", name="Check")
    assert button.is_disabled()
    button.click(force=True)
    shown.settle()
    assert question.tries == 1


def test_without_a_choice_it_asks_for_one(open_page, question):
    shown = open_page(question)
    shown.page.get_by_role("button", name="Check").click(force=True)
    assert verdict(shown) == "Choose an answer first."
    assert question.tries == 0


def test_neither_why_nor_hints_are_on_the_page_before_they_are_due(open_page, question):
    text = open_page(question).page.inner_text("main")
    assert "Since" not in text
    assert "powers" not in text


def test_the_keyboard_is_enough_and_keys_go_no_further(open_page, question):
    shown = open_page(question)
    page = shown.page
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "Right (1 try)." in verdict(shown)
    assert page.evaluate("window.leaked") is None


def test_a_page_that_comes_back_still_has_the_tries(open_page, question):
    shown = open_page(question)
    choose(shown, "−10 dB")
    check(shown)
    shown.page.close()
    again = open_page(question)
    assert again.page.get_by_role("radio", name="−10 dB").is_checked()
    assert "powers of ten" in verdict(again)
    assert question.tries == 1


def test_python_can_choose(open_page, question):
    shown = open_page(question)
    question.chosen = 2
    shown.settle()
    assert shown.page.get_by_role("radio", name="−3 dB").is_checked()


def test_it_works_when_no_kernel_answers(open_page, question):
    shown = open_page(question)
    shown.page.route("**/say", lambda route: route.abort())
    choose(shown, "−20 dB")
    check(shown)
    assert "Right" in verdict(shown)
    assert question.tries == 0  # nothing went anywhere


def test_a_fraction_is_drawn_as_a_fraction(open_page, question):
    pytest.importorskip("latex2mathml", reason="needs latex2mathml")
    page = open_page(question).page
    heights = page.evaluate(
        """() => ["mfrac", "mfrac mn"].map((one) =>
             document.querySelector(one).getBoundingClientRect().height)"""
    )
    assert heights[0] > 1.8 * heights[1]


def test_two_questions_do_not_share_their_buttons(open_page, question):
    other = quiz("Louder?", ["−10 dB", "no"], answer=1, why="It is not.")
    shown = open_page(question).show(other, "quiz", id_="two")
    shown.page.locator("#one").get_by_role("radio", name="−10 dB").check()
    shown.page.locator("#two").get_by_role("radio", name="−10 dB").check()
    assert shown.page.locator("#one").get_by_role("radio", name="−10 dB").is_checked()
