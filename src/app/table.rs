//! The results of a comparison as a table, for the page and for files.

use serde_json::{Value, json};

use super::{
    state::{MapResult, Shared, State, is_control},
    strings::text,
};
use crate::protocol::{Direction, MeasureReport, RANDOMISATION};

/// One score of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Id of the score.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What it says.
    pub summary: String,
    /// Which of two values is better.
    pub direction: Direction,
}

/// One method.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Id of the method.
    pub method: String,
    /// Its name.
    pub label: String,
    /// It never looks at the model.
    pub control: bool,
    /// One value a column, where it is known.
    pub cells: Vec<Option<f64>>,
    /// Its result, once there is one.
    pub result: Option<Shared<MapResult>>,
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// RCAP first, then the scores of the chosen measures.
    pub columns: Vec<Column>,
    /// In the order of the tiles.
    pub rows: Vec<Row>,
}

impl Row {
    /// It was put to the randomisation check and failed.
    pub fn is_insensitive(&self) -> bool {
        let report = self
            .result
            .as_ref()
            .and_then(|result| result.measure(RANDOMISATION));
        report.and_then(MeasureReport::is_insensitive) == Some(true)
    }
}

impl Table {
    /// The comparison as it stands.
    pub fn new(state: &State) -> Self {
        let mut columns = vec![Column {
            id: "rcap".to_owned(),
            label: text().score.to_owned(),
            summary: text().score_hint.to_owned(),
            direction: Direction::HigherIsBetter,
        }];
        let tiles = state.tiles();
        // The randomisation check can be asked for outside the comparison too.
        let checked = tiles.iter().any(|tile| {
            let result = tile.result.as_ref();
            result.is_some_and(|result| result.measure(RANDOMISATION).is_some())
        });
        let chosen = state.measures.iter().filter(|offer| {
            let id = &offer.description.id;
            state.comparison.measures.contains(id) || (checked && id == RANDOMISATION)
        });
        let scores = chosen.flat_map(|offer| &offer.description.scores);
        columns.extend(
            scores
                .filter(|score| score.id != "rcap")
                .map(|score| Column {
                    id: score.id.clone(),
                    label: score.label.clone(),
                    summary: score.summary.clone(),
                    direction: score.direction,
                }),
        );
        let rows = tiles
            .into_iter()
            .map(|tile| {
                let value = |column: &Column| {
                    let result = tile.result.as_ref()?;
                    if column.id == "rcap" {
                        return Some(result.rcap.score);
                    }
                    let mut scores = result.measures.iter().flat_map(|report| &report.scores);
                    scores
                        .find(|score| score.id == column.id)
                        .map(|score| score.value)
                };
                let mut methods = state.methods.iter();
                Row {
                    label: methods
                        .find(|method| method.id == tile.method)
                        .map_or_else(|| tile.method.clone(), |method| method.label.clone()),
                    control: is_control(&tile.method),
                    cells: columns.iter().map(value).collect(),
                    method: tile.method,
                    result: tile.result,
                }
            })
            .collect();
        Self { columns, rows }
    }

    /// The best value of a column among the methods, controls left out; `None` where fewer than two
    /// are known or the score does not rank.
    pub fn best(&self, column: usize) -> Option<f64> {
        let direction = self.columns.get(column)?.direction;
        if direction == Direction::Descriptive {
            return None;
        }
        let values: Vec<f64> = self
            .rows
            .iter()
            .filter(|row| !row.control)
            .filter_map(|row| row.cells.get(column).copied().flatten())
            .collect();
        let better = |a: f64, b: f64| if direction.prefers(b, a) { b } else { a };
        (values.len() > 1)
            .then(|| values.into_iter().reduce(better))
            .flatten()
    }

    /// Whether a control is better than this value of a method.
    pub fn is_beaten(&self, column: usize, value: f64) -> bool {
        let Some(direction) = self.columns.get(column).map(|column| column.direction) else {
            return false;
        };
        self.rows
            .iter()
            .filter(|row| row.control)
            .filter_map(|row| row.cells.get(column).copied().flatten())
            .any(|control| direction.prefers(control, value))
    }

    /// Indices of the rows sorted by a column, the best first, or the other way round; rows without
    /// a value last.
    pub fn order(&self, column: usize, reversed: bool) -> Vec<usize> {
        let direction = self
            .columns
            .get(column)
            .map_or(Direction::Descriptive, |column| column.direction);
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        let value = |row: usize| self.rows.get(row)?.cells.get(column).copied().flatten();
        order.sort_by(|&a, &b| match (value(a), value(b)) {
            (Some(a), Some(b)) => {
                let ascending = a.total_cmp(&b);
                let best_first = match direction {
                    Direction::LowerIsBetter => ascending,
                    Direction::HigherIsBetter | Direction::Descriptive => ascending.reverse(),
                };
                if reversed {
                    best_first.reverse()
                } else {
                    best_first
                }
            }
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        order
    }

    /// The table with every parameter, for a spreadsheet.
    pub fn csv(&self, state: &State) -> String {
        let mut header: Vec<String> = [
            "image",
            "model",
            "model_sha256",
            "class",
            "class_name",
            "method",
            "control",
        ]
        .map(str::to_owned)
        .to_vec();
        header.extend(self.columns.iter().map(|column| column.id.clone()));
        header.extend(
            [
                "completeness_gap",
                "seconds",
                "gradients",
                "device",
                "rcap_lower_bound",
                "rcap_interval",
                "settings",
                "measure_settings",
            ]
            .map(str::to_owned),
        );
        let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
        let mut lines = vec![header];
        for row in &self.rows {
            let Some(result) = &row.result else { continue };
            let mut line = vec![
                state
                    .image
                    .as_ref()
                    .map(|i| i.name.clone())
                    .unwrap_or_default(),
                state
                    .model
                    .as_ref()
                    .map(|m| m.name.clone())
                    .unwrap_or_default(),
                state
                    .model
                    .as_ref()
                    .map(|m| m.sha256.clone())
                    .unwrap_or_default(),
                result.key.target.to_string(),
                state.class_name(result.key.target),
                row.method.clone(),
                row.control.to_string(),
            ];
            line.extend(row.cells.iter().map(|value| number(*value)));
            line.extend([
                number(result.map.completeness.map(|sums| sums.gap())),
                result.seconds().to_string(),
                result.gradients.to_string(),
                result.device.clone(),
                result.rcap.settings.lower_bound.to_string(),
                result.rcap.settings.interval.to_string(),
                // Plain values always have a JSON form.
                serde_json::to_string(&result.key.settings).unwrap_or_default(),
                json!(
                    result
                        .measures
                        .iter()
                        .map(|report| (report.measure.clone(), json!(report.settings)))
                        .collect::<serde_json::Map<String, Value>>()
                )
                .to_string(),
            ]);
            lines.push(line);
        }
        let mut csv = String::new();
        for line in lines {
            let fields: Vec<String> = line.iter().map(|field| quoted(field)).collect();
            csv.push_str(&fields.join(","));
            csv.push_str("\r\n");
        }
        csv
    }

    /// The table with every parameter and curve.
    pub fn json(&self) -> Value {
        let rows = self.rows.iter().filter_map(|row| {
            let result = row.result.as_ref()?;
            let scores: serde_json::Map<String, Value> = self
                .columns
                .iter()
                .zip(&row.cells)
                .filter_map(|(column, value)| Some((column.id.clone(), json!((*value)?))))
                .collect();
            Some(json!({
                "method": row.method,
                "control": row.control,
                "settings": result.key.settings,
                "scores": scores,
                "rcap": {
                    "settings": result.rcap.settings,
                    "steps": result.rcap.steps,
                    "original_probability": result.rcap.original_probability,
                },
                "measures": result.measures.iter().map(|report| json!(**report)).collect::<Vec<_>>(),
                "completeness": result.map.completeness,
                "raw_min": result.map.raw_min,
                "raw_max": result.map.raw_max,
                "constant": result.map.constant,
                "gradients": result.gradients,
                "times": result.times,
                "device": result.device,
            }))
        });
        json!(rows.collect::<Vec<_>>())
    }
}

/// A field of a CSV line (RFC 4180). A field that a spreadsheet would take for a formula is kept
/// from being one.
fn quoted(field: &str) -> String {
    let number = field.parse::<f64>().is_ok();
    let formula = !number && field.starts_with(['=', '+', '-', '@']);
    let field = if formula {
        format!("'{field}")
    } else {
        field.to_owned()
    };
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(direction: Direction, values: &[(bool, Option<f64>)]) -> Table {
        Table {
            columns: vec![Column {
                id: "score".to_owned(),
                label: "Score".to_owned(),
                summary: String::new(),
                direction,
            }],
            rows: values
                .iter()
                .map(|(control, value)| Row {
                    method: "m".to_owned(),
                    label: "m".to_owned(),
                    control: *control,
                    cells: vec![*value],
                    result: None,
                })
                .collect(),
        }
    }

    #[test]
    fn the_best_is_found_in_the_right_direction() {
        let values = [
            (false, Some(0.2)),
            (false, None),
            (true, Some(0.1)),
            (false, Some(0.7)),
        ];
        let high = table(Direction::HigherIsBetter, &values);
        assert_eq!(high.best(0), Some(0.7));
        assert_eq!(high.order(0, false), [3, 0, 2, 1]);
        assert_eq!(high.order(0, true), [2, 0, 3, 1]);
        assert!(!high.is_beaten(0, 0.2));
        let low = table(Direction::LowerIsBetter, &values);
        assert_eq!(low.best(0), Some(0.2), "controls are not in the running");
        assert_eq!(low.order(0, false), [2, 0, 3, 1]);
        assert!(low.is_beaten(0, 0.2), "the control deletes better");
        let none = table(Direction::Descriptive, &values);
        assert_eq!(none.best(0), None);
        assert!(!none.is_beaten(0, 0.7));
    }

    #[test]
    fn fields_survive_a_spreadsheet() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"a\""), "\"say \"\"a\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-0.5"), "-0.5");
    }

    #[test]
    fn an_empty_comparison_is_an_empty_table() {
        let state = State::default();
        let table = Table::new(&state);
        assert!(table.rows.is_empty());
        assert_eq!(table.csv(&state).lines().count(), 1);
        assert_eq!(table.json(), json!([]));
    }
}
