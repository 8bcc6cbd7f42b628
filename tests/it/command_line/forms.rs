//! Models in the forms that people have them in: grey, binary, with further inputs, in several files or packed, or no
//! models at all.

use super::*;

use super::onnx_writer::{GraphWriter, Message, floats, ints, node, port};

/// The mean of each channel times weights that differ.
fn small(input: &[i64], channels: i64, classes: i64) -> GraphWriter {
    let weights: Vec<f32> = (0..channels * classes)
        .map(|i| 0.4 * i as f32 - 0.5)
        .collect();
    GraphWriter {
        inputs: vec![port("x", input)],
        outputs: vec![port("y", &[0, classes])],
        ..GraphWriter::default()
    }
    .node("GlobalAveragePool", &["x"], &["p"], &[])
    .node("Flatten", &["p"], &["f"], &[])
    .node("MatMul", &["f", "fc"], &["scores"], &[])
    .tensor(floats("fc", &[channels, classes], &weights))
}

/// The same of the squares of the pixels, so that its map is not the same everywhere.
fn bent(input: &[i64], channels: i64, classes: i64) -> GraphWriter {
    let mut graph = small(input, channels, classes);
    graph.nodes[0] = node("GlobalAveragePool", &["squares"], &["p"], &[]);
    graph.node("Mul", &["x", "x"], &["squares"], &[])
}

fn saved(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    text(path)
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradlens"))
        .args(arguments)
        .output()
        .unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn input(folder: &Path, shape: &[usize]) -> String {
    let count = shape.iter().product();
    let values = (0..count).map(|i| (i % 11) as f32 / 10.0).collect();
    let array = Array {
        shape: shape.to_vec(),
        values,
    };
    saved(folder, "x.npy", &array.write())
}

fn read(path: &str) -> Array {
    Array::read(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_grey_model_takes_an_array_and_a_photo() {
    let folder = folder("grey");
    let graph = small(&[0, 1, 8, 8], 1, 3).node("Identity", &["scores"], &["y"], &[]);
    let model = saved(&folder, "m.onnx", &graph.file());
    let x = input(&folder, &[1, 1, 8, 8]);
    let out = text(folder.join("g.npy"));
    said(&run(&[
        "gradient", "--model", &model, "--input", &x, "--target", "2", "--out", &out,
    ]));
    let gradient = read(&out);
    assert_eq!(gradient.shape, [1, 1, 8, 8]);
    assert!(
        gradient
            .values
            .iter()
            .all(|&g| (g - 0.3 / 64.0).abs() < 1e-7)
    );
    let photo = text(root().join("static/samples/chelsea.jpg"));
    let json = text(folder.join("r.json"));
    let graph = bent(&[0, 1, 8, 8], 1, 3).node("Identity", &["scores"], &["y"], &[]);
    let model = saved(&folder, "bent.onnx", &graph.file());
    for order in ["grey-601", "grey-709"] {
        said(&run(&[
            "explain",
            "--model",
            &model,
            "--image",
            &photo,
            "--channels",
            order,
            "--samples",
            "2",
            "--json",
            &json,
        ]));
        let result: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        assert_eq!(result["model"]["preprocessing"]["channels"], order);
        assert!(result["rcap"]["score"].as_f64().is_some());
    }
    let colour = input(&folder, &[1, 3, 8, 8]);
    let error = refused(&run(&["gradient", "--model", &model, "--input", &colour]));
    assert!(error.contains("1 channels, but this one has 3"), "{error}");
}

#[test]
fn one_score_is_never_certain_of_class_0() {
    let folder = folder("binary");
    let graph = bent(&[0, 3, 8, 8], 3, 1).node("Sigmoid", &["scores"], &["y"], &[]);
    let model = saved(&folder, "m.onnx", &graph.file());
    let x = input(&folder, &[1, 3, 8, 8]);
    let json = text(folder.join("r.json"));
    let result = |target: &str| -> Value {
        said(&run(&[
            "explain",
            "--model",
            &model,
            "--input",
            &x,
            "--target",
            target,
            "--samples",
            "2",
            "--json",
            &json,
        ]));
        serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap()
    };
    let (yes, no) = (result("0"), result("1"));
    assert_eq!(yes["probabilities_kind"], "binary");
    let number = |value: &Value| value.as_f64().unwrap();
    let p = number(&yes["probabilities"][0]);
    assert!((p + number(&yes["probabilities"][1]) - 1.0).abs() < 1e-6);
    assert!((p - 1.0 / (1.0 + (-number(&yes["logits"][0])).exp())).abs() < 1e-6);
    // Every measure goes by the same probabilities.
    assert!((number(&yes["rcap"]["original_probability"]) - p).abs() < 1e-6);
    assert!((number(&no["rcap"]["original_probability"]) - (1.0 - p)).abs() < 1e-6);
    let logits = text(folder.join("l.npy"));
    said(&run(&[
        "gradient", "--model", &model, "--input", &x, "--logits", &logits,
    ]));
    assert_eq!(read(&logits).shape, [1, 1]);
    let error = refused(&run(&["model", &model, "--probabilities", "softmax"]));
    assert!(error.contains("always 1"), "{error}");
}

#[test]
fn several_right_answers_have_probabilities_of_their_own() {
    let folder = folder("several");
    let graph = small(&[0, 3, 8, 8], 3, 4).node("Sigmoid", &["scores"], &["y"], &[]);
    let model = saved(&folder, "m.onnx", &graph.file());
    let card = said(&run(&["model", &model]));
    assert!(
        card.contains("sigmoid, several right answers (the model ends in a Sigmoid)"),
        "{card}"
    );
    let card = said(&run(&["model", &model, "--probabilities", "softmax"]));
    assert!(
        card.contains("softmax, one right answer (chosen)"),
        "{card}"
    );
}

#[test]
fn another_input_is_held_at_what_is_given() {
    let folder = folder("held");
    let mut graph = small(&[0, 3, 8, 8], 3, 2).node("Add", &["scores", "age"], &["y"], &[]);
    graph.inputs.push(port("age", &[1, 2]));
    let model = saved(&folder, "m.onnx", &graph.file());
    let x = input(&folder, &[1, 3, 8, 8]);
    let logits = text(folder.join("l.npy"));
    let of = |set: &str| {
        said(&run(&[
            "gradient", "--model", &model, "--input", &x, "--logits", &logits, "--set", set,
        ]));
        read(&logits).values
    };
    let zero = of("age=0");
    let array = Array {
        shape: vec![1, 2],
        values: vec![1.0, 2.0],
    };
    let file = saved(&folder, "age.npy", &array.write());
    let given = of(&format!("age={file}"));
    assert!((given[0] - zero[0] - 1.0).abs() < 1e-6 && (given[1] - zero[1] - 2.0).abs() < 1e-6);
    let error = refused(&run(&["model", &model]));
    assert!(
        error.contains("2 inputs (x, age)") && error.contains("--set"),
        "{error}"
    );
    let error = refused(&run(&["model", &model, "--set", "size=1"]));
    assert!(error.contains("no input called size"), "{error}");
}

#[test]
fn scores_inside_the_graph_are_named_and_can_be_chosen() {
    let folder = folder("inner");
    let graph = small(&[0, 3, 8, 8], 3, 4).node("ArgMax", &["scores"], &["y"], &[]);
    let model = saved(&folder, "m.onnx", &graph.file());
    let error = refused(&run(&["model", &model]));
    assert!(
        error.contains("best class") && error.contains("--output scores"),
        "{error}"
    );
    let card = said(&run(&["model", &model, "--output", "scores"]));
    assert!(card.contains("4 classes"), "{card}");
}

#[test]
fn the_array_decides_a_free_size_and_a_region_the_scores_of_a_map() {
    let folder = folder("map");
    let mut graph = GraphWriter {
        inputs: vec![port("x", &[1, 3, 0, 0])],
        outputs: vec![port("y", &[1, 2, 0, 0])],
        ..GraphWriter::default()
    }
    .node(
        "Conv",
        &["x", "w"],
        &["y"],
        &[ints("kernel_shape", &[1, 1])],
    )
    .tensor(floats("w", &[2, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
    let model = saved(&folder, "map.onnx", &graph.file());
    let x = input(&folder, &[1, 3, 6, 10]);
    let out = text(folder.join("g.npy"));
    let touched = |region: &[&str]| {
        let fixed = [
            "gradient", "--model", &model, "--input", &x, "--target", "0", "--out", &out,
        ];
        said(&run(&[&fixed, region].concat()));
        read(&out).values.iter().filter(|&&g| g != 0.0).count()
    };
    assert_eq!(touched(&[]), 60);
    assert_eq!(touched(&["--output-region", "centre"]), 1);
    assert_eq!(touched(&["--output-region", "0,0,0.5,0.5"]), 15);
    let error = refused(&run(&["model", &model, "--output-region", "left"]));
    assert!(error.contains("0.25,0.25,0.75,0.75"), "{error}");
    // A single size that fits, of an image that is no square.
    graph.nodes.clear();
    graph.tensors.clear();
    graph.outputs = vec![port("y", &[1, 5])];
    let graph = graph
        .node("Flatten", &["x"], &["f"], &[])
        .node("MatMul", &["f", "fc"], &["y"], &[])
        .tensor(floats("fc", &[180, 5], &[0.1; 900]));
    let model = saved(&folder, "one.onnx", &graph.file());
    said(&run(&["gradient", "--model", &model, "--input", &x]));
    let card = said(&run(&["model", &model, "--size", "6x10"]));
    assert!(card.contains("10 x 6 pixels"), "{card}");
    let error = refused(&run(&["model", &model, "--size", "10x10"]));
    assert!(error.contains("--size HEIGHTxWIDTH"), "{error}");
}

/// The small model with its weights in a file beside it, from byte 4 on.
fn in_two_files() -> (Vec<u8>, Vec<u8>) {
    let mut graph = small(&[0, 3, 8, 8], 3, 4).node("Identity", &["scores"], &["y"], &[]);
    let entry = |key: &str, value: &str| Message::default().text(1, key).text(2, value);
    graph.tensors = vec![
        Message::default()
            .int(1, 3)
            .int(1, 4)
            .int(2, 1)
            .text(8, "fc")
            .message(13, &entry("location", "m.onnx.data"))
            .message(13, &entry("offset", "4"))
            .message(13, &entry("length", "48"))
            .int(14, 1),
    ];
    let mut data = vec![0; 4];
    data.extend((0..12).flat_map(|i| (0.25 * i as f32).to_le_bytes()));
    (graph.file(), data)
}

#[test]
fn weights_in_a_file_beside_the_model_are_found_or_asked_for() {
    let folder = folder("beside");
    let (file, data) = in_two_files();
    let model = saved(&folder, "m.onnx", &file);
    let x = input(&folder, &[1, 3, 8, 8]);
    let beside = folder.join("m.onnx.data");
    let _ = std::fs::remove_file(&beside);
    let error = refused(&run(&["model", &model]));
    assert!(
        error.contains("m.onnx.data") && error.contains("external_data=False"),
        "{error}"
    );
    std::fs::write(&beside, &data).unwrap();
    let out = text(folder.join("g.npy"));
    said(&run(&[
        "gradient", "--model", &model, "--input", &x, "--target", "1", "--out", &out,
    ]));
    let gradient = read(&out).values;
    for (channel, expected) in [0.25, 1.25, 2.25].into_iter().enumerate() {
        assert!((gradient[channel * 64] - expected / 64.0).abs() < 1e-7);
    }
    std::fs::write(&beside, &data[..20]).unwrap();
    let error = refused(&run(&["model", &model]));
    assert!(
        error.contains("20 bytes") && error.contains("cut short"),
        "{error}"
    );
}

#[test]
fn files_that_are_no_models_are_called_what_they_are() {
    let folder = folder("foreign");
    let cases: [(&str, &[u8], &str, &str); 5] = [
        (
            "m.onnx",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4\nsize 1\n",
            "Git LFS",
            "git lfs pull",
        ),
        ("m.h5", b"\x89HDF\r\n\x1a\n0000", "HDF5", "format=\"onnx\""),
        (
            "m.onnx",
            b"<!DOCTYPE html><html></html>",
            "web page",
            "Download the file itself",
        ),
        ("m.pt", b"\x80\x02}q\x00.", "pickle", "torch.onnx.export"),
        (
            "m.tflite",
            b"\x20\0\0\0TFL3....",
            "TensorFlow Lite",
            "--tflite",
        ),
    ];
    for (name, bytes, what, cure) in cases {
        let error = refused(&run(&["model", &saved(&folder, name, bytes)]));
        assert!(error.contains(what) && error.contains(cure), "{error}");
    }
}
