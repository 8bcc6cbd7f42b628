//! Everything methods and measures say of themselves, and what the engine says when something goes wrong, can
//! be said in every language of the page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use gradlens::{
    app::strings::{german, german_note, is_translated},
    engine::Engine,
    protocol::{Citation, MeasureOffer, MethodDescription, ParameterDescription},
};

fn of_parameters(parameters: &[ParameterDescription], said: &mut Vec<String>) {
    for parameter in parameters {
        said.extend([parameter.label.clone(), parameter.meaning.clone()]);
    }
}

fn of_citations(citations: &[Citation], said: &mut Vec<String>) {
    said.extend(citations.iter().map(|citation| citation.part().to_owned()));
}

fn of_methods(methods: &[MethodDescription], said: &mut Vec<String>) {
    for method in methods {
        said.extend([
            method.label.clone(),
            method.summary.clone(),
            method.cost.clone(),
        ]);
        of_citations(&method.citations, said);
        of_parameters(&method.parameters, said);
    }
}

fn of_measures(measures: &[MeasureOffer], said: &mut Vec<String>) {
    for offer in measures {
        let known = &offer.description;
        said.extend([
            known.label.clone(),
            known.summary.clone(),
            known.cost.clone(),
        ]);
        of_citations(&known.citations, said);
        of_parameters(&known.parameters, said);
        for score in &known.scores {
            said.extend([score.label.clone(), score.summary.clone()]);
        }
    }
}

#[test]
fn every_description_is_translated() {
    let mut said = Vec::new();
    of_methods(&Engine::methods(), &mut said);
    of_measures(&Engine::measures(), &mut said);
    assert!(said.len() > 100, "the descriptions were found");
    said.retain(|sentence| !is_translated(sentence));
    said.dedup();
    assert_eq!(
        said,
        Vec::<String>::new(),
        "add these to src/app/strings/descriptions.rs"
    );
}

/// String literals of a source, unescaped.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some((_, after)) = rest.split_once('"') {
        let mut literal = String::new();
        let mut characters = after.char_indices();
        let mut end = after.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    end = at + 1;
                    break;
                }
                // A line that goes on without its indentation.
                '\\' => match characters.next() {
                    Some((at, '\n')) => {
                        let indent = after[at + 1..].len() - after[at + 1..].trim_start().len();
                        for _ in 0..indent {
                            characters.next();
                        }
                    }
                    Some((_, escaped)) => literal.push(escaped),
                    None => {}
                },
                other => literal.push(other),
            }
        }
        found.push(literal);
        rest = &after[end..];
    }
    found
}

/// `template` as the engine says it: `value` for what is filled in, a capital and a full stop.
fn said(template: &str, value: &str) -> String {
    let mut sentence = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        sentence += before;
        sentence += value;
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    sentence += rest;
    let mut characters = sentence.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string());
    let mut sentence = first.unwrap_or_default() + characters.as_str();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[test]
fn every_failure_is_translated() {
    let read = |path: &str| std::fs::read_to_string(path).expect(path);
    let mut sentences = Vec::new();
    // What errors say: the literals of their attributes.
    for path in [
        "src/image/error.rs",
        "src/onnx/error.rs",
        "src/classifier.rs",
        "src/attribution/mod.rs",
        "src/metric/mod.rs",
        "src/protocol/method.rs",
    ] {
        let source = read(path);
        for attribute in source.split("#[error(").skip(1) {
            if attribute.starts_with("transparent") {
                continue;
            }
            let template = literals(attribute).into_iter().next().expect(path);
            if template != "stopped" {
                sentences.push(said(&template, "7"));
            }
        }
    }
    // Whole sentences that are written out, and what to do.
    for path in [
        "src/engine/failure.rs",
        "src/engine/constant_map.rs",
        "src/image/error.rs",
        "src/onnx/foreign/kind.rs",
        "src/worker/attachment.rs",
        "src/worker/queue.rs",
    ] {
        let source = read(path);
        let code = source.split("#[cfg(test)]").next().expect(path);
        let whole = |text: &String| text.ends_with('.') && text.contains(' ');
        sentences.extend(
            literals(code)
                .iter()
                .filter(|text| whole(text))
                .map(|text| said(text, "7")),
        );
    }
    assert!(
        sentences.len() > 80,
        "the sentences were found: {}",
        sentences.len()
    );
    sentences.retain(|sentence| german(sentence).is_none());
    sentences.dedup();
    assert_eq!(
        sentences,
        Vec::<String>::new(),
        "add these to src/app/strings/failures.rs"
    );
}

#[test]
fn every_note_about_what_was_opened_is_translated() {
    let mut sentences = Vec::new();
    for path in [
        "src/engine/model.rs",
        "src/engine/model/build.rs",
        "src/engine/model/card.rs",
        "src/engine/model/guess.rs",
        "src/image/decode.rs",
        "src/onnx/held.rs",
        "src/onnx/select.rs",
        "src/protocol/labels.rs",
        "src/protocol/model.rs",
    ] {
        let source = std::fs::read_to_string(path).expect(path);
        let code = source.split("#[cfg(test)]").next().expect(path);
        // Documentation holds no notes, but may hold quotation marks.
        let code: Vec<&str> = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let whole = |text: &String| {
            text.ends_with('.') && text.contains(' ') && text.starts_with(char::is_uppercase)
        };
        let found = literals(&code.join("\n"));
        let notes = found.iter().filter(|text| whole(text));
        let before = sentences.len();
        sentences.extend(notes.map(|text| said(text, "7")));
        assert!(sentences.len() > before, "{path} has notes");
    }
    sentences.retain(|sentence| german_note(sentence).is_none());
    assert_eq!(
        sentences,
        Vec::<String>::new(),
        "add these to src/app/strings/notes.rs"
    );
}
