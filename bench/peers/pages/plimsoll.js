// Plimsoll as its README embeds it. `tuned` raises what goes up at once to the browser's limit.
(() => {
  const query = new URLSearchParams(location.search);
  let listed = 0;
  let good = 0;
  let bad = 0;
  let widget;

  const options = {
    cloudName: "demo",
    uploadPreset: "unsigned",
    uploadPrefix: query.get("upload") ?? location.origin,
    ...(query.has("tuned") ? { maxParallelUploads: 6, maxParallelChunks: 6 } : {}),
    // A page that doesn't answer yet: nothing is sent, as with those that wait for a click.
    ...(query.has("hold") ? { prepareUploadParams() {} } : {}),
  };

  function callback(error, result) {
    if (error) bad += 1;
    else if (result.event === "upload-added") listed += 1;
    else if (result.event === "success") good += 1;
  }

  /** The element with the widget's shadow root. */
  const root = () => [...document.querySelectorAll("*")].find((one) => one.shadowRoot)?.shadowRoot;
  let kept;
  const inside = () => {
    if (!kept?.host.isConnected) kept = root();
    return kept;
  };

  window.contender = {
    browse: "[part~=browse]",
    open() {
      widget = window.plimsoll.openUploadWidget(options, callback);
    },
    async close() {
      await widget.destroy();
      widget = undefined;
    },
    opened: () => Boolean(inside()?.querySelector("[part~=browse]")?.checkVisibility()),
    listed: () => (inside()?.querySelector("[data-status]") ? listed : 0),
    painted() {
      const all = [...(inside()?.querySelectorAll("[data-status] canvas") ?? [])];
      return { shown: all.length, painted: all.filter((canvas) => !canvas.hidden).length };
    },
    ended: () => ({ good, bad }),
  };
})();
