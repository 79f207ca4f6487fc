// Above the audiogram: which ear moves, whose ears, undo, files.
import { create, newId, pressable } from "./dom.js";
import { saveFile } from "./files.js";

const LARGEST_FILE_BYTES = 2_000_000;
const CHOICES = [["right", "○ Right"], ["left", "× Left"], ["both", "○× Both"]];

const tool = (words, title, onPress) => pressable(words, { title, onPress });

export class AudiogramTools {
  constructor(thresholds, tell) {
    this.thresholds = thresholds;
    this.tell = tell;
    this.model = thresholds.model;
    this.undo = tool("Undo", "Take the last change back (Ctrl+Z)", () => this.goBack());
    this.reset = tool("Reset", "Back to how it began", () => this.ask({ kind: "reset" }));
    this.fill = tool("Fill the gaps", "Read what was not measured between its neighbours",
      () => this.ask({ kind: "fill" }));
    this.file = create("input", { type: "file", accept: ".json,.csv", hidden: true,
      onchange: () => this.open() });
    const open = tool("Open …", "Listeners from a JSON or CSV file on this computer",
      () => this.file.click());
    const save = tool("Save JSON", "This listener as a Clarity listeners file",
      () => this.model.send({ kind: "export" }));
    this.people = create("select", { onchange: () => this.choosePerson() });
    this.name = create("input", { type: "text", size: 14, autocomplete: "off",
      onchange: () => this.rename() });
    this.root = create("div", { className: "cl-tools" },
      create("div", { className: "cl-row" }, this.ears(),
        create("label", { className: "cl-labelled" }, "Ears of ", this.people)),
      create("div", { className: "cl-row" },
        create("label", { className: "cl-labelled" }, "Name ", this.name),
        this.undo, this.reset, this.fill, open, save, this.file));
  }

  ears() {
    const name = newId("ear");
    this.radios = CHOICES.map(([value, label]) => {
      const radio = create("input", { type: "radio", name, value,
        onchange: () => this.thresholds.choose(value) });
      return { radio, shown: create("label", { className: value }, radio, label) };
    });
    const legend = create("legend", {}, "Move");
    return create("fieldset", { className: "cl-ears" }, legend,
      ...this.radios.map(({ shown }) => shown));
  }

  draw() {
    for (const { radio } of this.radios) radio.checked = radio.value === this.thresholds.chosen;
    this.undo.disabled = !this.thresholds.canUndo;
    this.fill.hidden = !this.thresholds.hasGaps;
    const name = this.model.get("name");
    if (document.activeElement !== this.name) this.name.value = name;
    this.drawPeople(name);
  }

  drawPeople(name) {
    const choices = this.model.get("_choices");
    if (this.offered !== choices) {
      this.offered = choices;
      const groups = choices.map(([group, people]) =>
        create("optgroup", { label: group }, ...people.map(([one, label]) =>
          create("option", { value: JSON.stringify([group, one]) }, label))));
      this.people.replaceChildren(create("option", { value: "" }, "choose …"), ...groups);
    }
    const isNow = ({ value }) => value && JSON.parse(value)[1] === name;
    if (isNow(this.people)) return;
    const found = [...this.people.options].find(isNow);
    if (found) this.people.value = found.value;
    else if (this.editsAtChoice !== this.thresholds.edits) this.people.value = "";
  }

  choosePerson() {
    if (!this.people.value) return;
    const [group, name] = JSON.parse(this.people.value);
    this.editsAtChoice = this.thresholds.edits; // one ear is not yet the whole person
    this.ask({ kind: "choose", group, name });
  }

  /** The kernel answers by changing the thresholds, or says why not. */
  ask(content) {
    this.thresholds.remember();
    this.undo.disabled = false;
    this.model.send({ ...content, ear: this.thresholds.chosen });
  }

  goBack() {
    this.tell(this.thresholds.undo() ? "Taken back." : "There is nothing to take back.");
    this.draw();
  }

  rename() {
    const name = this.name.value.trim();
    if (name) {
      this.thresholds.remember();
      this.model.set("name", name);
      this.model.save_changes();
    } else {
      this.tell("A listener needs a name.", true);
      this.name.value = this.model.get("name");
    }
  }

  async open() {
    const [file] = this.file.files;
    this.file.value = ""; // the same file can be chosen again
    if (!file) return;
    if (file.size > LARGEST_FILE_BYTES) {
      this.tell(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB: too large for a ` +
        "listeners file.", true);
      return;
    }
    try {
      this.ask({ kind: "file", name: file.name, text: await file.text() });
    } catch (error) {
      this.tell(`${file.name} could not be read: ${error.message}`, true);
    }
  }

  /** What the kernel wrote, as a download. */
  save({ name, text }) {
    saveFile(text, name, "application/json");
    this.tell(`Saved as ${name}.`);
  }
}
