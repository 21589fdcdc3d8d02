// What the site of these pages does: opens the widget when its button is pressed, and keeps every
// call of its callback for the test to read.
const { origin } = location;

/** Every call so far, as it came. */
window.calls = [];
/** Every trusted or untrusted drop that the page heard of. */
window.drops = [];

window.hear = () => {};

window.callback = (error, result) => {
  window.calls.push({ error, result });
  window.hear(error, result);
};

window.base = { cloudName: "demo", uploadPreset: "unsigned", uploadPrefix: origin };

window.named = (event) =>
  window.calls.filter(({ error, result }) => (error ? "error" : result.event) === event);

/** The calls as plain data. A `File` reads as what it is, and an error as its fields. */
window.report = () => {
  const plain = (_key, value) =>
    value instanceof File
      ? { isFile: true, name: value.name, size: value.size, type: value.type }
      : value;
  const calls = window.calls.map(({ error, result }) => {
    const { code, status, statusText, message, attempts, requestId, history } = error ?? {};
    const { remedy } = error ?? {};
    return {
      error: error && {
        ...{ code, status, statusText, message, attempts, requestId, history, remedy },
        isError: error instanceof Error,
        text: String(error),
      },
      event: result.event,
      info: result.info,
      uw_event: result.uw_event,
      mirrored: result.data.event === result.event && result.data.info === result.info,
    };
  });
  return JSON.parse(JSON.stringify(calls, plain));
};

document.addEventListener("drop", (event) => window.drops.push(event.isTrusted), true);

document.querySelector("#opener")?.addEventListener("click", () => {
  const options = { ...window.base, ...window.options };
  window.widget = window.plimsoll.openUploadWidget(options, window.callback);
});
