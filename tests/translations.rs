//! Everything methods and measures say of themselves can be said in every language of the page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use gradlens::{
    app::strings::is_translated,
    engine::Engine,
    protocol::{MeasureOffer, MethodDescription, ParameterDescription},
};

fn of_parameters(parameters: &[ParameterDescription], said: &mut Vec<String>) {
    for parameter in parameters {
        said.extend([parameter.label.clone(), parameter.meaning.clone()]);
    }
}

fn of_methods(methods: &[MethodDescription], said: &mut Vec<String>) {
    for method in methods {
        said.extend([
            method.label.clone(),
            method.summary.clone(),
            method.cost.clone(),
        ]);
        of_parameters(&method.parameters, said);
    }
}

fn of_measures(measures: &[MeasureOffer], said: &mut Vec<String>) {
    for offer in measures {
        let known = &offer.description;
        said.extend([
            known.label.clone(),
            known.summary.clone(),
            known.cost.clone(),
        ]);
        of_parameters(&known.parameters, said);
        for score in &known.scores {
            said.extend([score.label.clone(), score.summary.clone()]);
        }
    }
}

#[test]
fn every_description_is_translated() {
    let mut said = Vec::new();
    of_methods(&Engine::methods(), &mut said);
    of_measures(&Engine::measures(), &mut said);
    assert!(said.len() > 100, "the descriptions were found");
    said.retain(|sentence| !is_translated(sentence));
    said.dedup();
    assert_eq!(
        said,
        Vec::<String>::new(),
        "add these to src/app/strings/descriptions.rs"
    );
}
