// A recorder for one's own voice: consent, countdown, level meter, stop, listen again.
// Plain Web Audio, no library, no network. The samples go to Python as one binary
// message (32-bit floats, little-endian), not as widget state: they are not saved.

const CONSENT =
  "Your voice goes from this browser to the Python session of this notebook (on Binder " +
  "or Colab that is a computer of theirs) and nowhere else. Nothing is saved unless you " +
  "save it.";

const GO_ON = "You can go on with a recording that comes with the lesson.";

const FAILURES = {
  NotAllowedError:
    "The browser did not allow the microphone. Allow it at the address bar " +
    "and press Record again.",
  NotFoundError: "No microphone was found. Plug one in and press Record again.",
  NotReadableError:
    "The microphone is in use by another program. Close that and press Record again.",
};

const NO_ACCESS =
  "This page may not use a microphone: browsers allow it only on https:// or localhost.";

// Runs on the audio thread: hands each block of the first channel to the page.
const TAP = `
  registerProcessor("tap", class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length) this.port.postMessage(input[0].slice());
      return true;
    }
  });`;

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

const button = (textContent, disabled) =>
  element("button", { type: "button", textContent, disabled });

function buildView() {
  const record = button("● Record", false);
  const stop = button("■ Stop", true);
  const again = button("▶ Listen again", true);
  const meter = element("meter", { min: -60, max: 0, low: -40, high: -6, value: -60 });
  meter.style.width = "14em";
  const label = element("label", {}, "Level ", meter, " (−60 to 0 dB, peak)");
  const status = element("p");
  status.setAttribute("role", "status"); // screen readers read each change
  const buttons = element("div", {}, record, " ", stop, " ", again);
  buttons.style.margin = "0.6em 0";
  const consent = element("p", { textContent: CONSENT });
  const root = element("section", {}, consent, buttons, label, status);
  root.style.maxWidth = "46em";
  root.setAttribute("aria-label", "Voice recorder");
  // Keys pressed here are for the buttons, not for the notebook's own shortcuts.
  root.dataset.lmSuppressShortcuts = "true";
  root.tabIndex = -1; // can hold the focus while no button does
  root.addEventListener("keydown", (event) => event.stopPropagation());
  return { root, record, stop, again, meter, status };
}

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

function joined(blocks, length) {
  const samples = new Float32Array(length);
  let start = 0;
  for (const block of blocks) {
    samples.set(block.subarray(0, length - start), start);
    start += block.length;
    if (start >= length) break;
  }
  return samples;
}

const peakOf = (samples) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error(NO_ACCESS);
  // The browser's own processing would change level and spectrum: off.
  return navigator.mediaDevices.getUserMedia({
    audio: {
      channelCount: 1,
      echoCancellation: false, noiseSuppression: false, autoGainControl: false,
    },
  });
}

async function connectTap(context, stream, onBlock) {
  const url = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
  await context.audioWorklet.addModule(url);
  URL.revokeObjectURL(url);
  const tap = new AudioWorkletNode(context, "tap", { numberOfOutputs: 0 });
  tap.port.onmessage = ({ data }) => onBlock(data);
  context.createMediaStreamSource(stream).connect(tap);
}

// Waits until enough samples came, or Stop was pressed, or the microphone went away.
function capture(context, stream, view, maxDuration) {
  const blocks = [];
  const wanted = Math.round(maxDuration * context.sampleRate);
  let length = 0;
  return new Promise((resolve, reject) => {
    const finish = () => resolve(joined(blocks, Math.min(length, wanted)));
    view.stop.onclick = finish;
    stream.getAudioTracks()[0].onended = finish;
    connectTap(context, stream, (block) => {
      if (length >= wanted) return;
      blocks.push(block);
      length += block.length;
      view.meter.value = 20 * Math.log10(Math.max(1e-3, peakOf(block)));
      if (length >= wanted) finish();
    }).catch(reject);
  });
}

function summary(samples, sampleRate) {
  const seconds = (samples.length / sampleRate).toFixed(1);
  const peak = peakOf(samples);
  if (peak === 0) return `Recorded ${seconds} s of silence: is the microphone muted?`;
  const clipped = peak >= 0.999 ? " It was too loud and is clipped: move away." : "";
  const level = (20 * Math.log10(peak)).toFixed(0);
  return `Recorded ${seconds} s at ${sampleRate} Hz, peak ${level} dB.${clipped}`;
}

function render({ model, el }) {
  const view = buildView();
  let context, stream, recording, player;

  const tell = (status, message) => {
    view.status.textContent = message;
    model.set("status", status);
    model.set("message", message);
    model.save_changes();
  };

  const release = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    view.meter.value = view.meter.min;
  };

  const send = (samples) => {
    if (samples.length === 0) throw new Error("Stopped before any sound came.");
    const content = { kind: "recording", sample_rate: context.sampleRate };
    model.send(content, undefined, [samples.buffer]);
    tell("recorded", summary(samples, context.sampleRate));
  };

  async function countDown() {
    for (let left = model.get("countdown_s"); left > 0; left--) {
      tell("countdown", `Recording starts in ${left} …`);
      await pause(1);
    }
  }

  async function run() {
    tell("waiting", "Waiting for the microphone …");
    context ??= new AudioContext();
    stream = await openMicrophone();
    await context.resume();
    await countDown();
    tell("recording", "Recording. Speak now; press Stop when done.");
    view.stop.disabled = false;
    view.stop.focus();
    recording = await capture(context, stream, view, model.get("max_duration_s"));
    send(recording);
  }

  view.record.onclick = async () => {
    player?.stop();
    view.root.focus();
    view.record.disabled = view.again.disabled = true;
    try {
      await run();
    } catch (error) {
      tell("failed", `${FAILURES[error.name] ?? error.message} ${GO_ON}`);
    }
    release();
    view.stop.disabled = true;
    view.record.disabled = false;
    view.again.disabled = !recording?.length;
    (view.again.disabled ? view.record : view.again).focus();
  };

  // At the level it was recorded: no gain in between.
  view.again.onclick = () => {
    player?.stop();
    const buffer = context.createBuffer(1, recording.length, context.sampleRate);
    buffer.copyToChannel(recording, 0);
    player = new AudioBufferSourceNode(context, { buffer });
    player.connect(context.destination);
    player.onended = () => (view.again.dataset.playing = "no");
    view.again.dataset.playing = "yes";
    player.start();
  };

  el.append(view.root);
  return () => { // the cell was cleared
    release();
    context?.close();
  };
}

export default { render };
