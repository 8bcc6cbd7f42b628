//! Guided Backprop: the gradient with negative influence cut off at every rectifier.

use crate::{
    attribution::{
        AttributionError, Context, Method, RawMap,
        parameters::{LOGIT_FIRST, choice, objective},
    },
    classifier::{BackwardRule, GuidedSign, LocalFuture, Rectifiers},
    protocol::MethodDescription,
};

/// What to say where the rule meets no rectifier, so that nobody takes the map for more than it is.
fn untouched(found: Rectifiers, rule: BackwardRule) -> Option<String> {
    let BackwardRule::Guided { sign, relu6 } = rule else {
        return None;
    };
    if sign == GuidedSign::Both || found.relu > 0 || (relu6 && found.relu6 > 0) {
        return None;
    }
    let mut note =
        "The model has no ReLU, so Guided Backprop changes nothing: this is the vanilla \
                    gradient."
            .to_owned();
    if found.relu6 > 0 {
        note += &format!(
            " It has {} clips to 0..6, which the option ReLU6 treats as ReLU.",
            found.relu6
        );
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
            citation: "Springenberg et al.: Striving for Simplicity: The All Convolutional Net, \
                       2014, arXiv 1412.6806"
                .to_owned(),
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
            };
            let source = cx.gradients.with(cx.objective(), rule);
            let gradient: Vec<f64> = source
                .at(cx.image)
                .await?
                .into_iter()
                .map(f64::from)
                .collect();
            let mut map = RawMap::from_attribution(cx.image.size, &gradient);
            map.note = source.rectifiers().and_then(|found| untouched(found, rule));
            Ok(map)
        })
    }
}
