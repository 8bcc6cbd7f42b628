//! The columns of a study's table, and what counts as an image.

use crate::protocol::{MeasureDescription, StudyRow};

/// Columns before the scores.
pub const COLUMNS: [&str; 7] = [
    "image",
    "method",
    "target",
    "probability",
    "gradients",
    "seconds",
    "note",
];

/// Endings of image files.
pub const ENDINGS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];

/// Whether a file is an image by its name.
pub fn is_image(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// A file's name without its ending; an image and its mask share it.
pub fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The names of the columns: the fixed ones, then every score of these measures.
pub fn header<'a>(measures: impl IntoIterator<Item = &'a MeasureDescription>) -> Vec<String> {
    let scores = measures.into_iter().flat_map(|measure| &measure.scores);
    let scores = scores.map(|score| score.id.clone());
    COLUMNS
        .iter()
        .map(|&name| name.to_owned())
        .chain(scores)
        .collect()
}

/// A row's values in the order of `header`; those of scores it does not have are empty. Why there are
/// no scores stands in the note.
pub fn row_fields(row: &StudyRow, header: &[String]) -> Vec<String> {
    let note = match &row.failure {
        Some(failure) => failure.to_string(),
        None => row.note.clone().unwrap_or_default(),
    };
    let fixed = [
        row.image.clone(),
        row.method.clone(),
        row.target.to_string(),
        row.probability.to_string(),
        row.gradients.to_string(),
        format!("{:.3}", row.seconds),
        note,
    ];
    let scores = header.iter().skip(COLUMNS.len()).map(|id| {
        let found = row.scores.iter().find(|score| score.id == *id);
        found
            .map(|score| score.value.to_string())
            .unwrap_or_default()
    });
    fixed.into_iter().chain(scores).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Score;

    #[test]
    fn images_are_known_by_their_endings() {
        assert!(is_image("a.PNG") && is_image("b/c.d.jpeg"));
        assert!(!is_image("png") && !is_image("notes.txt") && !is_image(".DS_Store"));
        assert_eq!(stem("b/c.d.jpeg"), "b/c.d");
        assert_eq!(stem("c"), "c");
    }

    #[test]
    fn scores_stand_under_their_names() {
        let row = StudyRow {
            image: "a.png".to_owned(),
            method: "gradient".to_owned(),
            target: 3,
            probability: 0.5,
            gradients: 1,
            seconds: 0.25,
            note: None,
            scores: vec![Score {
                id: "rcap".to_owned(),
                value: 0.125,
            }],
            failure: None,
        };
        let mut header: Vec<String> = header([]);
        header.extend(["mae".to_owned(), "rcap".to_owned()]);
        assert_eq!(
            row_fields(&row, &header),
            [
                "a.png", "gradient", "3", "0.5", "1", "0.250", "", "", "0.125"
            ]
        );
    }
}
