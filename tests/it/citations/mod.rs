//! Whatever is cited, by the page, in a terminal, in the documents or in a comment, is on the one list of papers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod complaints;

use std::{fs, path::Path, process::Command};

use complaints::{arxiv_numbers, complaints};
use gradlens::{
    engine::Engine,
    protocol::{
        Citation,
        citation::{GUIDED_ABSOLUTE_GRAD, Locator, PAPERS},
    },
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Fails with one line for each complaint.
fn assert_none(complaints: &[String], rule: &str) {
    assert!(
        complaints.is_empty(),
        "{rule}:\n  {}",
        complaints.join("\n  ")
    );
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Tracked files with one of these endings.
fn tracked(endings: &[&str]) -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(ROOT)
        .output()
        .expect("git lists the tracked files");
    assert!(listed.status.success(), "git ls-files failed");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let wanted = |path: &&str| endings.iter().any(|ending| path.ends_with(ending));
    // A file may be deleted and not yet committed.
    let there = |path: &&str| Path::new(ROOT).join(path).exists();
    let paths = listed.split('\0').filter(wanted).filter(there);
    paths.map(str::to_owned).collect()
}

/// A file on one line, without what makes comments of lines, so that a citation may run over several.
fn prose(path: &str) -> String {
    let text = read(path);
    let lines = text.lines().map(|line| {
        let line = line.trim();
        let line = ["//!", "///", "//", "#"]
            .iter()
            .find_map(|mark| line.strip_prefix(mark))
            .unwrap_or(line);
        line.trim_end_matches('\\').trim()
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// Every citation that the page and the terminal show, with whose it is.
fn shown() -> Vec<(String, Vec<Citation>)> {
    let methods = Engine::methods().into_iter();
    let measures = Engine::measures()
        .into_iter()
        .map(|offer| offer.description);
    methods
        .map(|method| (method.id, method.citations))
        .chain(measures.map(|measure| (measure.id, measure.citations)))
        .collect()
}

#[test]
fn what_methods_and_measures_cite_is_listed() {
    let shown = shown();
    assert!(
        shown.len() > 20,
        "the descriptions were found: {}",
        shown.len()
    );
    for (id, citations) in &shown {
        assert!(!citations.is_empty(), "{id} cites nothing");
        for citation in citations {
            let listed = PAPERS
                .iter()
                .any(|paper| paper.reference() == citation.reference());
            assert!(listed, "{id} cites what is not on the list: {citation}");
        }
    }
    for own in ["guided-absolute-grad", "absolutegrad", "rcap"] {
        let (_, citations) = shown.iter().find(|(id, _)| id == own).expect(own);
        assert_eq!(citations, &[GUIDED_ABSOLUTE_GRAD.cite()], "{own}");
        assert!(citations[0].reference().starts_with("Huang, Liu: "));
    }
}

#[test]
fn descriptions_spell_no_citation_themselves() {
    let mut found = Vec::new();
    for path in tracked(&[".rs"]) {
        let inside = ["src/attribution/", "src/metric/", "src/cli/", "src/engine/"];
        if !inside.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for (index, line) in read(&path).lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            if code && (line.contains("arXiv") || line.contains("et al.")) {
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none(&found, "a citation is taken from src/protocol/citation.rs");
    // What else descriptions say of papers agrees with the list.
    for offer in Engine::measures() {
        for score in offer.description.scores {
            assert_eq!(complaints(&score.summary), Vec::<String>::new());
        }
    }
}

#[test]
fn documents_and_comments_agree_with_the_list() {
    let mut found = Vec::new();
    let paths = tracked(&[
        ".md", ".rs", ".py", ".mjs", ".sh", ".wgsl", ".html", ".cff", ".yml",
    ]);
    assert!(paths.iter().any(|path| path == "docs/methods.md"));
    assert!(paths.iter().any(|path| path == "README.md"));
    let mut cited = 0;
    for path in paths {
        // The list itself, and this test, which holds citations that are wrong on purpose.
        if path == "src/protocol/citation.rs" || path.starts_with("tests/it/citations/") {
            continue;
        }
        let text = prose(&path);
        cited += arxiv_numbers(&text).len();
        found.extend(
            complaints(&text)
                .into_iter()
                .map(|what| format!("{path}: {what}")),
        );
    }
    assert!(cited > 40, "the citations were found: {cited}");
    assert_none(&found, "what is cited agrees with src/protocol/citation.rs");
}

#[test]
fn the_document_of_methods_cites_what_methods_cite() {
    let text = read("docs/methods.md");
    let mut sections = 0;
    for (id, citations) in shown() {
        let Some((_, after)) = text.split_once(&format!(": `{id}`\n")) else {
            continue;
        };
        let section = after.split("\n#").next().unwrap();
        sections += 1;
        for citation in &citations {
            let paper = PAPERS
                .iter()
                .find(|paper| paper.reference() == citation.reference());
            let Locator::Arxiv(number) = paper.expect(&id).locator() else {
                continue;
            };
            let link = format!("[arXiv {number}](https://arxiv.org/abs/{number})");
            assert!(
                section.contains(&link),
                "docs/methods.md: {id} without {link}"
            );
        }
    }
    assert!(sections > 12, "the sections were found: {sections}");
}

#[test]
fn the_paper_is_cited_as_it_is_listed() {
    let paper = GUIDED_ABSOLUTE_GRAD;
    let Locator::Arxiv(number) = paper.locator() else {
        panic!("the paper is on arXiv");
    };
    let (title, year) = (paper.title(), paper.year());
    let readme = read("README.md");
    let (_, bibtex) = readme.split_once("```bibtex\n").expect("a BibTeX block");
    let bibtex = bibtex.split("```").next().unwrap();
    // Braces keep capitals in BibTeX.
    let plain = bibtex.replace(['{', '}'], "");
    let venue = paper.venue();
    for wanted in [
        format!("author = {},", paper.authors().join(" and ")),
        format!("title = {title},"),
        format!("booktitle = Proceedings of the {venue},"),
        format!("year = {year},"),
        format!("eprint = {number},"),
    ] {
        let squeezed: Vec<&str> = plain.split_whitespace().collect();
        assert!(squeezed.join(" ").contains(&wanted), "README.md: {wanted}");
    }
    let cff = read("CITATION.cff");
    let (_, preferred) = cff
        .split_once("preferred-citation:")
        .expect("a preferred citation");
    let mut wanted = vec![
        format!("title: \"{title}\""),
        format!("year: {year}"),
        format!("value: \"arXiv:{number}\""),
        format!("Proceedings of the {venue}"),
    ];
    for author in paper.authors() {
        let (family, given) = author.split_once(", ").unwrap();
        wanted.push(format!(
            "family-names: {family}\n      given-names: {given}"
        ));
    }
    for wanted in wanted {
        assert!(preferred.contains(&wanted), "CITATION.cff: {wanted}");
    }
}

#[test]
fn wrong_citations_are_found() {
    for wrong in [
        "arXiv 2404.15565",
        "[arXiv 1234.56789](https://arxiv.org/abs/1234.56789)",
        "Huang, Fonseca, 2024, [arXiv 2404.15564]",
        "Huang, Liu, 2023, [arXiv 2404.15564]",
        "Protocol of Huang and Wang, arXiv 2404.15564",
        "Selvaraju et al., 2016, [arXiv 1610.02391]",
        "(Nobody et al. 2018)",
        "as Somebody 2011 found",
        "Lavin and Gray 2015",
    ] {
        assert!(!complaints(wrong).is_empty(), "{wrong}");
    }
    for right in [
        "Huang, Liu, 2024, [arXiv 2404.15564](https://arxiv.org/abs/2404.15564)",
        "Petsiuk et al. 2018, RISE, arXiv 1806.07421",
        "as Adebayo et al. found",
        "those of Huang and Liu (2024, arXiv 2404.15564)",
        "(Efron 1979, percentile method)",
        "30 November 2026, 1.96 and 2024.15564",
    ] {
        assert_eq!(complaints(right), Vec::<String>::new(), "{right}");
    }
}
