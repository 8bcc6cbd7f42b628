//! Holds the source to its own rules: layout, size, who may name whom, and what must not be written anywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod source;

use std::{fs, path::Path, process::Command};

use source::{ROOT, is_in, modules_named, path_heads, sources};

const MOST_LINES: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "common", "helper", "helpers", "misc"];

/// What stops a program instead of reporting an error.
const PANICS: [&str; 5] = [
    ".unwrap()",
    ".expect(",
    "panic!(",
    "todo!(",
    "unimplemented!(",
];

/// Modules, and the modules of this crate that they must not name. The page and the compute side meet
/// in `protocol` alone; methods and measures see a network only through `classifier`.
const MUST_NOT_NAME: [(&[&str], &[&str]); 6] = [
    (
        &["protocol"],
        &[
            "image",
            "onnx",
            "classifier",
            "network",
            "attribution",
            "metric",
            "engine",
            "render",
            "check",
            "worker",
            "app",
        ],
    ),
    (
        &["app", "render"],
        &[
            "onnx",
            "network",
            "attribution",
            "metric",
            "engine",
            "check",
            "worker",
        ],
    ),
    (
        &[
            "image",
            "onnx",
            "classifier",
            "network",
            "attribution",
            "metric",
            "engine",
        ],
        &["app", "worker", "check"],
    ),
    (
        &["check"],
        &["network", "metric", "engine", "worker", "app"],
    ),
    (&["attribution", "metric"], &["onnx", "network", "engine"]),
    (&["onnx"], &["network", "attribution", "metric", "engine"]),
];

/// Crates, by the start of their name, and the only paths under `src` that may name them.
const ONLY_NAMED_BY: [(&str, &[&str]); 8] = [
    ("burn_", &["network", "engine"]),
    ("cubecl", &["network", "engine"]),
    ("gemm", &["network"]),
    ("yew", &["app", "bin/app.rs"]),
    ("gloo", &["app", "worker"]),
    (
        "web_sys",
        &[
            "app",
            "worker",
            "bin/app.rs",
            "bin/worker.rs",
            "bin/worker_gpu.rs",
        ],
    ),
    ("clap", &["cli"]),
    ("tract_", &["check"]),
];

/// Fails with one line for each complaint.
fn assert_none(complaints: Vec<String>, rule: &str) {
    assert!(
        complaints.is_empty(),
        "{rule}:\n  {}",
        complaints.join("\n  ")
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let complaints = sources()
        .iter()
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path.clone())
        .collect();
    assert_none(complaints, "the first line of a file is `//!` and its job");
}

#[test]
fn files_are_short() {
    let complaints = sources()
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines >= MOST_LINES)
        .map(|(source, lines)| format!("{}: {lines} lines", source.path))
        .collect();
    assert_none(complaints, "a file stays under 400 lines");
}

#[test]
fn names_say_something() {
    let complaints = sources()
        .iter()
        .filter(|source| {
            let path = source.path.trim_end_matches(".rs");
            path.split('/').any(|part| EMPTY_NAMES.contains(&part))
        })
        .map(|source| source.path.clone())
        .collect();
    assert_none(complaints, "modules are named after what they hold");
}

#[test]
fn nothing_panics_on_purpose() {
    let mut complaints = Vec::new();
    for source in sources().iter().filter(|source| !source.is_for_tests()) {
        for (number, line) in source.code() {
            if PANICS.iter().any(|panic| line.contains(panic)) {
                complaints.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    assert_none(complaints, "outside tests errors are returned");
}

#[test]
fn modules_name_only_what_they_may() {
    let mut complaints = Vec::new();
    for source in sources() {
        let Some(inside) = source.within_src() else {
            continue;
        };
        for (modules, forbidden) in MUST_NOT_NAME {
            if !modules.iter().any(|module| is_in(inside, module)) {
                continue;
            }
            for (line, name) in modules_named(&source) {
                if forbidden.contains(&name.as_str()) {
                    complaints.push(format!("{}:{line} names {name}", source.path));
                }
            }
        }
    }
    assert_none(complaints, "the table of who may name whom");
}

#[test]
fn crates_are_named_only_where_they_belong() {
    let mut complaints = Vec::new();
    for source in sources() {
        let Some(inside) = source.within_src() else {
            continue;
        };
        for (number, line) in source.code() {
            for head in path_heads(line) {
                for (start, places) in ONLY_NAMED_BY {
                    if head.starts_with(start) && !places.iter().any(|place| is_in(inside, place)) {
                        complaints.push(format!("{}:{number} names {head}", source.path));
                    }
                }
            }
        }
    }
    assert_none(
        complaints,
        "the table of crates and the modules that may name them",
    );
}

#[test]
fn nothing_tracked_names_a_machine() {
    // Put together here, so that this file does not hold what it looks for.
    let machine = [
        ["/wor", "k/"],
        ["/tmp/", "wt"],
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["../sha", "red"],
        ["artif", "actory"],
        ["registry.", "npmjs"],
        ["index.", "crates.io"],
        ["files.", "pythonhosted"],
        ["pypi.org/", "simple"],
    ]
    .map(|parts| parts.concat());
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(ROOT)
        .output()
        .expect("git lists the tracked files");
    assert!(listed.status.success(), "git ls-files failed in {ROOT}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut complaints = Vec::new();
    for path in listed.split('\0').filter(|path| !path.is_empty()) {
        // Pictures and arrays are no text; a file may be deleted and not yet committed.
        let Ok(text) = fs::read_to_string(Path::new(ROOT).join(path)) else {
            continue;
        };
        for (index, line) in text.lines().enumerate() {
            if let Some(name) = machine.iter().find(|name| line.contains(name.as_str())) {
                complaints.push(format!("{path}:{} holds {name}", index + 1));
            }
        }
    }
    assert_none(
        complaints,
        "paths and hosts of one machine stay out of the repository",
    );
}
