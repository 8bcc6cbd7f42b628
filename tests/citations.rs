//! Whatever is cited, by the page, in a terminal, in the documents or in a comment, is on the one list of papers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{fs, path::Path, process::Command};

use gradlens::{
    engine::Engine,
    protocol::{
        Citation, Paper,
        citation::{GUIDED_ABSOLUTE_GRAD, Locator, PAPERS},
    },
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Words that stand before a year without being an author.
const NO_AUTHORS: [&str; 17] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "ISIC",
    "JPEG",
    "Node",
    "Debian",
    "Copyright",
];

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

/// The last characters of `text`, at most `count`.
fn tail(text: &str, count: usize) -> &str {
    let start = text.char_indices().rev().nth(count.saturating_sub(1));
    start.map_or(text, |(at, _)| &text[at..])
}

/// The first characters of `text`, at most `count`.
fn head(text: &str, count: usize) -> &str {
    text.char_indices()
        .nth(count)
        .map_or(text, |(at, _)| &text[..at])
}

/// Whether `text` starts with that many digits and no more.
fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<&str> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    count.contains(&length).then(|| &text[..length])
}

/// arXiv's numbers in a text, each with what stands before it.
fn arxiv_numbers(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('.') {
        let before = &text[..at];
        let month = tail(before, 4);
        let start = at - month.len();
        let alone = !text[..start].ends_with(|c: char| c.is_ascii_digit());
        let named = tail(&text[..start], 24).to_lowercase().contains("arxiv");
        if let (true, true, Some(month), Some(rest)) = (
            alone,
            named,
            digits(month, 4..=4),
            digits(&text[at + 1..], 4..=5),
        ) {
            found.push((&text[start..=at + rest.len()], &text[..at - month.len()]));
        }
    }
    found
}

fn by_number(number: &str) -> Option<&'static Paper> {
    let is_it =
        |paper: &&Paper| matches!(paper.locator(), Locator::Arxiv(known) if known == number);
    PAPERS.iter().find(is_it)
}

/// A word of letters that starts with a capital, at the end of `text`.
fn last_name(text: &str) -> Option<&str> {
    let start = text
        .rfind(|c: char| !c.is_alphabetic() && c != '-')
        .map_or(0, |at| {
            at + text[at..].chars().next().map_or(1, char::len_utf8)
        });
    let word = &text[start..];
    word.starts_with(char::is_uppercase).then_some(word)
}

/// A word of letters that starts with a capital, at the start of `text`.
fn first_name(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_alphabetic() && c != '-')
        .unwrap_or(text.len());
    text[..end]
        .starts_with(char::is_uppercase)
        .then_some(&text[..end])
}

/// A year at the start of `text`.
fn year(text: &str) -> Option<u16> {
    let year = digits(text, 4..=4)?.parse().ok()?;
    (1950..2100).contains(&year).then_some(year)
}

/// What a text cites wrongly, or from outside the list.
fn complaints(text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    // Every number is a listed paper's, and a year and names right before it are that paper's.
    for (number, before) in arxiv_numbers(text) {
        let Some(paper) = by_number(number) else {
            complaints.push(format!("arXiv {number} is not listed"));
            continue;
        };
        let upto = before.trim_end_matches(|c: char| !c.is_ascii_digit());
        let near = before.len() - upto.len() < 24;
        let Some(said) = year(tail(upto, 4)).filter(|_| near) else {
            continue;
        };
        let names = upto[..upto.len() - 4].trim_end_matches([' ', ',', '(']);
        let names = names.replace(" and ", ", ");
        let short = format!("{} et al.", paper.family_names().next().unwrap());
        let right = names.ends_with(&paper.credit()) || names.ends_with(&short);
        if said != paper.year() || !right {
            let (right, wrong) = (paper.credit_and_year(), tail(upto, 60));
            complaints.push(format!("arXiv {number} is {right}, not \"{wrong}\""));
        }
    }
    // "Somebody et al.", with a year or without, is the first author of a listed paper.
    for (at, _) in text.match_indices(" et al.") {
        let Some(name) = last_name(&text[..at]) else {
            continue;
        };
        let after = text[at + " et al.".len()..].trim_start_matches([' ', ',', '(']);
        let known = PAPERS.iter().any(|paper| {
            paper.family_names().next() == Some(name)
                && paper.authors().len() > 2
                && year(after).is_none_or(|said| said == paper.year())
        });
        if !known {
            complaints.push(format!("{name} et al. {}", head(after, 4)));
        }
    }
    // Who is named beside a first author is one of the paper's authors, or the first author's own first name.
    for paper in PAPERS {
        let first = paper.family_names().next().unwrap();
        for (at, _) in text.match_indices(first) {
            let whole = !text[..at].ends_with(|c: char| c.is_alphanumeric());
            let after = &text[at + first.len()..];
            let beside = [", ", " and "]
                .iter()
                .find_map(|between| after.strip_prefix(between));
            if let (true, Some(name)) = (whole, beside.and_then(first_name)) {
                let of = |paper: &&Paper| paper.family_names().any(|author| author == first);
                let known = PAPERS.iter().filter(of).any(|paper| {
                    paper.family_names().any(|author| author == name)
                        || paper.authors().iter().any(|author| {
                            author.strip_prefix(first).is_some_and(|given| {
                                given.trim_start_matches([',', ' ']).starts_with(name)
                            })
                        })
                });
                if !known {
                    complaints.push(format!("{first} beside {name}"));
                }
            }
        }
    }
    // A name before a year is an author of that year.
    for (at, _) in text.match_indices(' ') {
        let (Some(said), Some(name)) = (year(&text[at + 1..]), last_name(&text[..at])) else {
            continue;
        };
        let known = |paper: &Paper| {
            paper.year() == said && paper.family_names().any(|author| author == name)
        };
        if !NO_AUTHORS.contains(&name) && !PAPERS.iter().any(known) {
            complaints.push(format!("{name} {said}"));
        }
    }
    complaints
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
        // The list itself, and this file, which holds citations that are wrong on purpose.
        if ["src/protocol/citation.rs", "tests/citations.rs"].contains(&path.as_str()) {
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
