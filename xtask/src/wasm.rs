//! Reads a wasm module just far enough to say which crate its bytes come from: the sizes of
//! functions from the code section, their names from the name section.

use std::collections::BTreeMap;

use crate::run::Result;

const SECTION_CUSTOM: u8 = 0;
const SECTION_IMPORT: u8 = 2;
const SECTION_CODE: u8 = 10;
const SECTION_DATA: u8 = 11;
const NAMES_OF_FUNCTIONS: u8 = 1;
const CUT_SHORT: &str = "the wasm module is cut short";

/// What a module's bytes are spent on, largest first.
pub struct Weights {
    /// By crate; what is no code counts as `constants`.
    pub crates: Vec<(String, usize)>,
    /// By function.
    pub functions: Vec<(String, usize)>,
}

/// Weighs a module that still has its names.
pub fn weigh(module: &[u8]) -> Result<Weights> {
    let mut reader = Reader(module);
    reader.take(8)?;
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut names = BTreeMap::new();
    let mut crates: BTreeMap<&str, usize> = BTreeMap::new();
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        let mut section = Reader(reader.take(length)?);
        match id {
            SECTION_IMPORT => imported = imported_functions(&mut section)?,
            SECTION_CODE => {
                for _ in 0..section.number()? {
                    let length = section.number()?;
                    section.take(length)?;
                    bodies.push(length);
                }
            }
            SECTION_DATA => *crates.entry("constants").or_default() += length,
            SECTION_CUSTOM if section.text()? == "name" => names = function_names(&mut section)?,
            _ => {}
        }
    }
    if names.is_empty() {
        return Err("the wasm module has no names, so nothing can be told apart".into());
    }
    let mut functions: BTreeMap<String, usize> = BTreeMap::new();
    for (index, length) in bodies.into_iter().enumerate() {
        let name = names.get(&(imported + index)).copied().unwrap_or_default();
        *crates.entry(crate_of(name)).or_default() += length;
        *functions.entry(without_hashes(name)).or_default() += length;
    }
    Ok(Weights {
        crates: largest_first(crates),
        functions: largest_first(functions),
    })
}

fn largest_first<Name: Into<String>>(sizes: BTreeMap<Name, usize>) -> Vec<(String, usize)> {
    let mut sizes: Vec<_> = sizes
        .into_iter()
        .map(|(name, size)| (name.into(), size))
        .collect();
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sizes
}

/// The hashes of the crates in a name, `[85d6c43e7807c696]`, say nothing to anybody.
fn without_hashes(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('[') {
        text.push_str(before);
        rest = match behind.split_once(']') {
            Some((hash, after)) if hash.len() == 16 => after,
            _ => {
                text.push('[');
                behind
            }
        };
    }
    text.push_str(rest);
    text
}

/// How many functions come from outside: they are numbered before the module's own.
fn imported_functions(section: &mut Reader<'_>) -> Result<usize> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        match section.byte()? {
            0 => {
                functions += 1;
                section.number()?;
            }
            1 => {
                section.byte()?;
                section.limits()?;
            }
            2 => section.limits()?,
            3 => drop(section.take(2)?),
            4 => {
                section.byte()?;
                section.number()?;
            }
            kind => {
                return Err(format!(
                    "the wasm module has an import of unknown kind {kind}"
                ));
            }
        }
    }
    Ok(functions)
}

fn function_names<'a>(section: &mut Reader<'a>) -> Result<BTreeMap<usize, &'a str>> {
    let mut names = BTreeMap::new();
    while !section.0.is_empty() {
        let id = section.byte()?;
        let length = section.number()?;
        let mut part = Reader(section.take(length)?);
        if id == NAMES_OF_FUNCTIONS {
            for _ in 0..part.number()? {
                let index = part.number()?;
                names.insert(index, part.text()?);
            }
        }
    }
    Ok(names)
}

/// The crate in a name as wasm-bindgen writes it: `core[0123]::fmt::write` or
/// `<leptos[0123]::Node as core[0123]::fmt::Debug>::fmt`.
fn crate_of(name: &str) -> &str {
    let (of_type, of_trait) = match name.trim_start_matches('_').strip_prefix('<') {
        Some(rest) => rest.split_once(" as ").unwrap_or((rest, "")),
        None if name.contains("::") => (name, ""),
        None => return "exports",
    };
    // `char`, `&T` or `[u8]` belong to nobody: then it is the trait's.
    root_of(of_type)
        .or_else(|| root_of(of_trait))
        .unwrap_or("core")
}

/// The crate that a path begins with, if it is a path.
fn root_of(path: &str) -> Option<&str> {
    let marks = ["&", "*", "[", "(", "mut ", "const ", "dyn "];
    let mut path = path;
    while let Some(rest) = marks.iter().find_map(|mark| path.strip_prefix(mark)) {
        path = rest;
    }
    let end = path.find(|c: char| c != '_' && !c.is_ascii_alphanumeric())?;
    let (name, rest) = path.split_at(end);
    // The hash of a crate ends with a bracket, and a path goes on behind it.
    let rest = rest
        .strip_prefix('[')
        .and_then(|hash| hash.split_once(']'))
        .map_or(rest, |s| s.1);
    (rest.starts_with("::") && !name.is_empty()).then_some(name)
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CUT_SHORT)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// An unsigned LEB128 number.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("the wasm module holds a number of more than 32 bits".into())
    }

    fn text(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).map_err(|e| e.to_string())
    }

    /// A minimum, and a maximum if there is one.
    fn limits(&mut self) -> Result<()> {
        let has_max = self.byte()? & 1 == 1;
        self.number()?;
        if has_max {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_found_in_names() {
        let cases = [
            ("core[0123456789abcdef]::fmt::write", "core"),
            (
                "<leptos[0123456789abcdef]::Node as core[0123456789abcdef]::fmt::Debug>::fmt",
                "leptos",
            ),
            ("<&T as tachys[0123456789abcdef]::Render>::build", "tachys"),
            ("<char as core[c5930c85a12de822]::fmt::Debug>::fmt", "core"),
            (
                "<dlmalloc[e24a]::dlmalloc::Dlmalloc<dlmalloc[e24a]::sys::System>>::free",
                "dlmalloc",
            ),
            (
                "graph::owner::<impl graph::Node for std::sync::Arc<T>>::drop",
                "graph",
            ),
            ("widget_update", "exports"),
        ];
        for (name, expected) in cases {
            assert_eq!(crate_of(name), expected, "{name}");
        }
    }

    /// One import, one function of two bytes, three bytes of data, one name.
    #[test]
    fn bytes_are_counted_by_crate() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |id: u8, bytes: &[u8]| {
            module.extend([id, bytes.len() as u8]);
            module.extend(bytes);
        };
        section(SECTION_IMPORT, b"\x01\x01a\x01b\x00\x00");
        section(SECTION_CODE, b"\x01\x02\x00\x0b");
        section(SECTION_DATA, b"\x01\x02\x03");
        let name = b"core[0123456789abcdef]::f";
        let mut names = b"\x04name\x01".to_vec();
        names.extend([3 + name.len() as u8, 1, 1, name.len() as u8]);
        names.extend(name);
        section(SECTION_CUSTOM, &names);
        let weights = weigh(&module).unwrap();
        assert_eq!(
            weights.crates,
            [("constants".to_owned(), 3), ("core".to_owned(), 2)]
        );
        assert_eq!(weights.functions, [("core::f".to_owned(), 2)]);
    }

    #[test]
    fn a_module_that_is_cut_short_is_an_error() {
        assert!(weigh(b"\0asm\x01\0\0\0\x0a\x05").is_err());
    }
}
