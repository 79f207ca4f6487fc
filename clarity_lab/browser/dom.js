// What every widget builds with: elements, drawings, buttons, a clock, the keyboard.

/** An element with its properties, attributes ("aria-...", "data-...", "role") and children. */
export function create(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && !name.includes("-")) node[name] = value;
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A name for radio buttons or an element's id. By chance: every widget of a page loads a
 *  copy of this module, and counts alone. */
export const newId = (what) => `cl-${what}-${Math.random().toString(36).slice(2)}`;

/** svgElement("circle", {r: 8, class: "mark"}, child, ...): attributes, then children. */
export function svgElement(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const ICONS = {
  play: "M4 2.2v11.6c0 .6.7 1 1.2.7l9-5.8c.5-.3.5-1 0-1.4l-9-5.8C4.7 1.2 4 1.6 4 2.2z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  loop: "M11 1l3.5 3L11 7V5H5a2.5 2.5 0 0 0-2.5 2.5V8H1v-.5A4 4 0 0 1 5 3.5h6zM5 15l-3.5-3L5 9v2h6a2.5 2.5 0 0 0 2.5-2.5V8H15v.5a4 4 0 0 1-4 4H5z",
  save: "M7.2 1h1.6v7.2l2.6-2.6 1.1 1.1L8 11.2 3.5 6.7l1.1-1.1 2.6 2.6zM2 13.4h12V15H2z",
};

/** A drawing for a button; the button says in words what it does. */
export function icon(name) {
  const path = svgElement("path", { d: ICONS[name] });
  return svgElement("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

/** A button with words, and a drawing before them if it has one. */
export function pressable(words, { drawing, onPress, ...properties } = {}) {
  const node = create("button", { type: "button", ...properties });
  if (drawing) node.append(icon(drawing));
  if (words) node.append(words);
  if (onPress) node.addEventListener("click", onPress);
  return node;
}

/** A number as text with a true minus sign. */
export const withMinus = (text) => String(text).replace("-", "−");

/** 61.25 -> "1:01.2"; the tenth is cut, not rounded, as on a stop watch. */
export function clock(seconds) {
  const tenths = Math.floor(Math.max(0, seconds) * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  const rest = (tenths % 600) / 10;
  return `${minutes}:${rest.toFixed(1).padStart(4, "0")}`;
}

// JupyterLab leaves a key alone if it is pressed inside an element with this mark.
const MARK = "data-lm-suppress-shortcuts";
const IN_TEXT = "acvxyz"; // with Ctrl: select all, copy, paste, cut, back, again

/** Whether a key is the widget's: then the notebook does not get it. */
function isOurs(event, withCtrl) {
  const { key, target, altKey } = event;
  const isTyped = event.getModifierState("AltGraph"); // "[" on many keyboards
  if ((event.ctrlKey || event.metaKey) && !isTyped) {
    const isText = target.matches("input:not([type=radio], [type=checkbox]), textarea");
    return !altKey && (withCtrl + (isText ? IN_TEXT : "")).includes(key.toLowerCase());
  }
  if (altKey && !isTyped) return "[]".includes(key); // so they are typed on a Mac
  return !(event.shiftKey && key === "Enter") && !/^F\d/.test(key);
}

/** Keys pressed inside `root` go to `onKey(key, event)`; what it takes goes no further.
 *  "d d" deletes no cell; but Ctrl+S, Shift+Enter and the like stay the notebook's, except
 *  the keys in `withCtrl`. */
export function takeKeys(root, onKey, { withCtrl = "" } = {}) {
  // A JupyterLab before 4.1 looks when a key is on its way down from the document: so
  // before that; a later one when it is on its way up.
  const mark = (event) => {
    if (!root.isConnected) window.removeEventListener("keydown", mark, true);
    else if (root.contains(event.target)) root.toggleAttribute(MARK, isOurs(event, withCtrl));
  };
  root.addEventListener("focusin", () => window.addEventListener("keydown", mark, true));
  root.addEventListener("focusout", () => window.removeEventListener("keydown", mark, true));
  root.addEventListener("keydown", (event) => {
    if (!isOurs(event, withCtrl)) return;
    if (event.key !== "Tab") event.stopPropagation();
    if (onKey(event.key, event)) event.preventDefault();
  });
}
