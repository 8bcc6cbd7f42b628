//! Files that are no ONNX models, told apart by what is in them, then by their names, each with the way
//! from there to an ONNX model.

use super::{FileHandle, Graph, OnnxError, parse_file};

mod kind;
#[cfg(test)]
mod tests;

use kind::Kind;

/// How much of a file is looked at: beginnings are enough for most, names within follow soon.
const HEAD_BYTES: u64 = 1 << 18;
/// Characters of a text that are shown.
const SHOWN_CHARACTERS: usize = 40;

/// Reads the model in `file`, which is called `name`.
///
/// # Errors
/// As [`parse_file`]; [`OnnxError::Foreign`] where it is known what the file is instead.
pub fn parse_named(file: &FileHandle, name: &str) -> Result<Graph, OnnxError> {
    let head = head(file)?;
    if let Some(kind) = by_beginning(&head, file.size()) {
        return Err(kind.error());
    }
    parse_file(file).map_err(|error| {
        let is_other = matches!(
            error,
            OnnxError::NotOnnx(_) | OnnxError::Damaged(_) | OnnxError::TooMany { .. }
        );
        match by_ending(name).or_else(|| by_words(&head)) {
            Some(kind) if is_other => kind.error(),
            _ if matches!(error, OnnxError::NotOnnx(_)) => text(&head).unwrap_or(error),
            _ => error,
        }
    })
}

fn head(file: &FileHandle) -> Result<Vec<u8>, OnnxError> {
    let mut head = vec![0; file.size().min(HEAD_BYTES) as usize];
    file.read(0, &mut head).map_err(OnnxError::Unreadable)?;
    Ok(head)
}

/// Beginnings that no ONNX file has.
fn by_beginning(head: &[u8], size: u64) -> Option<Kind> {
    const BEGINNINGS: [(&[u8], Kind); 24] = [
        (b"version https://git-lfs", Kind::LfsPointer),
        (b"\x89HDF\r\n\x1a\n", Kind::Hdf5),
        (b"GGUF", Kind::Gguf),
        (b"ftrt", Kind::TensorRt),
        (b"ptrt", Kind::TensorRt),
        (b"RKNN", Kind::Rknn),
        (b"7767517", Kind::Ncnn),
        (b"\x93NUMPY", Kind::NumPy),
        (b"\x89PNG", Kind::Image),
        (b"\xff\xd8\xff", Kind::Image),
        (b"GIF8", Kind::Image),
        (b"RIFF", Kind::Image),
        (b"BM", Kind::Image),
        (b"%PDF", Kind::Pdf),
        (b"7z\xbc\xaf\x27\x1c", Kind::Archive),
        (b"Rar!\x1a\x07", Kind::Archive),
        (b"\xfd7zXZ\0", Kind::Archive),
        (b"BZh", Kind::Archive),
        (b"\x28\xb5\x2f\xfd", Kind::Archive),
        (b"\x80\x02", Kind::Pickle),
        (b"\x80\x03", Kind::Pickle),
        (b"\x80\x04", Kind::Pickle),
        (b"\x80\x05", Kind::Pickle),
        (b"\x12\x01\0\0\0\0\0\0\0\0\0\0", Kind::MxNet),
    ];
    /// The number by which PyTorch's older files begin, as a pickle writes it.
    const OLD_TORCH: &[u8] = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
    let begins = BEGINNINGS.into_iter().find(|(b, _)| head.starts_with(b));
    match begins {
        Some((_, Kind::Pickle)) if head.get(2..).is_some_and(|h| h.starts_with(OLD_TORCH)) => {
            return Some(Kind::Torch);
        }
        Some((_, kind)) => return Some(kind),
        None => {}
    }
    match head.get(4..8) {
        Some(b"TFL3") => return Some(Kind::TfLite),
        Some(b"ORTM") => return Some(Kind::Ort),
        Some(b"ET12" | b"ET13") => return Some(Kind::ExecuTorch),
        _ => {}
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(Kind::Archive);
    }
    if is_safetensors(head, size) {
        return Some(Kind::Safetensors);
    }
    let start: Vec<u8> = head
        .iter()
        .copied()
        .skip_while(|b| b.is_ascii_whitespace() || matches!(b, 0xef | 0xbb | 0xbf))
        .take(1 << 12)
        .map(|b| b.to_ascii_lowercase())
        .collect();
    let says = |word: &str| contains(&start, word.as_bytes());
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html") {
        return Some(Kind::WebPage);
    }
    if start.starts_with(b"<?xml") || start.starts_with(b"<") && says("</") {
        let is_network = says("<net ") || says("<layers");
        return Some(if is_network {
            Kind::OpenVino
        } else {
            Kind::WebPage
        });
    }
    // "{" is no field of an ONNX model.
    if start.starts_with(b"{") && (says("\"modeltopology\"") || says("\"weightsmanifest\"")) {
        return Some(Kind::TensorFlowJs);
    }
    None
}

/// Its first eight bytes are the length of the JSON that follows.
fn is_safetensors(head: &[u8], size: u64) -> bool {
    let (Some(length), Some(b"{\"" | b"{}" | b"{ ")) = (head.first_chunk::<8>(), head.get(8..10))
    else {
        return false;
    };
    let length = u64::from_le_bytes(*length);
    length.checked_add(8).is_some_and(|end| end <= size)
}

/// What the name says, where the contents do not.
fn by_ending(name: &str) -> Option<Kind> {
    let name = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let kinds: [(&[&str], Kind); 17] = [
        (&[".pt", ".pth", ".pkl", ".ckpt", ".bin"], Kind::Torch),
        (&[".h5", ".hdf5"], Kind::Hdf5),
        (&[".keras"], Kind::Keras),
        (&[".tflite", ".lite"], Kind::TfLite),
        (&[".mlmodel", ".mlpackage"], Kind::CoreMl),
        (&[".pb", ".pbtxt"], Kind::TensorFlow),
        (&[".safetensors"], Kind::Safetensors),
        (&[".engine", ".trt", ".plan"], Kind::TensorRt),
        (&[".ort"], Kind::Ort),
        (&[".gguf", ".ggml"], Kind::Gguf),
        (&[".xml"], Kind::OpenVino),
        (&[".caffemodel", ".prototxt"], Kind::Caffe),
        (&[".pdmodel", ".pdiparams"], Kind::Paddle),
        (&[".params"], Kind::MxNet),
        (&[".weights", ".cfg"], Kind::Darknet),
        (&[".rknn"], Kind::Rknn),
        (&[".pte"], Kind::ExecuTorch),
    ];
    kinds
        .into_iter()
        .find_map(|(endings, kind)| ends(endings).then_some(kind))
}

/// Words by which other programs' files give themselves away.
fn by_words(head: &[u8]) -> Option<Kind> {
    let says = |word: &str| contains(head, word.as_bytes());
    if says("serving_default") || says("saved_model_") || says("VarHandleOp") {
        return Some(Kind::TensorFlow);
    }
    if says("Placeholder") && says("dtype") {
        return Some(Kind::TensorFlow);
    }
    if says("com.github.apple.coremltools") || says("coremltoolsVersion") {
        return Some(Kind::CoreMl);
    }
    None
}

/// What a file of text is refused by: its beginning.
fn text(head: &[u8]) -> Option<OnnxError> {
    let text = std::str::from_utf8(&head[..head.len().min(1 << 12)]).ok()?;
    let is_text = |c: char| !c.is_control() || c.is_whitespace();
    if text.trim().is_empty() || !text.chars().all(is_text) {
        return None;
    }
    let shown: String = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(SHOWN_CHARACTERS)
        .collect();
    Some(OnnxError::NotOnnx(format!(
        "it is text, beginning {shown:?}"
    )))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Why the archive with these files in it holds no model that can be opened.
pub(super) fn archive_error(names: &[&str]) -> OnnxError {
    let has = |ending: &str| names.iter().any(|name| name.ends_with(ending));
    let kind = if has("data.pkl") && names.iter().any(|name| name.contains("/code/")) {
        Kind::TorchScript
    } else if has("data.pkl") {
        Kind::Torch
    } else if has("model.weights.h5") {
        Kind::Keras
    } else if has("saved_model.pb") {
        Kind::TensorFlow
    } else if has(".mlmodel") {
        Kind::CoreMl
    } else if has(".tflite") {
        Kind::TfLite
    } else if has(".h5") {
        Kind::Hdf5
    } else if has(".safetensors") {
        Kind::Safetensors
    } else if !names.is_empty() && names.iter().all(|name| name.ends_with(".npy")) {
        Kind::NumPy
    } else {
        let shown: Vec<&str> = names.iter().copied().take(5).collect();
        let more = if names.len() > shown.len() {
            ", ..."
        } else {
            ""
        };
        return OnnxError::Packed(format!(
            "it holds no .onnx file, but {}{more}",
            shown.join(", ")
        ));
    };
    kind.error()
}
