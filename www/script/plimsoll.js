// Plimsoll's loader: the script that pages embed. It installs `window.plimsoll` at once and fetches
// the widget itself (glue and module) when one is first needed; until then calls are kept in order.
// It touches nothing of the page, reads no option, and shows nothing.
(() => {
  // A page may hold the script twice: what stands goes on, with the widgets made by it.
  if (window.plimsoll?.openUploadWidget) return;

  // The other files lie beside this one. A module script has no `currentScript`.
  const script = document.currentScript ?? document.querySelector('script[src*="plimsoll.js"]');
  const beside = (name) => new URL(name, script?.src || document.baseURI).href;
  const moduleUrl = beside("plimsoll-widget.wasm");
  const glueUrl = beside("plimsoll-widget.js");

  let loading;
  let failures = 0;
  // The failure that the console has been told: several widgets may wait for the same try.
  let told;

  /** The class of the real widget. Asked for once; after a failure the next call tries again. */
  const load = () =>
    (loading ??= fetchWidget().catch((problem) => {
      failures += 1;
      loading = undefined;
      throw problem;
    }));

  const fetchWidget = async () => {
    // Both at once: one after the other would cost a round trip more. The fragment makes a second
    // try a new module, because browsers may remember that the first one failed.
    const [response, glue] = await Promise.all([
      fetch(moduleUrl).catch((cause) => {
        throw problem(
          `${moduleUrl} could not be fetched: the network failed, or connect-src of the page's ` +
            "Content-Security-Policy or missing CORS headers of that host forbid it. " +
            "Allow it there, or try again.",
          cause,
        );
      }),
      import(glueUrl + (failures ? `#${failures}` : "")).catch((cause) => {
        throw problem(
          `${glueUrl} could not be loaded: it is missing, or script-src of the page's ` +
            "Content-Security-Policy or missing CORS headers of that host forbid it. " +
            "Put it beside plimsoll.js and allow it there.",
          cause,
        );
      }),
    ]);
    if (!response.ok) {
      throw problem(
        `${moduleUrl} was answered with ${response.status}. ` +
          "Put plimsoll-widget.wasm beside plimsoll.js.",
        response.statusText,
        response.status,
      );
    }
    try {
      await glue.default({ module_or_path: response });
    } catch (cause) {
      throw problem(
        /content security|\bcsp\b|unsafe-eval/i.test(cause)
          ? "The page's Content-Security-Policy forbids WebAssembly. " +
              "Add 'wasm-unsafe-eval' to its script-src."
          : `${moduleUrl} could not be started: the browser is too old, or the file is damaged ` +
              "or not of the same build as plimsoll-widget.js. " +
              "Update the browser, or copy the files again.",
        cause,
      );
    }
    return glue.Widget;
  };

  /** What the page's callback is told; for people's eyes it is its message. */
  const problem = (message, cause, status = 0) =>
    Object.assign(new Error(message), {
      code: "page.load_failed",
      status,
      statusText: message,
      cause,
      toString: () => message,
    });

  const createUploadWidget = (options, callback) => {
    const widget = makeWidget(options, callback);
    // Somebody made a widget to open it later: fetch while nothing else happens, unless they pay
    // by the byte. A failure is told when the widget is opened.
    const prefetch = () => widget.isDestroyed() || load().catch(() => {});
    const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(prefetch);
    if (!navigator.connection?.saveData) {
      if (document.readyState === "complete") whenIdle();
      else addEventListener("load", whenIdle, { once: true });
    }
    return widget;
  };

  const openUploadWidget = (options, callback) => {
    const widget = makeWidget(options, callback);
    widget.open();
    return widget;
  };

  const makeWidget = (options, callback) => {
    let real;
    let waiting = false;
    let destroyed = false;
    /** Calls made before the real widget was there, as [method, ...arguments]. */
    let kept = [];

    const call = (method, ...args) => {
      if (destroyed) return;
      if (real) real[method](...args);
      else kept.push([method, ...args]);
    };

    const ready = (Widget) => {
      if (destroyed) return;
      real = new Widget(options, callback);
      for (const [method, ...args] of kept.splice(0)) call(method, ...args);
    };

    const failed = (problem) => {
      waiting = false;
      if (told !== problem) console.error(`Plimsoll: ${problem.message}`, problem.cause);
      told = problem;
      if (destroyed) return;
      // Options stay changed for the next try; openings and closings are over.
      kept = kept.filter(([method]) => method === "update");
      const data = { event: null, info: null };
      try {
        callback?.(problem, { ...data, data, uw_event: true });
      } catch (thrown) {
        // The page's own mistake, reported as if nobody had caught it.
        setTimeout(() => {
          throw thrown;
        });
      }
    };

    return {
      open(...args) {
        call("open", ...args);
        if (real || waiting || destroyed) return;
        waiting = true;
        load().then(ready, failed);
      },
      close: (...args) => call("close", ...args),
      update: (...args) => call("update", ...args),
      isShowing: () => !!real?.isShowing(),
      isDestroyed: () => destroyed,
      async destroy() {
        call("destroy");
        destroyed = true;
        real = undefined;
        kept = [];
      },
    };
  };

  window.plimsoll = { createUploadWidget, openUploadWidget };
})();
