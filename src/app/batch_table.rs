//! The results of a batch: its rows, their means, and the file they are saved as.

use std::collections::BTreeMap;

use super::{
    state::{Batch, BatchImage, BatchPlan, BatchRows, MADE_BY, Shared, is_control},
    table::{Column, Row, Table},
};
use crate::{
    protocol::{StudyItem, StudyRow},
    study::{COLUMNS, Mean, header, line, mean, row_fields},
};

/// So many drawings of values are no burden while other things go on.
const LIGHT_WORK: usize = 4_000_000;
/// How often images are drawn for an interval.
const DRAWINGS: usize = 2_000;

/// One line of the table of images.
#[derive(Clone, Debug, PartialEq)]
pub enum Line<'a> {
    /// A method on an image: the method and what was found.
    Row(&'a StudyItem, &'a StudyRow),
    /// An image that could not be used, and why.
    Failed(&'a str, &'a str),
}

/// What a batch found: the images, and what is known of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The images.
    pub images: Shared<Vec<BatchImage>>,
    /// Everything that was measured.
    pub rows: Shared<BatchRows>,
    /// Images that could not be used, with the reason.
    pub failures: Shared<BTreeMap<String, String>>,
    /// What was started last.
    pub plan: Shared<BatchPlan>,
}

/// Means by method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Averages {
    /// The means alone, to be sorted and marked as scores of one image are.
    pub table: Table,
    /// By row and column of the table, with intervals where they were asked for.
    pub means: Vec<Vec<Option<Mean>>>,
    /// Over how many images each column's means are.
    pub images: Vec<usize>,
    /// The intervals were left out.
    pub hasty: bool,
}

impl Found {
    /// What a batch found so far; `None` before it was started.
    pub fn of(batch: &Batch) -> Option<Self> {
        Some(Self {
            images: batch.images.clone(),
            rows: batch.rows.clone(),
            failures: batch.failures.clone(),
            plan: batch.plan.clone()?,
        })
    }

    /// The rows by image, methods in their order.
    pub fn lines(&self) -> Vec<Line<'_>> {
        let mut lines = Vec::new();
        for image in self.images.iter() {
            let name = image.file.name();
            let methods = self.plan.methods.iter();
            lines.extend(methods.filter_map(|method| {
                let row = self.plan.row(&self.rows, image, method)?;
                Some(Line::Row(&method.0, row))
            }));
            if let Some(reason) = self.failures.get(name) {
                lines.push(Line::Failed(name, reason));
            }
        }
        lines
    }
}

/// The columns of a plan's scores.
pub fn columns(plan: &BatchPlan) -> Vec<Column> {
    let scores = plan.measures.iter().flat_map(|measure| &measure.scores);
    scores
        .map(|score| Column {
            id: score.id.clone(),
            label: score.label.clone(),
            summary: score.summary.clone(),
            direction: score.direction,
        })
        .collect()
}

/// The value of a score in a row.
pub fn score(row: &StudyRow, id: &str) -> Option<f64> {
    let mut scores = row.scores.iter();
    scores.find(|score| score.id == id).map(|score| score.value)
}

/// Means of every score of every method. Those of one column are over the images that have a value for
/// all methods, so that they compare; a method without any value is left out of that. Intervals that
/// would take long are left out unless it is `patient`.
pub fn averages(found: &Found, label: impl Fn(&str) -> String, patient: bool) -> Averages {
    let (plan, images) = (&found.plan, &found.images);
    let columns = columns(plan);
    let work = images.len() * columns.len() * plan.methods.len() * DRAWINGS;
    let with_intervals = patient || work <= LIGHT_WORK;
    let rows: Vec<Vec<Option<&StudyRow>>> = plan
        .methods
        .iter()
        .map(|method| {
            let images = images.iter();
            images
                .map(|image| plan.row(&found.rows, image, method))
                .collect()
        })
        .collect();
    let mut means = vec![Vec::new(); plan.methods.len()];
    let mut counts = Vec::new();
    for column in &columns {
        let values: Vec<Vec<Option<f64>>> = rows
            .iter()
            .map(|rows| {
                let value = |row: &Option<&StudyRow>| score((*row)?, &column.id);
                rows.iter().map(value).collect()
            })
            .collect();
        let takes_part = |values: &&Vec<Option<f64>>| values.iter().any(Option::is_some);
        let at = |values: &Vec<Option<f64>>, image: usize| values.get(image).copied().flatten();
        let shared: Vec<usize> = (0..images.len())
            .filter(|&image| {
                let mut methods = values.iter().filter(takes_part);
                methods.all(|values| at(values, image).is_some())
            })
            .collect();
        for (means, values) in means.iter_mut().zip(&values) {
            let values = shared.iter().filter_map(|&image| at(values, image));
            means.push(mean(&values.collect::<Vec<f64>>(), with_intervals));
        }
        let measured = values.iter().any(|values| takes_part(&values));
        counts.push(if measured { shared.len() } else { 0 });
    }
    let rows = plan
        .methods
        .iter()
        .zip(&means)
        .map(|((item, _), means)| Row {
            method: item.id.clone(),
            label: label(&item.id),
            control: is_control(&item.id),
            cells: means
                .iter()
                .map(|mean| mean.map(|mean| mean.value))
                .collect(),
            result: None,
        });
    Averages {
        table: Table {
            rows: rows.collect(),
            columns,
        },
        means,
        images: counts,
        hasty: !with_intervals,
    }
}

/// The rows as a file: the columns of `gradlens study`, then what else they depend on.
pub fn csv(found: &Found) -> String {
    let plan = &found.plan;
    let columns = header(&plan.measures);
    let made_by = MADE_BY.map(str::to_owned);
    let mut text = line(&[columns.clone(), made_by.to_vec()].concat());
    let basis = |item: &StudyItem| {
        let mut methods = plan.methods.iter();
        methods
            .find(|(known, _)| known == item)
            .map(|(_, basis)| basis)
    };
    for of in found.lines() {
        let mut values = match of {
            Line::Row(_, row) => row_fields(row, &columns),
            Line::Failed(image, reason) => {
                let mut values = vec![String::new(); columns.len()];
                for (value, name) in values.iter_mut().zip(COLUMNS) {
                    match name {
                        "image" => *value = image.to_owned(),
                        "note" => *value = reason.to_owned(),
                        _ => {}
                    }
                }
                values
            }
        };
        let basis = match of {
            Line::Row(item, _) => basis(item),
            Line::Failed(..) => None,
        };
        // Plain values always have a JSON form.
        let settings = basis.map(|basis| serde_json::to_string(&**basis).unwrap_or_default());
        values.push(plan.model.clone());
        values.push(
            basis
                .map(|basis| basis.model_sha256.clone())
                .unwrap_or_default(),
        );
        values.push(settings.unwrap_or_default());
        text.push_str(&line(&values));
    }
    text
}
