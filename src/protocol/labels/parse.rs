//! Lists of class names as people keep them: one a line, or JSON.

use std::collections::BTreeMap;

use serde_json::Value;

/// More classes than any classifier has; a file that names more is something else.
const MOST_CLASSES: usize = 100_000;
/// Longest name that can be a name.
const LONGEST_NAME: usize = 400;

/// A file holds no list of class names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelsError {
    /// Nothing in it.
    #[error("the list of class names is empty")]
    Empty,
    /// It begins like JSON, and is none.
    #[error("the list of class names begins like JSON, but cannot be read as such: {0}")]
    Json(String),
    /// JSON of another form.
    #[error(
        "the list of class names must be a JSON array of names or an object from class number to name: {0}"
    )]
    Form(String),
    /// A class without a name.
    #[error("the list of class names has no name for class {class}{}", place(*line))]
    Missing {
        /// The class.
        class: usize,
        /// Line of the file, from 1, where it is text.
        line: Option<usize>,
    },
    /// Two names for one class.
    #[error("the list of class names names class {class} twice")]
    Twice {
        /// The class.
        class: usize,
    },
    /// Not a list of names.
    #[error("this is no list of class names: {0}")]
    Implausible(String),
}

fn place(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" (line {line} is empty)"))
}

/// Class names in the order of the model's outputs.
///
/// Text has one name a line; where every line also carries its own number (`0: tench`,
/// `airfield 0`) or a WordNet id (`n01440764 tench`), that is left out. JSON is an array of names, an
/// object from class number to name, the reverse (what torchvision's `class_to_idx` holds), or an
/// object that holds one of these as `id2label`, `labels`, `classes` or `names`. Where a name is a
/// list, such as `["n01440764", "tench"]`, its last entry counts.
///
/// # Errors
/// Says what is missing or twice, and where.
pub fn parse_labels(text: &str) -> Result<Vec<String>, LabelsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(LabelsError::Empty);
    }
    let names = if text.trim_start().starts_with(['[', '{']) {
        match serde_json::from_str(text) {
            Ok(value) => from_json(&value)?,
            Err(error) => from_literal(text).ok_or_else(|| LabelsError::Json(error.to_string()))?,
        }
    } else {
        from_lines(text)?
    };
    plausible(names)
}

fn plausible(names: Vec<String>) -> Result<Vec<String>, LabelsError> {
    if names.is_empty() {
        return Err(LabelsError::Empty);
    }
    if names.len() > MOST_CLASSES {
        return Err(LabelsError::Implausible(format!(
            "it has {} entries, and no classifier has more than {MOST_CLASSES} classes",
            names.len()
        )));
    }
    for (class, name) in names.iter().enumerate() {
        if name.len() > LONGEST_NAME || name.chars().any(|c| c.is_control() && c != '\t') {
            return Err(LabelsError::Implausible(format!(
                "entry {class} is too long or holds characters that no text has"
            )));
        }
    }
    Ok(names)
}

fn from_lines(text: &str) -> Result<Vec<String>, LabelsError> {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim).collect();
    if let Some(class) = lines.iter().position(|line| line.is_empty()) {
        return Err(LabelsError::Missing {
            class,
            line: Some(class + 1),
        });
    }
    let strips: [fn(usize, &str) -> Option<&str>; 4] = [
        numbered_before,
        numbered_after,
        numbered_from_one,
        identified,
    ];
    let names = strips.iter().find_map(|strip| {
        let stripped: Option<Vec<&str>> = lines
            .iter()
            .enumerate()
            .map(|(class, line)| strip(class, line).filter(|name| !name.is_empty()))
            .collect();
        // `class 0`, `class 1`: where only the numbers differ, they are the names.
        stripped.filter(|names| names.len() == 1 || names.iter().any(|name| *name != names[0]))
    });
    Ok(names
        .unwrap_or(lines)
        .into_iter()
        .map(|name| unquoted(name).to_owned())
        .collect())
}

/// `0: tench`, `0,tench`, `0 tench`.
fn numbered_before(class: usize, line: &str) -> Option<&str> {
    let rest = line.strip_prefix(&class.to_string())?;
    let name = rest.trim_start_matches([' ', '\t', ':', ',', ';', '=', ')', '.']);
    (name.len() < rest.len()).then_some(name)
}

/// The same counted from 1.
fn numbered_from_one(class: usize, line: &str) -> Option<&str> {
    numbered_before(class + 1, line)
}

/// `tench 0`, `tench,0`.
fn numbered_after(class: usize, line: &str) -> Option<&str> {
    let rest = line.strip_suffix(&class.to_string())?;
    let name = rest.trim_end_matches([' ', '\t', ':', ',', ';', '=']);
    (name.len() < rest.len()).then_some(name)
}

/// `n01440764 tench`: a WordNet id.
fn identified(_class: usize, line: &str) -> Option<&str> {
    let (id, name) = line.split_once([' ', '\t', ','])?;
    let digits = id.strip_prefix('n')?;
    (digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| name.trim())
}

fn unquoted(name: &str) -> &str {
    let name = name.trim().trim_end_matches(',');
    ['"', '\'']
        .iter()
        .find_map(|&quote| name.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(name)
}

/// `{0: 'tench', 1: "goldfish"}` or `['tench', 'goldfish']`: what Python prints, as some exporters
/// write it into a model's metadata.
fn from_literal(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let (inner, keyed) = match text.strip_prefix('{') {
        Some(rest) => (rest.strip_suffix('}')?, true),
        None => (text.strip_prefix('[')?.strip_suffix(']')?, false),
    };
    let mut names = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        if keyed {
            let (number, after) = rest.split_once(':')?;
            (number.trim().parse() == Ok(names.len())).then_some(())?;
            rest = after.trim_start();
        }
        let quote = rest
            .chars()
            .next()
            .filter(|quote| ['"', '\''].contains(quote))?;
        let mut name = String::new();
        let mut characters = rest.char_indices().skip(1);
        let end = loop {
            match characters.next()? {
                (_, '\\') => name.push(characters.next()?.1),
                (at, c) if c == quote => break at + quote.len_utf8(),
                (_, c) => name.push(c),
            }
        };
        names.push(name);
        rest = rest.get(end..)?.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if rest.is_empty() => rest,
            None => return None,
        };
    }
    Some(names)
}

fn from_json(value: &Value) -> Result<Vec<String>, LabelsError> {
    match value {
        Value::Array(entries) => entries
            .iter()
            .enumerate()
            .map(|(class, entry)| {
                name(entry).ok_or_else(|| LabelsError::Form(format!("entry {class} is no name")))
            })
            .collect(),
        Value::Object(fields) => {
            for key in ["id2label", "labels", "classes", "names"] {
                if let Some(inner @ (Value::Array(_) | Value::Object(_))) = fields.get(key) {
                    return from_json(inner);
                }
            }
            from_pairs(fields)
        }
        _ => Err(LabelsError::Form("it is neither".to_owned())),
    }
}

fn from_pairs(fields: &serde_json::Map<String, Value>) -> Result<Vec<String>, LabelsError> {
    let mut by_class = BTreeMap::new();
    for (key, value) in fields {
        let pair = match (key.parse::<usize>(), name(value), value.as_u64()) {
            (Ok(class), Some(name), _) => Some((class, name)),
            (_, _, Some(class)) => {
                Some((usize::try_from(class).unwrap_or(usize::MAX), key.clone()))
            }
            _ => None,
        };
        let Some((class, name)) = pair else {
            return Err(LabelsError::Form(format!(
                "{key} is neither a class number nor the name of one"
            )));
        };
        if by_class.insert(class, name).is_some() {
            return Err(LabelsError::Twice { class });
        }
    }
    // In order, so the first that is not its own position is missing.
    if let Some(class) = by_class
        .keys()
        .enumerate()
        .find_map(|(at, &class)| (at != class).then_some(at))
    {
        return Err(LabelsError::Missing { class, line: None });
    }
    Ok(by_class.into_values().collect())
}

fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(name) if !name.trim().is_empty() => Some(name.trim().to_owned()),
        Value::Array(parts) => parts.last().and_then(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        parse_labels(text).unwrap()
    }

    #[test]
    fn text_has_a_name_a_line() {
        assert_eq!(
            names("\u{feff}tench\r\ngreat white shark\r\n\r\n"),
            ["tench", "great white shark"]
        );
        assert_eq!(names("0: tench\n1: goldfish"), ["tench", "goldfish"]);
        assert_eq!(names("1 tench\n2 goldfish"), ["tench", "goldfish"]);
        assert_eq!(
            names("/a/airfield 0\n/a/cabin 1"),
            ["/a/airfield", "/a/cabin"]
        );
        assert_eq!(
            names("n01440764 tench, Tinca tinca\nn01443537 goldfish"),
            ["tench, Tinca tinca", "goldfish"]
        );
        assert_eq!(names("\"a\",\n'b',"), ["a", "b"]);
    }

    #[test]
    fn numbers_that_do_not_count_are_part_of_the_name() {
        assert_eq!(names("0 tench\n5 goldfish"), ["0 tench", "5 goldfish"]);
        assert_eq!(names("0\n1\n2"), ["0", "1", "2"]);
        assert_eq!(names("class 0\nclass 1"), ["class 0", "class 1"]);
    }

    #[test]
    fn json_is_a_list_or_maps_numbers_to_names() {
        assert_eq!(names(r#"["a", "b"]"#), ["a", "b"]);
        assert_eq!(names(r#"{"1": "b", "0": "a"}"#), ["a", "b"]);
        assert_eq!(names(r#"{"b": 1, "a": 0}"#), ["a", "b"]);
        assert_eq!(
            names(r#"{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}"#),
            ["tench", "goldfish"]
        );
        assert_eq!(
            names(r#"{"model_type": "vit", "id2label": {"0": "a"}}"#),
            ["a"]
        );
    }

    #[test]
    fn what_python_prints_is_read() {
        assert_eq!(
            names("{0: 'tench', 1: \"jack-o'-lantern\",\n 2: 'it\\'s'}"),
            ["tench", "jack-o'-lantern", "it's"]
        );
        assert_eq!(names("['a', 'b']"), ["a", "b"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |text: &str| parse_labels(text).unwrap_err();
        assert_eq!(error(" \n"), LabelsError::Empty);
        assert_eq!(error("[]"), LabelsError::Empty);
        assert_eq!(
            error("a\n\nb"),
            LabelsError::Missing {
                class: 1,
                line: Some(2)
            }
        );
        assert_eq!(
            error(r#"{"0": "a", "2": "b"}"#),
            LabelsError::Missing {
                class: 1,
                line: None
            }
        );
        assert_eq!(
            error(r#"{"a": 0, "b": 0}"#),
            LabelsError::Twice { class: 0 }
        );
        assert!(matches!(
            error("{0: 'tench', 2: 'goldfish'}"),
            LabelsError::Json(_)
        ));
        assert!(matches!(error("{0: 'tench"), LabelsError::Json(_)));
        assert!(matches!(error("[1, 2]"), LabelsError::Form(_)));
        assert!(matches!(error(r#"{"a": "b"}"#), LabelsError::Form(_)));
        assert!(matches!(error("a\0b"), LabelsError::Implausible(_)));
        assert!(matches!(
            error(&"x\n".repeat(100_001)),
            LabelsError::Implausible(_)
        ));
        assert!(error("a\n\nb").to_string().contains("line 2"));
    }
}
