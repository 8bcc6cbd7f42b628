//! The crate's Rust files, and what they name, read just well enough to check rules on them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The crate's folder.
pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A file and its text.
pub struct Source {
    /// Relative to the root, with forward slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The lines a program is made of: numbered from 1, without comments and without items for tests.
    pub fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = self.text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let trimmed = line.trim_start();
            if trimmed.starts_with("#[cfg(test)]") || trimmed.starts_with("#[cfg(all(test") {
                // Formatted code closes a block at the indentation it began with.
                let indentation = &line[..line.len() - trimmed.len()];
                let close = format!("{indentation}}}");
                for (_, line) in lines.by_ref() {
                    let one_line = line.starts_with(indentation)
                        && !line[indentation.len()..].starts_with([' ', '#', '/'])
                        && (line.ends_with(';') || line.ends_with("{}"));
                    if line == close || one_line {
                        break;
                    }
                }
            } else if !trimmed.starts_with("//") {
                let end = line.find(" // ").unwrap_or(line.len());
                code.push((index + 1, &line[..end]));
            }
        }
        code
    }

    /// The part of `src` it is in, such as `app` or `bin/app.rs`; `None` outside `src`.
    pub fn within_src(&self) -> Option<&str> {
        self.path.strip_prefix("src/")
    }

    pub fn is_for_tests(&self) -> bool {
        self.within_src().is_none()
            || self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
    }
}

/// Every Rust file of the crate.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for folder in ["src", "tests"] {
        collect(&Path::new(ROOT).join(folder), &mut found);
    }
    assert!(found.len() > 10, "the sources were not found in {ROOT}");
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        // Installed packages are linked in, and not ours.
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(Source {
                path: relative(&path),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(ROOT).unwrap();
    path.to_string_lossy().replace('\\', "/")
}

/// Whether `path` is `place` or inside it, both below `src`; a module may be a file or a folder.
pub fn is_in(path: &str, place: &str) -> bool {
    path == place
        || path
            .strip_prefix(place)
            .is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

/// The words of a line that stand before a `::`, as the crates and modules that are named do, and those
/// of a plain `use`.
pub fn path_heads(line: &str) -> Vec<&str> {
    let mut heads = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("::") {
        let head = &rest[..at];
        let start = head
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |i| i + 1);
        heads.push(&head[start..]);
        rest = &rest[at + 2..];
    }
    if let Some(name) = line.trim_start().strip_prefix("use ") {
        let end = name
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(name.len());
        heads.push(&name[..end]);
    }
    heads
}

/// Top-level modules of this crate that a source names, each with the line where its path begins.
pub fn modules_named(source: &Source) -> Vec<(usize, String)> {
    let mut roots = vec!["crate::"];
    let inside = source.within_src().unwrap_or_default();
    if inside.starts_with("bin/") {
        roots.push("gradlens::");
    }
    // One step up from `src/x.rs` and `src/x/mod.rs` is the root.
    if inside.ends_with("/mod.rs") && inside.matches('/').count() == 1 || !inside.contains('/') {
        roots.push("super::");
    }
    let mut text = String::new();
    let mut starts = Vec::new();
    for (number, line) in source.code() {
        starts.push((text.len(), number));
        text.push_str(line);
        text.push('\n');
    }
    let mut named = Vec::new();
    for root in roots {
        for (at, _) in text.match_indices(root) {
            let line = starts
                .iter()
                .rev()
                .find(|(start, _)| *start <= at)
                .unwrap()
                .1;
            let tail = &text[at + root.len()..];
            named.extend(first_names(tail).into_iter().map(|name| (line, name)));
        }
    }
    named
}

/// `a` of `a::b`, and `a`, `c` of `{a::b, c::{d, e}}`.
fn first_names(tail: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_i32;
    let mut in_first = true;
    for c in tail.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                names.push(String::new());
                in_first = true;
            }
            ':' => in_first = false,
            c if c.is_alphanumeric() || c == '_' => {
                if in_first && let Some(name) = names.last_mut() {
                    name.push(c);
                }
            }
            c if c.is_whitespace() && depth > 0 => {}
            _ if depth > 0 => in_first = false,
            _ => break,
        }
        if depth <= 0 && !in_first || c == '}' && depth == 0 {
            break;
        }
    }
    names
}

#[test]
fn names_are_found_in_paths() {
    assert_eq!(first_names("onnx::Graph;"), ["onnx"]);
    assert_eq!(first_names("onnx;\nuse yew::x"), ["onnx"]);
    assert_eq!(
        first_names("{\n    classifier::{Size, Objective},\n    engine, protocol::Event,\n};"),
        ["classifier", "engine", "protocol", ""]
    );
    assert_eq!(
        path_heads("use burn_flex::{Flex};"),
        ["burn_flex", "burn_flex"]
    );
    assert_eq!(
        path_heads("let x = web_sys::Url::new();"),
        ["web_sys", "Url"]
    );
}

#[test]
fn tests_are_left_out_of_code() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { x.unwrap() }\n}\nfn c() {} // d\n\
                #[cfg(test)]\nmod other;\nfn e() {}\n";
    let source = Source {
        path: "src/a.rs".to_owned(),
        text: text.to_owned(),
    };
    let lines: Vec<&str> = source.code().into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, ["fn a() {}", "fn c() {}", "fn e() {}"]);
}
