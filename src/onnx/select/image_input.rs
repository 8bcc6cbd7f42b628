//! Which inputs can take an image, and how its axes lie.

use std::collections::HashSet;

use crate::{
    onnx::{Attribute, Dimension, ElementType, Graph, Node, OnnxError, Port, reach},
    protocol::Layout,
};

/// Most channels that are taken for channels and not for a side of the image.
const MOST_CHANNELS: usize = 64;
/// So few are channels however short the sides are.
const SURE_CHANNELS: usize = 4;

/// Why a port cannot take an image.
pub fn input_refusal(graph: &Graph, port: &Port) -> Option<String> {
    if !port.is_tensor {
        return Some(
            "it is a sequence, a map or an optional value, not a tensor; export the model with a plain tensor there"
                .to_owned(),
        );
    }
    if port.has_other_type {
        return Some("it takes text or another type that is no number".to_owned());
    }
    let shape = Dimension::describe(&port.shape);
    if let Some(element) = port.element_type.filter(|element| !element.is_float()) {
        if port.shape.len() == 1 && element == ElementType::U8 {
            return Some(format!(
                "it takes a list of bytes of shape {shape}, such as an encoded image; a decoder has no \
                 gradient, so export the model from the decoded image on"
            ));
        }
        // Pixels that the graph itself turns into real numbers are as good as real numbers.
        if element != ElementType::U8 {
            return Some(format!(
                "it takes whole numbers ({element}), through which no gradient passes"
            ));
        }
        if let Err(node) = becomes_real(graph, &port.name) {
            return Some(format!(
                "it takes 8-bit pixels (uint8) of shape {shape}, and the node {node} computes with them \
                 before they are real numbers, so that it rounds and no gradient passes; export the model \
                 with a Cast to float in front of that node"
            ));
        }
    }
    match port.shape.as_slice() {
        [] => None,
        [Dimension::Fixed(_) | Dimension::Symbolic(_)] => Some(format!(
            "it has shape {shape}, a list of numbers and no image"
        )),
        [_, length] => Some(format!(
            "it has shape {shape}: the model takes rows of {length} numbers, not images"
        )),
        [_, _, _] => None,
        [_, first, second, third] if channel_axes([first, second, third]).is_empty() => {
            Some(format!(
                "it has shape {shape}, in which no axis can be the channels of an image, \
                 [batch, channels, height, width] or [batch, height, width, channels]"
            ))
        }
        [_, _, _, _] => None,
        [_, rest @ ..] if rest.len() == 4 => Some(of_five_axes(rest, &shape)),
        _ => Some(format!("it has shape {shape}, which is no image's")),
    }
}

/// Why an input of five axes takes no image: a video where an axis beside that of the frames is that of colours.
fn of_five_axes(behind_batch: &[Dimension], shape: &str) -> String {
    let at = |counts: &[usize]| {
        let is = |index: &usize| matches!(behind_batch.get(*index), Some(Dimension::Fixed(n)) if counts.contains(n));
        [0, 1, 3].into_iter().find(is)
    };
    // Three is more likely a number of colours than any other.
    let order = match at(&[3]).or_else(|| at(&[1, 4])) {
        Some(0) => "[batch, channels, frames, height, width]",
        Some(1) => "[batch, frames, channels, height, width]",
        Some(_) => "[batch, frames, height, width, channels]",
        None => {
            return format!(
                "it has shape {shape}, five axes: the model takes videos or volumes, but single images are explained \
                 here; export a model that takes one image, or one slice of the volume"
            );
        }
    };
    format!(
        "it has shape {shape}, {order}: it is a video model (or one of volumes), which looks at several frames, but \
         single images are explained here; export one that takes a single frame, such as a wrapper that repeats \
         its frame along that axis (x.unsqueeze(2).expand(-1, -1, frames, -1, -1))"
    )
}

/// Layouts in which the axes behind the batch can be an image.
fn channel_axes([first, second, third]: [&Dimension; 3]) -> Vec<Layout> {
    let mut layouts = Vec::new();
    if can_be_channels(first, [second, third]) {
        layouts.push(Layout::Nchw);
    }
    if can_be_channels(third, [first, second]) {
        layouts.push(Layout::Nhwc);
    }
    layouts
}

fn can_be_channels(channels: &Dimension, sides: [&Dimension; 2]) -> bool {
    let Dimension::Fixed(count) = channels else {
        return true;
    };
    let longer = sides.iter().all(|side| match side {
        Dimension::Fixed(side) => side > count,
        Dimension::Symbolic(_) => true,
    });
    *count <= SURE_CHANNELS || *count <= MOST_CHANNELS && longer
}

/// Where the channels are: the axis that is 3, else the one that can be channels, else what the graph does first.
pub fn layout_of(graph: &Graph, input: &Port) -> Layout {
    let [_, first, second, third] = input.shape.as_slice() else {
        return by_transpose(graph, &input.name);
    };
    match (first, third) {
        (Dimension::Fixed(3), _) => return Layout::Nchw,
        (_, Dimension::Fixed(3)) => return Layout::Nhwc,
        _ => {}
    }
    match (
        first,
        third,
        channel_axes([first, second, third]).as_slice(),
    ) {
        (_, _, [only]) => *only,
        // One that is declared is more likely the channels than one that is free.
        (Dimension::Fixed(count), Dimension::Symbolic(_), _) if *count <= MOST_CHANNELS => {
            Layout::Nchw
        }
        (Dimension::Symbolic(_), Dimension::Fixed(count), _) if *count <= MOST_CHANNELS => {
            Layout::Nhwc
        }
        _ => by_transpose(graph, &input.name),
    }
}

fn by_transpose(graph: &Graph, input: &str) -> Layout {
    if first_transpose(graph, input) == Some([0, 3, 1, 2].as_slice()) {
        Layout::Nhwc
    } else {
        Layout::Nchw
    }
}

/// Channels of the image input: as declared, else as the first convolution takes them, else three.
///
/// # Errors
/// More than are supported.
pub fn channels_of(graph: &Graph, input: &Port, layout: Layout) -> Result<usize, OnnxError> {
    let axis = match layout {
        Layout::Nchw => 1,
        Layout::Nhwc => 3,
    };
    let declared = match input.shape.get(axis) {
        Some(Dimension::Fixed(channels)) => Some(*channels),
        _ => None,
    };
    let channels = declared
        .or_else(|| first_convolution(graph, &input.name))
        .unwrap_or(3);
    if channels > MOST_CHANNELS {
        return Err(OnnxError::TooMany {
            what: format!("channels of the image input {}", input.name),
            count: channels as u64,
            limit: MOST_CHANNELS as u64,
        });
    }
    Ok(channels)
}

/// Channels that the first convolution reached from `name` takes.
fn first_convolution(graph: &Graph, name: &str) -> Option<usize> {
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
            "Conv" => {
                let weight = graph.constant(node.input(1))?;
                let groups = node.attributes.int("group", 1).ok()?;
                return Some(weight.shape.get(1)? * usize::try_from(groups).ok()?);
            }
            "Cast" | "Identity" | "Sub" | "Add" | "Mul" | "Div" | "Transpose" | "Pad"
            | "BatchNormalization" | "Resize" => {
                seen.extend(node.outputs.iter().map(String::as_str));
            }
            "Shape" => {}
            _ => return None,
        }
    }
    None
}

/// Whether 8-bit pixels are only moved, chosen and repeated until a `Cast` makes real numbers of them.
///
/// # Errors
/// The first node that computes with them, with its operator.
fn becomes_real(graph: &Graph, input: &str) -> Result<(), String> {
    let mut whole: HashSet<&str> = HashSet::from([input]);
    for node in &graph.nodes {
        let reads = node.inputs.iter().any(|name| whole.contains(name.as_str()));
        if !reads || matches!(node.op.as_str(), "Shape" | "Size") {
            continue;
        }
        if node.op == "Cast" && reach::passes_gradient(node, 0) {
            continue;
        }
        if !only_moves(node) {
            return Err(format!("{} ({})", node.name, node.op));
        }
        whole.extend(node.outputs.iter().map(String::as_str));
    }
    let left = graph
        .outputs
        .iter()
        .find(|port| whole.contains(port.name.as_str()));
    match left {
        Some(port) if graph.outputs.len() == 1 => Err(format!("{} (output)", port.name)),
        _ => Ok(()),
    }
}

/// Whether a node puts out numbers that it was given, in another order or number.
fn only_moves(node: &Node) -> bool {
    match node.op.as_str() {
        "Transpose" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Identity" | "Slice"
        | "Gather" | "Split" | "Concat" | "Expand" | "Tile" | "DepthToSpace" | "SpaceToDepth" => {
            true
        }
        "Pad" => node.attributes.text("mode", "constant").is_ok(),
        "Resize" | "Upsample" => {
            matches!(node.attributes.get("mode"), None | Some(Attribute::Text(_)))
                && node.attributes.text("mode", "nearest") == Ok("nearest")
        }
        _ => false,
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
