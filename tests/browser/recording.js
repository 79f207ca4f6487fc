// In front of all scripts of a page: what goes to the end of an AudioContext can be
// written down, block by block, by an AudioWorklet. An AnalyserNode would blur it.
(() => {
  const SCRIBE = `
    registerProcessor("scribe", class extends AudioWorkletProcessor {
      process([input]) {
        const channels = input.length ? input.map((one) => one.slice()) : null;
        this.port.postMessage([currentFrame, channels]);
        return true;
      }
    });`;
  window.contexts = [];
  window.ends = new Set(); // nodes that are connected to the end of a context
  const NativeContext = window.AudioContext;
  window.AudioContext = class extends NativeContext {
    constructor(options) {
      super(options);
      window.contexts.push(this);
    }
  };
  const { connect, disconnect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      window.ends.add(this);
      if (this.context.scribe) connect.call(this, this.context.scribe);
    }
    return connect.call(this, to, ...rest);
  };
  AudioNode.prototype.disconnect = function (...from) {
    if (!from.length || from[0] === this.context.destination) window.ends.delete(this);
    return disconnect.apply(this, from);
  };

  async function scribeOf(context) {
    if (!context.hasScribes) {
      const url = URL.createObjectURL(new Blob([SCRIBE], { type: "text/javascript" }));
      await context.audioWorklet.addModule(url);
      context.hasScribes = true;
    }
    const exact = { channelCount: 2, channelCountMode: "explicit", numberOfOutputs: 0 };
    return new AudioWorkletNode(context, "scribe", exact);
  }

  function asText(values) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) {
      text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    }
    return btoa(text);
  }

  /** Without the blocks in front of the first that came from somewhere, if one did. */
  const sounding = (blocks) =>
    blocks.slice(Math.max(0, blocks.findIndex(([, channels]) => channels)));

  /** Chromium may give some blocks the number of the one before them, but none may be
   *  ahead of its place: then one was lost. */
  const isWhole = (blocks) =>
    blocks.every(([frame], i) => frame <= blocks[0][0] + 128 * i);

  /** What was written down: both ears, and the frame of the first sample. */
  function written(all) {
    const blocks = sounding(all);
    const ears = [0, 1].map((ear) => {
      const samples = new Float32Array(128 * blocks.length);
      blocks.forEach(([, channels], i) => channels && samples.set(channels[ear], 128 * i));
      return asText(samples);
    });
    return { whole: isWhole(blocks), first: blocks[0]?.[0] ?? 0, ears };
  }

  const soon = () => new Promise((done) => setTimeout(done, 5));

  /** Writes down what a context lets out; `stop` gives all of it, up to now. */
  window.startRecording = async (context = window.contexts.at(-1)) => {
    const scribe = await scribeOf(context);
    const blocks = [];
    const ofContext = () => [...window.ends].filter((end) => end.context === context);
    scribe.port.onmessage = ({ data }) => blocks.push(data);
    context.scribe = scribe;
    for (const end of ofContext()) connect.call(end, scribe);
    return {
      blocks,
      async stop() {
        const now = context.currentTime * context.sampleRate;
        const until = performance.now() + 5_000;
        const isBehind = () => context.state === "running" && !(blocks.at(-1)?.[0] >= now);
        while (isBehind() && performance.now() < until) await soon();
        context.scribe = null;
        scribe.port.onmessage = null;
        for (const end of ofContext()) disconnect.call(end, scribe);
        return written(blocks);
      },
    };
  };

  window.recordFor = async (seconds) => {
    const context = window.contexts.at(-1);
    const recorder = await window.startRecording(context);
    const wanted = (seconds * context.sampleRate) / 128;
    const until = performance.now() + 20_000;
    while (sounding(recorder.blocks).length < wanted) {
      if (performance.now() > until) throw new Error(`nothing comes: it is ${context.state}`);
      await soon();
    }
    return recorder.stop();
  };
  window.asText = asText;
})();
