//! Flags of the commands: `--name value`, `--name=value` and `--switch`.

use crate::run::Result;

/// What stands behind `cargo xtask COMMAND`, taken out flag by flag.
pub struct Args(Vec<String>);

impl Args {
    /// All of them.
    pub fn new(args: Vec<String>) -> Self {
        Self(args)
    }

    /// Takes a switch; true if it was there.
    pub fn switch(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|arg| arg != name);
        self.0.len() != before
    }

    /// Takes each value given to this flag.
    pub fn values(&mut self, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        let mut rest = Vec::new();
        let mut args = std::mem::take(&mut self.0).into_iter();
        while let Some(arg) = args.next() {
            if arg == name {
                values.push(args.next().ok_or(format!("{name} needs a value"))?);
            } else if let Some(value) = arg.strip_prefix(name).and_then(|v| v.strip_prefix('=')) {
                values.push(value.to_owned());
            } else {
                rest.push(arg);
            }
        }
        self.0 = rest;
        Ok(values)
    }

    /// Takes the last value given to this flag.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        Ok(self.values(name)?.pop())
    }

    /// Nothing may be left: a misspelt flag must not pass for none.
    pub fn end(self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some(arg) => Err(format!(
                "{arg:?} is no flag of this command; see `cargo xtask help`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(text: &str) -> Args {
        Args::new(text.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn both_spellings_of_a_value_are_read() {
        let mut args = args("--only fmt --no-open --only=size");
        assert_eq!(args.values("--only").unwrap(), ["fmt", "size"]);
        assert!(args.switch("--no-open"));
        assert!(args.end().is_ok());
    }

    #[test]
    fn an_unknown_flag_is_an_error() {
        assert!(args("--prot 1").end().unwrap_err().contains("--prot"));
    }

    #[test]
    fn a_flag_without_its_value_is_an_error() {
        assert!(args("--port").value("--port").is_err());
    }
}
