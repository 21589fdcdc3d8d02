// Splits the module into parts: what opens the widget, and what is fetched when first used. By
// names: late.json lists, for each later part, paths of Rust modules, types and functions, whose
// code goes there, with whatever only they call. A path that ends in `()` is an entry: a function
// that earlier parts may call, behind `shell::late`. What else they call directly stays with them,
// and is told.
//
// All parts share memory and table; a part may use what earlier ones have. A place in the table
// that a later function takes is a trap until its part is there; an entry is called by such a
// place. Constants stay in the first part. Works on binaryen's text, in which all is by name and
// each form of the module begins in the second column.

/** A name in the text: bare, or in quotes. */
const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()"]+)`;
const CALLS = new RegExp(String.raw`\((?:return_call|call|ref\.func) (${NAME})`, "g");
const GLOBALS = new RegExp(String.raw`\(global\.[gs]et (${NAME})`, "g");
const TABLES = new RegExp(String.raw`\((?:call_indirect|table\.\w+) (${NAME})`, "g");
const HOLE = "$late_hole";
/** What panics, and never returns. It puts a message together for a standard error that no page
 * has, and then traps; here it only traps. */
const PANICS = new RegExp(
  [
    String.raw`core::panicking::|std::panicking::\w+with_hook|core::cell::panic_already`,
    String.raw`core::(?:option|result)::(?:unwrap|expect)_failed`,
    String.raw`core::slice::(?:index|copy_from_slice_impl)::\w+_fail|core::str::slice_error_fail`,
    String.raw`assert_failed|std::thread::local::panic_access_error|alloc::raw_vec::handle_error`,
  ].join("|"),
);

/** The words of a table of methods: its head, and at most so many. */
const HEAD = 3;
const METHODS_END = 8;
/** No closure is larger, in bytes. */
const SIZE_MAX = 1 << 16;

/** `{ parts, features }`: the text of each part, the first one's as it is, the others' as
 * functions of the names that the first one's exports have got meanwhile; and what all of them use.
 */
export function split(text, late) {
  const module = parse(text);
  const lists = Object.values(late);
  const level = assign(module, lists);
  const plan = { ...module, level, ...neededBy(module, level) };
  plan.gates = gatesOf(plan);
  plan.exports = exportsOf(plan);
  const parts = lists.map((_, at) => (short) => laterPart(plan, at + 1, short));
  const features = text.match(/;; features section: (.*)/)?.[1].split(", ") ?? [];
  return { parts: [firstPart(plan), ...parts], features };
}

/** The module's forms, functions by name. */
function parse(text) {
  const module = { functions: new Map(), imports: new Map(), forms: [], data: [] };
  for (const form of text.slice(text.indexOf("\n") + 1).split(/^(?= [(;])/m)) {
    const kind = form.match(/^ \(?(\S+)/)?.[1];
    if (kind === "func") {
      const [, name, head] = form.match(new RegExp(String.raw`^ \(func (${NAME})(.*)`));
      const type = (head.match(/\((?:param|result)[^()]*\)/g) ?? []).join(" ");
      const does = PANICS.test(plain(name)) ? ` (func ${name}${head}\n  (unreachable)\n )\n` : form;
      module.functions.set(name, { form: does, type, calls: found(does, CALLS) });
    } else if (kind === "import") {
      const name = form.match(new RegExp(String.raw`\(func (${NAME})(.*)\)\)`));
      if (!name) throw new Error(`The module imports something else than functions: ${form}`);
      module.imports.set(name[1], name[2]);
      module.forms.push({ kind, form });
    } else if (kind === "elem") {
      const [, at, names] = form.match(/^ \(elem .*?\(i32\.const (\d+)\) func (.*)\)\s*$/s);
      module.elements = { at: Number(at), entries: names.match(new RegExp(NAME, "g")) };
    } else if (["type", "global", "memory", "table", "export", "data"].includes(kind)) {
      module.forms.push({ kind, form });
      if (kind === "data") module.data.push(dataOf(form));
    } else if (!kind?.startsWith(";;") && form.trim() !== ")") {
      throw new Error(`A form of the module that nobody expected: ${form.slice(0, 80)}`);
    }
  }
  return module;
}

/** A segment of data: where it begins, and its bytes as words of 32 bits. */
function dataOf(form) {
  const [, start, text] = form.match(/\(i32\.const (\d+)\) "((?:[^"\\]|\\.)*)"/);
  const letters = { t: 9, n: 10, r: 13, '"': 34, "'": 39, "\\": 92 };
  const bytes = [];
  for (const [, hex, letter, plain] of text.matchAll(/\\([0-9a-f]{2})|\\(.)|([^\\])/g)) {
    bytes.push(hex ? Number.parseInt(hex, 16) : letter ? letters[letter] : plain.charCodeAt(0));
  }
  while (bytes.length % 4 > 0) bytes.push(0);
  return { start: Number(start), words: new Uint32Array(Uint8Array.from(bytes).buffer) };
}

/** A table of methods: what drops the thing, its size and alignment, and its methods. It ends where
 * the next one begins. Nothing if these words are something else. */
function methodsAt(words, places) {
  const begins = (at) =>
    words[at] < places && words[at + 1] < SIZE_MAX && [1, 2, 4, 8].includes(words[at + 2]);
  let end = begins(0) ? HEAD + 1 : 0;
  while (end > 0 && end < METHODS_END && words[end] < places && !begins(end)) end += 1;
  return words.subarray(0, end);
}

/** The functions that make something whose methods a function is, by the address of a table of
 * methods in the data. The compiler makes equal functions one, under the name of any of them: so a
 * function with a late name may belong to something of an earlier part. */
function makersOf({ functions, elements, data }) {
  const makers = new Map();
  const places = elements.at + elements.entries.length;
  for (const [maker, { form }] of functions) {
    for (const [, text] of form.matchAll(/(?:\(i32\.const |offset=)(\d+)/g)) {
      const segment = data.find(({ start, words }) => {
        const at = Number(text) - start;
        return at >= 0 && at < 4 * words.length && at % 4 === 0;
      });
      if (!segment) continue;
      const at = (Number(text) - segment.start) / 4;
      for (const word of methodsAt(segment.words.subarray(at), places)) {
        const name = elements.entries[word - elements.at];
        if (!name) continue;
        if (!makers.has(name)) makers.set(name, new Set());
        makers.get(name).add(maker);
      }
    }
  }
  return makers;
}

const found = (text, what) => new Set(Array.from(text.matchAll(what), ([, name]) => name));

/** The part that each function is in, from 0. */
function assign(module, lists) {
  const { functions, forms, elements } = module;
  const inTable = new Set(elements.entries);
  const exported = new Set(forms.filter(({ kind }) => kind === "export").map(functionOf));
  const callers = callersOf(functions);
  const makers = makersOf(module);
  const entries = lists.flat().filter((path) => path.endsWith("()"));
  const entry = new RegExp(
    entries.map((path) => String.raw`^\$"<?${pattern(path)}(?!\w|::\{)`).join("|") || "$^",
  );
  const level = new Map([...functions.keys()].map((name) => [name, 0]));
  const named = new Set();
  lists.forEach((paths, at) => {
    for (const path of paths) {
      const wanted = new RegExp(String.raw`${pattern(path)}(?!\w)`);
      const names = [...functions.keys()].filter((name) => wanted.test(name));
      if (names.length === 0) console.warn(`late.json: there is no ${path} in the module.`);
      for (const name of names) {
        named.add(name);
        if (!exported.has(name)) level.set(name, at + 1);
      }
    }
  });
  const earliest = (users) => {
    const all = [...users];
    return all.reduce((least, user) => (level.get(user) < level.get(least) ? user : least));
  };
  const stays = (name) => {
    const users = new Set(makers.get(name));
    if (!entry.test(name)) callers.get(name)?.forEach((caller) => users.add(caller));
    if (users.size === 0) return false;
    const user = earliest(users);
    if (level.get(user) >= level.get(name)) return false;
    // Dropping something late that was never made happens anywhere.
    if (callers.get(name)?.has(user) && named.has(name) && !/drop_in_place|drop_slow/.test(name)) {
      console.warn(`Not late, as an earlier part calls it: ${plain(name)}, from ${plain(user)}`);
    }
    level.set(name, level.get(user));
    return true;
  };
  // What stays may call others, which then stay as well.
  while ([...functions.keys()].filter(stays).length > 0);
  const follows = (name) => {
    if (inTable.has(name) || exported.has(name) || entry.test(name)) return false;
    if (!callers.has(name)) return false;
    const least = level.get(earliest(callers.get(name)));
    if (least <= level.get(name)) return false;
    level.set(name, least);
    return true;
  };
  while ([...functions.keys()].filter(follows).length > 0);
  return level;
}

/** A path as it stands in names, where a crate has its hash behind it. */
function pattern(path) {
  const [crate, ...rest] = path.replace(/\(\)$/, "").split("::");
  const escaped = ["", ...rest].join("::").replaceAll(/[{}#]/g, String.raw`\$&`);
  return String.raw`\b${crate}\[[0-9a-f]+\]${escaped}`;
}

const plain = (name) => name.replaceAll(/\[[0-9a-f]{16}\]/g, "").slice(0, 120);

/** The functions that call each one, itself left out. */
function callersOf(functions) {
  const callers = new Map();
  for (const [name, { calls }] of functions) {
    for (const callee of calls) {
      if (callee === name) continue;
      if (!callers.has(callee)) callers.set(callee, new Set());
      callers.get(callee).add(name);
    }
  }
  return callers;
}

const functionOf = ({ form }) => form.match(new RegExp(String.raw`\(func (${NAME})\)`))?.[1];
const nameOf = ({ form }) => form.match(new RegExp(NAME))[0];

/** What later parts need of earlier ones: functions, globals, tables. */
function neededBy({ functions, forms }, level) {
  const main = nameOf(forms.find(({ kind }) => kind === "table"));
  const needed = { functions: new Set(), globals: new Set(), tables: new Set([main]) };
  for (const [name, { form, calls }] of functions) {
    if (level.get(name) === 0) continue;
    for (const callee of calls) {
      if (level.get(callee) !== level.get(name)) needed.functions.add(callee);
    }
    for (const global of found(form, GLOBALS)) needed.globals.add(global);
    for (const table of found(form, TABLES)) needed.tables.add(table);
  }
  return { needed, main };
}

/** The later functions that an earlier part calls directly, with their places in the table. */
function gatesOf({ functions, elements, level }) {
  const gates = new Map();
  let end = elements.at + elements.entries.length;
  for (const [name, { calls }] of functions) {
    for (const callee of calls) {
      if (level.get(callee) > level.get(name) && !gates.has(callee)) gates.set(callee, end++);
    }
  }
  return gates;
}

/** The names by which parts export what later ones need. */
function exportsOf({ needed }) {
  const numbered = (set, start) => new Map([...set].map((name, at) => [name, `${start}${at}`]));
  return {
    memory: "late_memory",
    tables: numbered(needed.tables, "late_table_"),
    globals: numbered(needed.globals, "late_global_"),
    functions: numbered(needed.functions, "late_"),
  };
}

/** Whether a part has a function of that name to export: an entry's is with the first part. */
const has = ({ level, gates }, name, at) =>
  gates.has(name) ? at === 0 : (level.get(name) ?? 0) === at;

function firstPart(plan) {
  const { functions, forms, elements, level, gates, exports, main } = plan;
  const parts = ["(module\n"];
  const places = elements.at + elements.entries.length + gates.size;
  for (const { kind, form } of forms) {
    const grown = form.match(/^( \(table \S+) \d+ \d+ funcref\)/);
    parts.push(grown ? `${grown[1]} ${places} ${places} funcref)\n` : form);
    if (kind === "memory") parts.push(given(exports.memory, "memory", nameOf({ form })));
  }
  for (const [name, as] of exports.tables) parts.push(given(as, "table", name));
  for (const [name, as] of exports.globals) parts.push(given(as, "global", name));
  for (const [name, as] of exports.functions) {
    if (has(plan, name, 0)) parts.push(given(as, "func", name));
  }
  const entries = elements.entries.map((name) => (level.get(name) > 0 ? HOLE : name));
  parts.push(` (elem (table ${main}) (i32.const ${elements.at}) func ${entries.join(" ")})\n`);
  parts.push(` (func ${HOLE} (unreachable))\n`);
  for (const [name, { form }] of functions) if (level.get(name) === 0) parts.push(form);
  for (const [name, place] of gates) {
    const { type } = functions.get(name);
    const bare = type.replaceAll(new RegExp(String.raw`\(param ${NAME}`, "g"), "(param");
    const gets = bare.split("(param").slice(1).map((_, at) => `(local.get ${at})`).join(" ");
    const call = `(call_indirect ${main} ${bare} ${gets} (i32.const ${place}))`;
    parts.push(` (func ${name} ${bare} ${call})\n`);
  }
  return `${parts.join("")})\n`;
}

const given = (as, kind, name) => ` (export "${as}" (${kind} ${name}))\n`;

function laterPart(plan, at, short) {
  const { functions, imports, forms, elements, level, gates, exports, main } = plan;
  const parts = ["(module\n"];
  const take = (as, what) => parts.push(` (import "a" "${short.get(as) ?? as}" (${what}))\n`);
  for (const { kind, form } of forms) {
    const what = form.trim().slice(1, -1);
    if (kind === "type") parts.push(form);
    if (kind === "memory") take(exports.memory, what);
    const table = kind === "table" && exports.tables.get(nameOf({ form }));
    if (table) take(table, what.replace(/ \d+ \d+ funcref/, " 0 funcref"));
    const global = kind === "global" && exports.globals.get(nameOf({ form }));
    if (global) take(global, what.replace(/ \(\w+\.const [^)]*\)$/, ""));
  }
  const own = [...functions].filter(([name]) => level.get(name) === at);
  const calls = new Set(own.flatMap(([, { calls }]) => [...calls]));
  for (const [name, as] of exports.functions) {
    const type = functions.get(name)?.type ?? imports.get(name);
    if (level.get(name) === at) {
      if (!gates.has(name)) parts.push(given(as, "func", name));
    } else if (calls.has(name)) {
      take(as, `func ${name} ${type}`);
    }
  }
  const place = (index, name) =>
    parts.push(` (elem (table ${main}) (i32.const ${index}) func ${name})\n`);
  elements.entries.forEach((name, index) => {
    if (level.get(name) === at) place(elements.at + index, name);
  });
  for (const [name, index] of gates) if (level.get(name) === at) place(index, name);
  for (const [, { form }] of own) parts.push(form);
  return `${parts.join("")})\n`;
}
