//! What is expected of ONNX's node tests: how many pass, and which do not apply and why.

use std::fs;

use crate::support::root;

/// The file `expected.txt` beside this one.
pub struct Expected {
    /// Tests that passed when this was last looked at; fewer is a failure.
    pub passes: usize,
    skips: Vec<Skip>,
}

struct Skip {
    /// A test's name; with a star at its end, all that begin so.
    pattern: String,
    reason: String,
    used: bool,
}

impl Expected {
    /// Lines `passes: N` and `NAME: reason`; those that begin with `#` are remarks.
    pub fn read() -> Self {
        let path = root().join("tests/onnx_nodes/expected.txt");
        let text = fs::read_to_string(&path).unwrap();
        let mut expected = Self {
            passes: 0,
            skips: Vec::new(),
        };
        for line in text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let (name, rest) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?}"));
            if name == "passes" {
                expected.passes = rest.parse().unwrap();
            } else {
                expected.skips.push(Skip {
                    pattern: name.to_owned(),
                    reason: rest.to_owned(),
                    used: false,
                });
            }
        }
        expected
    }

    /// Why a test does not apply; `None` where it does.
    pub fn reason(&mut self, test: &str) -> Option<String> {
        let skip = self
            .skips
            .iter_mut()
            .find(|skip| match skip.pattern.strip_suffix('*') {
                Some(start) => test.starts_with(start),
                None => test == skip.pattern,
            })?;
        skip.used = true;
        Some(skip.reason.clone())
    }

    /// Lines that no test needed.
    pub fn unused(&self) -> Vec<&str> {
        let unused = self.skips.iter().filter(|skip| !skip.used);
        unused.map(|skip| skip.pattern.as_str()).collect()
    }
}
