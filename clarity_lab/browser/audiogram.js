// An audiogram to draw: points that move, the same numbers as a table, and tools.
import { create, takeKeys } from "./dom.js";
import { Thresholds } from "./audiogram_thresholds.js";
import { AudiogramPlot } from "./audiogram_plot.js";
import { AudiogramTable } from "./audiogram_table.js";
import { AudiogramTools } from "./audiogram_tools.js";

const HELP =
  "Drag a point, press beside one, or type a number. Keys: Tab to an ear, ← → frequency, " +
  "↑ ↓ 5 dB (with Shift 1 dB), R L B the right, left or both ears, Ctrl+Z back.";
const PARTS_SHOWN = ["frequencies_hz", "right_db_hl", "left_db_hl", "name", "ear",
  "_drawing", "_summary", "_choices"];

function buildEditor(model) {
  const status = create("p", { className: "cl-status", role: "status" });
  const tell = (text, alarm = false) => {
    status.textContent = text;
    status.classList.toggle("cl-alarm", alarm);
  };
  const thresholds = new Thresholds(model);
  const tools = new AudiogramTools(thresholds, tell);
  const plot = new AudiogramPlot(thresholds, tell);
  const table = new AudiogramTable(thresholds, tell);
  const root = create("section", { className: "cl cl-audiogram", "aria-label": "Audiogram editor" },
    tools.root,
    create("div", { className: "cl-beside" }, plot.root, table.root),
    status,
    create("p", { className: "cl-help" }, HELP));
  const onKey = (key, { ctrlKey, metaKey, target }) => {
    const isUndo = (ctrlKey || metaKey) && key.toLowerCase() === "z";
    if (!isUndo || target.matches("input[type=text]")) return false; // a point takes its own
    tools.goBack();
    return true;
  };
  takeKeys(root, onKey, { withCtrl: "z" });
  return { root, tools, plot, table, tell };
}

function render({ model, el }) {
  const editor = buildEditor(model);
  let waiting = false;
  const draw = () => {
    waiting = false;
    for (const part of [editor.tools, editor.plot, editor.table]) part.draw();
  };
  const drawSoon = () => { // once for all that changes together
    if (!waiting) queueMicrotask(draw);
    waiting = true;
  };
  const receive = (content) => {
    if (content.kind === "tell") editor.tell(content.text, content.alarm);
    if (content.kind === "file") editor.tools.save(content);
  };
  const events = PARTS_SHOWN.map((part) => `change:${part}`);
  for (const event of events) model.on(event, drawSoon);
  model.on("msg:custom", receive);
  el.append(editor.root);
  draw();
  return () => {
    for (const event of events) model.off(event, drawSoon);
    model.off("msg:custom", receive);
  };
}

export default { render };
