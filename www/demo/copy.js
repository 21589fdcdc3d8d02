// Copying to the clipboard with an answer that is seen and heard. Where a page may not write to
// the clipboard (plain http on another host), it says so.

/** How long the answer stands on the button: long enough to read, short enough to copy again. */
const SHOWN_MS = 2000;

/** Says something to screen readers without moving focus. */
export function say(text) {
  document.getElementById("said").textContent = text;
}

function answer(button, done) {
  const use = button.querySelector("use");
  const before = use.getAttribute("href");
  if (button.dataset.copied !== undefined) return;
  button.dataset.copied = done ? "yes" : "no";
  if (done) use.setAttribute("href", "#icon-check");
  setTimeout(() => {
    delete button.dataset.copied;
    use.setAttribute("href", before);
  }, SHOWN_MS);
}

/** Copies `text`, shows the outcome on `button` and says it as `what`. */
export async function copy(text, button, what) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = false;
  }
  answer(button, done);
  const blocked = "This browser does not let the page copy. Select the text instead.";
  say(done ? `${what} copied` : blocked);
  return done;
}
