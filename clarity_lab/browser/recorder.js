// A recorder for one's own voice: consent, countdown, level, stop, listen, again.
// Plain Web Audio, no library, no network. The samples go to Python as one binary
// message (32-bit floats, little-endian), not as widget state: they are not saved.
import { withMinus } from "./dom.js";
import { CLIPPED, capture, contextFor, helpFor, openMicrophone, peakOf } from "./microphone.js";
import { oneAtATime } from "./one_at_a_time.js";
import { RecorderView, inDbfs } from "./recorder_view.js";

const GO_ON = "You can go on with a recording that comes with the lesson.";
const SOFT_DBFS = -30; // peak; speech near a microphone reaches -20 to -6 dBFS

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

function advice(peak) {
  if (peak >= CLIPPED) return "It was too loud and is clipped: move away and record again.";
  if (inDbfs(peak) < SOFT_DBFS)
    return "That is soft: move closer, or turn the microphone up, and record again.";
  return "That is a good level.";
}

function summary(samples, sampleRate) {
  const seconds = (samples.length / sampleRate).toFixed(1);
  const peak = peakOf(samples);
  if (peak === 0) return `Recorded ${seconds} s of silence: is the microphone muted?`;
  const level = withMinus(inDbfs(peak).toFixed(0));
  return `Recorded ${seconds} s at ${sampleRate} Hz, peak ${level} dBFS. ${advice(peak)}`;
}

class Recorder {
  constructor(model) {
    this.model = model;
    this.view = new RecorderView();
    this.turn = oneAtATime(() => this.player?.stop());
    this.view.begin(model.get("max_duration_s"));
    this.view.record.onclick = () => this.press();
    this.view.again.onclick = () => (this.player ? this.player.stop() : this.listen());
  }

  tell(status, message) {
    this.view.status.textContent = message;
    this.view.status.classList.toggle("cl-alarm", status === "failed");
    this.view.root.dataset.status = status;
    this.model.set("status", status);
    this.model.set("message", message);
    this.model.save_changes();
  }

  async press() {
    const { view } = this;
    this.player?.stop();
    view.root.focus(); // no button can hold it now
    view.record.disabled = view.again.disabled = true;
    try {
      await this.run();
    } catch (error) {
      if (!this.gone) this.tell("failed", `${helpFor(error)} ${GO_ON}`);
    }
    this.release();
    if (this.gone) return;
    view.stop.disabled = true;
    view.record.disabled = false;
    view.again.disabled = !this.recording?.length;
    view.record.textContent = this.recording?.length ? "● Record again" : "● Record";
    (view.again.disabled ? view.record : view.again).focus();
  }

  async run() {
    const { view } = this;
    this.tell("waiting", "Waiting for the microphone: the browser may ask you …");
    this.context ??= new AudioContext(); // inside the click, or it may not start
    this.stream = await openMicrophone();
    if (this.gone) return;
    this.context = await contextFor(this.stream, this.context);
    const seconds = this.model.get("max_duration_s");
    view.begin(seconds);
    await this.countDown();
    if (this.gone) return;
    this.tell("recording", "Recording. Speak now; press Stop when done.");
    view.stop.disabled = false;
    view.stop.focus();
    const samples = await capture(this.context, this.stream, {
      seconds,
      onBlock: (block, at) => view.add(block, at),
      onStop: (finish) => (view.stop.onclick = finish),
    });
    if (!this.gone) this.keep(samples);
  }

  async countDown() {
    for (let left = this.model.get("countdown_s"); left > 0; left--) {
      this.tell("countdown", `Recording starts in ${left} …`);
      this.view.showCount(left);
      await pause(1);
      if (this.gone) return;
    }
    this.view.showCount("");
  }

  keep(samples) {
    if (samples.length === 0) throw new Error("Stopped before any sound came.");
    this.recording = samples;
    const { sampleRate } = this.context;
    this.model.send({ kind: "recording", sample_rate: sampleRate }, undefined,
      [samples.slice().buffer]);
    this.view.showWhole(samples, sampleRate);
    this.tell("recorded", summary(samples, sampleRate));
  }

  /** At the level at which it was recorded: no gain in between. */
  listen() {
    const { context, recording, view } = this;
    const buffer = context.createBuffer(1, recording.length, context.sampleRate);
    buffer.copyToChannel(recording, 0);
    const player = new AudioBufferSourceNode(context, { buffer });
    this.player = player;
    player.connect(context.destination);
    const began = context.currentTime;
    const follow = () => {
      if (this.player !== player) return;
      view.showNow(Math.min(1, (context.currentTime - began) / buffer.duration));
      requestAnimationFrame(follow);
    };
    player.onended = () => {
      if (this.player === player) this.player = undefined;
      view.again.dataset.playing = "no";
      view.again.textContent = "▶ Listen again";
      view.showNow(null);
    };
    view.again.dataset.playing = "yes";
    view.again.textContent = "■ Stop listening";
    this.turn.take();
    player.start();
    follow();
  }

  release() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = undefined;
    this.view.rest();
  }

  leave() { // the cell was cleared
    this.gone = true;
    const under = ["waiting", "countdown", "recording"];
    if (under.includes(this.view.root.dataset.status)) this.tell("idle", "");
    this.player?.stop();
    this.turn.leave();
    this.release();
    this.context?.close();
  }
}

function render({ model, el }) {
  const recorder = new Recorder(model);
  el.append(recorder.view.root);
  return () => recorder.leave();
}

export default { render };
