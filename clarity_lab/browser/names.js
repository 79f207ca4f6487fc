// The sliders of ipywidgets do not say to a screen reader what they move: their name only
// stands beside them. This tells their handles, and reads out what is written there.

const ENDS = ["from", "to"]; // the handles of a range

function tell(handle) {
  const slider = handle.closest(".widget-inline-hbox");
  const name = slider?.querySelector(".widget-label")?.textContent;
  if (!name) return;
  const handles = [...slider.querySelectorAll(".noUi-handle")];
  const end = handles.length > 1 ? `, ${ENDS[handles.indexOf(handle)]}` : "";
  const words = { "aria-label": name + end };
  const value = slider.querySelector(".widget-readout")?.textContent;
  if (value && !end) words["aria-valuetext"] = value; // not 1.8e-15
  for (const [attribute, text] of Object.entries(words)) {
    if (handle.getAttribute(attribute) !== text) handle.setAttribute(attribute, text);
  }
}

function render({ el }) {
  let watch = null;
  const begin = () => { // el is not in the page yet when it is rendered
    const root = el.closest(".cl-named");
    if (!root) return;
    const tellAll = () => root.querySelectorAll(".noUi-handle").forEach(tell);
    watch = new MutationObserver(tellAll);
    watch.observe(root, { childList: true, subtree: true, attributeFilter: ["aria-valuetext"] });
    tellAll();
  };
  const first = requestAnimationFrame(begin);
  return () => {
    cancelAnimationFrame(first);
    watch?.disconnect();
  };
}

export default { render };
