// A listening test on the page: one screen after the other, and the names at the end.

import { create, takeKeys } from "./dom.js";
import { AcrScreen } from "./rating_acr.js";
import { MushraScreen } from "./rating_mushra.js";

const gainWords = (db) =>
  db === 0 ? "Played as they are" : `All played ${db > 0 ? "+" : ""}${db.toFixed(1)} dB`;

function outcomeTable(model) {
  const cell = (tag, text) => create(tag, {}, text);
  const heads = ["Rank", "Condition", "Mean score", "n"].map((text) => {
    const head = cell("th", text);
    head.scope = "col";
    return head;
  });
  const rows = model.get("outcome").map(({ rank, condition, mean, n }) => {
    const head = cell("th", condition);
    head.scope = "row";
    return create("tr", {}, cell("td", String(rank)), head, cell("td", mean.toFixed(1)), cell("td", String(n)));
  });
  return create(
    "table",
    { className: "cl-rating-outcome" },
    create("caption", {}, "What you rated"),
    create("thead", {}, create("tr", {}, ...heads)),
    create("tbody", {}, ...rows),
  );
}

function render({ model, el }) {
  const title = create("p", { className: "cl-title" });
  const progress = create("p", { className: "cl-soft" });
  const body = create("div", {});
  const status = create("p", { className: "cl-status", role: "status" });
  const root = create("section", { className: "cl cl-rating", tabIndex: -1 });
  root.setAttribute("aria-label", "Listening test");
  root.append(title, progress, body, status);
  el.append(root);

  let screen = null;
  const tell = (words) => (status.textContent = words);

  function showProgress() {
    const what = model.get("method") === "mushra" ? "Trial" : "Sound";
    const place = `${what} ${model.get("screen") + 1} of ${model.get("n_screens")}`;
    const gain = gainWords(model.get("gain_db"));
    progress.textContent = model.get("status") === "done" ? "" : `${place}. ${gain}.`;
  }

  function showScreen() {
    screen?.destroy();
    const isDone = model.get("status") === "done";
    const isMushra = model.get("method") === "mushra";
    screen = isDone ? null : new (isMushra ? MushraScreen : AcrScreen)(model, tell);
    title.textContent = model.get("question");
    showProgress();
    progress.hidden = isDone;
    body.replaceChildren(isDone ? outcomeTable(model) : screen.node);
    tell(model.get("message"));
  }

  /** The old screen goes with its focus; who was inside stays inside. */
  function change() {
    const wasInside = root.contains(document.activeElement);
    showScreen();
    if (!wasInside) return;
    if (screen) screen.play.focus();
    else root.focus();
  }

  function onKey(name, event) {
    if (!screen) return false;
    const onButton = event.target.closest("button");
    if (name === " " && event.target !== screen.nextButton && event.target.type !== "checkbox") {
      screen.listening.toggle();
      return true;
    }
    if (name === "Enter" && !onButton) {
      screen.next();
      return true;
    }
    return screen.key(name, event);
  }

  const onGain = () => {
    showProgress();
    screen?.listening.setGain(model.get("gain_db"));
  };
  const onMessage = () => tell(model.get("message"));
  model.on("change:screen", change);
  model.on("change:message", onMessage);
  model.on("change:gain_db", onGain);
  takeKeys(root, onKey);
  showScreen();
  return () => {
    model.off("change:screen", change);
    model.off("change:message", onMessage);
    model.off("change:gain_db", onGain);
    screen?.destroy();
  };
}

export default { render };
