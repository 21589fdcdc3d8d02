// Servers that ask for patience: 420 and 429, with all that stands in Retry-After. The widget waits
// as long as asked within reason, sends less, and never stampedes.
import { NETWORK, expect, test } from "./trip.mjs";

const SECOND = 1000;
/** A first pause of the widget's own is shorter. */
const OWN_MAX_MS = SECOND;
/** However long a server asks for, the widget asks again after so long. */
const PATIENCE_MAX_MS = 120 * SECOND;
/** What looking at the clock costs. */
const SLACK_MS = 2 * SECOND;

const busy = (status, wait) => ({
  ...{ kind: "answer", status, headers: wait === undefined ? [] : [["Retry-After", wait]] },
});
const date = (seconds) => new Date(Date.now() + seconds * SECOND).toUTCString();

for (const [id, status, what, wait, least, most] of [
  ["N11", 420, "nothing", undefined, 0, OWN_MAX_MS],
  ["N11", 420, "seconds", "5", 5 * SECOND, 5 * SECOND + OWN_MAX_MS],
  ["N12", 429, "seconds", "20", 20 * SECOND, 20 * SECOND + OWN_MAX_MS],
  ["N12", 429, "a date of the past", () => date(-30), 0, OWN_MAX_MS],
  ["N12", 429, "words", "in a while", 0, OWN_MAX_MS],
  ["N12", 429, "a huge number", "1000000000", PATIENCE_MAX_MS - SECOND, PATIENCE_MAX_MS],
  ["N12", 429, "a negative number", "-5", 0, OWN_MAX_MS],
]) {
  test(`${id} ${status} with ${what} in Retry-After`, async ({ trip }) => {
    const asked = typeof wait === "function" ? wait() : wait;
    const rules = [{ name: "busy", fault: busy(status, asked) }];
    await trip.start({ sizes: [100_000], plan: { rules }, heard: [NETWORK] });
    await trip.hit("busy");
    const waited = await trip.pass(() => trip.sent.length === 2, { step: 250 });
    expect(waited).toBeGreaterThanOrEqual(least - SLACK_MS);
    expect(waited).toBeLessThanOrEqual(most + SLACK_MS);
    await trip.arrived();
  });
}
