//! Many images: a folder, what is measured of it, how far that has come, and what came out.

use yew::prelude::*;

use super::{
    batch_averages::BatchAverages, batch_choice::BatchChoice, batch_files::BatchFiles,
    batch_pace::BatchPace, batch_rows::BatchRowsTable, comparison::method_label,
};
use crate::app::{
    batch_table::Found,
    folder::FolderFile,
    state::{Action, BatchPhase, Shared, State},
    strings::batch,
};

/// What the card shows.
#[derive(Properties, PartialEq)]
pub struct BatchCardProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes a folder, and whether it holds masks.
    pub open_folder: Callback<(Vec<FolderFile>, bool)>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The card.
#[component]
pub fn BatchCard(props: &BatchCardProps) -> Html {
    let (state, words) = (&props.state, batch());
    let known = &state.batch;
    let found = Found::of(known).filter(|found| {
        let failed = !found.failures.is_empty();
        failed
            || found
                .images
                .iter()
                .any(|image| found.rows.contains_key(image.file.name()))
    });
    let labels: Vec<(String, String)> = found
        .iter()
        .flat_map(|found| found.plan.methods.iter())
        .map(|(item, _)| (item.id.clone(), method_label(state, &item.id)))
        .collect();
    html! {
        <section id="batch" class="card compare batch" aria-labelledby="batch-title" tabindex="-1">
            <h2 id="batch-title">
                <span class="step" aria-hidden="true">{ "7" }</span>{ words.title }
            </h2>
            <p class="hint">{ words.hint }</p>
            <BatchFiles
                images={known.images.clone()}
                others={known.others.clone()}
                open={props.open_folder.clone()}
                dispatch={props.dispatch.clone()}
            />
            if !known.images.is_empty() {
                <BatchChoice state={state.clone()} dispatch={props.dispatch.clone()} />
                <BatchPace state={state.clone()} dispatch={props.dispatch.clone()} />
            }
            if let Some(found) = found {
                <BatchAverages
                    found={found.clone()}
                    labels={labels.clone()}
                    patient={known.phase == BatchPhase::Idle}
                    dispatch={props.dispatch.clone()}
                />
                <BatchRowsTable {found} {labels} names={state.labels.clone()} set={state.label_set.clone()} />
            }
        </section>
    }
}

/// A method's name for people.
pub fn label_of(labels: &[(String, String)], id: &str) -> String {
    let mut labels = labels.iter();
    labels
        .find(|(known, _)| known == id)
        .map_or_else(|| id.to_owned(), |(_, label)| label.clone())
}
