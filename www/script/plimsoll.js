// Plimsoll's calls, without the widget: it is fetched (glue and module) when one is first needed;
// until then calls are kept in order. Shared by the script that pages embed (script.js) and the npm
// package (www/npm/index.js), which say where the widget's files are. It shows nothing, touches
// nothing of the page but the buttons it is given, reads only those options that an entry point
// needs, and uses nothing of a browser before it is called.

/** `parts` says where the widget's files are: `module()` and `glue()` are addresses, `load(again)`
 * imports the glue, `words()` the script of languages, `field()` that of the form field, and
 * `remedy` ends what a developer is told
 * of a file that isn't there. */
export const plimsoll = (parts) => {
  // In force only where a page says nothing itself: no stronger than a page's reset of buttons,
  // weaker than any class. A sheet of this kind needs no permission by a page's policy.
  const BUTTON = ":where(.cloudinary-button):not(_)";
  let sheet;
  const style = () => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(
        `${BUTTON}{display:inline-block;box-sizing:border-box;min-block-size:44px;` +
          "padding:10px 18px;border:1px solid transparent;border-radius:6px;" +
          "background:#0b57d0;color:#fff;font:600 16px/22px system-ui,sans-serif;" +
          "text-align:center;text-decoration:none;cursor:pointer}" +
          `${BUTTON}:hover{background:#0842a0}` +
          `${BUTTON}:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}`,
      );
    }
    const sheets = document.adoptedStyleSheets;
    if (!sheets.includes(sheet)) document.adoptedStyleSheets = [...sheets, sheet];
  };

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
    const [moduleUrl, glueUrl] = [parts.module(), parts.glue()];
    const [response, glue] = await Promise.all([
      fetch(moduleUrl).catch((cause) => {
        throw problem(
          `${moduleUrl} could not be fetched: the network failed, or connect-src of the page's ` +
            "Content-Security-Policy or missing CORS headers of that host forbid it. " +
            "Allow it there, or try again.",
          cause,
        );
      }),
      parts.load(failures).catch((cause) => {
        throw problem(
          `${glueUrl} could not be loaded: it is missing or not sent as text/javascript, or ` +
            "script-src of the page's " +
            "Content-Security-Policy or missing CORS headers of that host forbid it. " +
            `${parts.remedy}, and allow it there.`,
          cause,
        );
      }),
    ]);
    // Sites that answer every address with their page do so for a file that isn't there, too.
    const isPage = /html/.test(response.headers.get("content-type"));
    if (!response.ok || isPage) {
      throw problem(
        `${moduleUrl} was answered with ${isPage ? "a web page" : response.status}. ` +
          `${parts.remedy}.`,
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

  /** Begins to fetch a language, which the widget asks for once it is there. It has English. */
  const prepare = (language) =>
    /^en(?![a-z])/i.test(language) ||
    parts.words().then((words) => words.prepare(language)).catch(() => {});

  const LOAD_FAILED = "page.load_failed";

  /** What the page's callback is told; for people's eyes it is its message. */
  const problem = (message, cause, status = 0) =>
    Object.assign(new Error(message), {
      code: LOAD_FAILED,
      status,
      statusText: message,
      cause,
      toString: () => message,
    });

  const createUploadWidget = (options, callback) => prefetched(makeWidget(options, callback));

  const openUploadWidget = (options, callback) => makeWidget(options, callback).open();

  /** Opens a widget; comes to the array of results in shown order, once it is closed. */
  const upload = (options, callback) =>
    new Promise((resolve, reject) => {
      const widget = makeWidget(options, callback, null, (reason) => reject(reason));
      widget.on("close", ({ assets }) => {
        resolve(assets);
        widget.destroy();
      });
      widget.on("error", (problem) => {
        if (problem.code !== LOAD_FAILED) return;
        reject(problem);
        widget.destroy();
      });
      widget.open();
    });

  /** Somebody made a widget to open it later: fetch while nothing else happens, unless they pay by
   * the byte. A failure is told when the widget is opened. */
  const prefetched = (widget) => {
    const prefetch = () => widget.isDestroyed() || load().catch(() => {});
    const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(prefetch);
    // A server that renders the page has no network to save, and nobody who waits.
    if (typeof document === "object" && !navigator.connection?.saveData) {
      if (document.readyState === "complete") whenIdle();
      else addEventListener("load", whenIdle, { once: true });
    }
    return widget;
  };

  /** How to give a button back, and its widget's: a button opens the last one it was given. */
  const applied = new WeakMap();

  /** Turns an element into the upload button of a widget: `what` is the element, a selector, or a
   * list of elements such as jQuery's, of which the first counts. */
  const applyUploadWidget = (what, options, callback) => {
    const element = elementOf(what);
    if (!element?.nodeType) {
      console.error(
        `Plimsoll: applyUploadWidget found no element for ${JSON.stringify(what)}. ` +
          "Call it once the element is in the page, with the element or a selector of it.",
      );
      return createUploadWidget(options, callback);
    }
    applied.get(element)?.();
    const form = element.closest("form");
    const own = { form, thumbnails: form, fieldName: element.getAttribute("name") };
    let undo;
    const widget = makeWidget({ ...own, ...given(options) }, callback, element, () => undo?.());
    if (widget.isDestroyed()) return widget;
    undo = makeButton(element, options ?? {}, widget);
    applied.set(element, undo);
    return prefetched(widget);
  };

  /** A source of files of the page's own: `{id, label, icon, mount(container, api)}`. Shown where
   * `sources` names its id. */
  const registerSource = (source) => {
    const { id, label, mount } = source ?? {};
    if (!id || !label || typeof mount !== "function") {
      console.error(
        "Plimsoll: registerSource needs id, label and mount(container, api): " +
          "texts, and a function that shows the source.",
      );
      return;
    }
    // Where the widget finds them, however many copies of this a page has.
    const all = (globalThis.plimsollSources ??= []);
    const at = all.findIndex((other) => other.id === id);
    all.splice(at < 0 ? all.length : at, 1, source);
  };

  const PRESSED = /^(Enter| )$/;

  /** Class, caption and click of the button. Gives what undoes them. */
  const makeButton = (element, options, widget) => {
    const classes = options.buttonClass ?? options.button_class ?? "cloudinary-button";
    const caption = options.buttonCaption ?? options.button_caption ?? "Upload image";
    let button = element;
    const isInput = element.localName === "input";
    if (isInput && !/^(button|submit|reset)$/.test(element.type)) {
      // It can't have a caption: a button stands in for it.
      button = document.createElement("button");
      button.type = "button";
      element.after(button);
    }
    const names = ["class", "value", "role", "tabindex", "aria-haspopup", "hidden"];
    const before = names.map((name) => element.getAttribute(name));
    const content = [...element.childNodes];
    const isNative = /^(button|input)$/.test(button.localName);
    button.classList.add(...`${classes}`.split(/\s+/).filter(Boolean));
    button.setAttribute("aria-haspopup", "dialog");
    if (button !== element) element.hidden = true;
    if (!isNative) {
      button.setAttribute("role", "button");
      button.tabIndex = 0;
    }
    if (caption) {
      if (button.localName === "input") button.value = caption;
      else button.textContent = caption;
    }
    if (classes) style();
    const press = (event) => {
      if (event.type === "keydown" && (isNative || !PRESSED.test(event.key))) return;
      // A button in a form would send it, a link would leave the page.
      event.preventDefault();
      widget.open();
    };
    const events = ["click", "keydown"];
    for (const event of events) button.addEventListener(event, press);
    return () => {
      for (const event of events) button.removeEventListener(event, press);
      applied.delete(element);
      names.forEach((name, at) => {
        if (before[at] === null) element.removeAttribute(name);
        else element.setAttribute(name, before[at]);
      });
      if (button !== element) button.remove();
      else if (caption && !isInput) element.replaceChildren(...content);
    };
  };

  /** What every widget gets that doesn't say it itself. */
  const defaults = {};
  const setCloudName = (name) => void (defaults.cloudName = name);
  const setAPIKey = (key) => void (defaults.apiKey = key);

  /** Options that were given: null and undefined mean that they weren't. */
  const given = (options) =>
    Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value != null));

  /** An element, a selector's first one, or the first one of a list such as jQuery's. */
  const elementOf = (what) => {
    try {
      const found = typeof what === "string" ? document.querySelector(what) : what;
      return found && !found.nodeType ? found[0] : found;
    } catch {
      // No selector.
      return null;
    }
  };

  /** Before the names of the first version's events. */
  const OLD = "cloudinarywidget";
  /** The results of those that have one. */
  const stored = (files) => files.map(({ uploadInfo }) => uploadInfo).filter(Boolean);

  /** Calls a function of the page. What it throws is reported as if nobody had caught it. */
  const attempt = (act, ...args) => {
    try {
      act?.(...args);
    } catch (thrown) {
      reportError(thrown);
    }
  };

  /** A widget. `element` is where its DOM events go, `ended` hears once that it is destroyed, and
   * `inside` gets what no page does: how to call the real one. */
  const makeWidget = (options, callback, element, ended, inside) => {
    let real;
    let waiting = false;
    /** The real widget is there, with its words. */
    let able = false;
    let destroyed = false;
    /** Calls made before it was able, as [method, ...arguments]. */
    let kept = [];
    /** As [event, function]. */
    let listeners = [];
    const known = { ...defaults, ...given(options) };
    const { signal } = known;

    const call = (method, ...args) => {
      if (destroyed) return widget;
      if (able) real[method](...args);
      else kept.push([method, ...args]);
      return widget;
    };

    /** The same for calls that show something: they fetch what is to be shown. */
    const show = (method, ...args) => {
      // An update may have brought another language.
      const words = able && real.words();
      if (words) able = false;
      call(method, ...args);
      if (able || waiting || destroyed) return widget;
      waiting = true;
      if (words) listen(words);
      else {
        prepare(known.language ?? "en");
        load().then(ready, failed);
      }
      return widget;
    };

    const ready = (Widget) => {
      if (destroyed) return;
      real = new Widget(known, tell, element);
      listen(real.words());
    };

    /** Waits for words, if there are any to wait for. */
    const listen = async (words) => {
      if (words) {
        const heard = await words;
        if (destroyed) return;
        real.speak(heard);
      }
      able = true;
      waiting = false;
      for (const [method, ...args] of kept.splice(0)) call(method, ...args);
    };

    const failed = (problem) => {
      waiting = false;
      if (told !== problem) console.error(`Plimsoll: ${problem.message}`, problem.cause);
      told = problem;
      // Options stay changed for the next try; openings and closings are over.
      kept = kept.filter(([method]) => method === "update");
      const data = { event: null, info: null };
      tell(problem, { ...data, data, uw_event: true });
    };

    /** Tells callback, listeners and document, in this order, until one of them destroys it. */
    const tell = (error, result) => {
      if (destroyed) return;
      if (typeof callback === "function") attempt(callback, error, result);
      const name = error ? "error" : result.event;
      const first = error ?? result.info;
      for (const [event, act] of [...listeners]) {
        if (event === name && !destroyed) attempt(act, first, result);
      }
      if (destroyed) return;
      const { info } = result;
      fire(`plimsoll:${name}`, { widget, error, event: name, info });
      // As pages of the first version hear it.
      if (name === "success") fire(`${OLD}fileuploadsuccess`, info);
      if (name === "queues-end") fire(`${OLD}success`, stored(info.files));
      if (name === "close") fire(`${OLD}closed`, info);
      if (error) fire(`${OLD}${info?.file ? "fileuploadfail" : "error"}`, error);
    };

    /** Tells by a DOM event and, where there is jQuery, by that: each listener once. */
    const fire = (name, detail) => {
      if (destroyed) return;
      const places = [element, elementOf(known.form)];
      const target = places.find((place) => place?.isConnected) ?? document;
      const { event } = window.jQuery ?? {};
      // What jQuery itself sets while it calls a native method of this name.
      if (event) event.triggered = name;
      target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
      if (!event) return;
      event.triggered = undefined;
      attempt(() => window.jQuery(target).trigger(name, [detail]));
    };

    const abort = () => widget.destroy();

    const widget = {
      open: (...args) => show("open", ...args),
      show: () => show("show"),
      hide: () => call("hide"),
      minimize: () => call("minimize"),
      close: (...args) => call("close", ...args),
      update: (...args) => call("update", ...args),
      isShowing: () => !!real?.isShowing(),
      isMinimized: () => !!real?.isMinimized(),
      isDestroyed: () => destroyed,
      /** What the flight recorder has written of the latest opening. */
      trace: () => real?.trace() ?? "",
      /** Gives what takes the listener off again. */
      on(event, act) {
        if (!destroyed) listeners.push([event, act]);
        return () => widget.off(event, act);
      },
      off(event, act) {
        listeners = listeners.filter(([other, its]) => other !== event || (act && its !== act));
        return widget;
      },
      async destroy(how) {
        if (destroyed) return;
        destroyed = true;
        const done = real?.destroy(how);
        real = undefined;
        able = false;
        kept = listeners = [];
        signal?.removeEventListener?.("abort", abort);
        ended?.(signal?.reason ?? new DOMException("The widget was destroyed.", "AbortError"));
        await done;
      },
    };
    signal?.addEventListener?.("abort", abort);
    if (signal?.aborted) widget.destroy();
    inside?.({ show, call, real: () => able && real });
    return widget;
  };

  const FIELD = "plimsoll-upload";

  /** Defines the element that is a field of a form. What it does is fetched with the first one;
   * what the browser tells it before is kept. */
  const defineField = () => {
    if (customElements.get(FIELD)) return;
    const states = new WeakMap();
    let coming;
    let script;
    class PlimsollUpload extends HTMLElement {
      static formAssociated = true;
      constructor() {
        super();
        const state = { kept: [], internals: this.attachInternals() };
        states.set(this, state);
        const begin = () => script.begin(this, state, { createUploadWidget, ...parts });
        // At once, if it can be: pages set properties of what they have made.
        if (script) return begin();
        coming ??= parts.field().then((it) => void (script = it));
        coming.then(begin).catch((cause) => {
          coming = undefined;
          console.error(`Plimsoll: <${FIELD}> could not be loaded. ${parts.remedy}.`, cause);
        });
      }
    }
    const hooks = {
      connectedCallback: "connected",
      disconnectedCallback: "disconnected",
      formAssociatedCallback: "associated",
      formDisabledCallback: "disabled",
      formResetCallback: "reset",
      formStateRestoreCallback: "restore",
    };
    for (const [callback, hook] of Object.entries(hooks)) {
      PlimsollUpload.prototype[callback] = function (...args) {
        const state = states.get(this);
        if (state.act) return state.act(hook, ...args);
        state.kept.push([hook, ...args]);
        // A form that is sent meanwhile must not go without it.
        if (this.hasAttribute("required")) state.internals.setValidity({ valueMissing: true }, "…");
      };
    }
    customElements.define(FIELD, PlimsollUpload);
  };

  return {
    ...{ createUploadWidget, openUploadWidget, applyUploadWidget, setCloudName, setAPIKey },
    ...{ upload, registerSource, style, defaults, makeWidget, defineField },
  };
};
