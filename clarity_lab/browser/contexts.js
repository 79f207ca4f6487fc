// One AudioContext per sample rate and page, shared by all players, also across widgets:
// a browser allows only a few. Its rate is that of the sounds, so that the page itself
// resamples nothing. It sleeps while nobody plays.

const IDLE_S = 10;
const SHARED = Symbol.for("clarity_lab.contexts");

function sharedContexts() {
  return (globalThis[SHARED] ??= new Map());
}

function entryOf(sampleRate) {
  const shared = sharedContexts();
  let entry = shared.get(sampleRate);
  if (!entry || entry.context.state === "closed") {
    entry = { context: openContext(sampleRate), playing: new Set(), sleep: null };
    shared.set(sampleRate, entry);
  }
  return entry;
}

function openContext(sampleRate) {
  try {
    return new AudioContext({ sampleRate, latencyHint: "interactive" });
  } catch (error) {
    throw new Error(
      `This browser cannot play ${sampleRate} Hz; 8000 to 96000 Hz work everywhere.`,
      { cause: error },
    );
  }
}

/** The page's context of this rate; call it inside a click, or it may not start. */
export function sharedContext(sampleRate) {
  return entryOf(sampleRate).context;
}

/** `player` begins to play: the context stays awake. */
export function holdContext(sampleRate, player) {
  const entry = entryOf(sampleRate);
  clearTimeout(entry.sleep);
  entry.playing.add(player);
}

/** `player` is silent: the context sleeps if nobody plays for a while. */
export function releaseContext(sampleRate, player) {
  const entry = sharedContexts().get(sampleRate);
  if (!entry?.playing.delete(player) || entry.playing.size) return;
  clearTimeout(entry.sleep);
  entry.sleep = setTimeout(() => {
    if (!entry.playing.size && entry.context.state === "running") entry.context.suspend();
  }, 1000 * IDLE_S);
}
