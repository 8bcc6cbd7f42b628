//! Which input takes the image and which output holds the class scores, where a file has several.

use std::collections::HashSet;

use super::{Dimension, ElementType, Graph, OnnxError, Port, reach, zeros::hold_at_zero};
use crate::protocol::{Layout, ModelOptions, ModelPorts, PortCard};

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The image input, as declared.
    pub input: Port,
    /// The output, as declared.
    pub output: Port,
    /// Order of the input's axes.
    pub layout: Layout,
    /// What the person should know, in sentences.
    pub warnings: Vec<String>,
}

/// The inputs and outputs of a file, each with the reason why it cannot be chosen.
pub fn ports(graph: &Graph) -> ModelPorts {
    let cards = |ports: &[Port], refusal: &dyn Fn(&Port) -> Option<String>| {
        ports
            .iter()
            .map(|port| PortCard {
                name: port.name.clone(),
                shape: port.shape.iter().map(ToString::to_string).collect(),
                element_type: type_name(port),
                refusal: refusal(port).unwrap_or_default(),
            })
            .collect()
    };
    let only_cast = only_cast(graph);
    ModelPorts {
        inputs: cards(&graph.inputs, &|port| input_refusal(&only_cast, port)),
        outputs: cards(&graph.outputs, &output_refusal),
    }
}

/// The name of a port's element type; empty where it is not declared.
pub fn type_name(port: &Port) -> String {
    port.element_type
        .map_or_else(String::new, |element| element.to_string())
}

/// Reduces the graph to one image input and one output: those chosen, else the only usable ones, else
/// the first usable output. Inputs not chosen that the output needs are held at 0.
///
/// # Errors
/// A choice that does not exist, nothing that can be used, or several inputs with no choice made.
pub fn select(graph: &mut Graph, options: &ModelOptions) -> Result<Selection, OnnxError> {
    let mut warnings = Vec::new();
    let output = select_output(graph, options.output.as_deref(), &mut warnings)?;
    let all_inputs = graph.inputs.clone();
    graph.outputs = vec![output.clone()];
    reach::prune(graph);
    if graph.inputs.is_empty() {
        let names: Vec<String> = all_inputs.iter().map(|input| input.name.clone()).collect();
        return Err(OnnxError::NoDependence {
            input: names.join(", "),
            output: output.name,
        });
    }
    let input = select_input(graph, &all_inputs, options.input.as_deref())?;
    let held: Vec<Port> = graph
        .inputs
        .iter()
        .filter(|port| port.name != input.name)
        .cloned()
        .collect();
    for port in held {
        warnings.push(hold_at_zero(graph, &port, &input)?);
    }
    graph.inputs = vec![input.clone()];
    reach::check_gradient_path(graph)?;
    let layout = options.layout.unwrap_or_else(|| layout_of(graph, &input));
    Ok(Selection {
        input,
        output,
        layout,
        warnings,
    })
}

fn select_output(
    graph: &Graph,
    chosen: Option<&str>,
    warnings: &mut Vec<String>,
) -> Result<Port, OnnxError> {
    let names = || graph.outputs.iter().map(|port| port.name.clone()).collect();
    if let Some(chosen) = chosen {
        let port = graph
            .outputs
            .iter()
            .find(|port| port.name == chosen)
            .ok_or_else(|| OnnxError::NoSuchPort {
                kind: "output",
                chosen: chosen.to_owned(),
                names: names(),
            })?;
        return match output_refusal(port) {
            Some(reason) => Err(OnnxError::NoOutput {
                reasons: vec![reasoned(port, &reason)],
            }),
            None => Ok(port.clone()),
        };
    }
    let usable = graph
        .outputs
        .iter()
        .find(|port| output_refusal(port).is_none());
    let Some(first) = usable else {
        return Err(OnnxError::NoOutput {
            reasons: graph
                .outputs
                .iter()
                .map(|port| reasoned(port, &output_refusal(port).unwrap_or_default()))
                .collect(),
        });
    };
    if graph.outputs.len() > 1 {
        let names: Vec<String> = names();
        warnings.push(format!(
            "The model has {} outputs ({}); the class scores are taken from {}.",
            names.len(),
            names.join(", "),
            first.name
        ));
    }
    Ok(first.clone())
}

/// `graph` holds only the inputs that the output needs, `all` those of the file.
fn select_input(graph: &Graph, all: &[Port], chosen: Option<&str>) -> Result<Port, OnnxError> {
    let only_cast = only_cast(graph);
    let names = |ports: &[Port]| ports.iter().map(|port| port.name.clone()).collect();
    let refused = |port: &Port, reason: &str| OnnxError::NoInput {
        reasons: vec![reasoned(port, reason)],
    };
    if let Some(chosen) = chosen {
        let Some(port) = all.iter().find(|port| port.name == chosen) else {
            return Err(OnnxError::NoSuchPort {
                kind: "input",
                chosen: chosen.to_owned(),
                names: names(all),
            });
        };
        if !graph.inputs.contains(port) {
            return Err(refused(port, "the output does not depend on it"));
        }
        return match input_refusal(&only_cast, port) {
            Some(reason) => Err(refused(port, &reason)),
            None => Ok(port.clone()),
        };
    }
    let usable: Vec<&Port> = graph
        .inputs
        .iter()
        .filter(|port| input_refusal(&only_cast, port).is_none())
        .collect();
    match (usable.as_slice(), graph.inputs.len()) {
        ([], _) => Err(OnnxError::NoInput {
            reasons: graph
                .inputs
                .iter()
                .map(|port| reasoned(port, &input_refusal(&only_cast, port).unwrap_or_default()))
                .collect(),
        }),
        ([only], 1) => Ok((*only).clone()),
        _ => Err(OnnxError::ChooseInput {
            names: names(&graph.inputs),
        }),
    }
}

fn reasoned(port: &Port, reason: &str) -> String {
    format!("{}: {reason}", port.name)
}

/// Why a port cannot hold class scores.
fn output_refusal(port: &Port) -> Option<String> {
    if !port.is_tensor {
        return Some("it is a sequence or map, not a tensor".to_owned());
    }
    if let Some(element) = port.element_type.filter(|element| !element.is_float()) {
        return Some(format!(
            "it holds {element} values, such as the number of the best class, not scores"
        ));
    }
    let ones = |dimensions: &[Dimension]| {
        dimensions
            .iter()
            .all(|dimension| !matches!(dimension, Dimension::Fixed(length) if *length != 1))
    };
    match port.shape.as_slice() {
        [] | [_, _] => None,
        [_, _, rest @ ..] if ones(rest) => None,
        shape => Some(format!(
            "it has shape {}, but one row of class scores an image, [batch, classes], is needed",
            Dimension::describe(shape)
        )),
    }
}

/// Inputs that are read by nothing but casts to real numbers.
fn only_cast(graph: &Graph) -> HashSet<&str> {
    let mut names: HashSet<&str> = graph.inputs.iter().map(|port| port.name.as_str()).collect();
    for node in &graph.nodes {
        if node.op != "Cast" || !reach::passes_gradient(node, 0) {
            for input in &node.inputs {
                names.remove(input.as_str());
            }
        }
    }
    names
}

/// Why a port cannot take an image.
fn input_refusal(only_cast: &HashSet<&str>, port: &Port) -> Option<String> {
    if !port.is_tensor {
        return Some("it is a sequence or map, not a tensor".to_owned());
    }
    if let Some(element) = port.element_type.filter(|element| !element.is_float()) {
        // Pixels that the graph itself turns into real numbers are as good as real numbers.
        if element != ElementType::U8 || !only_cast.contains(port.name.as_str()) {
            return Some(format!(
                "it takes whole numbers ({element}), through which no gradient passes"
            ));
        }
    }
    let three =
        |dimension: &Dimension| !matches!(dimension, Dimension::Fixed(length) if *length != 3);
    match port.shape.as_slice() {
        [] => None,
        [_, channels, _, last] if three(channels) || three(last) => None,
        shape => Some(format!(
            "it has shape {}, but an image of three colours is needed, [batch, 3, height, width] or \
             [batch, height, width, 3]",
            Dimension::describe(shape)
        )),
    }
}

/// Channels last where the last axis alone is 3, or where neither is known and the graph begins by
/// moving the last axis forward.
fn layout_of(graph: &Graph, input: &Port) -> Layout {
    match input.shape.as_slice() {
        [_, Dimension::Fixed(3), _, _] => Layout::Nchw,
        [_, _, _, Dimension::Fixed(3)] => Layout::Nhwc,
        _ => {
            let reaches = first_transpose(graph, &input.name);
            if reaches == Some([0, 3, 1, 2].as_slice()) {
                Layout::Nhwc
            } else {
                Layout::Nchw
            }
        }
    }
}

/// The order of axes made by the first `Transpose` reached from `name` through arithmetic alone.
fn first_transpose<'a>(graph: &'a Graph, name: &'a str) -> Option<&'a [i64]> {
    let mut seen: HashSet<&str> = HashSet::from([name]);
    for node in &graph.nodes {
        if !node
            .inputs
            .iter()
            .any(|input| seen.contains(input.as_str()))
        {
            continue;
        }
        match node.op.as_str() {
            "Cast" | "Identity" | "Sub" | "Add" | "Mul" | "Div" => {
                seen.extend(node.outputs.iter().map(String::as_str));
            }
            "Transpose" => return node.attributes.ints("perm").ok().flatten(),
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests;
