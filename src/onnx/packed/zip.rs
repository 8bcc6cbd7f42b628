//! Zip archives: their list of files, and the files as they lie there or unpacked.

use std::{cell::Cell, ops::Range};

use bytes::Bytes;

use super::inflate::{checksum, inflate_from};
use crate::onnx::{ByteSource, FileHandle, OnnxError, StoredRange};

/// The longest end of an archive: its record and a comment.
const LONGEST_END: u64 = 22 + 0xffff;
/// Bytes of the list of files that are read; far more than any model's archive has.
const LONGEST_LIST: u64 = 1 << 24;

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub name: String,
    method: u16,
    is_encrypted: bool,
    checksum: u32,
    packed: u64,
    size: u64,
    header_at: u64,
}

impl Entry {
    /// Whether it is what macOS puts beside a file, not the file.
    pub fn is_resource(&self) -> bool {
        self.name.starts_with("__MACOSX/")
            || self.name.contains("/._")
            || self.name.starts_with("._")
    }
}

/// The files of the archive in `file`.
///
/// # Errors
/// It is damaged or cut short.
pub fn entries(file: &FileHandle) -> Result<Vec<Entry>, OnnxError> {
    let list = list_range(file)?;
    let mut bytes = vec![0; (list.end - list.start) as usize];
    file.read(list.start, &mut bytes)
        .map_err(OnnxError::Unreadable)?;
    let mut rest = bytes.as_slice();
    let mut entries = Vec::new();
    while rest.starts_with(b"PK\x01\x02") {
        let (entry, length) =
            entry(rest).ok_or_else(|| damaged("its list of files is cut short"))?;
        rest = rest.get(length..).unwrap_or_default();
        // Folders are no files.
        if !entry.name.ends_with('/') {
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Where the list of files lies.
fn list_range(file: &FileHandle) -> Result<Range<u64>, OnnxError> {
    let length = file.size().min(LONGEST_END);
    let start = file.size() - length;
    let mut end = vec![0; length as usize];
    file.read(start, &mut end).map_err(OnnxError::Unreadable)?;
    let at = end
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")
        .ok_or_else(|| damaged("it is cut short, so that its list of files is missing"))?;
    let record = &end[at..];
    let (Some(size), Some(offset)) = (u32_at(record, 12), u32_at(record, 16)) else {
        return Err(damaged("its end is cut short"));
    };
    let (mut size, mut offset) = (u64::from(size), u64::from(offset));
    // Archives beyond 4 GB have a record of larger numbers in front.
    if let Some(locator) = at.checked_sub(20).map(|from| &end[from..at])
        && locator.starts_with(b"PK\x06\x07")
        && let Some(place) = u64_at(locator, 8)
    {
        let mut large = [0; 56];
        file.read(place, &mut large)
            .map_err(|_| damaged("its end is cut short"))?;
        size = u64_at(&large, 40).unwrap_or(size);
        offset = u64_at(&large, 48).unwrap_or(offset);
    }
    match offset.checked_add(size) {
        Some(end) if end <= file.size() && size <= LONGEST_LIST => Ok(offset..end),
        _ => Err(damaged("its list of files lies outside of it")),
    }
}

/// The entry at the start of `bytes`, and the bytes it takes there.
fn entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(bytes, at).map(usize::from));
    let (name, extra, comment) = (name?, extra?, comment?);
    let mut entry = Entry {
        name: String::from_utf8_lossy(bytes.get(46..46 + name)?).into_owned(),
        method: u16_at(bytes, 10)?,
        is_encrypted: u16_at(bytes, 8)? & 1 != 0,
        checksum: u32_at(bytes, 16)?,
        packed: u32_at(bytes, 20)?.into(),
        size: u32_at(bytes, 24)?.into(),
        header_at: u32_at(bytes, 42)?.into(),
    };
    let extra_bytes = bytes.get(46 + name..46 + name + extra)?;
    larger_numbers(&mut entry, extra_bytes);
    Some((entry, 46 + name + extra + comment))
}

/// Numbers that do not fit into 32 bits stand in an extra field, those alone, in a fixed order.
fn larger_numbers(entry: &mut Entry, mut extra: &[u8]) {
    while let (Some(kind), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(length);
        if kind == 1 {
            let mut at = 4;
            for number in [&mut entry.size, &mut entry.packed, &mut entry.header_at] {
                if *number == u64::from(u32::MAX)
                    && let Some(large) = u64_at(extra, at)
                {
                    *number = large;
                    at += 8;
                }
            }
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

/// How much memory unpacking may still take.
pub struct Budget(Cell<u64>);

impl Budget {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        Self(Cell::new(bytes))
    }

    /// The file of an entry: read where it lies, or else unpacked.
    ///
    /// # Errors
    /// It is damaged, encrypted, packed in another way, or does not fit.
    pub fn open(
        &self,
        archive: &FileHandle,
        entry: &Entry,
    ) -> Result<Box<dyn ByteSource>, OnnxError> {
        if entry.is_encrypted {
            return Err(OnnxError::Packed(format!(
                "{} is encrypted; unpack it with its password",
                entry.name
            )));
        }
        let data = data_range(archive, entry)?;
        match entry.method {
            0 => Ok(Box::new(StoredRange {
                file: archive.clone(),
                range: data,
            })),
            8 => {
                if entry.size > self.0.get() {
                    return Err(OnnxError::Packed(format!(
                        "{} unpacks to {} bytes, for which there is no room; unpack it, and open the .onnx file in it",
                        entry.name, entry.size
                    )));
                }
                let mut bytes = Vec::new();
                inflate_from(archive, data.start, data.end, &mut bytes, entry.size)?;
                if bytes.len() as u64 != entry.size || checksum(&bytes) != entry.checksum {
                    return Err(damaged(&format!("the checksum of {} is wrong", entry.name)));
                }
                self.0.set(self.0.get() - entry.size);
                Ok(Box::new(Bytes::from(bytes)))
            }
            method => Err(OnnxError::Packed(format!(
                "{} is packed by method {method}, which is not read here; unpack it, and open the .onnx file in it",
                entry.name
            ))),
        }
    }
}

/// Where an entry's data lies, behind a header whose length its own copy of the name decides.
fn data_range(archive: &FileHandle, entry: &Entry) -> Result<Range<u64>, OnnxError> {
    let mut header = [0; 30];
    let cut = || damaged(&format!("{} lies outside of it", entry.name));
    archive
        .read(entry.header_at, &mut header)
        .map_err(|_| cut())?;
    let lengths = [26, 28].map(|at| u64::from(u16_at(&header, at).unwrap_or(0)));
    let start = entry.header_at + 30 + lengths[0] + lengths[1];
    let end = start
        .checked_add(entry.packed)
        .filter(|&end| end <= archive.size());
    match end {
        Some(end) if header.starts_with(b"PK\x03\x04") => Ok(start..end),
        _ => Err(cut()),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn damaged(how: &str) -> OnnxError {
    OnnxError::Packed(format!("it is damaged: {how}"))
}
