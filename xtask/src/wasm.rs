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

/// Sizes by crate, largest first.
pub fn by_crate(module: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut reader = Reader(module);
    reader.take(8)?;
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut names = BTreeMap::new();
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
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
            SECTION_DATA => *sizes.entry("constants".into()).or_default() += length,
            SECTION_CUSTOM if section.text()? == "name" => names = function_names(&mut section)?,
            _ => {}
        }
    }
    if names.is_empty() {
        return Err("the wasm module has no names, so nothing can be told apart".into());
    }
    for (index, length) in bodies.into_iter().enumerate() {
        let name = names.get(&(imported + index)).copied().unwrap_or_default();
        *sizes.entry(crate_of(name)).or_default() += length;
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(sizes)
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

/// The crate in a mangled name, of either of Rust's two manglings.
fn crate_of(name: &str) -> String {
    let found = match (name.strip_prefix("_ZN"), name.strip_prefix("_R")) {
        (Some(path), _) => of_old_mangling(path),
        (_, Some(path)) => of_new_mangling(path),
        _ => None,
    };
    found.unwrap_or("not Rust").to_owned()
}

/// `4core3fmt…` or `51_$LT$leptos..dom..Node$u20$as$u20$core..fmt..Debug$GT$3fmt…`.
fn of_old_mangling(path: &str) -> Option<&str> {
    let digits = path.find(|c: char| !c.is_ascii_digit())?;
    let length: usize = path.get(..digits)?.parse().ok()?;
    let segment = path.get(digits..digits + length)?;
    // A type before its trait: `<leptos..Node as core..fmt..Debug>`; a reference, a slice or a
    // closure of it counts for the same crate.
    let mut rest = segment.trim_start_matches('_');
    while let Some(inner) = rest.strip_prefix('$') {
        rest = inner
            .split_once('$')?
            .1
            .trim_start_matches("mut")
            .trim_start();
        rest = rest.strip_prefix("u20$").unwrap_or(rest);
    }
    let end = rest
        .find(|c: char| c != '_' && !c.is_ascii_alphanumeric())
        .unwrap_or(rest.len());
    let name = rest.get(..end).filter(|name| !name.is_empty())?;
    // A bare `T`: the crate that wrote a trait for every type stands behind ` as `.
    if name.len() == 1 {
        let behind = segment.split_once("$u20$as$u20$")?.1;
        return behind
            .split(|c: char| c != '_' && !c.is_ascii_alphanumeric())
            .next();
    }
    Some(name)
}

/// `NvNtCs<disambiguator>_4core3fmt…`: the first crate root is that of the code.
fn of_new_mangling(path: &str) -> Option<&str> {
    let mut rest = path;
    loop {
        let root = rest.find("Cs")?;
        rest = rest.get(root + 2..)?;
        let Some((disambiguator, name)) = rest.split_once('_') else {
            continue;
        };
        let digits = name.find(|c: char| !c.is_ascii_digit()).unwrap_or_default();
        if digits > 0 && disambiguator.chars().all(|c| c.is_ascii_alphanumeric()) {
            let length: usize = name.get(..digits)?.parse().ok()?;
            return name.get(digits..)?.trim_start_matches('_').get(..length);
        }
    }
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
    fn crates_are_found_in_both_manglings() {
        let cases = [
            ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
            (
                "_ZN51_$LT$leptos..Node$u20$as$u20$core..fmt..Debug$GT$3fmt17h01E",
                "leptos",
            ),
            (
                "_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h01E",
                "core",
            ),
            ("_RNvNtCs1dJ1aB_4core3fmt5write", "core"),
            (
                "_RNvXs_NtCsaBc_8plimsoll3apiNtB4_6WidgetNtNtCsx_4core3fmt5Debug3fmt",
                "plimsoll",
            ),
            ("dlmalloc", "not Rust"),
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
        let name = b"_ZN4core1fE";
        let mut names = b"\x04name\x01".to_vec();
        names.extend([3 + name.len() as u8, 1, 1, name.len() as u8]);
        names.extend(name);
        section(SECTION_CUSTOM, &names);
        let expected = [("constants".to_owned(), 3), ("core".to_owned(), 2)];
        assert_eq!(by_crate(&module).unwrap(), expected);
    }

    #[test]
    fn a_module_that_is_cut_short_is_an_error() {
        assert!(by_crate(b"\0asm\x01\0\0\0\x0a\x05").is_err());
    }
}
