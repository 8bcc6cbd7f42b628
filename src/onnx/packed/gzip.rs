//! Gzip files (RFC 1952): headers, deflated data, checksums.

use super::inflate::{checksum, inflate_from};
use crate::onnx::{FileHandle, OnnxError};

const HAS_HEADER_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

/// All that is in `file`, at most `most` bytes.
///
/// # Errors
/// It is damaged, or unpacks to more.
pub fn unpack(file: &FileHandle, most: u64) -> Result<Vec<u8>, OnnxError> {
    let mut unpacked = Vec::new();
    let mut at = 0;
    // Several may stand one behind the other.
    while at < file.size() {
        let Some(start) = after_header(file, at)? else {
            // What fills a file up behind its end is no damage.
            if at > 0 {
                break;
            }
            return Err(damaged("its header cannot be read"));
        };
        let already = unpacked.len();
        let end = inflate_from(file, start, file.size(), &mut unpacked, most)?;
        let mut trailer = [0; 8];
        if file.size() - end < 8 {
            return Err(damaged("it ends early"));
        }
        file.read(end, &mut trailer)
            .map_err(OnnxError::Unreadable)?;
        let [a, b, c, d, ..] = trailer;
        if u32::from_le_bytes([a, b, c, d]) != checksum(&unpacked[already..]) {
            return Err(damaged("its checksum is wrong"));
        }
        at = end + 8;
    }
    Ok(unpacked)
}

/// Where the data of the member at `start` begins; `None` where there is no member.
fn after_header(file: &FileHandle, start: u64) -> Result<Option<u64>, OnnxError> {
    let byte = |at: u64| -> Result<u8, OnnxError> {
        let mut byte = [0];
        file.read(at, &mut byte)
            .map_err(|_| damaged("it ends early"))?;
        Ok(byte[0])
    };
    if file.size() - start < 10 || [byte(start)?, byte(start + 1)?] != [0x1f, 0x8b] {
        return Ok(None);
    }
    let flags = byte(start + 3)?;
    let mut at = start + 10;
    if flags & HAS_EXTRA != 0 {
        at += 2 + u64::from(u16::from_le_bytes([byte(at)?, byte(at + 1)?]));
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag != 0 {
            while byte(at)? != 0 {
                at += 1;
            }
            at += 1;
        }
    }
    if flags & HAS_HEADER_CHECKSUM != 0 {
        at += 2;
    }
    if at > file.size() {
        return Err(damaged("it ends early"));
    }
    Ok(Some(at))
}

fn damaged(how: &str) -> OnnxError {
    OnnxError::Packed(format!("it is damaged: {how}"))
}
