//! Whole files read, and what is wrong with others named.

use std::collections::HashMap;

use super::onnx_writer::{GraphWriter, Message, constant, floats, ints, node, port, tensor};
use super::{sample::Sample, *};

const TINY: &[u8] = include_bytes!("../../../tests/golden/tiny/tiny_bn.onnx");

fn read(graph: &GraphWriter) -> Result<Graph, OnnxError> {
    parse(graph.file().into())
}

/// `x -> Conv -> Flatten -> y`.
fn small() -> GraphWriter {
    GraphWriter::from_image()
        .node(
            "Conv",
            &["x", "w"],
            &["c"],
            &[ints("kernel_shape", &[1, 1])],
        )
        .node("Flatten", &["c"], &["y"], &[])
        .tensor(floats("w", &[2, 3, 1, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
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

    let graph = read(&small()).unwrap();
    assert_eq!(graph.opset, 17);
    assert_eq!(graph.producer, "a test");
    assert_eq!(graph.inputs[0].shape[1], Dimension::Fixed(3));
    assert_eq!(
        graph.outputs[0].shape[1],
        Dimension::Symbolic("n".to_owned())
    );
    let weight = graph.constant(Some("w")).unwrap();
    assert_eq!(weight.floats(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let kernel = graph.nodes[0].attributes.ints("kernel_shape").unwrap();
    assert_eq!(kernel, Some([1, 1].as_slice()));
}

#[test]
fn large_weights_stay_in_the_file_until_they_are_used() {
    let values: Vec<f32> = (0..30_000).map(|i| i as f32).collect();
    let graph = small().tensor(floats("large", &[30_000], &values));
    let graph = read(&graph).unwrap();
    let large = graph.constant(Some("large")).unwrap();
    assert!(matches!(large.bytes, super::super::Contents::Stored(_)));
    assert_eq!(large.elements(), values.len());
    assert_eq!(large.floats(), values);
    let small = graph.constant(Some("w")).unwrap();
    assert!(matches!(small.bytes, super::super::Contents::Held(_)));
}

#[test]
fn listed_numbers_are_read_packed_and_one_by_one() {
    let values = [1.5_f32, -2.0];
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let start = || Message::default().int(1, 2);
    let packed = start().int(2, 1).text(8, "packed").bytes(4, &raw);
    let single = start()
        .int(2, 1)
        .text(8, "single")
        .float(4, 1.5)
        .float(4, -2.0);
    let integers = start().int(2, 7).text(8, "integers").int(7, -3).int(7, 9);
    let halves = start().int(2, 10).text(8, "halves");
    // 1 and -2 in half precision.
    let halves = halves.bytes(5, &Message::default().varint(0x3c00).varint(0xc000).0);
    let graph = [packed, single, integers, halves]
        .into_iter()
        .fold(small(), GraphWriter::tensor);
    let graph = read(&graph).unwrap();
    let constant = |name| graph.constant(Some(name)).unwrap();
    assert_eq!(constant("packed").floats(), values);
    assert_eq!(constant("single").floats(), values);
    assert_eq!(constant("integers").integers(), [-3, 9]);
    assert_eq!(constant("halves").floats(), [1.0, -2.0]);
}

#[test]
fn files_that_are_no_models_are_named() {
    assert_eq!(parse(Bytes::new()), Err(OnnxError::Empty));
    for bytes in [b"not a model at all".as_slice(), &[0; 64], b"\x08\x08"] {
        let error = parse(Bytes::copy_from_slice(bytes)).unwrap_err();
        assert!(matches!(error, OnnxError::NotOnnx(_)), "{error}");
    }
    let cut = Bytes::from_static(&TINY[..TINY.len() / 2]);
    assert!(matches!(parse(cut), Err(OnnxError::Damaged(_))));
}

#[test]
fn nodes_are_put_in_order_and_cycles_found() {
    let straight = read(&small()).unwrap();
    let mut graph = small();
    graph.nodes.reverse();
    assert_eq!(read(&graph).unwrap().nodes, straight.nodes);

    graph.nodes[1] = node("Conv", &["y", "w"], &["c"], &[]);
    let error = read(&graph).unwrap_err().to_string();
    assert!(error.contains("cycle"), "{error}");
}

#[test]
fn inconsistent_graphs_are_refused() {
    for (graph, part) in [
        (small().node("Relu", &["x"], &["c"], &[]), "twice"),
        (small().node("Relu", &["nowhere"], &["z"], &[]), "nowhere"),
        (
            small().tensor(floats("w", &[1], &[0.0])),
            "two different weights are called w",
        ),
    ] {
        let error = read(&graph).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    // Some tools write the same weight twice.
    let mut twice = small();
    twice.tensors.push(twice.tensors[0].clone());
    assert!(read(&twice).is_ok());
}

#[test]
fn weights_are_checked_against_their_shape() {
    for dims in [&[1 << 40, 3][..], &[1 << 40, 1 << 40], &[-1], &[3], &[]] {
        let graph = small().tensor(tensor("v", dims, 1, &[0; 8]));
        let error = read(&graph).unwrap_err();
        assert!(matches!(error, OnnxError::WrongSize { .. }), "{error}");
    }
    let axes = vec![1; 1_000_000];
    let graph = small().tensor(tensor("v", &axes, 1, &[0; 4]));
    let error = read(&graph).unwrap_err().to_string();
    assert!(error.contains("1000000"), "{error}");
    // The same where a node carries it.
    let attribute = constant("value", &tensor("v", &[3], 1, &[0; 8]));
    let graph = small().node("Constant", &[], &["k"], &[attribute]);
    assert!(matches!(read(&graph), Err(OnnxError::WrongSize { .. })));
}

#[test]
fn weights_elsewhere_are_refused_by_name() {
    let location = Message::default().text(1, "location").text(2, "model.data");
    let outside = tensor("v", &[2], 1, &[]).message(13, &location).int(14, 1);
    let error = read(&small().tensor(outside)).unwrap_err();
    let files = vec!["model.data".to_owned()];
    assert_eq!(error, OnnxError::MissingFiles { files });
}

fn beside(place: &str, offset: u64, bytes: Vec<u8>) -> Result<Graph, OnnxError> {
    let model = Sample::classifier()
        .outside("v", &[2], place, offset)
        .output("logits", "n 5")
        .bytes();
    let other = FileHandle::from(bytes);
    let find = move |place: &str| (place == "weights/v.data").then(|| other.clone());
    parse_file(&FileHandle::with_beside(Bytes::from(model), Box::new(find)))
}

#[test]
fn weights_beside_the_model_are_read_where_they_lie() {
    let numbers: Vec<u8> = [9.0_f32, 1.5, -2.0]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    let graph = beside("weights/v.data", 4, numbers.clone()).unwrap();
    assert_eq!(graph.initializers["v"].floats(), [1.5, -2.0]);
    // As Windows writes it.
    assert!(beside("weights\\v.data", 4, numbers.clone()).is_ok());
    let error = beside("weights/v.data", 8, numbers.clone())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("12 bytes") && error.contains("cut short"),
        "{error}"
    );
    for place in ["../v.data", "/etc/v.data", "C:/v.data", ""] {
        let error = beside(place, 0, numbers.clone()).unwrap_err();
        assert!(matches!(error, OnnxError::ExternalPlace { .. }), "{error}");
    }
}

#[test]
fn text_and_unknown_types_matter_only_where_they_are_needed() {
    let table = Sample::classifier()
        .table("names", &["a", "b"])
        .output("logits", "n 5");
    assert_eq!(table.graph().unwrap().texts["names"], ["a", "b"]);
    let strange = small().tensor(tensor("strange", &[2], 23, &[0]));
    let graph = read(&strange).unwrap();
    assert!(graph.unread["strange"].to_string().contains("float4e2m1"));
}

#[test]
fn absurd_declarations_are_refused_with_the_number() {
    let mut graph = small();
    graph.inputs = vec![port("x", &[1, 3, 1 << 40, 8])];
    let error = read(&graph).unwrap_err().to_string();
    assert!(error.contains("1099511627776"), "{error}");

    graph.inputs = vec![port("x", &vec![1; 100_000])];
    assert!(matches!(read(&graph), Err(OnnxError::TooMany { .. })));

    let mut graph = small();
    graph.inputs = vec![port(&"x".repeat(1 << 20), &[1])];
    assert!(matches!(read(&graph), Err(OnnxError::TooMany { .. })));
}
