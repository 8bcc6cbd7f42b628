//! Buttons that copy or save the table of scores.

use yew::{platform::spawn_local, prelude::*};

use crate::app::{
    browser, export,
    state::{Action, Notice, Shared, State},
    strings::{compare, fill, notices, text},
    table::Table,
};

/// What can be copied or saved.
#[derive(Properties, PartialEq)]
pub struct TableDownloadsProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The row of buttons.
#[component]
pub fn TableDownloads(props: &TableDownloadsProps) -> Html {
    let words = compare();
    let save = |extension: &'static str, kind: &'static str, content: fn(&State) -> String| {
        let (state, dispatch) = (props.state.clone(), props.dispatch.clone());
        move |_: MouseEvent| {
            let name = export::table_file_name(&state, extension);
            if let Err(error) = browser::save(&name, kind, content(&state).as_bytes()) {
                dispatch.emit(Action::Tell(Notice::problem(
                    fill(
                        notices().save_failed,
                        &[("reason", &browser::reason(&error))],
                    ),
                    notices().save_failed_hint,
                )));
            }
        }
    };
    let copy = {
        let (state, dispatch) = (props.state.clone(), props.dispatch.clone());
        move |_: MouseEvent| {
            let (csv, dispatch) = (csv(&state), dispatch.clone());
            spawn_local(async move {
                dispatch.emit(Action::Tell(match browser::copy(&csv).await {
                    Ok(()) => Notice::information(text().copied),
                    Err(_) => Notice::problem(text().copy_failed, words.save_csv),
                }));
            });
        }
    };
    html! {
        <div class="row">
            <button class="button button-small" type="button" data-testid="copy-csv" onclick={copy}>
                { words.copy_csv }
            </button>
            <button
                class="button button-small"
                type="button"
                data-testid="save-table-csv"
                onclick={save("csv", "text/csv", csv)}
            >
                { words.save_csv }
            </button>
            <button
                class="button button-small"
                type="button"
                data-testid="save-table-json"
                onclick={save("json", "application/json", export::comparison_json)}
            >
                { words.save_json }
            </button>
        </div>
    }
}

fn csv(state: &State) -> String {
    Table::new(state).csv(state)
}
