//! Deflated bytes of a file, unpacked piece by piece into a list that must not grow too long.

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    inflate::stream::{InflateState, inflate},
};

use crate::onnx::{FileHandle, OnnxError};

/// How much is read and unpacked at a time.
const PIECE_BYTES: usize = 1 << 16;

/// Unpacks the deflated stream that begins at `start` of `file` and lies before `end`, behind what `unpacked` holds,
/// which must not grow beyond `most` bytes. Where the stream ends.
///
/// # Errors
/// It is damaged, ends early, or grows too long.
pub fn inflate_from(
    file: &FileHandle,
    start: u64,
    end: u64,
    unpacked: &mut Vec<u8>,
    most: u64,
) -> Result<u64, OnnxError> {
    let damaged = |how: &str| OnnxError::Packed(format!("it is damaged: {how}"));
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut input = vec![0; PIECE_BYTES];
    let mut output = vec![0; PIECE_BYTES];
    let (mut at, mut waiting) = (start, 0..0);
    loop {
        if waiting.is_empty() {
            let length = (end - at).min(PIECE_BYTES as u64) as usize;
            file.read(at, &mut input[..length])
                .map_err(OnnxError::Unreadable)?;
            at += length as u64;
            waiting = 0..length;
        }
        let result = inflate(
            &mut state,
            &input[waiting.clone()],
            &mut output,
            MZFlush::None,
        );
        waiting.start += result.bytes_consumed;
        if unpacked.len() as u64 + result.bytes_written as u64 > most {
            return Err(OnnxError::Packed(format!(
                "it unpacks to more than {most} bytes, for which there is no room; unpack it, and open the \
                 .onnx file in it"
            )));
        }
        unpacked.extend_from_slice(&output[..result.bytes_written]);
        match result.status {
            Ok(MZStatus::StreamEnd) => return Ok(at - waiting.len() as u64),
            Ok(_) | Err(MZError::Buf) if result.bytes_consumed + result.bytes_written > 0 => {}
            Ok(_) | Err(MZError::Buf) if at < end && waiting.is_empty() => {}
            Ok(_) | Err(MZError::Buf) => return Err(damaged("it ends early")),
            Err(_) => return Err(damaged("its deflated data cannot be read")),
        }
    }
}

/// The checksum of zip and gzip (CRC-32).
pub fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |sum: u32, &byte: &u8| {
        let index = (sum ^ u32::from(byte)) & 0xff;
        TABLE[index as usize] ^ (sum >> 8)
    };
    !bytes.iter().fold(u32::MAX, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
}
