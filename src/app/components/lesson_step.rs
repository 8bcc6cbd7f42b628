//! A step of the lesson: a sentence, a formula, and the pictures, or what they wait for.

use yew::prelude::*;

use super::{
    curve::Curve, lesson_exercise::LessonExercise, picture::Picture, recovered::Recovered,
};
use crate::{
    app::{
        canvas::Drawing,
        state::{
            Action, LessonAction, LessonMaterial, LessonStep, MapView, Shared, State, TAUGHT, View,
        },
        strings::{fill, lesson, percent, significant},
    },
    protocol::{ImageCard, MapReport, Progress},
    render::Colormap,
};

/// What the step shows.
#[derive(Properties, PartialEq)]
pub struct LessonStepProps {
    /// The page's state.
    pub state: Shared<State>,
    /// The step.
    pub step: LessonStep,
    /// Takes actions.
    pub dispatch: Callback<Action>,
}

/// The step.
#[component]
pub fn LessonStepView(props: &LessonStepProps) -> Html {
    let (state, step, words) = (&props.state, props.step, lesson());
    let marked = use_state(|| None::<usize>);
    let mark = {
        let marked = marked.clone();
        Callback::from(move |step| marked.set(step))
    };
    let heading = fill(
        words.step_of,
        &[
            ("step", &step.number().to_string()),
            ("steps", &LessonStep::ALL.len().to_string()),
            ("name", step_name(step)),
        ],
    );
    let [sentence, formula] = template(state, step).map(|template| said(state, template));
    let damps = state
        .lesson_material()
        .is_some_and(|known| step == LessonStep::Guide && !known.thresholds.is_empty());
    let report = state.lesson_result().map(|(_, report)| report);
    html! {
        <>
            <div class="lesson-words" aria-live="polite" aria-atomic="true">
                <h3>{ heading }</h3>
                <p class="lesson-sentence" data-testid="lesson-sentence">{ sentence }</p>
                if !formula.is_empty() {
                    <p class="lesson-formula">{ formula }</p>
                }
                if damps {
                    <p class="lesson-formula">{ said(state, words.guide_thresholds) }</p>
                }
            </div>
            if !state.can_show(step) {
                { waiting(props) }
            } else if step == LessonStep::Exercise {
                <LessonExercise state={state.clone()} dispatch={props.dispatch.clone()} />
            } else if let Some(report) = report.clone().filter(|_| step == LessonStep::Recovered) {
                <Recovered {report} marked={*marked} {mark} />
            } else if let Some(report) = report.filter(|_| step == LessonStep::Curve) {
                <Curve {report} marked={*marked} {mark} />
            } else {
                <div class="lesson-pictures">
                    { for pictures(state, step).into_iter().enumerate().map(
                        |(index, (drawing, name))| html! {
                            <figure key={format!("{}-{index}", step.number())}>
                                <Picture
                                    {drawing}
                                    label={name.clone()}
                                    testid={format!("lesson-canvas-{index}")}
                                />
                                <figcaption aria-hidden="true">{ name }</figcaption>
                            </figure>
                        },
                    ) }
                </div>
            }
        </>
    }
}

/// What a step is called.
pub fn step_name(step: LessonStep) -> &'static str {
    let words = lesson();
    match step {
        LessonStep::Photo => words.photo,
        LessonStep::Copies => words.copies,
        LessonStep::Gradients => words.gradients,
        LessonStep::Magnitudes => words.magnitudes,
        LessonStep::Variance => words.variance,
        LessonStep::Guide => words.guide,
        LessonStep::Map => words.map,
        LessonStep::Recovered => words.recovered,
        LessonStep::Curve => words.curve,
        LessonStep::Exercise => words.exercise,
    }
}

/// A map of the lesson in its own colours.
pub fn map_alone(image: &Shared<ImageCard>, map: &Shared<MapReport>, view: View) -> Drawing {
    Drawing::Map {
        image: image.clone(),
        map: Some(map.clone()),
        view: View {
            mode: MapView::Map,
            ..view
        },
        scale: None,
    }
}

/// A step's sentence and its formula.
fn template(state: &State, step: LessonStep) -> [&'static str; 2] {
    let words = lesson();
    match step {
        LessonStep::Photo => [words.photo_says, words.photo_formula],
        LessonStep::Copies => [words.copies_says, words.copies_formula],
        LessonStep::Gradients => [words.gradients_says, words.gradients_formula],
        LessonStep::Magnitudes => [words.magnitudes_says, words.magnitudes_formula],
        LessonStep::Variance => [words.variance_says, words.variance_formula],
        LessonStep::Guide => {
            let settings = state.settings_of(TAUGHT);
            let formula = if settings.real("percentile") == Some(0.0) {
                words.guide_open
            } else if settings.choice("damping") == Some("relative") {
                words.guide_formula_relative
            } else {
                words.guide_formula
            };
            [words.guide_says, formula]
        }
        LessonStep::Map => [words.map_says, words.map_formula],
        LessonStep::Recovered => [words.recovered_says, words.recovered_formula],
        LessonStep::Curve => [words.curve_says, words.curve_formula],
        LessonStep::Exercise => [words.exercise_says, ""],
    }
}

/// A sentence or a formula with this explanation's own numbers; dots where they are not known yet.
pub fn said(state: &State, template: &str) -> String {
    let words = lesson();
    let mut settings = state.settings_of(TAUGHT);
    if let Some(example) = state.example.as_ref().filter(|_| settings.0.is_empty()) {
        settings = example.settings.clone();
    }
    let number = |name: &str| settings.real(name).map(|value| value.to_string());
    let class = state.target.map(|target| state.class_name(target));
    let probability = state.classification.as_ref().and_then(|answer| {
        let probability = answer.probabilities.get(state.target?)?;
        Some(percent(f64::from(*probability)))
    });
    let view = state.image.as_ref().map(|image| &image.model_view);
    let material = state.lesson_material();
    let thresholds = material.map(|known| {
        let thresholds = known.thresholds.iter().map(|value| significant(*value));
        thresholds.collect::<Vec<_>>().join(", ")
    });
    let objective = match settings.choice("objective") {
        Some("loss") => words.objective_loss,
        Some("probability") => words.objective_probability,
        _ => words.objective_logit,
    };
    let result = state.lesson_result();
    let known = [
        ("class", class),
        ("percent", probability),
        ("width", view.map(|view| view.width.to_string())),
        ("height", view.map(|view| view.height.to_string())),
        ("objective", Some(objective.to_owned())),
        ("samples", number("samples")),
        ("spread", number("spread")),
        ("percentile", number("percentile")),
        ("thresholds", thresholds),
        (
            "shown",
            material.map(|known| known.copies.len().to_string()),
        ),
        (
            "score",
            result.map(|(_, report)| format!("{:.3}", report.score)),
        ),
    ];
    let values = known.map(|(name, value)| (name, value.unwrap_or_else(|| "…".to_owned())));
    fill(
        template,
        &values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    )
}

/// The pictures of a step with their names.
fn pictures(state: &State, step: LessonStep) -> Vec<(Drawing, String)> {
    let words = lesson();
    let Some(image) = &state.image else {
        return Vec::new();
    };
    let alone = |map: &Shared<MapReport>| map_alone(image, map, state.view);
    let over = |map: Option<Shared<MapReport>>| Drawing::Map {
        image: image.clone(),
        map,
        view: View {
            mode: MapView::Overlay,
            ..state.view
        },
        scale: None,
    };
    let known = state.lesson_material();
    let of_steps = |show: &dyn Fn(&LessonMaterial) -> Vec<(Drawing, String)>| {
        known.map(show).unwrap_or_default()
    };
    match step {
        LessonStep::Photo => vec![(over(None), words.photo_alt.to_owned())],
        LessonStep::Copies => of_steps(&|known| {
            numbered(&known.copies, words.copy_name, |copy| {
                Drawing::Pixels(copy.clone())
            })
        }),
        LessonStep::Gradients => of_steps(&|known| {
            let signed = View {
                colormap: Colormap::BlueOrange,
                ..state.view
            };
            numbered(&known.gradients, words.gradient_name, |map| {
                map_alone(image, map, signed)
            })
        }),
        LessonStep::Magnitudes => of_steps(&|known| {
            let mut all = numbered(&known.magnitudes, words.magnitude_name, alone);
            all.push((alone(&known.mean_magnitude), said(state, words.mean_name)));
            all
        }),
        LessonStep::Variance => {
            of_steps(&|known| vec![(alone(&known.variance), said(state, words.variance_name))])
        }
        LessonStep::Guide => of_steps(&|known| {
            vec![
                (alone(&known.above), said(state, words.above_name)),
                (alone(&known.weight), words.weight_name.to_owned()),
            ]
        }),
        LessonStep::Map => state.lesson_result().map_or_else(Vec::new, |(map, _)| {
            vec![
                (alone(&map), words.map_name.to_owned()),
                (over(Some(map)), words.overlay_name.to_owned()),
            ]
        }),
        LessonStep::Recovered | LessonStep::Curve | LessonStep::Exercise => Vec::new(),
    }
}

fn numbered<T>(
    values: &[T],
    name: &str,
    drawing: impl Fn(&T) -> Drawing,
) -> Vec<(Drawing, String)> {
    let numbers = (1..).map(|number: usize| fill(name, &[("number", &number.to_string())]));
    values.iter().map(drawing).zip(numbers).collect()
}

/// What the pictures wait for.
fn waiting(props: &LessonStepProps) -> Html {
    let (state, words) = (&props.state, lesson());
    let button = |label: &'static str, testid: &'static str, action: Action| {
        html! {
            <button
                class="button"
                type="button"
                data-testid={testid}
                onclick={props.dispatch.reform(move |_: MouseEvent| action.clone())}
            >
                { label }
            </button>
        }
    };
    let go_on = || {
        button(
            words.go_on,
            "lesson-go",
            Action::Lesson(LessonAction::Retry),
        )
    };
    let share = state.progress.as_ref().and_then(Progress::share);
    let (text, tool) = if let Some(failure) = state.lesson_failure() {
        (failure.to_string(), go_on())
    } else if state.lesson.stopped {
        (words.stopped.to_owned(), go_on())
    } else if state.run.is_none() {
        (words.waits.to_owned(), html! {})
    } else {
        let bar = html! {
            <>
                <progress
                    max="1"
                    value={share.map(|share| format!("{share:.3}"))}
                    aria-label={words.computing}
                />
                { button(words.stop, "lesson-stop", Action::Cancel) }
            </>
        };
        (words.computing.to_owned(), bar)
    };
    html! {
        <div class="lesson-waiting">
            <p role="status" data-testid="lesson-waiting">{ text }</p>
            { tool }
        </div>
    }
}
