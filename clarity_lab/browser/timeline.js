// Where in the sounds the clock is. Everything is counted in whole samples ("frames").

/** The next frame from `frame` on whose time in seconds turns back into exactly itself:
 *  a browser that is told such a time starts on that sample and not between two. */
export function exactFrame(frame, sampleRate) {
  while ((frame / sampleRate) * sampleRate !== frame) frame++;
  return frame;
}

/** The time of a sample, never behind it: for the end of a loop. */
export function timeUpTo(frame, sampleRate) {
  const time = frame / sampleRate;
  return time * sampleRate > frame ? time * (1 - Number.EPSILON) : time;
}

export class Timeline {
  /** Position `position` is heard at the context's frame `start`; before that, `before`
   *  counts. `loop` is [first, end) or null; without one, the end is `stop`, or if that
   *  is null `duration`. */
  constructor({ start, position, duration, loop = null, stop = null, before = null }) {
    Object.assign(this, { start, position, duration, loop, stop, before });
    if (before) before.before = null; // one step of history is enough
  }

  /** Where it ends if it does not loop. */
  get end() { return this.stop ?? this.duration; }

  /** The position that is heard at a frame of the context. */
  at(frame) {
    if (frame < this.start) return this.before ? this.before.at(frame) : this.position;
    const straight = this.position + frame - this.start;
    if (!this.loop) return Math.min(straight, this.end);
    const [first, end] = this.loop;
    return straight < end ? straight : first + ((straight - first) % (end - first));
  }
}
