//! The second opinion: a button, how far it has come, and the answer in plain sentences.

use yew::prelude::*;

use crate::{
    app::{
        state::{Action, CheckAction, CheckAnswer, Shared, State},
        strings::{check, fill, significant},
    },
    protocol::{
        CheckOutcome, CheckReport, GradientCheck, LeftOut, ScoreCheck, SlopeCheck, Verdict,
    },
};

/// What the part shows.
#[derive(Properties, PartialEq)]
pub struct CheckModelProps {
    /// The page's state.
    pub state: Shared<State>,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The part.
#[component]
pub fn CheckModel(props: &CheckModelProps) -> Html {
    let (state, words) = (&props.state, check());
    let act = |action: CheckAction| {
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::Check(action.clone()))
    };
    let answer = state.check_answer();
    html! {
        <div class="check-model">
            <h3>{ words.title }</h3>
            <p class="hint">{ words.hint }</p>
            <div class="row">
                if state.is_checking() {
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="check-stop"
                        onclick={act(CheckAction::Stop)}
                    >
                        { words.stop }
                    </button>
                } else {
                    <button
                        class="button button-small"
                        type="button"
                        data-testid="check-model"
                        disabled={!state.can_check()}
                        onclick={act(CheckAction::Start)}
                    >
                        { if answer.is_some() { words.again } else { words.start } }
                    </button>
                }
                <span class="quiet">{ pace(state) }</span>
            </div>
            <div role="status" data-testid="check-answer">
                { for answer.map(sentences).into_iter().flatten().map(|(sentence, is_alarm)| html! {
                    <p class={classes!("check-sentence", is_alarm.then_some("is-alarm"))}>{ sentence }</p>
                }) }
            </div>
        </div>
    }
}

/// How far it has come, or what it waits for.
fn pace(state: &State) -> String {
    let words = check();
    match (state.is_checking(), state.check_progress()) {
        (true, Some((done, total))) => fill(
            words.progress,
            &[("done", &done.to_string()), ("total", &total.to_string())],
        ),
        (true, None) => words.asking.to_owned(),
        (false, _) if !state.can_check() => words.waits.to_owned(),
        (false, _) => String::new(),
    }
}

/// The answer, each sentence with whether it is bad news.
fn sentences(answer: &CheckAnswer) -> Vec<(String, bool)> {
    let words = check();
    match answer {
        CheckAnswer::Ended(reason) => vec![(fill(words.ended, &[("reason", reason)]), false)],
        CheckAnswer::Outcome(CheckOutcome::NotRun { program, reason }) => {
            let values = [("program", program.as_str()), ("reason", reason.as_str())];
            vec![(fill(words.not_run, &values), false)]
        }
        CheckAnswer::Outcome(CheckOutcome::Compared(report)) => {
            vec![of_scores(report), of_gradient(&report.gradient)]
        }
    }
}

fn of_scores(report: &CheckReport) -> (String, bool) {
    let words = check();
    let ScoreCheck {
        largest_difference,
        relative_difference,
        tolerance,
        likeliest,
        likeliest_there,
        agree,
        ..
    } = &report.scores;
    let list = |classes: &[usize]| {
        let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
        classes.join(", ")
    };
    let template = if *agree {
        words.same
    } else if relative_difference <= tolerance {
        words.other_order
    } else {
        words.other
    };
    let values = [
        ("program", report.program.as_str()),
        ("difference", &significant(*largest_difference)),
        ("share", &share(*relative_difference)),
        ("tolerance", &share(*tolerance)),
        ("device", &report.device.name),
        ("here", &list(likeliest)),
        ("there", &list(likeliest_there)),
    ];
    (fill(template, &values), !agree)
}

fn of_gradient(gradient: &GradientCheck) -> (String, bool) {
    let words = check();
    match gradient {
        GradientCheck::LeftOut(LeftOut::Quantised) => (words.quantised.to_owned(), false),
        GradientCheck::LeftOut(LeftOut::CoarseInput) => (words.coarse_input.to_owned(), false),
        GradientCheck::Compared(check) => of_slopes(check),
    }
}

fn of_slopes(slopes: &SlopeCheck) -> (String, bool) {
    let words = check();
    let template = match slopes.verdict {
        Verdict::Agrees => words.gradient_same,
        Verdict::Disagrees => words.gradient_other,
        Verdict::TooCoarse => words.gradient_open,
    };
    let values = [
        ("count", slopes.directions.len().to_string()),
        ("median", share(slopes.median_difference)),
        ("largest", share(slopes.largest_difference)),
        ("expected", share(slopes.expected_error)),
        ("outside", slopes.outside.to_string()),
        ("multiple", slopes.multiple.to_string()),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    (
        fill(template, &values),
        slopes.verdict == Verdict::Disagrees,
    )
}

/// A share that may be far below a percent.
fn share(share: f64) -> String {
    format!("{} %", significant(100.0 * share))
}
