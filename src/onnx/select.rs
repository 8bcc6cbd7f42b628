//! Which input takes the image and which output holds the class scores, where a file has several.

mod image_input;
mod scores;

use self::{
    image_input::{channels_of, input_refusal, layout_of},
    scores::{Form, QUANTISED, behind, output_refusal},
};
use super::{
    Attribute, Dimension, Graph, OnnxError, Port,
    batch::give_batch,
    held::{hold, is_switch},
    reach,
    simplify::gather_constants,
};
use crate::protocol::{Layout, ModelOptions, ModelPorts, PortCard};
use std::collections::HashSet;

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The image input, as declared.
    pub input: Port,
    /// The output, as declared.
    pub output: Port,
    /// Order of the input's axes.
    pub layout: Layout,
    /// Channels of the image.
    pub channels: usize,
    /// Tables of names in the file, of which one may name the classes.
    pub tables: Vec<Vec<String>>,
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
    let mut inner: Vec<Port> = Vec::new();
    for port in &graph.outputs {
        if output_refusal(graph, port).is_some()
            && let Some((name, _)) = behind(graph, &port.name)
            && inner.iter().all(|known| known.name != name)
            && graph.outputs.iter().all(|output| output.name != name)
        {
            inner.push(inner_port(&name));
        }
    }
    ModelPorts {
        inputs: cards(&graph.inputs, &|port| input_refusal(graph, port)),
        outputs: cards(&graph.outputs, &|port| output_refusal(graph, port)),
        inner: cards(&inner, &|_| None),
    }
}

/// A value inside the graph, of which nothing is declared.
fn inner_port(name: &str) -> Port {
    Port {
        name: name.to_owned(),
        shape: Vec::new(),
        element_type: None,
        is_tensor: true,
        has_other_type: false,
    }
}

/// The name of a port's element type; empty where it is not declared.
pub fn type_name(port: &Port) -> String {
    port.element_type
        .map_or_else(String::new, |element| element.to_string())
}

/// Reduces the graph to one image input and one output: those chosen, else the only usable ones, else
/// the first usable output. Inputs not chosen that the output needs are held at a value.
///
/// # Errors
/// A choice that does not exist, nothing that can be used, or several inputs with no choice made.
pub fn select(graph: &mut Graph, options: &ModelOptions) -> Result<Selection, OnnxError> {
    gather_constants(graph);
    let mut warnings = Vec::new();
    let all_inputs = graph.inputs.clone();
    // What takes no image at all is told before anything about outputs.
    let refusals: Vec<String> = all_inputs
        .iter()
        .filter_map(|port| Some(reasoned(port, &input_refusal(graph, port)?)))
        .collect();
    if !all_inputs.is_empty() && refusals.len() == all_inputs.len() {
        return Err(OnnxError::NoInput { reasons: refusals });
    }
    check_values(&all_inputs, options)?;
    let output = select_output(graph, options.output.as_deref(), &mut warnings)?;
    let tables = tables(graph);
    graph.outputs = vec![output.clone()];
    reach::prune(graph);
    reach::check_links(graph)?;
    if graph.inputs.is_empty() {
        let names: Vec<String> = all_inputs.iter().map(|input| input.name.clone()).collect();
        return Err(OnnxError::NoDependence {
            input: names.join(", "),
            output: output.name,
        });
    }
    let input = select_input(graph, &all_inputs, options)?;
    let held: Vec<Port> = graph
        .inputs
        .iter()
        .filter(|port| port.name != input.name)
        .cloned()
        .collect();
    for port in held {
        let value = options.values.get(&port.name);
        warnings.push(hold(graph, &port, value, &input)?);
    }
    graph.inputs = vec![input.clone()];
    check_read(graph)?;
    reach::check_gradient_path(graph)?;
    let given = give_batch(graph);
    let shaped = graph.inputs.first().unwrap_or(&input).clone();
    let layout = options
        .layout
        .unwrap_or_else(|| given.unwrap_or_else(|| layout_of(graph, &shaped)));
    Ok(Selection {
        channels: channels_of(graph, &shaped, layout)?,
        input,
        output,
        layout,
        tables,
        warnings,
    })
}

/// Values are given for inputs that there are.
fn check_values(inputs: &[Port], options: &ModelOptions) -> Result<(), OnnxError> {
    let unknown = |name: &&String| inputs.iter().all(|port| port.name != **name);
    match options.values.keys().find(unknown) {
        Some(name) => Err(OnnxError::NoSuchPort {
            kind: "input",
            chosen: name.clone(),
            names: inputs.iter().map(|port| port.name.clone()).collect(),
        }),
        None => Ok(()),
    }
}

/// Nothing that is needed is a constant that could not be read, or text.
fn check_read(graph: &Graph) -> Result<(), OnnxError> {
    for name in graph.nodes.iter().flat_map(|node| &node.inputs) {
        if let Some(error) = graph.unread.get(name) {
            return Err(error.clone());
        }
        if graph.texts.contains_key(name) {
            return Err(OnnxError::ElementType {
                tensor: name.clone(),
                element_type: "string".to_owned(),
            });
        }
    }
    Ok(())
}

/// Tables of names, wherever the graph holds some.
fn tables(graph: &Graph) -> Vec<Vec<String>> {
    let in_nodes = graph.nodes.iter().flat_map(|node| node.attributes.iter());
    in_nodes
        .filter_map(|(_, attribute)| match attribute {
            Attribute::Texts(texts) => Some(texts),
            _ => None,
        })
        .chain(graph.texts.values())
        .filter(|texts| texts.len() > 1)
        .cloned()
        .collect()
}

fn select_output(
    graph: &Graph,
    chosen: Option<&str>,
    warnings: &mut Vec<String>,
) -> Result<Port, OnnxError> {
    let names = || graph.outputs.iter().map(|port| port.name.clone()).collect();
    let refused = |port: &Port| output_refusal(graph, port);
    if let Some(chosen) = chosen {
        let Some(port) = graph.outputs.iter().find(|port| port.name == chosen) else {
            let is_inner = graph
                .nodes
                .iter()
                .any(|node| node.outputs.iter().any(|output| output == chosen));
            return if is_inner {
                Ok(inner_port(chosen))
            } else {
                Err(OnnxError::NoSuchPort {
                    kind: "output",
                    chosen: chosen.to_owned(),
                    names: names(),
                })
            };
        };
        return match refused(port) {
            Some(reason) => Err(OnnxError::NoOutput {
                reasons: vec![reasoned(port, &reason)],
            }),
            None => Ok(port.clone()),
        };
    }
    let usable = |form: Form| -> Vec<&Port> {
        let fits = |port: &&Port| refused(port).is_none() && scores::form(port) == form;
        graph.outputs.iter().filter(fits).collect()
    };
    let (rows, maps) = (usable(Form::Row), usable(Form::Map));
    let last = rows.iter().find(|port| !is_on_the_way(graph, port, &rows));
    if let Some(&first) = last.or(rows.first()).or(maps.first()) {
        if graph.outputs.len() > 1 {
            let names: Vec<String> = names();
            warnings.push(format!(
                "The model has {} outputs ({}); the class scores are taken from {}.",
                names.len(),
                names.join(", "),
                first.name
            ));
        }
        return Ok(first.clone());
    }
    // A map from names to probabilities loses nothing of the row that it is made from.
    let mapped = graph.outputs.iter().find_map(|port| {
        let (name, op) = behind(graph, &port.name)?;
        (op.ends_with("ZipMap") || op == QUANTISED).then_some((port, name, op))
    });
    if let Some((port, name, op)) = mapped {
        warnings.push(if op == QUANTISED {
            format!(
                "The output {} is rounded to whole numbers at the end; the scores are taken from {name}, in front of \
                 that.",
                port.name
            )
        } else {
            format!(
                "The output {} holds maps from names to scores; the scores are taken from {name}, the row that \
                 it is made from.",
                port.name
            )
        });
        return Ok(inner_port(&name));
    }
    Err(OnnxError::NoOutput {
        reasons: graph
            .outputs
            .iter()
            .map(|port| reasoned(port, &refused(port).unwrap_or_default()))
            .collect(),
    })
}

/// Whether another row of several scores is computed from `port`, as class scores are from features.
fn is_on_the_way(graph: &Graph, port: &Port, rows: &[&Port]) -> bool {
    let several = |other: &Port| {
        let long = |dimension: &Dimension| matches!(dimension, Dimension::Fixed(n) if *n > 1);
        other.shape.iter().skip(1).any(long)
    };
    rows.iter().any(|other| {
        if other.name == port.name || !several(other) {
            return false;
        }
        let mut wanted = HashSet::from([other.name.as_str()]);
        // Nodes are in order, so whoever reads a value comes after its maker.
        for node in graph.nodes.iter().rev() {
            if node
                .outputs
                .iter()
                .any(|name| wanted.contains(name.as_str()))
            {
                let read = node.inputs.iter().map(String::as_str);
                wanted.extend(read.filter(|name| !name.is_empty()));
            }
        }
        wanted.contains(port.name.as_str())
    })
}

/// Names of inputs that layers read as their weights.
fn weights_among(graph: &Graph, ports: &[Port]) -> Vec<String> {
    let is_weight = |port: &&Port| {
        graph.nodes.iter().any(|node| {
            let has_weights = matches!(
                node.op.as_str(),
                "Conv"
                    | "ConvTranspose"
                    | "Gemm"
                    | "BatchNormalization"
                    | "LayerNormalization"
                    | "PRelu"
            );
            let reads = node.inputs.iter().skip(1).any(|name| *name == port.name);
            has_weights && reads
        })
    };
    let weights = ports.iter().filter(is_weight);
    weights.map(|port| port.name.clone()).collect()
}

/// `graph` holds only the inputs that the output needs, `all` those of the file.
fn select_input(graph: &Graph, all: &[Port], options: &ModelOptions) -> Result<Port, OnnxError> {
    let names = |ports: &[Port]| ports.iter().map(|port| port.name.clone()).collect();
    let refused = |port: &Port, reason: &str| OnnxError::NoInput {
        reasons: vec![reasoned(port, reason)],
    };
    if let Some(chosen) = options.input.as_deref() {
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
        return match input_refusal(graph, port) {
            Some(reason) => Err(refused(port, &reason)),
            None => Ok(port.clone()),
        };
    }
    let given = |port: &&Port| options.values.contains_key(&port.name);
    let usable: Vec<&Port> = graph
        .inputs
        .iter()
        .filter(|port| !given(port) && input_refusal(graph, port).is_none())
        .collect();
    let others = graph.inputs.len() - usable.len();
    let settled = graph
        .inputs
        .iter()
        .filter(|port| given(port) || !usable.contains(port) && is_switch(port))
        .count();
    match usable.as_slice() {
        [] => Err(OnnxError::NoInput {
            reasons: graph
                .inputs
                .iter()
                .map(|port| reasoned(port, &input_refusal(graph, port).unwrap_or_default()))
                .collect(),
        }),
        [only] if settled == others => Ok((*only).clone()),
        _ if !weights_among(graph, &graph.inputs).is_empty() => Err(OnnxError::WeightsMissing {
            names: weights_among(graph, &graph.inputs),
        }),
        _ => Err(OnnxError::ChooseInput {
            names: names(&graph.inputs),
        }),
    }
}

fn reasoned(port: &Port, reason: &str) -> String {
    format!("{}: {reason}", port.name)
}

/// Axes behind the first that are not known to be 1.
fn long_axes(shape: &[Dimension]) -> usize {
    let is_long = |dimension: &&Dimension| !matches!(dimension, Dimension::Fixed(1));
    shape.iter().skip(1).filter(is_long).count()
}

#[cfg(test)]
mod tests;
