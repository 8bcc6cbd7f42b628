//! Rows of a table that was saved earlier: what it holds is not computed again.

use std::rc::Rc;

use super::{
    super::{Shared, State},
    BatchRow, RowBasis,
};
use crate::{
    app::{
        state::Notice,
        strings::{batch, fill},
    },
    protocol::{Score, StudyRow},
    study::{COLUMNS, records},
};

/// Columns of the page's table behind the scores: the model, its hash, and what else a row depends on.
pub const MADE_BY: [&str; 3] = ["model", "model_sha256", "settings"];

impl State {
    /// Takes over the rows of a saved table; `false` for a text that is none.
    pub(in super::super) fn take_over_rows(&mut self, text: &str) -> bool {
        let first = text.trim_start_matches('\u{feff}').lines().next();
        if !first.is_some_and(|first| first.starts_with(&COLUMNS.join(","))) {
            return false;
        }
        let mut rows = (*self.batch.rows).clone();
        let (mut taken, mut read) = (0, 0);
        for record in records(text) {
            read += 1;
            if let Some(row) = row_of(&record) {
                taken += 1;
                let kept = rows.entry(row.row.image.clone()).or_default();
                kept.push(Shared::new(row));
            }
        }
        self.batch.rows = Shared::new(rows);
        if self.batch.plan.is_none() {
            self.batch.plan = self.batch_plan().map(Shared::new);
        }
        let (taken, read) = (taken.to_string(), read.to_string());
        self.notice = Some(Notice::information(fill(
            batch().taken_over,
            &[("taken", &taken), ("read", &read)],
        )));
        true
    }
}

/// A row with what it depends on; `None` where that is not told or nothing was measured.
fn row_of(record: &[(String, String)]) -> Option<BatchRow> {
    let value = |name: &str| {
        let mut values = record.iter();
        values
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    let mut basis: RowBasis = serde_json::from_str(value("settings")?).ok()?;
    basis.model_sha256 = value("model_sha256")?.to_owned();
    let known = |name: &str| COLUMNS.contains(&name) || MADE_BY.contains(&name);
    let scores: Vec<Score> = record
        .iter()
        .filter(|(name, _)| !known(name))
        .filter_map(|(id, value)| {
            let value = value.parse().ok().filter(|value: &f64| value.is_finite())?;
            Some(Score {
                id: id.clone(),
                value,
            })
        })
        .collect();
    if scores.is_empty() {
        return None;
    }
    let note = value("note").filter(|note| !note.is_empty());
    Some(BatchRow {
        row: StudyRow {
            image: value("image")?.to_owned(),
            method: value("method")?.to_owned(),
            target: value("target")?.parse().ok()?,
            probability: value("probability")?.parse().ok()?,
            gradients: value("gradients")?.parse().ok()?,
            seconds: value("seconds")?.parse().ok()?,
            note: note.map(str::to_owned),
            scores,
            failure: None,
        },
        basis: Rc::new(basis),
    })
}
