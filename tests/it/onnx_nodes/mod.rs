//! ONNX's own node tests, as its Python package ships them, for every operator on the CPU.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod expected;

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use crate::support::block_on;
use burn_flex::{Flex, FlexDevice};
use expected::Expected;
use gradlens::{
    network::{Evaluated, evaluate, operator_names},
    onnx::{
        ElementType, Graph, Initializer, OnnxError, Port, is_written_out, parse, parse_tensor,
        simplify,
    },
};

/// The tolerance of ONNX's own test runner: this much of the expected value, and a little for zeros.
const RELATIVE: f64 = 1e-3;
const ABSOLUTE: f64 = 1e-7;

/// Names the folder; `make onnx-node-tests` sets it.
const VARIABLE: &str = "ONNX_NODE_TESTS";

/// How the reason begins why a test may come out otherwise: its own data contradict the operator's page.
const WRONG_DATA: &str = "its data is wrong: ";

/// What became of one test.
enum Outcome {
    Passed,
    /// It uses this operator, which is not claimed.
    Unclaimed(String),
    /// It holds values of a kind that networks here do not have.
    Foreign(String),
    /// It was refused with this sentence, which may be as it should.
    Refused(String),
    /// It came out wrong, which is never as it should.
    Wrong(String),
}

fn folder() -> PathBuf {
    let folder = std::env::var_os(VARIABLE).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| {
        panic!(
            "{VARIABLE} is not set: run `make onnx-node-tests`, which installs ONNX's node tests"
        )
    });
    assert!(
        folder.join("test_relu/model.onnx").exists(),
        "{} does not hold ONNX's node tests: run `make onnx-node-tests`",
        folder.display()
    );
    folder
}

/// Whether an operator runs here; constants are gathered before anything runs.
fn is_claimed(op: &str) -> bool {
    matches!(op, "Constant" | "Split") || is_written_out(op) || operator_names().contains(&op)
}

fn tensor(path: &Path) -> Result<Initializer, OnnxError> {
    parse_tensor(fs::read(path).unwrap().into())
}

/// The tensors `input_0.pb`, `input_1.pb`, ... or `output_0.pb`, ... of a data set.
fn tensors(data: &Path, kind: &str, count: usize) -> Result<Vec<Initializer>, String> {
    (0..count)
        .map(|index| {
            let path = data.join(format!("{kind}_{index}.pb"));
            if !path.exists() {
                return Err(format!("it has no {kind} {index}"));
            }
            tensor(&path).map_err(|error| format!("{kind} {index}: {error}"))
        })
        .collect()
}

/// numpy knows no bfloat16, so the package stores its bits as whole numbers.
fn as_declared(mut tensors: Vec<Initializer>, ports: &[Port]) -> Vec<Initializer> {
    for (tensor, port) in tensors.iter_mut().zip(ports) {
        let bits = tensor.element_type == ElementType::U16;
        if bits && port.element_type == Some(ElementType::Bf16) {
            tensor.element_type = ElementType::Bf16;
        }
    }
    tensors
}

fn run(test: &Path) -> Outcome {
    let mut graph = match parse(fs::read(test.join("model.onnx")).unwrap().into()) {
        Ok(graph) => graph,
        Err(error) => return Outcome::Foreign(error.to_string()),
    };
    if let Some(node) = graph.nodes.iter().find(|node| !is_claimed(&node.op)) {
        return Outcome::Unclaimed(node.op.clone());
    }
    // Values left out by name count no file.
    let outputs: Vec<String> = graph.outputs.iter().map(|port| port.name.clone()).collect();
    let output_ports = graph.outputs.clone();
    let on_grid = graph.nodes.iter().any(|node| {
        node.op.starts_with("QLinear")
            || matches!(node.op.as_str(), "ConvInteger" | "MatMulInteger")
    });
    simplify(&mut graph);
    let data = test.join("test_data_set_0");
    let inputs = match tensors(&data, "input", graph.inputs.len()) {
        Ok(inputs) => inputs,
        Err(reason) => return Outcome::Foreign(reason),
    };
    let expected = match tensors(&data, "output", outputs.len()) {
        Ok(expected) => as_declared(expected, &output_ports),
        Err(reason) => return Outcome::Foreign(reason),
    };
    let halves = |tensor: &Initializer| tensor.element_type == ElementType::Bf16;
    if expected.iter().any(halves) {
        return Outcome::Foreign("its output is bfloat16, and floats stay float32 here".to_owned());
    }
    let mut inputs = as_declared(inputs, &graph.inputs);
    // Values on a grid of whole numbers are real ones on the device.
    if let (true, Some(first)) = (on_grid, inputs.first_mut()) {
        *first = Initializer::from_floats(&first.name, first.shape.clone(), &first.floats());
    }
    let named: Vec<(String, Initializer)> = graph
        .inputs
        .iter()
        .map(|port| port.name.clone())
        .zip(inputs)
        .collect();

    // As in a network, where all but the first value of a node are weights; then with every value computed, which
    // an operator may refuse, but must not get wrong.
    let mut refusals = Vec::new();
    let mut passed = false;
    for constants_from in [1, named.len()] {
        let found = evaluated(&graph, &named, constants_from);
        match found {
            Err(reason) => refusals.push(reason),
            Ok(found) => match compare(&outputs, &expected, &found) {
                Ok(()) => passed = true,
                Err(reason) => return Outcome::Wrong(reason),
            },
        }
    }
    if passed {
        Outcome::Passed
    } else {
        Outcome::Refused(refusals.swap_remove(0))
    }
}

/// Runs the graph with the values from index `constants_from` on taken for weights.
fn evaluated(
    graph: &Graph,
    named: &[(String, Initializer)],
    constants_from: usize,
) -> Result<HashMap<String, Evaluated>, String> {
    let (given, constants) = named.split_at(constants_from.min(named.len()));
    let mut graph = graph.clone();
    graph.initializers.extend(constants.iter().cloned());
    // Constants are known when a network is built.
    simplify(&mut graph);
    let given = given.iter().cloned().collect();
    block_on(evaluate::<Flex>(&graph, &given, &FlexDevice))
}

fn compare(
    names: &[String],
    expected: &[Initializer],
    found: &HashMap<String, Evaluated>,
) -> Result<(), String> {
    for (name, expected) in names.iter().zip(expected) {
        let found = found
            .get(name)
            .ok_or_else(|| format!("output {name} is not computed"))?;
        if found.shape != expected.shape {
            return Err(format!(
                "output {name} has shape {:?} instead of {:?}",
                found.shape, expected.shape
            ));
        }
        let wanted = if expected.element_type.is_float() {
            expected.doubles()
        } else {
            expected.integers().into_iter().map(|v| v as f64).collect()
        };
        for (index, (&found, wanted)) in found.values.iter().zip(wanted).enumerate() {
            let same = found == wanted || (found.is_nan() && wanted.is_nan());
            if !same && (found - wanted).abs() > ABSOLUTE + RELATIVE * wanted.abs() {
                return Err(format!(
                    "output {name} is {found} instead of {wanted} at {index}"
                ));
            }
        }
    }
    Ok(())
}

/// The operator a test is listed under: its only one, or the function it is an expansion of.
fn group(test: &Path, name: &str) -> String {
    let graph = parse(fs::read(test.join("model.onnx")).unwrap().into());
    match graph {
        Ok(graph) if graph.nodes.len() == 1 => graph.nodes[0].op.clone(),
        _ if name.ends_with("_expanded") || name.contains("_expanded_") => "expanded".to_owned(),
        _ => "several".to_owned(),
    }
}

#[test]
fn every_claimed_operator_passes_onnx_own_tests() {
    let folder = folder();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| folder.join(name).join("model.onnx").exists())
        .collect();
    names.sort();
    let mut expected = Expected::read();
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    let (mut passed, mut skipped, mut other) = (0, 0, 0);
    let mut wrong = Vec::new();
    for name in &names {
        let test = folder.join(name);
        let outcome = run(&test);
        if let Outcome::Unclaimed(op) = &outcome {
            other += 1;
            // Functions of claimed operators that are written out in others are worth a line.
            if name.contains("_expanded") {
                println!("not run {name}: it uses {op}");
            }
            continue;
        }
        match (outcome, expected.reason(name)) {
            (Outcome::Passed, None) => {
                passed += 1;
                *groups.entry(group(&test, name)).or_default() += 1;
            }
            (Outcome::Passed, Some(_)) => wrong.push(format!("{name}: passes, but is skipped")),
            (Outcome::Refused(_), Some(reason)) | (Outcome::Foreign(reason), None) => {
                skipped += 1;
                println!("skipped {name}: {reason}");
            }
            (Outcome::Wrong(found), Some(reason)) if reason.starts_with(WRONG_DATA) => {
                skipped += 1;
                println!("skipped {name}: {reason} ({found})");
            }
            (Outcome::Refused(reason), None) => wrong.push(format!("{name}: refused: {reason}")),
            (Outcome::Wrong(reason), _) => wrong.push(format!("{name}: wrong: {reason}")),
            (Outcome::Foreign(reason), Some(_)) => {
                wrong.push(format!(
                    "{name}: is skipped, but cannot be read anyway: {reason}"
                ));
            }
            (Outcome::Unclaimed(_), _) => {}
        }
    }
    let unused = expected.unused();
    wrong.extend(
        unused
            .iter()
            .map(|name| format!("{name}: is skipped, but there is no such test")),
    );
    for (group, count) in &groups {
        println!("{group}: {count} passed");
    }
    println!(
        "ONNX node tests: {passed} passed, {skipped} skipped, {} failed; {other} are about other operators",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let before = expected.passes;
    assert!(passed >= before, "{passed} passed, but {before} did before");
}
