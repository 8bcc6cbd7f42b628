//! The Python script of a map has the map's own settings in it.

use super::*;
use crate::app::recompute;

#[test]
fn the_script_holds_what_the_map_was_made_with() {
    let (mut state, job) = explaining();
    assert_eq!(recompute::script(&state), None, "there is no map yet");
    finish(&mut state, job, 20);
    let commands = state.update(percentile(70.5));
    let (job, _) = posted(&commands, is_explain).unwrap();
    finish(&mut state, job, 0);
    let labels = ["a", "b \"c\"\n", "d"].map(str::to_owned).to_vec();
    state.update(A::Labels("three".to_owned(), labels));
    let script = recompute::script(&state).unwrap();
    for line in [
        r#"IMAGE = "a.jpg""#,
        r#"MODEL = "efficientnet-lite0.onnx""#,
        "TARGET = 1",
        r#"TARGET_NAME = "b \"c\"\n""#,
        r#"METHOD = "guided-absolute-grad""#,
        r#"SETTINGS = {"percentile":70.5,"samples":20}"#,
        "SIZE = [2,2]",
        "SHORTER_SIDE = 0",
        "MEAN = [0.0,0.0,0.0]",
        "CHANNELS = [[1.0,0.0,0.0,0.0],[0.0,1.0,0.0,0.0],[0.0,0.0,1.0,0.0]]",
    ] {
        assert!(
            script.lines().any(|found| found == line),
            "{line}\n{script}"
        );
    }
}

#[test]
fn a_method_of_another_kind_has_no_script() {
    let (mut state, job) = explaining();
    finish(&mut state, job, 20);
    assert!(recompute::script(&state).is_some());
    let mut other = (**state.map.as_ref().unwrap()).clone();
    other.method = "blur-ig".to_owned();
    state.map = Some(Shared::new(other));
    assert_eq!(recompute::script(&state), None);
}
