// The page's half of the bridge: as much of a widget manager as the widgets use.
window.models = {}; // id -> { state, widget, views, sent, received, ... }
window.pending = 0; // messages that Python has not taken yet
window.taken = 0; // messages of Python that are done with

let last = Promise.resolve(); // one after the other, as on a socket

function post(message, buffers = []) {
  const bytes = buffers.map((one) => (ArrayBuffer.isView(one)
    ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength) : new Uint8Array(one)));
  const sizes = bytes.map((one) => one.byteLength);
  const head = new TextEncoder().encode(JSON.stringify({ ...message, sizes }));
  const body = new Blob([new Uint32Array([head.byteLength]), head, ...bytes]);
  window.pending += 1;
  last = last.then(() => fetch("say", { method: "POST", body })).catch(() => {});
  last.then(() => (window.pending -= 1));
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function tell(shown, name, ...values) {
  for (const one of [...shown.listeners]) if (one.name === name) one.fn(...values);
}

/** What a view gets: its listeners are its own and go with it, as in anywidget. */
function modelOf(shown, view) {
  const { id, state, changed } = shown;
  return {
    get: (name) => state[name],
    set(name, value) {
      if (same(state[name], value)) return;
      state[name] = value;
      changed.add(name);
      tell(shown, `change:${name}`, this, value);
    },
    save_changes() {
      const news = Object.fromEntries([...changed].map((name) => [name, state[name]]));
      changed.clear();
      if (Object.keys(news).length) post({ id, state: news });
    },
    send(content, callbacks, buffers) {
      shown.sent.push(content);
      post({ id, content }, buffers);
    },
    on: (name, fn) => shown.listeners.push({ name, fn, view }),
    off(name, fn) {
      const isIt = (one) => one.name === name && one.fn === fn && one.view === view;
      shown.listeners = shown.listeners.filter((one) => !isIt(one));
    },
  };
}

async function take(data) {
  const size = new DataView(data).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(data, 4, size));
  const { id, method, content, state, sizes } = JSON.parse(text);
  if (method === "show") return window.show(id);
  const shown = window.models[id];
  if (method === "custom") {
    let start = 4 + size;
    const buffers = sizes.map((length) => new DataView(data, (start += length) - length, length));
    shown.received.push({ ...content, bytes: sizes });
    tell(shown, "msg:custom", content, buffers);
    return;
  }
  const news = Object.entries(state).filter(([name, value]) => !same(shown.state[name], value));
  for (const [name, value] of news) shown.state[name] = value;
  for (const [name, value] of news) tell(shown, `change:${name}`, shown.model, value);
}

async function listen() {
  for (;;) {
    const data = await (await fetch("next")).arrayBuffer();
    if (!data.byteLength) continue;
    try { await take(data); } catch (error) { reportError(error); }
    window.taken += 1;
  }
}

/** One more view of a widget; `cleanUp` takes it away, as a cell that is run again. */
window.addView = async (id) => {
  const shown = window.models[id];
  const el = document.querySelector("main").appendChild(document.createElement("div"));
  el.id = shown.views.length ? `${id}-${shown.views.length}` : id;
  const leave = await shown.widget.render({ model: modelOf(shown, el), el });
  const cleanUp = () => {
    shown.listeners = shown.listeners.filter(({ view }) => view !== el);
    leave?.();
    el.remove();
  };
  shown.views.push({ el, cleanUp });
};

window.show = async (id) => {
  const state = await (await fetch(`${id}.json`)).json();
  const style = document.createElement("style");
  style.textContent = await (await fetch(`${id}.css`)).text();
  document.head.append(style);
  const { default: made } = await import(`${location.href.replace(/page$/, id)}.js`);
  const widget = typeof made === "function" ? await made() : made;
  const shown = { id, state, widget, listeners: [], changed: new Set(), views: [], sent: [], received: [] };
  shown.model = modelOf(shown, "all views");
  window.models[id] = shown;
  window.shownAt = performance.now();
  await widget.initialize?.({ model: shown.model });
  await window.addView(id);
};

listen().catch(() => {});
