// The engine without a screen: for pages that draw the list themselves. Thin: states, retries,
// chunks and limits are the same engine's as the dialog's; this keeps calls until it is there, and
// tells subscribers at most once per frame.

/** So long changes are gathered. Not a frame of the page's: those stand still in the background. */
const FRAME_MS = 16;

/** A file as the engine takes it; addresses go as they are. */
const taken = (what) =>
  what instanceof Blob && !(what instanceof File)
    ? new File([what], "file", { type: what.type })
    : what;

/** `createUploader`, made of what makes widgets. */
export const uploaderOf = (makeWidget) => (options, callback) => {
  let inner;
  const widget = makeWidget(options, callback, null, null, (parts) => (inner = parts));
  const subscribers = new Set();
  let started = false;
  let waiting = false;

  const tell = () => {
    waiting = false;
    for (const subscriber of [...subscribers]) {
      try {
        subscriber(uploader);
      } catch (thrown) {
        reportError(thrown);
      }
    }
  };
  const changed = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(tell, FRAME_MS);
  };
  // What could not be loaded is tried again with the next file.
  widget.on("error", ({ code }) => {
    if (code === "page.load_failed") started = false;
  });
  const act = (what) => (id) => {
    if (started) inner.call("act", what, id ?? "");
    return uploader;
  };

  const uploader = {
    /** Files, blobs, and addresses that the server is to fetch: one, or a list of them. */
    add(what) {
      const isOne = typeof what === "string" || what instanceof Blob;
      const files = (isOne ? [what] : [...what]).map(taken);
      if (!started) inner.show("start", changed);
      started = true;
      inner.call("add", files);
      return uploader;
    },
    get items() {
      return inner.real()?.items?.() ?? [];
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    cancel: act("cancel"),
    retry: act("retry"),
    pause: act("pause"),
    resume: act("resume"),
    remove: act("remove"),
    prefer: act("prefer"),
    allow: act("allow"),
    send: () => act("send")(),
    on: widget.on,
    off: widget.off,
    update(options) {
      widget.update(options);
      return uploader;
    },
    isDestroyed: widget.isDestroyed,
    trace: widget.trace,
    async destroy() {
      subscribers.clear();
      await widget.destroy();
    },
  };
  return uploader;
};
