//! `Loop` (<https://onnx.ai/onnx/operators/onnx__Loop.html>) and `Scan`
//! (<https://onnx.ai/onnx/operators/onnx__Scan.html>) that run a known number of times: as many copies of their body.

use super::{
    branches::known,
    inlining::{inline, inner},
    writer::{Writer, needed},
};
use crate::onnx::{Attribute, Node, Subgraph};

/// Copies of a body.
const MOST_ROUNDS: i64 = 1024;

/// Nodes that all copies of one body may have together.
const MOST_NODES: usize = 1 << 16;

/// What to do about control flow that cannot be written out.
pub const TRACE: &str =
    "export the model by tracing it, not by scripting it, so that what depends on values is fixed";

/// `Loop`.
pub fn unroll(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    let body = inner(node, "body")?;
    let own = body.first_capture;
    let carried = own.saturating_sub(2);
    if body.inputs.len() != carried + 2 || body.outputs.len() < carried + 1 {
        return Err("its body has another number of inputs or outputs than it".to_owned());
    }
    if !goes_on(writer, node, body) {
        return Err(format!(
            "it ends when a computed condition says so; {TRACE}"
        ));
    }
    let rounds = match node.input(1).and_then(|name| known(writer, name)) {
        Some(false) => 0,
        _ => {
            let count = node
                .input(0)
                .ok_or_else(|| format!("it has no number of rounds; {TRACE}"))?;
            let tensor = writer.constant(Some(count));
            let count = tensor.map(|tensor| tensor.integers());
            match count.as_deref() {
                Some(&[count]) => count.max(0),
                _ => {
                    return Err(format!(
                        "how often it runs is computed from the image or its size; {TRACE}"
                    ));
                }
            }
        }
    };
    check_size(rounds, body)?;
    let mut state: Vec<String> = (0..carried)
        .map(|index| needed(node, index + 2).map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let scanned = body.outputs.len() - carried - 1;
    let mut collected: Vec<Vec<String>> = vec![Vec::new(); scanned];
    let always = writer.op("Constant", &[], [("value_int", Attribute::Int(1))]);
    for round in 0..rounds {
        let mut inputs = vec![writer.integer(round), always.clone()];
        inputs.append(&mut state);
        let made = copy(writer, node, body, round, &inputs);
        state = made[1..=carried].to_vec();
        for (parts, part) in collected.iter_mut().zip(&made[carried + 1..]) {
            parts.push(part.clone());
        }
    }
    put_out(node, writer, &state, &collected, &vec![0; scanned])
}

fn check_size(rounds: i64, body: &Subgraph) -> Result<(), String> {
    let each = body.all_nodes();
    let nodes = (rounds as usize).saturating_mul(each.max(1));
    if rounds > MOST_ROUNDS || nodes > MOST_NODES {
        return Err(format!(
            "it runs {rounds} times a body of {each} nodes, which is too large to be written out"
        ));
    }
    Ok(())
}

/// Whether the condition to go on is true after every round: the one that came in, or a constant.
fn goes_on(writer: &Writer<'_>, node: &Node, body: &Subgraph) -> bool {
    let Some(mut name) = body.outputs.first() else {
        return false;
    };
    loop {
        if Some(name) == body.inputs.get(1) {
            return true;
        }
        if let Some(tensor) = body.initializers.get(name) {
            return tensor.integers() == [1];
        }
        if let Some(place) = body.captured.iter().position(|captured| captured == name) {
            let value = node.inputs.get(body.places[place]);
            return value.and_then(|value| known(writer, value)) == Some(true);
        }
        let maker = body
            .nodes
            .iter()
            .find(|inner| inner.outputs.first() == Some(name));
        match maker.map(|maker| (maker.op.as_str(), maker)) {
            Some(("Identity", maker)) => match maker.inputs.first() {
                Some(input) => name = input,
                None => return false,
            },
            Some(("Cast", maker)) if maker.attributes.int("to", 0) == Ok(9) => {
                match maker.inputs.first() {
                    Some(input) => name = input,
                    None => return false,
                }
            }
            Some(("Constant", maker)) => {
                return match maker.attributes.get("value") {
                    Some(Attribute::Tensor(tensor)) => tensor.integers() == [1],
                    _ => maker.attributes.int("value_int", 0) == Ok(1),
                };
            }
            _ => return false,
        }
    }
}

fn copy(
    writer: &mut Writer<'_>,
    node: &Node,
    body: &Subgraph,
    round: i64,
    inputs: &[String],
) -> Vec<String> {
    let prefix = format!("{}.{round}", node.name_of_first_output());
    inline(writer, body, &prefix, inputs, |_, place| {
        node.inputs.get(place).cloned().unwrap_or_default()
    })
}

/// Puts out the last state, and behind it what was collected, put together along new axes.
fn put_out(
    node: &Node,
    writer: &mut Writer<'_>,
    state: &[String],
    collected: &[Vec<String>],
    axes: &[i64],
) -> Result<(), String> {
    for (index, output) in node.outputs.iter().enumerate() {
        if output.is_empty() {
            continue;
        }
        if let Some(value) = state.get(index) {
            writer.put(output, "Identity", &[value], []);
            continue;
        }
        let scan = index - state.len();
        let (Some(parts), Some(&axis)) = (collected.get(scan), axes.get(scan)) else {
            return Err("it has more outputs than its body".to_owned());
        };
        if parts.is_empty() {
            return Err("it collects values of no rounds at all".to_owned());
        }
        let parts: Vec<String> = parts
            .iter()
            .map(|part| writer.unsqueeze(part, axis))
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        writer.put(output, "Concat", &parts, [("axis", Attribute::Int(axis))]);
    }
    Ok(())
}

/// `Scan` over constants or tensors whose length is known beforehand.
pub fn scan(node: &Node, writer: &mut Writer<'_>) -> Result<(), String> {
    if writer.opset() < 9 {
        return Err(format!(
            "its form before operator set 9 is not supported; {TRACE}"
        ));
    }
    let body = inner(node, "body")?;
    let own = body.first_capture;
    let scanned = node.attributes.int("num_scan_inputs", 0)?;
    let scanned = usize::try_from(scanned)
        .ok()
        .filter(|&count| count > 0 && count <= own)
        .ok_or_else(|| format!("its number of scanned inputs is {scanned}"))?;
    let carried = own - scanned;
    if body.inputs.len() != own || body.outputs.len() < carried {
        return Err("its body has another number of inputs or outputs than it".to_owned());
    }
    let collected_count = body.outputs.len() - carried;
    let list = |name: &str, count: usize| -> Result<Vec<i64>, String> {
        match node.attributes.ints(name)? {
            None => Ok(vec![0; count]),
            Some(values) if values.len() == count => Ok(values.to_vec()),
            Some(values) => Err(format!("its {name} has {} numbers", values.len())),
        }
    };
    let input_axes = list("scan_input_axes", scanned)?;
    let input_backwards = list("scan_input_directions", scanned)?;
    let output_axes = list("scan_output_axes", collected_count)?;
    let output_backwards = list("scan_output_directions", collected_count)?;
    let rounds = (0..scanned).find_map(|index| {
        let tensor = writer.constant(node.input(carried + index))?;
        let rank = tensor.shape.len() as i64;
        let axis = input_axes[index];
        let axis = if axis < 0 { axis + rank } else { axis };
        tensor.shape.get(usize::try_from(axis).ok()?).copied()
    });
    let Some(rounds) = rounds else {
        return Err(format!(
            "how often it runs is computed from the image or its size; {TRACE}"
        ));
    };
    let rounds = i64::try_from(rounds).unwrap_or(i64::MAX);
    check_size(rounds, body)?;
    let mut state: Vec<String> = (0..carried)
        .map(|index| needed(node, index).map(str::to_owned))
        .collect::<Result<_, _>>()?;
    let mut collected: Vec<Vec<String>> = vec![Vec::new(); collected_count];
    for round in 0..rounds {
        let mut inputs = std::mem::take(&mut state);
        for index in 0..scanned {
            let at = if input_backwards[index] == 0 {
                round
            } else {
                rounds - 1 - round
            };
            let at = writer.integer(at);
            let axis = [("axis", Attribute::Int(input_axes[index]))];
            let whole = needed(node, carried + index)?;
            inputs.push(writer.op("Gather", &[whole, &at], axis));
        }
        let made = copy(writer, node, body, round, &inputs);
        state = made[..carried].to_vec();
        for (parts, part) in collected.iter_mut().zip(&made[carried..]) {
            parts.push(part.clone());
        }
    }
    for (parts, backwards) in collected.iter_mut().zip(output_backwards) {
        if backwards != 0 {
            parts.reverse();
        }
    }
    put_out(node, writer, &state, &collected, &output_axes)
}
