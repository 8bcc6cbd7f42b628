//! Files that came with a request as one.

use crate::{onnx::FileHandle, protocol::FileBeside};

/// The model in what came with a request, with the files behind it beside it.
///
/// # Errors
/// They are longer together than what came.
pub(super) fn file_with(file: FileHandle, beside: &[FileBeside]) -> Result<FileHandle, String> {
    if beside.is_empty() {
        return Ok(file);
    }
    let others: Vec<(String, u64)> = beside
        .iter()
        .map(|other| (other.name.clone(), other.bytes))
        .collect();
    file.parted(&others)
}
