//! A box that finds any class by name or number.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::{
    state::{Action, Shared, State},
    strings::{fill, percent, text},
};

/// Matches that are listed at once.
const LISTED: usize = 8;

/// What the search box needs.
#[derive(Properties, PartialEq)]
pub struct ClassSearchProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The search box and its list.
#[component]
pub fn ClassSearch(props: &ClassSearchProps) -> Html {
    let query = use_state(String::new);
    let marked = use_state(|| 0_usize);
    let answer = props.state.classification.clone();
    let classes = props.state.classes();
    let found = props
        .state
        .labels
        .search(&props.state.label_set, classes, &query, LISTED);
    let open = !query.trim().is_empty();

    let choose = {
        let (dispatch, query) = (props.dispatch.clone(), query.clone());
        move |class: usize| {
            query.set(String::new());
            dispatch.emit(Action::ChooseTarget(class));
        }
    };
    let on_input = {
        let (query, marked) = (query.clone(), marked.clone());
        move |event: InputEvent| {
            query.set(event.target_unchecked_into::<HtmlInputElement>().value());
            marked.set(0);
        }
    };
    let on_key = {
        let (found, marked, query, choose) =
            (found.clone(), marked.clone(), query.clone(), choose.clone());
        move |event: KeyboardEvent| {
            let last = found.len().saturating_sub(1);
            match event.key().as_str() {
                "ArrowDown" => marked.set((*marked + 1).min(last)),
                "ArrowUp" => marked.set(marked.saturating_sub(1)),
                "Home" => marked.set(0),
                "End" => marked.set(last),
                "Enter" => {
                    if let Some(&class) = found.get(*marked) {
                        choose(class);
                    }
                }
                "Escape" => query.set(String::new()),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let status = match found.len() {
        _ if !open => String::new(),
        0 => text().search_none.to_owned(),
        count => fill(text().search_count, &[("count", &count.to_string())]),
    };
    let active = (open && !found.is_empty()).then(|| format!("class-option-{}", *marked));
    html! {
        <div class="search">
            <label for="class-search">{ text().search }</label>
            <input
                id="class-search"
                type="search"
                role="combobox"
                autocomplete="off"
                aria-expanded={open.to_string()}
                aria-controls="class-list"
                aria-autocomplete="list"
                aria-activedescendant={active}
                placeholder={text().search_placeholder}
                data-testid="class-search"
                value={(*query).clone()}
                oninput={on_input}
                onkeydown={on_key}
            />
            <span class="visually-hidden" role="status">{ status }</span>
            <ul
                id="class-list"
                class="search-list"
                role="listbox"
                aria-label={text().search}
                hidden={!open || found.is_empty()}
            >
                { for found.iter().enumerate().map(|(index, &class)| {
                    let share = answer
                        .as_ref()
                        .map(|answer| percent(f64::from(answer.score(class).probability)));
                    let choose = choose.clone();
                    html! {
                        <li
                            key={class}
                            id={format!("class-option-{index}")}
                            role="option"
                            aria-selected={(index == *marked).to_string()}
                            data-class={class.to_string()}
                            // The list would close before a click: the box loses focus first.
                            onmousedown={move |event: MouseEvent| {
                                event.prevent_default();
                                choose(class);
                            }}
                        >
                            <span>{ props.state.class_name(class) }</span>
                            <span class="quiet">{ share }</span>
                        </li>
                    }
                }) }
            </ul>
            if open && found.is_empty() {
                <p class="search-none">{ text().search_none }</p>
            }
        </div>
    }
}
