//! Maps that know nothing of the model: what a method must beat to mean anything.

use crate::{
    attribution::{
        AttributionError, Context, Method, NoiseSource, RawMap, controls,
        parameters::{choice, real, seed},
    },
    classifier::LocalFuture,
    protocol::{MethodDescription, ParameterDescription, Setting, citation, default_settings},
};

/// A control.
pub(super) enum Control {
    /// Uniform random numbers.
    Random,
    /// Edges of the image.
    Edge,
    /// A blob in the middle.
    Blob,
    /// Another method's map upside down.
    Inverted,
    /// Another method's map with high and low pixels swapped.
    Misplaced,
}

impl Method for Control {
    fn description(&self) -> MethodDescription {
        let (id, label, summary, parameters) = match self {
            Self::Random => (
                "control-random",
                "Control: random",
                "Uniform random numbers.",
                vec![seed()],
            ),
            Self::Edge => (
                "control-edge",
                "Control: edges",
                "Edges of the image (Sobel), without looking at the model.",
                vec![],
            ),
            Self::Blob => (
                "control-blob",
                "Control: centered blob",
                "A smooth blob in the middle of the image.",
                vec![],
            ),
            Self::Inverted => (
                "control-inverted",
                "Control: inverted",
                "Another method's map with high and low exchanged.",
                vec![of(), seed()],
            ),
            Self::Misplaced => (
                "control-misplaced",
                "Control: misplaced",
                "Another method's map with pixels just below its top swapped for its lowest.",
                vec![
                    of(),
                    real(
                        "remain",
                        "Left alone",
                        "Share of the highest pixels that stay where they are.",
                        [0.0, 1.0],
                        0.07,
                        0.01,
                    ),
                    real(
                        "moved",
                        "Swapped",
                        "Share of the pixels below those that change places with the lowest.",
                        [0.0, 0.5],
                        0.1,
                        0.01,
                    ),
                    seed(),
                ],
            ),
        };
        let asked_for = citation::SANITY_CHECKS.cite_for("Controls asked for in");
        MethodDescription {
            id: id.to_owned(),
            label: label.to_owned(),
            summary: summary.to_owned(),
            citations: match self {
                Self::Misplaced => vec![
                    asked_for,
                    citation::GUIDED_ABSOLUTE_GRAD.cite_for("Misplaced maps"),
                ],
                _ => vec![asked_for],
            },
            cost: match self {
                Self::Inverted | Self::Misplaced => "the other method's gradients".to_owned(),
                _ => "no gradient".to_owned(),
            },
            parameters,
        }
    }

    fn explain<'a>(
        &'a self,
        cx: &'a Context<'a>,
    ) -> LocalFuture<'a, Result<RawMap, AttributionError>> {
        Box::pin(async move {
            let size = cx.image.size;
            let seed = cx.settings.integer("seed").unwrap_or(0);
            let values = match self {
                Self::Random => controls::random_map(size, seed),
                Self::Edge => controls::edge_map(cx.image),
                Self::Blob => controls::blob_map(size),
                Self::Inverted => controls::inverted(&other_map(cx, seed).await?.values),
                Self::Misplaced => {
                    let (remain, moved) = (cx.real("remain")?, cx.real("moved")?);
                    let map = other_map(cx, seed).await?;
                    controls::misplaced(&map.values, remain, moved, seed)
                }
            };
            Ok(RawMap::from_values(size, values))
        })
    }
}

fn of() -> ParameterDescription {
    choice(
        "of",
        "Of",
        "The method whose map is changed; it runs with its default settings.",
        &[
            "guided-absolute-grad",
            "absolutegrad",
            "vargrad",
            "smoothgrad",
            "smoothgrad-squared",
            "gradient",
            "gradient-x-input",
            "guided-backprop",
            "integrated-gradients",
            "guided-ig",
            "blur-ig",
            "idgi",
        ],
    )
}

async fn other_map(cx: &Context<'_>, seed: u64) -> Result<RawMap, AttributionError> {
    let id = cx.settings.choice("of").unwrap_or_default();
    let method = super::find(id).ok_or_else(|| AttributionError::UnknownMethod(id.to_owned()))?;
    let mut settings = default_settings(&method.description());
    if settings.integer("seed").is_some() {
        settings.set("seed", Setting::Integer(seed));
    }
    // Stored noise may hold fewer samples than the method takes by default.
    if let (NoiseSource::Stored { samples, .. }, Some(wanted)) =
        (cx.noise, settings.integer("samples"))
    {
        settings.set("samples", Setting::Integer(wanted.min(*samples as u64)));
    }
    let cx = Context {
        settings: &settings,
        ..*cx
    };
    method.explain(&cx).await
}
