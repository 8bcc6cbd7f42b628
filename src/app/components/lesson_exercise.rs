//! The exercise of the lesson: which of three maps is real, and why the others are not.

use yew::prelude::*;

use super::{lesson_step::map_alone, picture::Picture};
use crate::app::{
    state::{Action, Candidate, CandidateMap, LessonAction, Shared, State},
    strings::{fill, lesson},
};

/// What the exercise shows.
#[derive(Properties, PartialEq)]
pub struct LessonExerciseProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The exercise.
#[component]
pub fn LessonExercise(props: &LessonExerciseProps) -> Html {
    let (state, words) = (&props.state, lesson());
    let Some(candidates) = state.candidates() else {
        return html! {};
    };
    let picked = state.lesson.picked;
    html! {
        <>
            <div class="lesson-pictures">
                { for candidates.iter().enumerate().map(
                    |(place, candidate)| card(props, place, candidate),
                ) }
            </div>
            <p class="lesson-sentence" role="status" data-testid="lesson-verdict">
                { picked.map(|place| verdict(&candidates, place)) }
            </p>
            <button
                class="button"
                type="button"
                data-testid="lesson-shuffle"
                onclick={props.dispatch.reform(|_: MouseEvent| Action::Lesson(LessonAction::Shuffle))}
            >
                { words.shuffle }
            </button>
        </>
    }
}

/// A map without a name, and with one once the person has chosen.
fn card(props: &LessonExerciseProps, place: usize, shown: &CandidateMap) -> Html {
    let (state, words) = (&props.state, lesson());
    let Some(image) = &state.image else {
        return html! {};
    };
    let picked = state.lesson.picked;
    let place_name = (place + 1).to_string();
    let named = |template: &str| fill(template, &[("place", &place_name)]);
    let what = match shown.candidate {
        Candidate::Real => words.real,
        Candidate::Reversed => words.reversed,
        Candidate::Random => words.random,
    };
    let is_real = shown.candidate == Candidate::Real;
    html! {
        <figure
            key={place}
            class={classes!((picked.is_some() && is_real).then_some("is-real"))}
        >
            <Picture
                drawing={map_alone(image, &shown.map, state.view)}
                label={named(words.candidate_name)}
                testid={format!("lesson-canvas-{place}")}
            />
            <button
                class="button"
                type="button"
                aria-disabled={picked.is_some().then_some("true")}
                data-testid={format!("lesson-pick-{place}")}
                onclick={props.dispatch.reform(move |_: MouseEvent| {
                    Action::Lesson(LessonAction::Pick(place))
                })}
            >
                { named(words.pick) }
            </button>
            if picked.is_some() {
                <figcaption data-testid={format!("lesson-truth-{place}")}>
                    <strong>{ fill(words.score, &[("score", &format!("{:.3}", shown.rcap))]) }</strong>
                    { " " }{ what }
                </figcaption>
            }
        </figure>
    }
}

fn verdict(candidates: &[CandidateMap; 3], picked: usize) -> String {
    let words = lesson();
    let real = candidates
        .iter()
        .position(|shown| shown.candidate == Candidate::Real)
        .unwrap_or_default();
    let template = if picked == real {
        words.right
    } else {
        words.wrong
    };
    let mut text = fill(template, &[("place", &(real + 1).to_string())]);
    let score = candidates[real].rcap;
    let mut others = candidates.iter().enumerate();
    if others.any(|(place, other)| place != real && other.rcap >= score) {
        text.push(' ');
        text.push_str(words.beaten);
    }
    text
}
