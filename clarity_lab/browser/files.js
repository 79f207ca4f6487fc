// Files for the reader: a sound as a WAV of 16 bits, as it is played; names; the download.

/** The bytes of a WAV file of channels (Float32Array each), scaled by a linear gain. */
export function wavOf(channels, { sampleRate, gain = 1 }) {
  const [n, length] = [channels.length, channels[0].length];
  const view = new DataView(new ArrayBuffer(44 + 2 * n * length));
  const text = (at, letters) => [...letters].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * n * length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // bytes of this part
  view.setUint16(20, 1, true); // plain numbers
  view.setUint16(22, n, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * n * sampleRate, true);
  view.setUint16(32, 2 * n, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * n * length, true);
  for (let i = 0, at = 44; i < length; i++) {
    for (let channel = 0; channel < n; channel++, at += 2) {
      const step = Math.round(32768 * gain * channels[channel][i]);
      view.setInt16(at, Math.min(32767, Math.max(-32768, step)), true);
    }
  }
  return view.buffer;
}

/** A file name from a label: "5 dB <SNR>" at -6 dB -> "5 dB SNR (-6.0 dB).wav". */
export function fileName(label, gain_db) {
  const safe = label.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, " ").replace(/\s+/g, " ").trim();
  const plain = safe.replace(/^\.+|\.+$/g, "").slice(0, 80) || "sound";
  const sign = gain_db > 0 ? "+" : "";
  return gain_db ? `${plain} (${sign}${gain_db.toFixed(1)} dB).wav` : `${plain}.wav`;
}

/** Hand a file to the reader. */
export function saveFile(content, name, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
