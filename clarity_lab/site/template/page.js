// What a page does beyond showing itself; everything can be read and heard without it.
(() => {
  const all = (what) => [...document.querySelectorAll(what)];

  // One sound at a time.
  document.addEventListener(
    "play",
    (event) => all("audio").filter((one) => one !== event.target).forEach((one) => one.pause()),
    true,
  );

  // All code cells at once.
  const cells = all("details.code");
  if (cells.length) {
    const button = document.createElement("button");
    button.type = "button";
    const label = () => {
      button.textContent = cells.some((one) => one.open) ? "Fold all code" : "Show all code";
    };
    button.addEventListener("click", () => {
      const open = !cells.some((one) => one.open);
      cells.forEach((one) => { one.open = open; });
      label();
    });
    cells.forEach((one) => one.addEventListener("toggle", label));
    document.querySelector(".bar nav").append(button);
    label();
  }

  // The list of headings is folded where it would stand before the lesson.
  const contents = document.querySelector(".contents details");
  const narrow = matchMedia("(max-width: 72rem)");
  const fold = () => { if (contents) contents.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  // What scrolls sideways can be reached with the keyboard.
  const reach = () =>
    all(".wide, .long, pre").forEach((one) => {
      if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
      else one.removeAttribute("tabindex");
    });
  addEventListener("resize", reach);
  addEventListener("load", reach);
  reach();
})();
