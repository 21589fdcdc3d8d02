// The style sheet of the widget's late parts. Loaded when first used, as a script, because
// a page's policy may forbid a style sheet that is linked but none that is constructed.

const CSS = `
.lately { display: contents; }
.toast {
  display: flex; align-items: center; gap: 8px; margin: 8px 22px;
  padding: 4px; padding-inline-start: 14px;
  border: 1px solid var(--line); border-radius: 10px; background: var(--raised);
  color: var(--text-raised); font-size: 14px; animation: in .2s;
}
.toast span { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
.toast :is(button, .round) { min-block-size: 44px; }
.toast .round { inline-size: 44px; }
@container (max-width: 600px) { .toast { margin-inline: 14px; } }
@media (prefers-reduced-motion: reduce) { .toast { animation: none; } }
.trouble {
  display: grid; gap: 14px; justify-items: center; padding: 32px 22px; text-align: center;
}
.web { display: grid; grid-template-columns: minmax(0, 1fr); gap: 8px; margin: 4px 22px 18px; }
.web label { font-weight: 550; }
.web .line { display: flex; flex-wrap: wrap; gap: 8px; align-items: start; }
.web .hint { display: block; color: var(--soft); font-size: 14px; }
textarea, .field {
  flex: 1 1 240px; min-inline-size: 0; min-block-size: 44px; max-block-size: 140px;
  padding: 10px 12px; font: inherit; color: var(--text); background: var(--bg);
  border: 1px solid var(--edge); border-radius: 10px; resize: none; field-sizing: content;
}
textarea::placeholder { color: var(--soft); opacity: 1; }
.web button { min-block-size: 44px; }
.wrong { color: var(--bad); font-size: 14px; overflow-wrap: anywhere; }
.seen { display: flex; flex-wrap: wrap; gap: 12px; margin: 6px 0 0; padding: 0; list-style: none; }
.seen li { inline-size: 88px; display: grid; gap: 4px; justify-items: center; font-size: 13px; }
.seen .tile { inline-size: 72px; block-size: 72px; }
.seen img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
.seen bdi {
  max-inline-size: 100%; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  color: var(--soft);
}
[data-state=empty] :is(.web, .plugin, .trouble) { align-content: center; padding-block-end: 40px; }
.booth {
  display: grid; grid-template-rows: minmax(auto, 1fr); grid-auto-rows: auto; gap: 12px;
  justify-items: center; margin: 0 22px 18px;
}
.scene {
  position: relative; display: grid; place-items: center; align-content: center;
  inline-size: 100%; border-radius: var(--radius); background: var(--raised); overflow: hidden;
}
.scene :is(video, canvas) {
  display: none; inline-size: 100%; max-block-size: min(46vh, 400px); object-fit: contain;
}
[data-state=filled] .scene :is(video, canvas) { max-block-size: min(34vh, 260px); }
.booth:is([data-stage=live], [data-stage=counting], [data-stage=recording]):not([data-kind=audio])
  .live,
:is([data-stage=photo], [data-stage=unseen]) .photo:not([hidden]),
[data-stage=playing] .played { display: block; }
[data-stage=unseen] .scene:has(.photo:not([hidden])) .mark { display: none; }
.booth:not([data-stage=unseen]) .length { display: none; }
.booth:is([data-stage=live], [data-stage=counting], [data-stage=recording], [data-stage=photo],
  [data-stage=playing]):not([data-kind=audio]) .mark { display: none; }
.booth:is([data-stage=live], [data-stage=counting], [data-stage=recording], [data-stage=photo],
  [data-stage=playing]):not([data-kind=audio]) .scene { background: #000; }
[data-kind=audio] .played { block-size: 54px; }
[data-mirror] .live { transform: scaleX(-1); }
.booth .mark {
  inline-size: 60px; block-size: 60px; margin: 26px; place-items: center;
  border-radius: 50%; background: var(--tint);
}
.booth .mark .icon { inline-size: 28px; block-size: 28px; }
.booth[data-stage=trouble] .mark { color: var(--bad); }
.count {
  position: absolute; inset: 0; z-index: 1; display: grid; place-items: center;
  color: #fff; font-size: 96px; font-weight: 700; text-shadow: 0 2px 16px rgb(0 0 0 / .7);
}
.count:empty { display: none; }
.meter {
  display: none; inline-size: min(240px, 80%); block-size: 8px; margin-block-end: 22px;
  border-radius: 4px; background: var(--line); overflow: hidden;
}
.meter span { display: block; block-size: 100%; background: var(--good); }
[data-kind=audio]:is([data-stage=live], [data-stage=recording]) .meter { display: block; }
.said { max-inline-size: 46ch; color: var(--soft); text-align: center; }
[data-stage=trouble] .said { color: var(--text); }
:is([data-stage=counting]) .said {
  position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%);
}
.said:not(:has(> :not(:empty, [hidden]))) { display: none; }
.clock { margin-inline-start: 8px; font-variant-numeric: tabular-nums; }
[data-stage=recording] .said::before {
  content: ""; display: inline-block; inline-size: 10px; block-size: 10px; margin-inline-end: 8px;
  border-radius: 50%; background: var(--bad);
}
.booth .acts { justify-content: center; }
.booth :is(button, select) { min-block-size: 44px; padding-inline: 12px; }
.booth select {
  padding: 0 10px; max-inline-size: 180px; font: inherit; color: var(--text);
  background: var(--bg); border: 1px solid var(--edge); border-radius: 10px;
}
.booth [aria-pressed=true] { background: var(--tint); border-color: var(--accent); }
@media (max-width: 600px), (max-height: 480px) {
  .web, .booth { margin-inline: 14px; }
  .booth .acts button { flex: 1 0 auto; }
  .web textarea { flex-basis: 100%; }
  .web .line button { flex: 1; }
}
@media (forced-colors: active) {
  .scene, .meter { border: 1px solid CanvasText; }
  .meter span { background: Highlight; forced-color-adjust: none; }
  .booth [aria-pressed=true] { border: 3px solid Highlight; }
}
.plugin { display: grid; align-content: start; justify-items: start; margin: 0 22px 18px; }
.plugin > [role=alert] { justify-self: center; text-align: center; }
.editing { display: contents; }
.edit {
  position: absolute; inset: 0; z-index: 2; display: flex; flex-direction: column; gap: 12px;
  padding: 16px 22px calc(16px + env(safe-area-inset-bottom)); background: var(--bg);
  overflow-y: auto;
}
dialog .panel[data-editing] { inline-size: min(760px, 100%); }
.panel[data-editing] { block-size: min(720px, 100%); overflow: hidden; }
.panel[data-editing]:has(> .editing:not([hidden])) > :not(.editing) { display: none; }
.edit-head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
.edit-head h2 { flex: none; }
.edit-head p { flex: 1; }
.edit-head .round { inline-size: 44px; min-block-size: 44px; }
.edit-head [data-back] { margin-inline: -10px -6px; }
[dir=rtl] [data-back] .icon { scale: -1 1; }
.tools { display: flex; }
.edit > .wrong { margin: auto; font-size: 15px; text-align: center; }
.edit-head h2:focus-visible { outline: none; }
.edit-head p { color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
.edit-stage {
  flex: 1 1 240px; min-block-size: 200px; display: grid; place-items: center;
  container-type: size; padding: 8px;
}
.picture {
  position: relative; touch-action: pan-y;
  inline-size: min(100cqi, 100cqb * var(--wide) / var(--high));
}
.picture canvas { display: block; inline-size: 100%; block-size: 100%; }
.area {
  position: absolute; direction: ltr; touch-action: none; cursor: move;
  outline: 2px solid #fff; outline-offset: -1px;
}
.shade { position: absolute; inset: 0; overflow: hidden; direction: ltr; pointer-events: none; }
.shade div { position: absolute; box-shadow: 0 0 0 9999px rgb(0 0 0 / .55); }
.area:focus-visible { outline: 3px solid var(--accent); }
.grip {
  position: absolute; inline-size: 44px; min-block-size: 44px; padding: 0; translate: -50% -50%;
  display: grid; place-items: center; border: 0; background: none; touch-action: none;
}
.grip:hover { background: none; }
.grip::before {
  content: ""; inline-size: 14px; block-size: 14px; border-radius: 50%;
  background: #fff; border: 2px solid #1b4f9c;
}
.grip:focus-visible { outline: none; }
.grip:focus-visible::before { outline: 3px solid var(--accent); outline-offset: 2px; }
.grip[data-at*=n] { top: 0; }
.grip[data-at*=s] { top: 100%; }
.grip[data-at*=w] { left: 0; }
.grip[data-at*=e] { left: 100%; }
.grip:is([data-at=n], [data-at=s]) { left: 50%; cursor: ns-resize; }
.grip:is([data-at=w], [data-at=e]) { top: 50%; cursor: ew-resize; }
.grip:is([data-at=nw], [data-at=se]) { cursor: nwse-resize; }
.grip:is([data-at=ne], [data-at=sw]) { cursor: nesw-resize; }
.sides {
  position: absolute; inset-block-end: 6px; inset-inline-end: 6px; padding: 1px 7px;
  border-radius: 6px; background: rgb(0 0 0 / .72); color: #fff; font-size: 13px;
  font-variant-numeric: tabular-nums; pointer-events: none; white-space: nowrap;
}
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(92px, 1fr)); gap: 8px; }
.numbers label { display: grid; gap: 3px; font-size: 13px; color: var(--soft); }
.numbers .field { inline-size: 100%; font-size: 15px; }
.edit > .acts { flex: none; justify-content: end; }
.edit > .acts button { min-block-size: 44px; }
@media (max-width: 600px), (max-height: 480px) {
  .panel[data-editing] { block-size: 100%; border-radius: 0; }
  .edit { padding-inline: 14px; }
  .edit-head h2 { flex: 1; }
  .edit-head p { flex: 0 0 100%; order: 1; }
  .numbers { grid-template-columns: repeat(3, 1fr); }
}
@media (forced-colors: active) {
  .area { outline-color: Highlight; }
  .grip::before { background: Canvas; border-color: CanvasText; }
}
.tray {
  position: fixed; inset-block-end: 24px; z-index: 2147483647;
  display: grid; grid-template-columns: 1fr auto auto; align-items: center; gap: 4px;
  inline-size: min(340px, 100vw - 24px); padding: 10px 8px 12px 16px;
  background: var(--bg); border: 1px solid var(--line); border-radius: var(--radius);
  box-shadow: 0 12px 36px rgb(6 12 24 / .24), 0 2px 8px rgb(6 12 24 / .12);
}
.tray :is(.all, .sum) { grid-column: 1 / -1; padding-inline-end: 8px; }
.tray h2 { font-size: 15px; }
@media (max-width: 600px), (max-height: 480px) {
  .tray { inset-inline: 12px !important; inline-size: auto; }
  .tray .round { inline-size: 44px; min-block-size: 44px; }
}
.reviewing, .describing { display: contents; }
.reviewing:has(.drafts > li) ~ .list:empty { display: none; }
/* While nothing else is under way, the list's own foot is enough, but for the question. */
.reviewing:has(.drafts > li) ~ .list:empty ~ .foot footer:not(:has(.ask:not([hidden]))) {
  display: none;
}
/* Two lists, each with its foot: where both have no room, all of it scrolls. */
.panel:has(.drafts > li):has(.list:not(:empty)) { overflow-y: auto; }
.reviewing:has(.drafts > li) ~ .list:not(:empty) { flex: 1 0 auto; max-block-size: 40vh; }
.review:has(~ .list:not(:empty)), .reviewing:has(~ .list:not(:empty)) .review { flex: none; }
.reviewing:has(~ .list:not(:empty)) .drafts { flex: none; max-block-size: max(124px, 40vh); }
.panel:has(.drafts > li) { min-block-size: min(420px, 100%); }
/* One button stands out: what sends. */
.panel:has(.drafts > li) .browse {
  background: var(--bg); border-color: var(--edge); color: var(--text);
}
.review { flex: 1 1 auto; min-block-size: 0; display: flex; flex-direction: column; }
h3 { margin: 0; font-size: 15px; font-weight: 650; letter-spacing: -.005em; }
h3:focus-visible { outline: none; }
.review h3 { padding: 2px 22px 8px; color: var(--soft); font-weight: 550; font-size: 14px; }
.drafts {
  position: relative; flex: 1; min-block-size: 96px; margin: 0; padding: 0 18px; list-style: none;
  overflow-y: auto; overscroll-behavior: contain; scrollbar-width: thin;
  border-block-start: 1px solid var(--line);
}
.draft {
  position: relative; display: flex; align-items: center; gap: 10px;
  min-block-size: 75px; padding: 9px 4px; background: var(--bg);
}
.draft::after { content: ""; position: absolute; inset-inline: 4px; inset-block-end: 0;
  border-block-end: 1px solid var(--line); }
.draft:last-child::after { content: none; }
.draft .what { gap: 1px; }
.draft .name { display: block; }
:is(.draft, .describe) .meta { display: block; overflow: hidden; white-space: nowrap;
  text-overflow: ellipsis; }
.length:not(:empty)::before { content: "·"; margin-inline: 6px; }
:is([data-status=failed], [data-status=refused]) .length { display: none; }
.draft .state:empty { display: none; }
.draft .meta .wrong { display: block; font-weight: 550; white-space: normal; }
.draft .meta .wrong[hidden] { display: none; }
.handle {
  flex: none; display: grid; place-items: center; inline-size: 32px; min-block-size: 44px;
  padding: 0; border-color: transparent; background: none; color: var(--icons);
  cursor: grab; touch-action: none; margin-inline: -8px -4px;
}
.handle .icon { stroke-width: 2.75; }
[data-moving], [data-moving] .handle { cursor: grabbing; }
[data-moving] { user-select: none; -webkit-user-select: none; }
[data-moving] .draft:not([data-held]) { transition: translate .16s ease-out; }
[data-held] { z-index: 1; border-radius: 12px; background: var(--raised);
  box-shadow: 0 10px 28px rgb(6 12 24 / .24), 0 2px 6px rgb(6 12 24 / .14); }
[data-held]::after { content: none; }
.draft-acts { display: flex; flex: none; align-items: center; gap: 2px; }
.draft-acts .round { inline-size: 32px; }
.draft-acts [aria-disabled=true] { opacity: .35; cursor: default; }
.open {
  display: flex; align-items: center; gap: 6px; min-block-size: 36px; padding: 0 10px;
  font-size: 14px; margin-inline-start: 4px;
}
.open .icon { inline-size: 17px; block-size: 17px; }
.review-foot {
  display: flex; flex-wrap: wrap; align-items: center; gap: 10px 12px;
  padding: 14px 22px calc(14px + env(safe-area-inset-bottom));
  border-block-start: 1px solid var(--line);
}
.review-foot .wrong { flex: 1 1 100%; }
.review-foot .acts { flex: 1; justify-content: end; }
.review-foot button { min-block-size: 44px; }
.describe { position: absolute; inset: 0; z-index: 2; display: flex; flex-direction: column;
  background: var(--bg); }
.panel:has(.describe) { block-size: min(680px, 100%); }
.describe-head {
  display: flex; align-items: center; gap: 14px; padding: 16px 22px 14px;
  border-block-end: 1px solid var(--line);
}
.describe-head h2:focus-visible { outline: none; }
.describe-head .nth { flex: none; font-variant-numeric: tabular-nums; }
.describe .form { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; }
.form { display: grid; align-content: start; gap: 14px; padding: 16px 22px 20px; }
.form-rows { display: grid; gap: 14px; }
.entry { display: grid; gap: 5px; }
.form, .form-rows, .entry { grid-template-columns: minmax(0, 1fr); }
.entry > label, .entry > .label { font-size: 14px; font-weight: 550; }
.entry .must { color: var(--bad); }
.entry .field { inline-size: 100%; font-size: 16px; max-block-size: 160px; }
.entry .field[aria-invalid=true], [aria-invalid=true] > .box { border-color: var(--bad); }
/* What is wrong with a field is said below it, and is to be seen as well. */
.form :is(.field, .bare) { scroll-margin-block: 40px 112px; }
.entry .hint { display: block; color: var(--soft); font-size: 13px; }
select.field { appearance: auto; }
.boxes { display: flex; flex-wrap: wrap; gap: 8px; }
.box { display: flex; align-items: center; gap: 8px; min-block-size: 44px;
  padding: 0 14px 0 12px; border: 1px solid var(--edge); border-radius: 10px; cursor: pointer; }
.box input { inline-size: 18px; block-size: 18px; margin: 0; accent-color: var(--accent); }
.box:has(:checked) { background: var(--tint); border-color: var(--accent); }
.box:has(:focus-visible) { outline: 2px solid var(--ring); outline-offset: 2px; }
.box input:focus-visible { outline: none; }
.describe > .acts {
  flex: none; justify-content: end; padding: 14px 22px calc(14px + env(safe-area-inset-bottom));
  border-block-start: 1px solid var(--line);
}
.describe > .acts button { min-block-size: 44px; }
.combo { position: relative; }
.chips {
  display: flex; flex-wrap: wrap; gap: 6px; min-block-size: 44px; padding: 5px 6px; cursor: text;
  background: var(--bg); border: 1px solid var(--edge); border-radius: 10px;
}
.chips:focus-within { outline: 2px solid var(--ring); outline-offset: 1px; }
.chip-list { display: contents; list-style: none; }
.chip { display: flex; align-items: center; max-inline-size: 100%; padding-inline-start: 10px;
  min-block-size: 32px; border-radius: 8px; background: var(--tint); font-size: 14px; }
.chip bdi { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.chip button {
  flex: none; display: grid; place-items: center; inline-size: 32px; min-block-size: 32px;
  padding: 0; border: 0; border-radius: 8px; background: none; color: var(--soft);
}
.chip .icon { inline-size: 15px; block-size: 15px; stroke-width: 2.25; }
.bare {
  flex: 1 1 120px; min-inline-size: 0; min-block-size: 32px; padding: 0 6px;
  border: 0; outline: none; background: none; font: inherit; font-size: 16px; color: var(--text);
}
.bare::placeholder, .field::placeholder { color: var(--soft); opacity: 1; }
.offers {
  position: absolute; z-index: 3; inset-inline: 0; inset-block-start: calc(100% + 4px);
  margin: 0; padding: 4px; list-style: none; max-block-size: 220px; overflow-y: auto;
  background: var(--bg); border: 1px solid var(--line); border-radius: 10px;
  box-shadow: 0 12px 32px rgb(6 12 24 / .22);
}
.offers li { display: flex; align-items: center; min-block-size: 44px; padding: 0 12px;
  border-radius: 7px; cursor: pointer; overflow-wrap: anywhere; }
.offers li:is(:hover, [aria-selected=true]) { background: var(--tint); }
.advanced { flex: none; margin: 0 22px 14px; }
.more {
  display: flex; align-items: center; gap: 6px; min-block-size: 44px; padding: 0 4px;
  border-color: transparent; background: none; color: var(--link);
}
.more .icon { inline-size: 17px; block-size: 17px; rotate: 180deg; transition: rotate .16s; }
.more[aria-expanded=true] .icon { rotate: 0deg; }
.more:hover { background: none; text-decoration: underline; }
.advanced .form { padding: 6px 0 8px; }
.panel:has(.more[aria-expanded=true]) { overflow-y: auto; }
.panel:has(.more[aria-expanded=true]) .local { padding-block: 22px; }
@media (max-width: 600px), (max-height: 480px) {
  .panel:has(.drafts > li, .describe) { block-size: 100%; }
  .advanced { margin-inline: 14px; }
  .review h3 { padding-inline: 14px; }
  .drafts { padding-inline: 10px; min-block-size: 124px; }
  .draft { flex-wrap: wrap; row-gap: 2px; padding-block: 8px; }
  .draft .what { flex: 1 1 120px; }
  .draft-acts { order: 1; flex: 1 1 100%; flex-wrap: wrap; justify-content: end; }
  .draft-acts { padding-inline-start: 42px; }
  .draft-acts .round, .handle { inline-size: 44px; }
  .handle { margin-inline: -14px -8px; }
  .draft-acts .round:first-child { margin-inline-start: -14px; }
  .draft-acts .open { min-block-size: 44px; flex: 0 1 auto; }
  .draft-acts .round + .round { margin-inline-end: auto; }
  .review-foot, .form { padding-inline: 14px; }
  .describe-head, .describe > .acts { padding-inline: 14px; }
  .chip, .chip button, .bare { min-block-size: 44px; }
  .chip button { inline-size: 44px; }
}
@media (prefers-reduced-motion: reduce) {
  [data-moving] .draft:not([data-held]), .more .icon { transition: none; }
}
@media (forced-colors: active) {
  [data-held], .offers { border: 2px solid Highlight; }
  .offers [aria-selected=true] { background: Highlight; color: HighlightText; }
  .offers [aria-selected=true], .box:has(:checked) { forced-color-adjust: none; }
  .box:has(:checked) { border: 3px solid Highlight; background: Canvas; color: CanvasText; }
  .chip { border: 1px solid CanvasText; }
  .draft-acts [aria-disabled=true] { opacity: 1; color: GrayText; }
}
`;

let sheet;

/** Gives the root around an element the sheet; once. */
export const dress = async (place) => {
  const root = place.getRootNode();
  if (!root.adoptedStyleSheets) return;
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
};

const NAMES = [
  ...["window", "windowBorder", "tabIcon", "menuIcons", "textDark", "textLight", "link", "action"],
  ...["inactiveTabIcon", "error", "inProgress", "complete", "sourceBg"],
];

/** What the named themes are. The widget's own look stands in for what they don't name. */
const THEMES = {
  default: {
    palette: { window: "#fff", windowBorder: "#90a0b3", action: "#0b5cd6", sourceBg: "#e4ebf1" },
    frame: "#0e2f5b99",
  },
  white: {
    palette: { window: "#fff", windowBorder: "#e3e7ec", sourceBg: "#fff", action: "#0b5cd6" },
    frame: "#ffffffcc",
  },
  minimal: {
    palette: {
      ...{ window: "#fff", windowBorder: "#e6e9ed", sourceBg: "#fff", action: "#20242b" },
      ...{ link: "#20242b", inProgress: "#20242b", tabIcon: "#20242b" },
    },
    frame: "#14181e59",
  },
  purple: {
    palette: {
      ...{ window: "#1d1530", windowBorder: "#43335f", sourceBg: "#281d42", textDark: "#f4f0ff" },
      ...{ textLight: "#1d1530", action: "#b794ff", link: "#c9b3ff", inProgress: "#b794ff" },
      ...{ error: "#ff9d97", complete: "#5fd6a0", tabIcon: "#c9b3ff", menuIcons: "#b9aad6" },
    },
    frame: "#140a28b3",
  },
};

const warn = (text) => console.warn(`Plimsoll: ${text}`);

/** Whether a text is a colour; says so when it is none. */
const isColour = (text, name) => {
  if (text === undefined || text === null) return false;
  if (typeof text === "string" && globalThis.CSS.supports("color", text.trim())) return true;
  warn(`styles.${name} is no colour of CSS; it was left out.`);
  return false;
};

/** Any colour of CSS as 0xrrggbb, painted on what it stands on. */
const painted = (text, ground) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  for (const colour of [ground, text.trim()]) {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
  }
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return (red << 16) | (green << 8) | blue;
};

const loaded = new Map();

/** Makes the fonts of a style sheet such as Google's known to the page. */
const load = async (address) => {
  const css = await (await fetch(new URL(address, location.href))).text();
  for (const [block] of css.matchAll(/@font-face\s*\{[^}]*\}/g)) {
    const of = (name) => block.match(new RegExp(`[{;\\s]${name}:\\s*([^;}]+)`))?.[1].trim();
    const family = of("font-family")?.replace(/^["']|["']$/g, "");
    const [source, range] = [of("src"), of("unicode-range")];
    if (!family || !source) continue;
    const given = { style: of("font-style"), weight: of("font-weight"), unicodeRange: range };
    const told = Object.entries(given).filter(([, value]) => value);
    document.fonts.add(new FontFace(family, source, Object.fromEntries(told)));
  }
};

/** The letters that a page wants: those that it calls active, else the first. */
const fontOf = (fonts) => {
  const all = Object.entries(fonts ?? {});
  const [family, font] =
    all.find(([, font]) => font?.active) ?? all.find(([name]) => name !== "default") ?? [];
  if (!family || family === "default") return undefined;
  const address = typeof font === "string" ? font : font?.url;
  if (address && !loaded.has(address)) {
    const failed = () => warn(`styles.fonts: ${address} could not be read.`);
    loaded.set(address, load(address).catch(failed));
  }
  return globalThis.CSS.supports("font-family", family) ? family : undefined;
};

/** What a theme and a page's styles come to: colours by their places, or none at all. */
export const look = async (theme, styles) => {
  const base = THEMES[theme] ?? {};
  const given = styles?.palette ?? {};
  for (const name of Object.keys(given).filter((name) => !NAMES.includes(name))) {
    warn(`styles.palette.${name} is none of the palette's names: ${NAMES.join(", ")}.`);
  }
  const own = NAMES.map((name) =>
    isColour(given[name], `palette.${name}`) ? given[name] : base.palette?.[name],
  );
  const ground = own[0] ?? (theme === "dark" ? "#16191f" : "#fff");
  const palette = own.map((text) => (text ? painted(text, ground) : null));
  const frame = styles?.frame?.background;
  return {
    palette: own.some(Boolean) ? palette : null,
    frame: isColour(frame, "frame.background") ? frame.trim() : base.frame,
    font: fontOf(styles?.fonts),
  };
};

/** Tells a page's developer of two colours that are hard to tell apart. */
export const poor = async (over, under, ratio, needs) =>
  warn(
    `styles.palette.${over} on ${under} has a contrast of ${(ratio / 100).toFixed(2)}:1; people ` +
      `need ${needs / 100}:1 at least (WCAG 2.2). Choose a ${over} that is further from ${under}.`,
  );
