//! Files of other programs, by their beginnings and by their names.

use super::*;
use crate::onnx::sample::Sample;

fn refusal(bytes: &[u8], name: &str) -> OnnxError {
    parse_named(&bytes.to_vec().into(), name).unwrap_err()
}

#[test]
fn contents_come_before_names() {
    let mut lite = vec![0x1c, 0, 0, 0];
    lite.extend(b"TFL3 and more");
    let mut ort = vec![0x18, 0, 0, 0];
    ort.extend(b"ORTM and more");
    let mut weights = 2_u64.to_le_bytes().to_vec();
    weights.extend(b"{}");
    let mut tar = vec![0; 600];
    tar[257..262].copy_from_slice(b"ustar");
    let cases: [(&[u8], &str, &str); 14] = [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 16\n",
            "Git LFS pointer",
            "git lfs pull",
        ),
        (
            b"\n<!DOCTYPE html><html><body>",
            "web page",
            "Download the file",
        ),
        (
            b"<?xml version=\"1.0\"?><Error>",
            "web page",
            "Download the file",
        ),
        (
            b"<?xml version=\"1.0\"?><net name=\"a\"></net>",
            "OpenVINO",
            "converted",
        ),
        (b"\x89HDF\r\n\x1a\n....", "HDF5", "format=\"onnx\""),
        (b"\x80\x02}q\0.", "pickle", "torch.onnx.export"),
        (
            b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.more",
            "PyTorch",
            "torch.onnx.export",
        ),
        (b"ftrt\0\0\0\0\0\0", "TensorRT", ".onnx file"),
        (b"{\"modelTopology\": {}}", "TensorFlow.js", "--tfjs"),
        (b"\x89PNG\r\n\x1a\n", "image", ".onnx"),
        (&lite, "TensorFlow Lite", "--tflite"),
        (&ort, "ORT file", ".onnx file"),
        (&weights, "safetensors", "optimum-cli"),
        (&tar, "archive", "Unpack"),
    ];
    for (bytes, what, cure) in cases {
        let error = refusal(bytes, "model.onnx");
        let OnnxError::Foreign { cure: found, .. } = &error else {
            panic!("{error}");
        };
        assert!(error.to_string().contains(what), "{error}");
        assert!(found.contains(cure), "{found}");
    }
}

#[test]
fn names_tell_where_contents_do_not() {
    // A protobuf that is no model, as Core ML's and TensorFlow's are.
    let other = [0x08, 0x01, 0x12, 0x02, b'h', b'i'];
    for (name, what) in [
        ("net.mlmodel", "Core ML"),
        ("saved_model.pb", "TensorFlow"),
        ("net.caffemodel", "Caffe"),
        ("NET.PTH", "PyTorch"),
    ] {
        let error = refusal(&other, name).to_string();
        assert!(error.contains(what), "{error}");
    }
    let error = refusal(&other, "net.onnx").to_string();
    assert!(error.contains("no graph"), "{error}");
    let mut graph = vec![0x08, 0x01, 0x12, 0x0f];
    graph.extend(b"serving_default");
    let error = refusal(&graph, "net.onnx").to_string();
    assert!(error.contains("TensorFlow"), "{error}");
}

#[test]
fn text_is_shown() {
    let error = refusal(b"Entry not\nfound", "net.onnx").to_string();
    assert!(error.contains("\"Entry not found\""), "{error}");
}

#[test]
fn a_model_is_a_model_whatever_its_name() {
    let bytes = Sample::classifier().output("logits", "n 5").bytes();
    assert!(parse_named(&bytes.into(), "model.pt").is_ok());
}

#[test]
fn archives_are_known_by_what_they_hold() {
    for (names, what) in [
        (["net/data.pkl", "net/data/0"].as_slice(), "a PyTorch file"),
        (&["net/data.pkl", "net/code/a.py"], "TorchScript"),
        (&["config.json", "model.weights.h5"], "Keras"),
        (&["m/saved_model.pb", "m/variables/a"], "SavedModel"),
        (&["a.npy", "b.npy"], "NumPy"),
        (&["a.docx"], "it holds no .onnx file, but a.docx"),
    ] {
        let error = archive_error(names).to_string();
        assert!(error.contains(what), "{error}");
    }
}
