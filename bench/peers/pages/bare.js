// The browser by itself: an input, a list, a fetch loop. What nothing that is built on it can beat.
(() => {
  const MIB = 1 << 20;
  const query = new URLSearchParams(location.search);
  const origin = query.get("upload") ?? location.origin;
  const chunk = Number(query.get("chunk") ?? 20) * MIB;
  const parallel = Number(query.get("parallel") ?? 6);
  const url = `${origin}/v1_1/demo/auto/upload`;
  let listed = 0;
  let good = 0;
  let bad = 0;

  async function send(file, id, start, end) {
    const form = new FormData();
    form.append("upload_preset", "unsigned");
    const whole = start === 0 && end === file.size;
    form.append("file", whole ? file : file.slice(start, end), file.name);
    const headers = whole ? {} : { "X-Unique-Upload-Id": id };
    if (!whole) headers["Content-Range"] = `bytes ${start}-${end - 1}/${file.size}`;
    const answer = await fetch(url, { method: "POST", body: form, headers });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async function each(items, width, work) {
    const rest = items.values();
    const worker = async () => {
      for (const item of rest) await work(item);
    };
    await Promise.all(Array.from({ length: width }, worker));
  }

  async function upload(file) {
    const id = crypto.randomUUID();
    const parts = [];
    for (let at = 0; at < file.size; at += chunk) parts.push([at, Math.min(at + chunk, file.size)]);
    const last = parts.pop();
    // The wire's order: the first alone, the last after all others.
    if (parts.length) await send(file, id, ...parts.shift());
    await each(parts, parallel, (part) => send(file, id, ...part));
    await send(file, id, ...last);
  }

  async function paint(file, canvas) {
    const bitmap = await createImageBitmap(file, { resizeWidth: 120, resizeQuality: "high" });
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    canvas.dataset.painted = "";
  }

  function show(files) {
    const list = document.createDocumentFragment();
    const pictures = [];
    for (const file of files) {
      const row = document.createElement("li");
      row.textContent = `${file.name} ${file.size} B`;
      if (file.type.startsWith("image/")) {
        const canvas = document.createElement("canvas");
        row.append(canvas);
        pictures.push([file, canvas]);
      }
      list.append(row);
    }
    document.querySelector("#list").append(list);
    listed += files.length;
    return each(pictures, 2, ([file, canvas]) => paint(file, canvas));
  }

  const input = () => document.querySelector("#place input");

  window.contender = {
    browse: "#place input",
    open() {
      const place = document.querySelector("#place");
      const made = Object.assign(document.createElement("input"), { type: "file", multiple: true });
      const list = Object.assign(document.createElement("ul"), { id: "list" });
      place.replaceChildren(made, list);
      made.addEventListener("change", async () => {
        const files = Array.from(made.files);
        await show(files);
        if (query.has("hold")) return;
        const one = (file) => upload(file).then(() => (good += 1), () => (bad += 1));
        await each(files, parallel, one);
      });
    },
    close: () => document.querySelector("#place").replaceChildren(),
    opened: () => Boolean(input()?.checkVisibility()),
    listed: () => listed,
    painted() {
      const all = [...document.querySelectorAll("#list canvas")];
      return { shown: all.length, painted: all.filter((one) => "painted" in one.dataset).length };
    },
    ended: () => ({ good, bad }),
  };
})();
