"""A question for a lesson: what it takes, what it shows, and its formulas."""

import sys
from html.parser import HTMLParser

import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.quiz import quiz
from clarity_lab.widgets.quiz_math import math_html, rich_html

OPTIONS = ["softer", "louder", "as loud"]


def ask(**changes):
    asked = {
        "question": "What does a hearing loss do?",
        "options": OPTIONS,
        "answer": 0,
        "why": "It takes level away.",
        "hints": ["Think of a wall.", "Less passes."],
        **changes,
    }
    return quiz(asked.pop("question"), asked.pop("options"), **asked)


@pytest.mark.parametrize("answer", [1, "louder"])
def test_the_answer_is_a_place_or_the_option_itself(answer):
    assert ask(answer=answer).answer == 1


def test_options_stand_as_given_without_a_seed():
    assert ask().options == OPTIONS


def test_a_seed_shuffles_the_options_and_keeps_the_answer():
    asked = [ask(seed=seed, answer="as loud") for seed in range(30)]
    assert {tuple(one.options) for one in asked} > {tuple(OPTIONS)}
    assert all(one.options[one.answer] == "as loud" for one in asked)
    assert asked[3].options == ask(seed=3, answer="as loud").options


def test_a_new_question_has_no_tries():
    question = ask()
    assert (question.tries, question.is_right, question.chosen) == (0, False, -1)


WRONG = {
    "one option": ({"options": ["a"]}, ValueError, "at least two options, got 1"),
    "equal options": ({"options": ["a", "b", "a"]}, ValueError, "got 'a' twice"),
    "looking equal": ({"options": ["a", "b", "a "]}, ValueError, "got 'a' twice"),
    "options as text": ({"options": "abc"}, TypeError, "options as a list"),
    "number as option": ({"options": [1, 2]}, TypeError, "each of the options as text"),
    "hints as text": ({"hints": "Think."}, TypeError, "hints as a list of texts"),
    "no why": ({"why": " "}, ValueError, "why to say something"),
    "no question": ({"question": ""}, ValueError, "question to say something"),
    "answer too far": ({"answer": 3}, ValueError, "from 0 to 2.*got 3"),
    "answer from behind": ({"answer": -1}, ValueError, "from 0 to 2.*got -1"),
    "another answer": ({"answer": "dry"}, ValueError, "'softer', 'louder'.*got 'dry'"),
    "two answers": ({"answer": [0, 1]}, TypeError, r"as the option, got \[0, 1\]"),
    "no answer": ({"answer": None}, TypeError, "as the option, got None"),
    "yes": ({"answer": True}, TypeError, "place from 0 or as the option, got True"),
}


@pytest.mark.parametrize(("change", "error", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_argument_is_explained(change, error, message):
    with pytest.raises(error, match=message):
        ask(**change)


def test_an_answer_that_is_set_by_code_is_an_option():
    question = ask()
    for answer in (7, -1):
        with pytest.raises(ValueError, match=f"from 0 to 2, .* got {answer}"):
            question.answer = answer
    question.answer = 2
    assert "as loud" in question.preview_html().split("<details>")[1]


def test_the_preview_hides_answer_and_why_behind_a_fold():
    question, fold = ask().preview_html().split("<details>")
    assert all(f"<li>{option}</li>" in question for option in OPTIONS)
    assert "level away" not in question
    assert "softer" in fold
    assert "It takes level away." in fold


def test_what_looks_like_html_is_shown_as_it_stands():
    shown = ask(question="Is <i>x</i> & y?").preview_html()
    assert "Is &lt;i&gt;x&lt;/i&gt; &amp; y?" in shown


class Balance(HTMLParser):
    """Fails if a tag is closed that was not open."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize(
    ("tex", "words"),
    [
        (r"20\log_{10}\frac{p}{p_0}", "20 log 10 p p 0"),
        (r"L = -6\,\text{dB SPL}", "L = − 6 dB SPL"),
        (r"\sqrt{\frac{1}{N}\sum_{n=1}^{N} x_n^2}", "1 N ∑ n = 1 N x n 2"),
        (r"\lambda \le 3.5 \cdot \Omega", "λ ≤ 3.5 · Ω"),
        (r"\left(a < b\right)", "( a < b )"),
    ],
)
def test_a_formula_becomes_balanced_mathml_with_its_signs(tex, words):
    pytest.importorskip("latex2mathml", reason="needs latex2mathml")
    made = math_html(tex)
    assert made.startswith("<math")
    assert " ".join(words_of(made)).split() == words.split()


@pytest.mark.parametrize(
    "tex", ["x^", "}{", r"\left( x", r"\nobody", r"\text{a < b}", r"\text{<b>x</b>}"]
)
def test_what_cannot_be_drawn_stands_there_as_it_was_written(tex):
    made = math_html(tex)
    assert made.startswith("<code>")
    assert words_of(made) == [tex]


def test_a_formula_is_no_link_and_keeps_its_words():
    pytest.importorskip("latex2mathml", reason="needs latex2mathml")
    made = math_html(r'\href{javascript:alert(1)}{x} \text{ href="b"}')
    assert "javascript" not in made
    assert "x" in words_of(made)
    assert 'href="b"' in " ".join(words_of(made))


def test_without_the_converter_a_formula_is_shown_as_it_was_written(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    assert rich_html("Is $x < 1$?") == "Is <code>x &lt; 1</code>?"


def words_of(made):
    balance = Balance()
    balance.feed(made)
    balance.close()
    assert balance.open == []
    return balance.words


def test_code_and_dollars_are_told_from_formulas():
    begin, formula = rich_html("`a_b` costs \\$5, $x$").split(", ")
    assert begin == "<code>a_b</code> costs $5"
    assert formula == math_html("x")
    assert "$x$" in ask(why="since $x$").preview_html()  # for a page with MathJax
