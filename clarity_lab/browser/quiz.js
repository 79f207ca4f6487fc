// One question. The page itself checks the answer: it needs no kernel for that.

import { create, newId, pressable, takeKeys } from "./dom.js";

/** What Python wrote as HTML: words, <code> and <math>, all else escaped. */
const rich = (tag, html, properties = {}) => create(tag, { ...properties, innerHTML: html });

function buildQuiz(model) {
  const name = newId("quiz");
  const radios = model.get("option_htmls").map((_, value) =>
    create("input", { type: "radio", name, value: String(value) }),
  );
  const labels = model.get("option_htmls").map((html, value) =>
    create("label", {}, radios[value], rich("span", html), create("span", { className: "cl-quiz-mark" })),
  );
  const legend = rich("legend", model.get("question_html"), { className: "cl-title" });
  const check = pressable("Check", { className: "cl-main" });
  const verdict = create("div", { className: "cl-quiz-verdict", role: "status" });
  const root = create(
    "section",
    { className: "cl cl-quiz", "aria-label": "Question" },
    create("fieldset", {}, legend, ...labels),
    create("div", { className: "cl-row" }, check),
    verdict,
  );
  return { root, radios, labels, check, verdict };
}

const triesInWords = (n) => `${n} ${n === 1 ? "try" : "tries"}`;

function render({ model, el }) {
  const { root, radios, labels, check, verdict } = buildQuiz(model);
  el.append(root);

  function verdictParts() {
    const [tries, checked] = [model.get("tries"), model.get("checked")];
    if (checked < 0) return [];
    if (checked === model.get("answer")) {
      const why = rich("p", model.get("why_html"));
      return [create("p", {}, create("b", {}, "✓ Right"), ` (${triesInWords(tries)}).`), why];
    }
    const shown = model.get("hint_htmls").slice(0, tries);
    const hints = shown.map((html) => rich("li", html));
    const said = shown.length ? "Not yet. A hint:" : "Not yet. Try another one.";
    const parts = [create("p", {}, create("b", {}, `✗ ${said}`))];
    return hints.length ? [...parts, create("ul", {}, ...hints)] : parts;
  }

  function draw() {
    const [chosen, checked] = [model.get("chosen"), model.get("checked")];
    radios.forEach((radio, place) => (radio.checked = place === chosen));
    labels.forEach((label, place) => {
      const isRight = place === model.get("answer");
      const mark = place === checked ? (isRight ? "✓ right" : "✗ not this one") : "";
      label.querySelector(".cl-quiz-mark").textContent = mark;
    });
    check.setAttribute("aria-disabled", String(chosen < 0 || chosen === checked));
  }

  /** A live region that is rebuilt is read again: only when there is news. */
  function tell() {
    draw();
    verdict.replaceChildren(...verdictParts());
  }

  function choose(place) {
    model.set("chosen", place);
    model.save_changes();
    draw();
  }

  function checkNow() {
    const chosen = model.get("chosen");
    if (chosen < 0) {
      verdict.replaceChildren(create("p", {}, "Choose an answer first."));
      return;
    }
    if (chosen === model.get("checked")) return; // the same answer again is no new try
    model.set("checked", chosen);
    model.set("tries", model.get("tries") + 1);
    if (chosen === model.get("answer")) model.set("is_right", true);
    model.save_changes();
    tell();
  }

  radios.forEach((radio, place) => radio.addEventListener("change", () => choose(place)));
  check.addEventListener("click", checkNow);
  takeKeys(root, (name, { target }) => {
    if (name !== "Enter" || target === check) return false;
    checkNow();
    return true;
  });
  const news = ["change:chosen", "change:checked", "change:tries"];
  for (const event of news) model.on(event, draw);
  model.on("change:checked", tell);
  tell();
  return () => {
    for (const event of news) model.off(event, draw);
    model.off("change:checked", tell);
  };
}

export default { render };
