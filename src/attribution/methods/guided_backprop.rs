//! Guided Backprop: the gradient with negative influence cut off at every rectifier.

use crate::{
    attribution::{
        AttributionError, Context, Method, RawMap,
        parameters::{LOGIT_FIRST, choice, objective},
    },
    classifier::{BackwardRule, GuidedSign, LocalFuture, Rectifiers},
    protocol::{MethodDescription, citation},
};

/// What to say where the rule meets no rectifier, or others than the published one, so that nobody takes the map for
/// more than it is.
fn remark(found: Rectifiers, rule: BackwardRule) -> Option<String> {
    let BackwardRule::Guided { sign, relu6, silu } = rule else {
        return None;
    };
    if sign == GuidedSign::Both {
        return None;
    }
    // Kinds beside ReLU that the model has: how many, their name, and whether they count.
    let others = [
        (found.relu6, "clips to 0..6", "ReLU6", relu6),
        (
            found.silu,
            "SiLU, Hardswish, GELU or Mish steps",
            "SiLU",
            silu,
        ),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0);
    let counted: Vec<String> = others
        .clone()
        .filter(|(.., on)| *on)
        .map(|(count, name, ..)| format!("{count} {name}"))
        .collect();
    if !counted.is_empty() {
        return Some(format!(
            "A variant of Guided Backprop: {} count as ReLU.",
            counted.join(" and ")
        ));
    }
    if found.relu > 0 {
        return None;
    }
    let mut note =
        "The model has no ReLU, so Guided Backprop changes nothing: this is the vanilla \
                    gradient."
            .to_owned();
    for (count, name, option, _) in others {
        note += &format!(" It has {count} {name}, which the option {option} treats as ReLU.");
    }
    Some(note)
}

/// `sum_c |g_GB(x)|`, where the gradient entering each ReLU's mask is cut to one sign after it.
///
/// A network without rectifiers is not touched by the rule: the map is then the vanilla gradient.
pub(super) struct GuidedBackprop;

impl Method for GuidedBackprop {
    fn description(&self) -> MethodDescription {
        MethodDescription {
            id: "guided-backprop".to_owned(),
            label: "Guided Backprop".to_owned(),
            summary: "The gradient with one sign cut off at every ReLU on the way back. Where the \
                      model has no ReLU it is the vanilla gradient."
                .to_owned(),
            citations: vec![citation::GUIDED_BACKPROP.cite()],
            cost: "1 gradient".to_owned(),
            parameters: vec![
                choice(
                    "rule",
                    "Rule",
                    "What passes back through a rectifier: positive gradients (as published), \
                     negative ones, both (the vanilla gradient), or magnitudes.",
                    &["positive", "negative", "both", "absolute"],
                ),
                choice(
                    "relu6",
                    "ReLU6 too",
                    "Whether clips to 0..6 count as rectifiers. The authors leave them alone.",
                    &["off", "on"],
                ),
                choice(
                    "silu",
                    "SiLU too",
                    "Whether SiLU, Hardswish, GELU and Mish count as rectifiers: the gradient is cut \
                     to one sign behind their own slope. The authors leave them alone.",
                    &["off", "on"],
                ),
                objective(LOGIT_FIRST),
            ],
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let rule = BackwardRule::Guided {
                sign: match cx.settings.choice("rule") {
                    Some("negative") => GuidedSign::Negative,
                    Some("both") => GuidedSign::Both,
                    Some("absolute") => GuidedSign::Absolute,
                    _ => GuidedSign::Positive,
                },
                relu6: cx.settings.choice("relu6") == Some("on"),
                silu: cx.settings.choice("silu") == Some("on"),
            };
            let source = cx.gradients.with(cx.objective(), rule);
            let gradient: Vec<f64> = source
                .at(cx.image)
                .await?
                .into_iter()
                .map(f64::from)
                .collect();
            let mut map = RawMap::from_attribution(cx.image.size, &gradient);
            map.note = source.rectifiers().and_then(|found| remark(found, rule));
            Ok(map)
        })
    }
}
