//! What a model is: who made it, what it takes and gives, how large it is and what it costs.

use yew::prelude::*;

use crate::{
    app::{
        state::Shared,
        strings::{fill, model_text, say_open_note, significant},
    },
    protocol::ModelCard,
};

/// Operator kinds that are named; the rest is counted.
const OPERATORS_NAMED: usize = 12;

/// What the facts are about.
#[derive(Properties, PartialEq)]
pub struct ModelFactsProps {
    /// The model.
    pub model: Shared<ModelCard>,
    /// Classes it tells apart; 0 where that is not known yet.
    pub classes: usize,
}

/// A list of facts, and what a person should know before trusting a map.
#[component]
pub fn ModelFacts(props: &ModelFactsProps) -> Html {
    let (model, words) = (&props.model, model_text());
    let port = |name: &str, shape: &[String], kind: &str| {
        let shape = if shape.is_empty() {
            String::new()
        } else {
            format!(" [{}]", shape.join(", "))
        };
        format!("{name}{shape} {kind}")
    };
    let classes = match props.classes {
        0 => words.classes_unknown.to_owned(),
        classes => classes.to_string(),
    };
    let producer = if model.producer.is_empty() {
        words.producer_unknown
    } else {
        &model.producer
    };
    let hash: String = model.sha256.chars().take(12).collect();
    let size = fill(
        words.size_value,
        &[
            ("size", &significant(model.size_bytes as f64 / 1e6)),
            ("hash", &hash),
        ],
    );
    let cost = match &model.cost {
        Some(cost) => {
            // Back through every product costs about two more of its kind.
            let operations = 3.0 * cost.multiply_adds as f64 / 1e9;
            let memory = cost.weight_bytes.saturating_add(cost.gradient_bytes) as f64 / 1e6;
            fill(
                words.cost_value,
                &[
                    ("operations", &significant(operations)),
                    ("memory", &significant(memory)),
                ],
            )
        }
        None => words.cost_unknown.to_owned(),
    };
    let named: Vec<String> = model
        .operators
        .iter()
        .take(OPERATORS_NAMED)
        .map(|(kind, count)| format!("{kind} × {count}"))
        .collect();
    let mut operators = named.join(", ");
    if model.operators.len() > OPERATORS_NAMED {
        let more = (model.operators.len() - OPERATORS_NAMED).to_string();
        operators.push_str(", ");
        operators.push_str(&fill(words.operators_more, &[("count", &more)]));
    }
    let facts = [
        (words.producer, producer.to_owned()),
        (words.opset, model.opset.to_string()),
        (
            words.input,
            port(
                &model.input_name,
                &model.input_shape,
                &format!("{} {}", model.input_type, model.layout),
            ),
        ),
        (
            words.output,
            port(&model.output_name, &model.output_shape, &model.output_type),
        ),
        (words.classes, classes),
        (words.parameters, grouped(model.parameters)),
        (words.size, size),
        (words.cost, cost),
        (words.operators, operators),
    ];
    let notes: Vec<String> = model
        .activation_note()
        .into_iter()
        .chain(model.warnings.iter().cloned())
        .map(|note| say_open_note(&note))
        .collect();
    html! {
        <div class="model-facts" data-testid="model-facts">
            <h3>{ format!("{}: {}", words.facts, model.name) }</h3>
            <dl>
                { for facts.into_iter().map(|(name, value)| html! {
                    <div><dt>{ name }</dt><dd>{ value }</dd></div>
                }) }
            </dl>
            if !notes.is_empty() {
                <h3>{ words.warnings }</h3>
                <ul class="notes" data-testid="model-warnings">
                    { for notes.into_iter().map(|note| html! { <li>{ note }</li> }) }
                </ul>
            }
        </div>
    }
}

/// A count with a thin space between groups of three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}
