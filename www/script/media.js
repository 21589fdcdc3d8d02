// Cameras, screens and microphones: opened, looked at, recorded, and turned off. Loaded when first
// used. What is shown of it, and when, is the widget's (src/sources/late); nothing here throws.

/** What a browser may record, the most playable first. */
const FILMS = ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/mp4;codecs=avc1", "video/webm"];
const SOUNDS = ["audio/mp4", "audio/webm;codecs=opus", "audio/webm"];
/** What was recorded is handed over this often: so much is lost when a browser stops by itself. */
const SLICE_MS = 500;
/** How often the clock and the loudness are told. */
const TICK_MS = 200;
/** A camera that shows nothing for so long is shown all the same. */
const FRAME_MS = 3000;
const QUALITY = 0.92;
/** Cameras have no more than this; a browser gives the nearest that there is. */
const IDEAL = { width: { ideal: 1920 }, height: { ideal: 1080 } };

const wanted = ({ kind, device, facing }) => {
  if (kind === "audio") return { audio: device ? { deviceId: { exact: device } } : true };
  const which = device ? { deviceId: { exact: device } } : { facingMode: { ideal: facing } };
  return { video: { ...IDEAL, ...which } };
};

const open = async (want) => {
  const { mediaDevices } = navigator;
  if (want.kind === "screen") return mediaDevices.getDisplayMedia({ video: true, audio: true });
  try {
    return await mediaDevices.getUserMedia(wanted(want));
  } catch (error) {
    // The device that was wanted is gone: any other will do.
    if (error.name !== "OverconstrainedError") throw error;
    return mediaDevices.getUserMedia(want.kind === "audio" ? { audio: true } : { video: true });
  }
};

/** Why it could not be opened, as one of the words that the locale file explains. */
const reason = async (error, kind) => {
  const feature = { camera: "camera", audio: "microphone", screen: "display-capture" }[kind];
  if (!navigator.mediaDevices) return isSecureContext ? "unsupported" : "insecure";
  if (error.name === "NotFoundError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  if (error.name !== "NotAllowedError") return "unsupported";
  const policy = document.permissionsPolicy ?? document.featurePolicy;
  if (policy && !policy.allowsFeature(feature)) return "policy";
  const state = await navigator.permissions?.query({ name: feature }).catch(() => {});
  return state?.state === "denied" ? "denied" : "dismissed";
};

const watch = (session, ended) => {
  for (const track of session.stream.getTracks()) {
    // Unplugged, or its sharing was stopped from the browser's own bar.
    track.onended = () => session.on && (halt(session), ended());
  }
  // A dialog that is closed or hidden is no place for a camera that runs.
  const dialog = session.place.closest("dialog");
  const closed = ({ target }) => target === dialog && session.on && (halt(session), ended());
  dialog?.addEventListener("close", closed);
  session.forget = () => dialog?.removeEventListener("close", closed);
};

const halt = (session) => {
  session.on = false;
  session.forget?.();
  clearInterval(session.timer);
  for (const track of session.stream.getTracks()) track.stop();
  if (session.extra) for (const track of session.extra.getTracks()) track.stop();
  if (session.recorder?.state !== "inactive") session.recorder?.stop();
  session.sound?.close().catch(() => {});
  session.place.srcObject = null;
};

/** Opens what is wanted and shows it in `place`, a video element. Gives a session, or `{error}`. */
export const start = async (want, place, ended) => {
  let stream;
  try {
    stream = await open(want);
    const session = { stream, place, kind: want.kind, on: true };
    watch(session, ended);
    const [track] = stream.getTracks();
    const settings = track.getSettings();
    session.device = settings.deviceId ?? "";
    // A camera that doesn't say where it looks is one above a screen.
    session.front = want.kind === "camera" && settings.facingMode !== "environment";
    const type = want.kind === "audio" ? "audioinput" : "videoinput";
    const all = want.kind === "screen" ? [] : await navigator.mediaDevices.enumerateDevices();
    session.devices = all
      .filter(({ kind, deviceId }) => kind === type && deviceId)
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
    if (want.kind === "audio") listen(session, want.heard);
    else {
      place.muted = place.playsInline = true;
      place.srcObject = stream;
      await place.play();
      await firstFrame(place);
    }
    return session;
  } catch (error) {
    for (const track of stream?.getTracks() ?? []) track.stop();
    return { error: await reason(error, want.kind) };
  }
};

/** Before a camera's first frame, browsers show one of two pixels. */
const firstFrame = async (place) => {
  const seen = () => new Promise((resolve) => place.requestVideoFrameCallback?.(resolve));
  const late = new Promise((resolve) => setTimeout(resolve, FRAME_MS, true));
  while (place.requestVideoFrameCallback && place.videoWidth <= 2) {
    if (await Promise.race([seen(), late])) return;
  }
};

/** Tells how loud it is, 0 to 100, so that a person sees that the microphone works. */
const listen = (session, heard) => {
  session.sound = new AudioContext();
  const meter = session.sound.createAnalyser();
  meter.fftSize = 1024;
  session.sound.createMediaStreamSource(session.stream).connect(meter);
  const wave = new Uint8Array(meter.fftSize);
  session.timer = setInterval(() => {
    meter.getByteTimeDomainData(wave);
    const peak = wave.reduce((most, level) => Math.max(most, Math.abs(level - 128)), 0);
    heard(Math.min(100, Math.round((peak / 128) * 150)));
  }, TICK_MS / 2);
};

/** Stops all that runs and turns the light off. */
export const stop = async (session) => halt(session);

/** The picture of this moment, as a JPEG, painted on `canvas` as well. */
export const snap = async (session, canvas, mirror) => {
  const { videoWidth, videoHeight } = session.place;
  canvas.width = videoWidth;
  canvas.height = videoHeight;
  canvas.hidden = false;
  const context = canvas.getContext("2d");
  if (mirror) {
    context.translate(videoWidth, 0);
    context.scale(-1, 1);
  }
  context.drawImage(session.place, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
};

/** Begins to record. `told` hears the milliseconds and bytes so far; false when it can't. An MP4
 * is handed over in pieces of many seconds: where there is a limit of bytes, WebM is recorded. */
export const record = async (session, limit, told) => {
  try {
    let { stream } = session;
    const isSound = session.kind === "audio";
    if (session.kind === "camera") {
      // A film without sound is better than none.
      session.extra = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
      const tracks = [...stream.getTracks(), ...(session.extra?.getTracks() ?? [])];
      stream = new MediaStream(tracks);
    }
    if (!session.on) return false;
    const can = (isSound ? SOUNDS : FILMS).filter((type) => MediaRecorder.isTypeSupported(type));
    const mimeType = limit ? can.at(-1) : can[0];
    const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {});
    session.recorder = recorder;
    session.parts = [];
    session.limit = limit || Infinity;
    session.bytes = 0;
    recorder.ondataavailable = ({ data }) => {
      session.parts.push(data);
      session.bytes += data.size;
    };
    session.done = new Promise((resolve) => (recorder.onstop = recorder.onerror = resolve));
    recorder.start(SLICE_MS);
    let at = performance.now();
    session.ms = 0;
    session.clock = setInterval(() => {
      const now = performance.now();
      if (recorder.state === "recording") session.ms += now - at;
      at = now;
      if (recorder.state === "inactive") clearInterval(session.clock);
      else told(Math.floor(session.ms), session.bytes);
    }, TICK_MS);
    return true;
  } catch {
    return false;
  }
};

/** Stops recording for a while, or goes on. */
export const pause = async ({ recorder }, wait) => {
  if (recorder?.state === "inactive") return;
  if (wait) recorder?.pause();
  else recorder?.resume();
};

/** Ends the recording and gives it; null when there is nothing in it. */
export const finish = async (session) => {
  const { recorder } = session;
  if (recorder.state !== "inactive") recorder.stop();
  await session.done;
  clearInterval(session.clock);
  for (const track of session.extra?.getTracks() ?? []) track.stop();
  session.extra = null;
  // What came last may be too much; a WebM may end anywhere.
  while (session.bytes > session.limit && session.parts.length > 1) {
    session.bytes -= session.parts.pop().size;
  }
  const [type] = recorder.mimeType.split(";");
  const blob = new Blob(session.parts, { type });
  session.parts = [];
  return blob.size ? blob : null;
};

/** Whether the page lets a film of ours be played. To try it where it doesn't is told to those who
 * watch over its policy, so what isn't known is taken for a no: a policy that came by a header
 * can't be read, but browsers then hide the nonces of what enters the document. */
const mayPlay = (place) => {
  const policies = document.querySelectorAll('meta[http-equiv="content-security-policy" i]');
  const says = [...policies].map(({ content }) => {
    const rules = content.split(";").map((rule) => rule.trim().toLowerCase().split(/\s+/));
    const found = ["media-src", "default-src"].map((it) => rules.find(([name]) => name === it));
    return found.find(Boolean)?.includes("blob:");
  });
  if (says.includes(false)) return false;
  // Said by the page itself, perhaps beside a policy that can't be read.
  if (says.includes(true)) return true;
  const probe = document.createElement("i");
  probe.setAttribute("nonce", "-");
  place.after(probe);
  const hidden = !probe.getAttribute("nonce");
  probe.remove();
  return !hidden;
};

/** Lets a person look at, or listen to, what was recorded. False where a page's policy forbids. */
export const play = async (place, blob) => {
  if (!mayPlay(place)) return false;
  const url = URL.createObjectURL(blob);
  place.muted = false;
  place.controls = true;
  place.src = url;
  const ready = await new Promise((resolve) => {
    place.onloadedmetadata = () => resolve(true);
    place.onerror = () => resolve(false);
  });
  place.onemptied = () => URL.revokeObjectURL(url);
  return ready;
};

/** Forgets what was played. */
export const unload = async (place) => {
  place.controls = false;
  place.removeAttribute("src");
  place.load();
};
