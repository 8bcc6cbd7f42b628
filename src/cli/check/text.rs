//! The page that a check prints.

use std::fmt::Write;

use crate::protocol::{
    CheckOutcome, CheckReport, GradientCheck, LeftOut, ScoreCheck, SlopeCheck, Verdict,
};

/// The page about a model, a part for each device.
pub fn page(model: &str, outcomes: &[CheckOutcome]) -> String {
    let mut page = String::new();
    for outcome in outcomes {
        match outcome {
            CheckOutcome::NotRun { program, reason } => {
                page += &format!("{model} was not checked: {program} cannot run it: {reason}.\n");
            }
            CheckOutcome::Compared(report) => part(&mut page, model, report),
        }
    }
    page
}

fn part(page: &mut String, model: &str, report: &CheckReport) {
    let CheckReport {
        program,
        device,
        scores,
        gradient,
    } = report;
    let mut line = |text: String| {
        // Writing to text does not fail.
        let _ = writeln!(page, "{text}");
    };
    line(format!(
        "{model} on {}, compared with {program}",
        device.name
    ));
    line(format!(
        "  Scores: {}",
        if scores.agree { "agree" } else { "DISAGREE" }
    ));
    for text in of_scores(scores) {
        line(format!("    {text}"));
    }
    match gradient {
        GradientCheck::LeftOut(reason) => {
            line("  Gradient: not compared".to_owned());
            line(format!("    {}", left_out(*reason)));
        }
        GradientCheck::Compared(check) => {
            let verdict = match check.verdict {
                Verdict::Agrees => "agrees",
                Verdict::Disagrees => "DISAGREES",
                Verdict::TooCoarse => "cannot be told",
            };
            line(format!("  Gradient of class {}: {verdict}", check.target));
            for text in of_slopes(check) {
                line(format!("    {text}"));
            }
        }
    }
}

fn of_scores(scores: &ScoreCheck) -> [String; 2] {
    let list = |classes: &[usize]| {
        let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
        classes.join(", ")
    };
    let likeliest = if scores.likeliest == scores.likeliest_there {
        format!(
            "the likeliest classes are the same: {}",
            list(&scores.likeliest)
        )
    } else {
        format!(
            "the likeliest classes are {} here and {} there{}",
            list(&scores.likeliest),
            list(&scores.likeliest_there),
            if scores.likeliest_agree {
                ", which differ by ties alone"
            } else {
                ""
            }
        )
    };
    [
        format!(
            "largest difference of {} scores {:.2e}, {:.1e} of their spread of {:.4} (at most {:.0e})",
            scores.classes,
            scores.largest_difference,
            scores.relative_difference,
            scores.spread,
            scores.tolerance
        ),
        likeliest,
    ]
}

fn of_slopes(check: &SlopeCheck) -> [String; 4] {
    let percent = |share: f64| format!("{:.3} %", 100.0 * share);
    [
        format!(
            "slopes along {} random directions beside central differences of its score in {} precision, step {:.2e}",
            check.directions.len(),
            if check.in_double { "double" } else { "single" },
            check.step
        ),
        format!(
            "differences of {} of the usual slope in the median and {} at most",
            percent(check.median_difference),
            percent(check.largest_difference)
        ),
        format!(
            "expected of the differences themselves: {} (scores rounded by {:.1e}, the step's truncation, corners)",
            percent(check.expected_error),
            check.rounding
        ),
        format!(
            "{} directions are off by more than {} times what is expected there ({} may be)",
            check.outside, check.multiple, check.outside_allowed
        ),
    ]
}

fn left_out(reason: LeftOut) -> &'static str {
    match reason {
        LeftOut::Quantised => {
            "the model is quantised: its gradient passes each rounding as if nothing was rounded, which differences \
             of rounded scores do not show"
        }
        LeftOut::CoarseInput => {
            "the model takes numbers too coarse for the small steps of differences"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DeviceKind, DeviceReport};

    fn report(gradient: GradientCheck) -> CheckOutcome {
        CheckOutcome::Compared(Box::new(CheckReport {
            program: "tract 9".to_owned(),
            device: DeviceReport {
                kind: DeviceKind::Cpu,
                name: "CPU".to_owned(),
                rejected: None,
            },
            scores: ScoreCheck {
                classes: 10,
                largest_difference: 1e-6,
                spread: 8.0,
                relative_difference: 1.25e-7,
                tolerance: 1e-3,
                likeliest: vec![4, 2],
                likeliest_there: vec![4, 2],
                likeliest_agree: true,
                agree: true,
            },
            gradient,
        }))
    }

    #[test]
    fn a_page_says_what_was_found() {
        let compared = report(GradientCheck::Compared(Box::new(SlopeCheck {
            target: 4,
            in_double: true,
            step: 1e-3,
            rounding: 1e-6,
            directions: Vec::new(),
            usual_slope: 1.0,
            median_difference: 0.001,
            largest_difference: 0.002,
            expected_error: 0.003,
            multiple: 4.0,
            outside: 5,
            outside_allowed: 4,
            verdict: Verdict::Disagrees,
        })));
        let left_out = report(GradientCheck::LeftOut(LeftOut::Quantised));
        let not_run = CheckOutcome::NotRun {
            program: "tract 9".to_owned(),
            reason: "it has no operator Foo".to_owned(),
        };
        let page = page("m.onnx", &[compared, left_out, not_run]);
        for part in [
            "m.onnx on CPU, compared with tract 9",
            "Scores: agree",
            "the same: 4, 2",
            "Gradient of class 4: DISAGREES",
            "5 directions",
            "0.100 %",
            "the model is quantised",
            "cannot run it: it has no operator Foo.",
        ] {
            assert!(page.contains(part), "{part} is not in\n{page}");
        }
    }
}
