// Encrypts files before they are sent: AES-GCM with 256 bits. Loaded when first used. docs/api.md
// says how such a file is read again.

/** As many rounds as OWASP advises for this function: keys are texts that people make up. */
const ROUNDS = 600_000;
const NONCE_BYTES = 12;

/** Keys by their texts: making one takes a tenth of a second. */
const keys = new Map();

const keyOf = (key, iv) => {
  const name = JSON.stringify([key, iv]);
  if (!keys.has(name)) keys.set(name, derived(new TextEncoder(), key, iv));
  return keys.get(name);
};

const derived = async (encoder, key, iv) => {
  const words = await crypto.subtle.importKey("raw", encoder.encode(key), "PBKDF2", false, [
    "deriveKey",
  ]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(iv), iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, words, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
};

/** The encrypted file, or undefined when that can't be had: then nothing may be sent. */
const encrypted = async (file, key, iv) => {
  try {
    const secret = await keyOf(key, iv);
    // One of its own for each file: with the same one twice, AES-GCM protects nothing.
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const how = { name: "AES-GCM", iv: nonce };
    const bytes = await crypto.subtle.encrypt(how, secret, await file.arrayBuffer());
    const { name, lastModified } = file;
    return new File([nonce, bytes], name, { type: "application/octet-stream", lastModified });
  } catch (problem) {
    console.error(
      `Plimsoll: ${file.name} could not be encrypted, so it is not uploaded. ` +
        "Encryption needs a page served by https, and files that fit into memory.",
      problem,
    );
    return undefined;
  }
};

/** The same of several, one after the other, so that one at a time is in memory. */
export const encrypt = async (files, key, iv) => {
  const list = [];
  for (const file of files) list.push(await encrypted(file, key, iv));
  return list;
};
