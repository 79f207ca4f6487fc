"""Formulas become MathML; what cannot be done stays readable and is reported."""

from clarity_lab.site.formulas import formulas_in_html, markdown_html, mathml


def test_formulas_in_markdown_become_mathml_inline_and_on_lines_of_their_own():
    made = markdown_html("A level $L = 20 \\log_{10} x$ is\n\n$$x^2$$\n\nhere.")
    assert made.count("<math ") == 2
    assert 'display="block"' in made
    assert "$" not in made


def test_a_formula_in_a_table_cell_becomes_mathml():
    made = markdown_html("| a | b |\n|---|---|\n| $x_1$ | `x` |")
    assert "<td><math " in made
    assert "<msub>" in made


def test_what_cannot_be_done_stays_tex_and_is_reported():
    told = []
    for tex in (r"\nosuchthing{x}", r"\left( x"):
        made = mathml(tex, report=told.append)
        assert made.startswith('<code class="tex">')
        assert "x" in made
    assert len(told) == 2
    assert "nosuchthing" in told[0]


def test_tex_that_looks_like_html_stays_text():
    assert "<b>" not in mathml(r"\nosuch <b>", report=lambda words: None)
    assert "<mo><" not in mathml("a < b")


def test_formulas_of_an_output_are_done_but_code_and_prices_are_not():
    given = "<p>If $x &lt; 1$, see <code>$HOME and $x$</code></p>"
    made = formulas_in_html(given)
    assert made.count("<math ") == 1
    assert "<code>$HOME and $x$</code>" in made
    price = "<p>from 5 $ to 6 $, or $5 and $6</p>"
    assert formulas_in_html(price) == price


def test_text_around_a_formula_stays_escaped():
    made = formulas_in_html("<p>a &lt; b &amp; $x$ &lt;i&gt;</p>")
    assert "a &lt; b &amp; <math " in made
    assert made.endswith("&lt;i&gt;</p>")
