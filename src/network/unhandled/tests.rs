//! Every attribute of every version of every operator that is registered, by ONNX's own schema: the operator reads
//! it, or it is known to change nothing here, or a node that has it is refused by its name.

use std::collections::HashMap;

use burn_flex::{Flex, FlexDevice};

use super::{build_in_full, is_without_meaning};
use crate::network::{operator::BuildContext, ops};
use crate::onnx::{Attribute, Graph, Initializer, KNOWN_OPSETS, Node};

/// Written by `tools/operator_schemas.py`.
const SCHEMAS: &str = include_str!("../../../tests/operator_schemas.txt");

/// An attribute as a schema has it.
struct Schema<'a> {
    name: &'a str,
    kind: &'a str,
    required: bool,
    default: Option<&'a str>,
}

/// One version of an operator.
struct Version<'a> {
    op: &'a str,
    since: i64,
    attributes: Vec<Schema<'a>>,
}

fn versions() -> Vec<Version<'static>> {
    let lines = SCHEMAS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split(' ');
            let op = words.next().unwrap();
            let since = words.next().unwrap().parse().unwrap();
            let attributes = words.map(|word| {
                let (name, rest) = word.split_once(':').unwrap();
                let (kind, default) = match rest.split_once('=') {
                    Some((kind, default)) => (kind, Some(default)),
                    None => (rest, None),
                };
                Schema {
                    name,
                    kind: kind.trim_end_matches('!'),
                    required: kind.ends_with('!'),
                    default,
                }
            });
            Version {
                op,
                since,
                attributes: attributes.collect(),
            }
        })
        .collect()
}

/// The default, where there is one that can be written down.
fn default(attribute: &Schema<'_>) -> Option<Attribute> {
    let text = attribute.default?;
    Some(match attribute.kind {
        "int" => Attribute::Int(text.parse().ok()?),
        "float" => Attribute::Float(text.parse().ok()?),
        "string" => Attribute::Text(text.trim_matches('"').to_owned()),
        "ints" => {
            let numbers = text.trim_matches(['[', ']']).split(',');
            Attribute::Ints(numbers.map(str::parse).collect::<Result<_, _>>().ok()?)
        }
        _ => return None,
    })
}

/// A value that is not the default, and one that the operator can be built with.
fn value(op: &str, attribute: &Schema<'_>) -> Attribute {
    let text = |value: &str| Attribute::Text(value.to_owned());
    let ints = |values: &[i64]| Attribute::Ints(values.to_vec());
    match (op, attribute.name, attribute.kind) {
        (_, "auto_pad", _) => text("SAME_UPPER"),
        ("Pad", "mode", _) => text("reflect"),
        ("Resize" | "Upsample", "mode", _) => text("linear"),
        ("DepthToSpace" | "SpaceToDepth", "mode", _) => text("CRD"),
        (_, "nearest_mode", _) => text("floor"),
        (_, "coordinate_transformation_mode", _) => text("asymmetric"),
        (_, "keep_aspect_ratio_policy", _) => text("not_larger"),
        (_, "approximate", _) => text("tanh"),
        (_, "reduction", _) => text("add"),
        (_, "equation", _) => text("ij->ji"),
        (_, "to", "string") => text("FLOAT"),
        (_, "kernel_shape" | "strides" | "dilations", _) => ints(&[2, 2]),
        ("Pad", "pads" | "paddings", _) => ints(&[0, 1, 0, 1]),
        (_, "pads", _) => ints(&[1, 1, 1, 1]),
        (_, "output_shape", _) => ints(&[4, 4]),
        (_, "output_padding", _) => ints(&[1, 1]),
        (_, "perm", _) => ints(&[1, 0]),
        (_, _, "ints") => ints(&[1]),
        (_, "scales", _) => Attribute::Floats(vec![1.0, 1.0, 2.0, 2.0]),
        (_, _, "tensor") => {
            let one = Initializer::from_floats("", vec![1], &[1.0]);
            Attribute::Tensor(Box::new(one))
        }
        (_, "dtype" | "to", _) => Attribute::Int(10),
        (_, "blocksize" | "num_groups", _) => Attribute::Int(2),
        ("Split", "num_outputs", _) => Attribute::Int(1),
        (_, _, "int") => {
            let default: i64 = attribute
                .default
                .map_or(0, |default| default.parse().unwrap());
            Attribute::Int(if default == 1 { 0 } else { default + 1 })
        }
        (_, _, "float") => {
            let default: f32 = attribute
                .default
                .map_or(0.0, |default| default.parse().unwrap());
            Attribute::Float(default + 1.0)
        }
        (_, _, "string") => text("something else"),
        (op, name, kind) => panic!("{op}: there is no value for {name}, of kind {kind}"),
    }
}

/// A graph of one node of this version, with constants where the operator takes weights.
fn graph<'a>(
    version: &Version<'_>,
    further: impl IntoIterator<Item = (&'a str, Attribute)>,
) -> Graph {
    let weights: &[&[usize]] = match version.op {
        "Conv" | "ConvTranspose" => &[&[2, 2, 2, 2]],
        "BatchNormalization" => &[&[2], &[2], &[2], &[2]],
        "GroupNormalization" | "InstanceNormalization" | "LayerNormalization" => &[&[2], &[2]],
        "RMSNormalization" => &[&[2]],
        _ => &[],
    };
    let constants = weights.iter().enumerate().map(|(index, shape)| {
        let ones = vec![1.0; shape.iter().product()];
        Initializer::from_floats(&format!("w{index}"), shape.to_vec(), &ones)
    });
    let initializers: HashMap<String, Initializer> = constants
        .map(|tensor| (tensor.name.clone(), tensor))
        .collect();
    let mut inputs = vec!["x".to_owned()];
    inputs.extend((0..weights.len()).map(|index| format!("w{index}")));
    let mut node = Node {
        name: "node".to_owned(),
        op: version.op.to_owned(),
        inputs,
        outputs: vec!["y".to_owned()],
        attributes: version
            .attributes
            .iter()
            .filter(|attribute| attribute.required)
            .map(|attribute| (attribute.name.to_owned(), value(version.op, attribute)))
            .collect(),
    };
    // Which became an attribute that must be there only later.
    if version.op == "LpPool" && version.since == 1 {
        node.attributes
            .insert("kernel_shape", Attribute::Ints(vec![2, 2]));
    }
    for (name, value) in further {
        node.attributes.insert(name, value);
    }
    Graph {
        producer: String::new(),
        opset: version.since,
        nodes: vec![node],
        initializers,
        inputs: vec![],
        outputs: vec![],
        metadata: HashMap::new(),
        probabilities: crate::protocol::Probabilities::default(),
        texts: HashMap::new(),
        unread: HashMap::new(),
    }
}

/// Builds the node: what is wrong, if anything.
fn built(graph: &Graph) -> Result<(), String> {
    let context = BuildContext::<'_, Flex> {
        graph,
        device: &FlexDevice,
    };
    let node = &graph.nodes[0];
    let build = ops::find::<Flex>(&node.op).unwrap();
    build_in_full(build, node, &context).map(|_| ())
}

/// Versions whose default is to train, which is refused where it is written out.
fn refuses_training(op: &str, since: i64) -> bool {
    matches!(op, "BatchNormalization" | "Dropout") && since < 7
}

#[test]
fn every_attribute_of_every_version_is_read_or_refused() {
    let all = versions();
    let (mut operators, mut versions, mut read, mut without_meaning, mut refused) = (0, 0, 0, 0, 0);
    let mut silent = Vec::new();
    for op in ops::names().iter().filter(|op| !op.contains('.')) {
        let own: Vec<_> = all.iter().filter(|version| version.op == *op).collect();
        if own.is_empty() {
            silent.push(format!("{op} is not in ONNX's schema"));
        }
        operators += 1;
        for version in own {
            versions += 1;
            let since = version.since;
            if let Err(reason) = built(&graph(version, [])) {
                silent.push(format!("{op} {since} cannot be built at all: {reason}"));
            }
            // Exporters write defaults out; none may be in the way of another.
            let defaults = version.attributes.iter();
            let defaults = defaults.filter_map(|one| Some((one.name, default(one)?)));
            match built(&graph(version, defaults)) {
                Err(reason) if !refuses_training(op, since) => {
                    silent.push(format!("{op} {since} with all defaults: {reason}"));
                }
                _ => {}
            }
            for attribute in &version.attributes {
                let name = attribute.name;
                let graph = graph(version, [(name, value(op, attribute))]);
                match built(&graph) {
                    Ok(()) if graph.nodes[0].attributes.was_asked(name) => read += 1,
                    Ok(()) if is_without_meaning(op, name) => without_meaning += 1,
                    Err(reason) if reason.contains(name) => refused += 1,
                    result => silent.push(format!("{op} {since}, {name}: {result:?}")),
                }
            }
            let invented = graph(version, [("invented", Attribute::Int(1))]);
            match built(&invented) {
                Err(reason) if reason.contains("invented") => {}
                result => silent.push(format!("{op} {since}, an invented attribute: {result:?}")),
            }
        }
    }
    println!(
        "{operators} operators in {versions} versions have {} attributes: {read} are read, {without_meaning} change \
         nothing, {refused} are refused by name",
        read + without_meaning + refused
    );
    assert!(silent.is_empty(), "{}", silent.join("\n"));
    assert!(read > 500, "the schemas were found");
}

#[test]
fn the_known_operator_sets_are_those_of_the_schemas() {
    let first = SCHEMAS.lines().next().unwrap();
    let newest = first.rsplit(' ').next().unwrap().trim_end_matches('.');
    assert_eq!(newest.parse(), Ok(*KNOWN_OPSETS.end()));
    assert_eq!(*KNOWN_OPSETS.start(), 1);
}
