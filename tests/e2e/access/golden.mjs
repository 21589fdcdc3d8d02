// Texts that a test compares with what is kept in `golden/`. With `PLIMSOLL_GOLDEN=write` they are
// written anew; what was stale fails that once, so that somebody reads what has changed.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { here } from "../support/environment.mjs";

/** Compares lines with the file of this name. */
export async function golden(name, lines) {
  const path = join(here, "access/golden", `${name}.txt`);
  const text = `${lines.join("\n")}\n`;
  const kept = await readFile(path, "utf8").catch(() => "");
  if (text !== kept && process.env.PLIMSOLL_GOLDEN === "write") await writeFile(path, text);
  expect(text, `${path}; PLIMSOLL_GOLDEN=write writes it anew`).toBe(kept);
}

/** Role and name of what has the focus, as assistive technology is told. */
export async function focused(page, client) {
  const { result } = await client.send("Runtime.evaluate", {
    expression: `(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at === document.body ? null : at;
    })()`,
  });
  if (!result.objectId) return "(the browser)";
  const { nodes } = await client.send("Accessibility.getPartialAXTree", {
    objectId: result.objectId,
    fetchRelatives: false,
  });
  const [{ role, name, properties }] = nodes;
  const states = properties
    .filter(({ name, value }) => ["selected", "pressed", "invalid"].includes(name) && value.value)
    .filter(({ value }) => value.value !== "false")
    .map(({ name }) => name);
  const told = name.value.replace(/\d{4}-\d\d-\d\d-[\d-]+\d/, "(time)");
  return [role.value, `"${told}"`, ...states].join(" ");
}

/** Runs in the page before all else: keeps what live regions say, in order. */
export const listen = () => {
  window.said = [];
  const last = new WeakMap();
  const read = (root) => {
    for (const region of root.querySelectorAll("[role=status], [role=alert]")) {
      const text = region.checkVisibility() ? region.textContent.trim() : "";
      if (last.get(region) === text) continue;
      last.set(region, text);
      if (text) window.said.push(`${region.getAttribute("role")}: ${text}`);
    }
  };
  const heard = new WeakSet();
  new MutationObserver(() => {
    for (const { shadowRoot } of document.querySelectorAll("plimsoll-widget")) {
      if (heard.has(shadowRoot)) continue;
      heard.add(shadowRoot);
      const options = { subtree: true, childList: true, characterData: true, attributes: true };
      new MutationObserver(() => read(shadowRoot)).observe(shadowRoot, options);
      read(shadowRoot);
    }
  }).observe(document, { subtree: true, childList: true });
};
