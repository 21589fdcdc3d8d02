// Style sheets of pages that mean a widget no good, or never thought of one. Each by what it does.

/** What a sheet can lay on the element that it sees of the widget. */
const ours = (declarations) => `plimsoll-widget { ${declarations} }`;

export const SHEETS = {
  "takes all styles back": "* { all: unset !important; }",
  "takes all styles back to the browser's": "* { all: revert !important; }",
  "hides every button": "button, [role=button], input, a { display: none !important; }",
  "hides what it does not know": "body > :not(main, script) { display: none !important; }",
  "makes it invisible": ours("visibility: hidden !important; opacity: 0 !important;"),
  "collapses every element": "* { visibility: collapse !important; }",
  "is above all": `main { position: fixed !important; inset: 0; z-index: 2147483647 !important; }
    main, main * { background: hotpink !important; }`,
  "makes letters tiny": "* { font-size: 3px !important; line-height: 0 !important; }",
  "makes letters of the root huge": ":root { font-size: 80px !important; }",
  "has a typeface of its own": "* { font: italic 900 40px/3 fantasy !important; }",
  "spreads letters and words": `* { letter-spacing: 1em !important; word-spacing: 2em !important;
    text-indent: 5em !important; tab-size: 40 !important; }`,
  "writes in capitals": "* { text-transform: uppercase !important; font-variant: small-caps; }",
  "writes from right to left": "* { direction: rtl !important; unicode-bidi: bidi-override; }",
  // Not of the page itself, of which Chromium takes no picture then.
  "writes downwards": "body > *, body > * * { writing-mode: vertical-rl !important; }",
  "aligns all text to the end": "* { text-align: end !important; text-align-last: justify; }",
  "breaks no line": "* { white-space: pre !important; word-break: keep-all; hyphens: none; }",
  "breaks every word": "* { word-break: break-all !important; line-break: anywhere; }",
  "paints letters by other means": `* { color: transparent !important; text-shadow: 0 0 9px red;
    -webkit-text-fill-color: transparent !important; -webkit-text-stroke: 3px red !important; }`,
  "strikes text out": `* { text-decoration: line-through red 5px !important;
    text-emphasis: filled red !important; }`,
  "lets nothing be pressed": "* { pointer-events: none !important; cursor: none !important; }",
  "lets nothing be selected": `* { user-select: none !important;
    touch-action: none !important; }`,
  "clips it away": ours("clip-path: inset(50%) !important; contain: strict !important;"),
  "masks it": ours("mask: linear-gradient(transparent, transparent) !important;"),
  "moves it away": ours(`transform: scale(0) rotate(45deg) !important;
    translate: -9999px !important; position: absolute !important; left: -9999px !important;`),
  "filters and blends": `body, body * { filter: blur(9px) invert(1);
    mix-blend-mode: difference; }`,
  "skips what is not in view": "body > * { content-visibility: hidden !important; }",
  "boxes everything": `* { margin: 40px !important; padding: 40px !important;
    border: 9px dashed red !important; outline: 9px solid red !important; }`,
  "floats everything": `* { float: left !important; clear: both !important;
    width: 20px !important; }`,
  "lays all in columns": `* { columns: 3 !important; display: inline-flex !important;
    flex-direction: row-reverse !important; }`,
  "moves without end": `@keyframes spin { to { transform: rotate(1turn); color: red; } }
    * { animation: spin 1s infinite !important; transition: all 60s !important; }`,
  "puts things before and after": `*::before, *::after { content: "XXXXXXXX" !important;
    display: block !important; position: fixed !important; z-index: 2147483647; color: red; }`,
  "undoes dialogs": `dialog { display: block !important; position: static !important; }
    dialog::backdrop { display: none !important; }`,
  "has colours of its own for all that browsers paint": `* { accent-color: hotpink !important;
    caret-color: transparent !important; scrollbar-color: red lime; forced-color-adjust: none; }`,
  "asks for much of the page's own names": `:root, * { --accent: hotpink !important;
    --bg: hotpink !important; --text: hotpink !important; --radius: 90px !important; }`,
  "names what is inside": `plimsoll-widget .panel, .root, .row, .panel,
    :host, ::slotted(*) { display: none !important; }`,
  "renders roughly": `* { image-rendering: pixelated !important; text-rendering: optimizeSpeed;
    -webkit-font-smoothing: none; font-kerning: none; font-feature-settings: "smcp" 1; }`,
};
