//! Protobuf to [`Graph`]: the only place that knows the wire format
//! (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>). Tensor bytes are slices of the file,
//! not copies.

mod messages;
mod order;
#[cfg(test)]
pub(crate) mod sample;

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;

use self::{
    messages::{AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfo},
    order::in_order,
};
use super::{
    Attribute, Attributes, Dimension, ElementType, Graph, Initializer, Node, OnnxError, Port,
};

/// Reads an ONNX file.
///
/// # Errors
/// Where the bytes are not an ONNX model, are damaged, or refer to other files.
pub fn parse(bytes: Bytes) -> Result<Graph, OnnxError> {
    if bytes.is_empty() {
        return Err(OnnxError::Empty);
    }
    let model = ModelProto::decode(bytes).map_err(|error| {
        OnnxError::NotOnnx(format!("its structure cannot be decoded ({error})"))
    })?;
    let graph = model
        .graph
        .ok_or_else(|| OnnxError::NotOnnx("it holds no graph".to_owned()))?;
    if graph.node.is_empty() {
        return Err(OnnxError::NotOnnx("its graph has no nodes".to_owned()));
    }
    if let Some(function) = model.functions.first() {
        return Err(OnnxError::Graph(format!(
            "it defines functions of its own ({}), which are not supported",
            function.name
        )));
    }
    let opset = model
        .opset_import
        .iter()
        .find(|set| set.domain.is_empty() || set.domain == "ai.onnx")
        .map_or(1, |set| set.version);

    let mut initializers = HashMap::new();
    for tensor in graph.initializer {
        let tensor = initializer(tensor)?;
        if let Some(twice) = initializers.insert(tensor.name.clone(), tensor) {
            return Err(OnnxError::Graph(format!(
                "two weights are called {}",
                twice.name
            )));
        }
    }
    let inputs = graph
        .input
        .into_iter()
        .filter(|input| !initializers.contains_key(&input.name))
        .map(port)
        .collect::<Vec<_>>();
    let outputs = graph.output.into_iter().map(port).collect();
    let nodes = graph
        .node
        .into_iter()
        .map(node)
        .collect::<Result<Vec<_>, _>>()?;
    let nodes = in_order(nodes, &inputs, &initializers)?;
    let producer = format!("{} {}", model.producer_name, model.producer_version);
    Ok(Graph {
        producer: producer.trim().to_owned(),
        opset,
        nodes,
        initializers,
        inputs,
        outputs,
        metadata: model
            .metadata_props
            .into_iter()
            .map(|entry| (entry.key, entry.value))
            .collect(),
    })
}

fn node(node: NodeProto) -> Result<Node, OnnxError> {
    let op = match node.domain.as_str() {
        "" | "ai.onnx" => node.op_type,
        domain => format!("{domain}.{}", node.op_type),
    };
    let name = if node.name.is_empty() {
        node.output.first().cloned().unwrap_or_default()
    } else {
        node.name
    };
    let attributes = node
        .attribute
        .into_iter()
        .map(|attribute| Ok((attribute.name.clone(), value(attribute)?)))
        .collect::<Result<_, OnnxError>>()?;
    Ok(Node {
        name,
        op,
        inputs: node.input,
        outputs: node.output,
        attributes: Attributes(attributes),
    })
}

/// The kinds are numbered in `AttributeProto.AttributeType`.
fn value(attribute: AttributeProto) -> Result<Attribute, OnnxError> {
    Ok(match attribute.kind {
        1 => Attribute::Float(attribute.f),
        2 => Attribute::Int(attribute.i),
        3 => Attribute::Text(String::from_utf8_lossy(&attribute.s).into_owned()),
        4 => match attribute.t {
            Some(tensor) => Attribute::Tensor(Box::new(initializer(*tensor)?)),
            None => Attribute::Other("an empty tensor"),
        },
        6 => Attribute::Floats(attribute.floats),
        7 => Attribute::Ints(attribute.ints),
        5 | 10 => Attribute::Other("a graph"),
        _ => Attribute::Other("of an unknown kind"),
    })
}

fn port(info: ValueInfo) -> Port {
    let declared = info.kind.is_some();
    let tensor = info.kind.and_then(|kind| kind.tensor);
    let is_tensor = !declared || tensor.is_some();
    let (element, shape) = tensor.map_or((0, None), |tensor| (tensor.element, tensor.shape));
    let shape = shape
        .map(|shape| shape.dim)
        .unwrap_or_default()
        .into_iter()
        .map(|dim| match dim.value {
            Some(value) if value > 0 => Dimension::Fixed(value as usize),
            _ => Dimension::Symbolic(dim.name.unwrap_or_default()),
        })
        .collect();
    Port {
        name: info.name,
        shape,
        element_type: ElementType::from_onnx(element),
        is_tensor,
    }
}

fn initializer(tensor: TensorProto) -> Result<Initializer, OnnxError> {
    if tensor.data_location == 1 {
        let location = tensor
            .external_data
            .iter()
            .find(|entry| entry.key == "location")
            .map_or("an unnamed file", |entry| &entry.value);
        return Err(OnnxError::ExternalData {
            location: location.to_owned(),
            tensor: tensor.name,
        });
    }
    let Some(element_type) = ElementType::from_onnx(tensor.data_type) else {
        return Err(OnnxError::ElementType {
            tensor: tensor.name,
            element_type: format!("number {}", tensor.data_type),
        });
    };
    // Elements are either raw bytes or in a list of the nearest wide type, never both.
    let bytes = if tensor.raw_data.is_empty() {
        listed(&tensor, element_type)
    } else {
        tensor.raw_data
    };
    Initializer::checked(tensor.name, &tensor.dims, element_type, bytes)
}

fn listed(tensor: &TensorProto, element_type: ElementType) -> Bytes {
    match element_type {
        ElementType::F32 => tensor
            .float_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::F64 => tensor
            .double_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::I64 => tensor
            .int64_data
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
        ElementType::U64 | ElementType::U32 => tensor
            .uint64_data
            .iter()
            .flat_map(|v| v.to_le_bytes().into_iter().take(element_type.size()))
            .collect(),
        narrow => tensor
            .int32_data
            .iter()
            .flat_map(|v| v.to_le_bytes().into_iter().take(narrow.size()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: &[u8] = include_bytes!("../../tests/golden/tiny/tiny_bn.onnx");

    fn decoded() -> ModelProto {
        ModelProto::decode(TINY).unwrap()
    }

    fn parsed(model: &ModelProto) -> Result<Graph, OnnxError> {
        parse(model.encode_to_vec().into())
    }

    #[test]
    fn a_graph_is_read_whole() {
        let graph = parse(Bytes::from_static(TINY)).unwrap();
        assert_eq!(graph.inputs.len(), 1);
        assert_eq!(graph.outputs.len(), 1);
        let operators: HashMap<_, _> = graph.operators().into_iter().collect();
        assert_eq!(operators["Conv"], 4);
        assert_eq!(operators["BatchNormalization"], 3);
        assert!(graph.parameters() > 1000);
    }

    #[test]
    fn files_that_are_no_models_are_named() {
        assert_eq!(parse(Bytes::new()), Err(OnnxError::Empty));
        for bytes in [
            b"not a model at all".as_slice(),
            &TINY[..TINY.len() / 2],
            &[0; 64],
        ] {
            let error = parse(Bytes::copy_from_slice(bytes)).unwrap_err();
            assert!(matches!(error, OnnxError::NotOnnx(_)), "{error}");
        }
    }

    #[test]
    fn nodes_are_put_in_order_and_cycles_found() {
        let mut model = decoded();
        let straight = parsed(&model).unwrap();
        let nodes = &mut model.graph.as_mut().unwrap().node;
        nodes.reverse();
        let again = parsed(&model).unwrap();
        assert_eq!(again.nodes.len(), straight.nodes.len());
        assert_eq!(again.nodes[0], straight.nodes[0]);

        let graph = model.graph.as_mut().unwrap();
        let last = graph.output[0].name.clone();
        let input = graph.input[0].name.clone();
        for node in &mut graph.node {
            for name in &mut node.input {
                if *name == input {
                    name.clone_from(&last);
                }
            }
        }
        let error = parsed(&model).unwrap_err().to_string();
        assert!(error.contains("cycle"), "{error}");
    }

    #[test]
    fn inconsistent_graphs_are_refused() {
        let mut model = decoded();
        let graph = model.graph.as_mut().unwrap();
        let twice = graph.node[0].clone();
        graph.node.push(twice);
        assert!(parsed(&model).unwrap_err().to_string().contains("twice"));

        let mut model = decoded();
        model.graph.as_mut().unwrap().node[0].input[0] = "nowhere".to_owned();
        assert!(parsed(&model).unwrap_err().to_string().contains("nowhere"));
    }

    #[test]
    fn weights_are_checked_against_their_shape() {
        let mut model = decoded();
        let weight = &mut model.graph.as_mut().unwrap().initializer[0];
        weight.dims[0] = 1 << 40;
        assert!(matches!(parsed(&model), Err(OnnxError::WrongSize { .. })));

        let mut model = decoded();
        let weight = &mut model.graph.as_mut().unwrap().initializer[0];
        weight.data_location = 1;
        assert!(matches!(
            parsed(&model),
            Err(OnnxError::ExternalData { .. })
        ));
    }
}
