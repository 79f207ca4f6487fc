// A page with nothing but an engine and a button: for the tests of the engine.
import { sharedContext } from "/modules/contexts.js";
import { Engine } from "/modules/engine.js";

const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits on the clock of the sound where it runs: a busy machine lets it lag behind. */
async function wait(seconds) {
  const context = window.engine?.context;
  if (context?.state !== "running") return later(1000 * seconds);
  const until = context.currentTime + seconds;
  while (context.state === "running" && context.currentTime < until) await later(4);
}

/** Samples of a file of 32-bit floats, as `channels` rows. */
async function load(name, channels = 1) {
  const values = new Float32Array(await (await fetch(`/files/${name}`)).arrayBuffer());
  const length = values.length / channels;
  return Array.from({ length: channels }, (_, row) =>
    values.slice(row * length, (row + 1) * length),
  );
}

/** Renders what an engine does without a clock: acts = [[seconds, fn], ...]. */
async function render({ seconds, sampleRate, acts, setUp }) {
  const length = Math.round(seconds * sampleRate);
  const context = new OfflineAudioContext(2, length, sampleRate);
  const engine = new Engine({ sampleRate, context });
  await setUp(engine);
  for (const [when, act] of acts) {
    context.suspend(when).then(async () => {
      await act(engine, Math.round(context.currentTime * sampleRate));
      await null; // what is told in one go is done after it
      context.resume();
    });
  }
  const heard = await context.startRendering();
  return [0, 1].map((ear) => asText(heard.getChannelData(ear)));
}

Object.assign(window, { Engine, load, render, sharedContext, wait });
document.querySelector("button").onclick = () => window.engine.play();
if (location.hash === "#at-once") { // as a page that would sound without a click
  window.engine = new Engine({ sampleRate: 48000 });
  window.states = [];
  engine.onChange(() => states.push(engine.state));
  engine.setSound(0, [new Float32Array(48000 * 5).fill(0.1)]);
  engine.play();
}
window.ready = true;
