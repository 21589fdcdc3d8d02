// The code that does what is set in the playground, for each way to use the widget.

/** A value as people write it in a script. */
function source(value, indent = "") {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return `[${value.map((part) => source(part, deeper)).join(", ")}]`;
  const name = (key) => (/^[\w$]+$/.test(key) && !/^\d/.test(key) ? key : JSON.stringify(key));
  const lines = Object.entries(value).map(
    ([key, part]) => `${deeper}${name(key)}: ${source(part, deeper)},\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

const text = (value) => `"${value.replace(/["\\]/g, "\\$&")}".to_owned()`;
const some = (write) => (value) => `Some(${write(value)})`;
const list = (values) => `vec![${values.map(text).join(", ")}]`;

/** How a field of Rust's `Options` is written. Others lie deeper, and are set by hand. */
export const FIELDS = {
  cloudName: ["Option<String>", some(text)],
  uploadPreset: ["Option<String>", some(text)],
  uploadPrefix: ["String", text],
  multiple: ["bool", String],
  maxFiles: ["Option<u32>", some(String)],
  maxFileSize: ["Option<u64>", some(String)],
  minFileSize: ["Option<u64>", some(String)],
  maxImageFileSize: ["Option<u64>", some(String)],
  maxVideoFileSize: ["Option<u64>", some(String)],
  maxRawFileSize: ["Option<u64>", some(String)],
  maxChunkSize: ["u64", String],
  maxParallelChunks: ["u64", String],
  maxParallelUploads: ["u64", String],
  clientAllowedFormats: ["Vec<String>", list],
  publicId: ["Option<String>", some(text)],
  folder: ["Option<String>", some(text)],
  tags: ["Vec<String>", list],
  apiKey: ["Option<String>", some(text)],
  resume: ["bool", String],
  resumeKeepSize: ["u64", String],
  allowEmptyFiles: ["bool", String],
};

/** `cloudName` as `cloud_name`. */
export const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function leptos(options) {
  const [there, deeper] = [[], []];
  for (const [name, value] of Object.entries(options)) {
    if (name in FIELDS) there.push(`        ${snake(name)}: ${FIELDS[name][1](value)},`);
    else deeper.push(name);
  }
  const hint = "        // In a field of its own kind, see the documentation of `Options`: ";
  if (deeper.length) there.push(hint + deeper.map(snake).join(", "));
  return [
    "use leptos::prelude::*;",
    "use plimsoll::{Options, use_upload};",
    "",
    "#[component]",
    "fn Upload() -> impl IntoView {",
    "    let upload = use_upload(Options {",
    ...there,
    "        ..Options::default()",
    "    });",
    '    view! { <button type="button" on:click=move |_| upload.open()>"Upload files"</button> }',
    "}",
  ].join("\n");
}

const script = (options) =>
  [
    `const options = ${source(options)};`,
    "plimsoll.openUploadWidget(options, (error, result) => {",
    "  if (error) console.error(error.message);",
    '  else if (result.event === "success") console.log(result.info.secure_url);',
    "});",
  ].join("\n");

const npm = (options) =>
  [
    'import { createUploadWidget } from "plimsoll";',
    "",
    `const options = ${source(options)};`,
    "const widget = createUploadWidget(options);",
    'widget.on("success", (info) => console.log(info.secure_url));',
    'document.querySelector("#upload").addEventListener("click", () => widget.open());',
  ].join("\n");

const react = (options) =>
  [
    'import { UploadButton } from "plimsoll/react";',
    "",
    `const options = ${source(options)};`,
    "",
    "export const Upload = () => (",
    "  <UploadButton options={options} onSuccess={(info) => console.log(info.secure_url)}>",
    "    Upload files",
    "  </UploadButton>",
    ");",
  ].join("\n");

/** By the names that the playground offers. */
export const RECIPES = { script, npm, react, leptos };
