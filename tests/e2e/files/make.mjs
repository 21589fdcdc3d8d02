// Draws and records the picture and film files beside it, in Chromium, so that everyone can see
// where they come from. Run by hand: PLIMSOLL_CHROMIUM=/path/to/chromium node make.mjs
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const browser = await chromium.launch({
  executablePath: process.env.PLIMSOLL_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();

/** Runs in the page: a sea at some hour, with a ship at her load line. */
async function paint({ width, height, hue, type, film }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const draw = (shift) => {
    const sky = context.createLinearGradient(0, 0, 0, height * 0.62);
    sky.addColorStop(0, `hsl(${hue} 62% 46%)`);
    sky.addColorStop(1, `hsl(${hue + 34} 82% 82%)`);
    context.fillStyle = sky;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "hsl(42 100% 92%)";
    context.beginPath();
    context.arc(width * (0.72 - shift * 0.1), height * 0.36, height * 0.09, 0, 7);
    context.fill();
    for (let row = 0; row < 4; row++) {
      context.fillStyle = `hsl(${hue + row * 5} ${34 + row * 5}% ${50 - row * 9}%)`;
      context.beginPath();
      context.moveTo(0, height);
      for (let x = 0; x <= width; x += width / 60) {
        const wave = Math.sin(x / (width * (0.05 + row * 0.022)) + row * 2.1 + shift * 6);
        context.lineTo(x, height * (0.58 + row * 0.11) + wave * height * 0.014 * (row + 1));
      }
      context.lineTo(width, height);
      context.fill();
      if (row === 0) {
        const x = width * (0.2 + shift * 0.2);
        const y = height * 0.585;
        const unit = height * 0.05;
        context.fillStyle = "hsl(8 58% 44%)";
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(x + unit * 6, y);
        context.lineTo(x + unit * 5.3, y + unit * 1.4);
        context.lineTo(x + unit * 0.8, y + unit * 1.4);
        context.fill();
        context.fillStyle = "hsl(210 30% 96%)";
        context.fillRect(x + unit * 1.1, y - unit * 1.3, unit * 1.8, unit * 1.3);
      }
    }
  };
  draw(0);
  let blob;
  if (film) {
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: type });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let frame = 0; frame < 24; frame++) {
      draw(frame / 24);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    recorder.stop();
    await stopped;
    blob = new Blob(parts);
  } else {
    blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.86));
  }
  let text = "";
  for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
}

const wanted = {
  "harbour.jpg": { width: 1600, height: 1067, hue: 196, type: "image/jpeg" },
  "evening.png": { width: 640, height: 480, hue: 262, type: "image/png" },
  "morning.jpg": { width: 1067, height: 1600, hue: 158, type: "image/jpeg" },
  "crossing.mp4": { width: 320, height: 180, hue: 210, type: "video/mp4;codecs=avc1", film: true },
};
for (const [name, how] of Object.entries(wanted)) {
  const bytes = Buffer.from(await page.evaluate(paint, how), "base64");
  writeFileSync(join(here, name), bytes);
  console.log(name, bytes.length);
}
await browser.close();
