//! What a text cites wrongly, or from outside the list of papers.

use gradlens::protocol::{
    Paper,
    citation::{Locator, PAPERS},
};

/// Words that stand before a year without being an author.
const NO_AUTHORS: [&str; 18] = [
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
    "RFC",
    "Debian",
    "Copyright",
];

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
pub fn arxiv_numbers(text: &str) -> Vec<(&str, &str)> {
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
pub fn complaints(text: &str) -> Vec<String> {
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
