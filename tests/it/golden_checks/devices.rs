//! The same seed gives the same map, whatever computes the gradients.

use gradlens::{
    attribution::methods,
    classifier::{Classifier, NormImage, Size},
    protocol::{MethodDescription, ParameterKind},
};
use serde_json::json;

use super::{
    Difference,
    analytic::{Bench, settings},
};
use crate::stored::array;

/// Every method with every process, by two devices that hold the tiny network.
pub async fn check_agreement(one: &dyn Classifier, other: &dyn Classifier) {
    let input = array("tiny/input.npy");
    let image = NormImage {
        size: Size::colour(input.shape[2], input.shape[3]),
        values: input.values,
    };
    let (one, other) = (Bench::new(one, &image), Bench::new(other, &image));
    let mut wrong = Vec::new();
    let mut maps = 0;
    for method in methods() {
        let description = method.description();
        let id = description.id.as_str();
        // Its path begins at a plain image, where a network of convolutions has exactly tied
        // gradients: rounding decides which values move first.
        if id == "guided-ig" {
            continue;
        }
        // As for the stored maps: Blur IG divides small differences by a small step.
        let tolerance = match id {
            "blur-ig" => json!({"abs": 5e-3, "max_outlier_fraction": 0.005}),
            _ => json!({"abs": 2e-5, "max_outlier_fraction": 0.005}),
        };
        for process in processes(&description) {
            let given = [
                ("seed", "5"),
                ("samples", "8"),
                ("steps", "4"),
                ("process", &process),
            ];
            let known = given.into_iter().filter(|(name, _)| {
                let parameters = &description.parameters;
                parameters.iter().any(|parameter| parameter.name == *name)
            });
            let given = settings(&known.collect::<Vec<_>>());
            let a = one.explanation(id, 1, &given, &|_, _, _| {}).await.unwrap();
            let b = other.explanation(id, 1, &given, &|_, _, _| {}).await;
            let (a, b) = (a.normalise(), b.unwrap().normalise());
            let found = Difference::new(&a.values, &b.values, &tolerance);
            println!("{id} {process}: {found:?}");
            if !found.is_within(&tolerance) {
                wrong.push(format!("{id} {process}: {found:?}"));
            }
            maps += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(maps > 30, "only {maps} maps were compared");
}

/// The processes of a method; one nameless where it has none.
fn processes(method: &MethodDescription) -> Vec<String> {
    let process = method.parameters.iter().find(|p| p.name == "process");
    match process.map(|process| &process.kind) {
        Some(ParameterKind::Choice { options }) => options.clone(),
        _ => vec![String::new()],
    }
}
