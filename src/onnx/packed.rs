//! Models in a zip or gzip archive: found, and unpacked into no more memory than there is.

mod gzip;
mod inflate;
mod zip;

use super::{FileHandle, OnnxError, foreign::archive_error};

/// Bytes that one archive may grow to, where nobody knows how many there are.
const MOST_BYTES: u64 = 4 << 30;

/// The model in `file`, which is called `name`, with its own name: the file itself where it is no archive. At most
/// `available_bytes` of memory are taken; what lies in an archive as it is takes none.
///
/// # Errors
/// The archive is damaged, holds no model or several, or needs more memory than there is.
pub fn unpacked(
    file: &FileHandle,
    name: &str,
    available_bytes: Option<u64>,
) -> Result<(FileHandle, String), OnnxError> {
    let mut head = [0; 4];
    if file.size() < 4 {
        return Ok((file.clone(), name.to_owned()));
    }
    file.read(0, &mut head).map_err(OnnxError::Unreadable)?;
    let most = available_bytes.map_or(MOST_BYTES, |bytes| bytes.min(MOST_BYTES));
    match head {
        [0x1f, 0x8b, 8, _] => {
            let bytes = gzip::unpack(file, most)?;
            let inner = name.strip_suffix(".gz").unwrap_or(name);
            unpacked_once(bytes.into(), inner)
        }
        [b'P', b'K', 3 | 5, _] => from_zip(file, most),
        _ => Ok((file.clone(), name.to_owned())),
    }
}

/// What came out of a gzip must be a model, not the next archive.
fn unpacked_once(file: FileHandle, name: &str) -> Result<(FileHandle, String), OnnxError> {
    let mut head = [0; 512];
    let length = (file.size() as usize).min(head.len());
    file.read(0, &mut head[..length])
        .map_err(OnnxError::Unreadable)?;
    if &head[257..262] == b"ustar" || head.starts_with(b"PK\x03\x04") {
        return Err(OnnxError::Packed(
            "there is another archive in it; unpack it, and open the .onnx file in it".to_owned(),
        ));
    }
    Ok((file, name.to_owned()))
}

fn from_zip(file: &FileHandle, most: u64) -> Result<(FileHandle, String), OnnxError> {
    let entries = zip::entries(file)?;
    let models: Vec<&zip::Entry> = entries
        .iter()
        .filter(|entry| entry.name.to_ascii_lowercase().ends_with(".onnx") && !entry.is_resource())
        .collect();
    let model = match models.as_slice() {
        [model] => *model,
        [] => {
            let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
            return Err(archive_error(&names));
        }
        several => {
            let names: Vec<&str> = several.iter().map(|entry| entry.name.as_str()).collect();
            return Err(OnnxError::Packed(format!(
                "it holds {} models ({}); unpack it, and open one of them",
                names.len(),
                names.join(", ")
            )));
        }
    };
    let folder = model.name.rfind('/').map_or("", |at| &model.name[..=at]);
    let budget = zip::Budget::new(most);
    let source = budget.open(file, model)?;
    let name = model.name[folder.len()..].to_owned();
    let (archive, folder) = (file.clone(), folder.to_owned());
    let find_beside = move |place: &str| {
        let wanted = format!("{folder}{place}");
        let entry = entries.iter().find(|entry| entry.name == wanted)?;
        // What does not fit is missing, and told as that.
        Some(FileHandle::from_boxed(budget.open(&archive, entry).ok()?))
    };
    let opened = FileHandle::boxed_with_beside(source, Box::new(find_beside));
    Ok((opened, name))
}

#[cfg(test)]
mod tests;
