//! Protobuf's wire format (<https://protobuf.dev/programming-guides/encoding>): fields of a message
//! read one after another through a small window, so that what is skipped is never read.

use std::ops::Range;

use crate::onnx::{
    FileHandle, OnnxError,
    limits::{MAX_NAME_BYTES, MAX_STRUCTURE_BYTES},
};

/// How much of the file is looked at through the window at a time.
const WINDOW_BYTES: usize = 1 << 16;

/// The value of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number or a truth value.
    Varint(u64),
    /// Eight bytes.
    Fixed64([u8; 8]),
    /// Where the bytes of a text, a message or a packed list lie in the file.
    Part(Range<u64>),
    /// Four bytes.
    Fixed32([u8; 4]),
}

impl Value {
    /// As the whole number it is; 0 for anything else, as if the field were not there.
    pub fn int(&self) -> i64 {
        match self {
            Self::Varint(value) => *value as i64,
            _ => 0,
        }
    }
}

/// Reads fields from a file.
pub struct Reader<'a> {
    file: &'a FileHandle,
    window: Vec<u8>,
    window_start: u64,
    /// Bytes of structure that may still be read.
    budget: u64,
    /// Graphs around what is read now.
    depth: usize,
}

impl<'a> Reader<'a> {
    /// A reader of `file`.
    pub fn new(file: &'a FileHandle) -> Self {
        Self {
            file,
            window: Vec::new(),
            window_start: 0,
            budget: MAX_STRUCTURE_BYTES,
            depth: 0,
        }
    }

    /// Number of graphs inside nodes around what is read now.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Notes how many graphs inside nodes are around what is read from now on.
    pub fn set_depth(&mut self, depth: usize) {
        self.depth = depth;
    }

    /// The file.
    pub fn file(&self) -> &'a FileHandle {
        self.file
    }

    /// The next field of the message that lies in `message`, which shrinks to what is left of it;
    /// `None` at its end.
    ///
    /// # Errors
    /// What is there is not a field, or the file cannot be read.
    pub fn field(&mut self, message: &mut Range<u64>) -> Result<Option<(u64, Value)>, OnnxError> {
        if message.start >= message.end {
            return Ok(None);
        }
        let start = message.start;
        let key = self.varint(message)?;
        let number = key >> 3;
        let value = match key & 7 {
            0 => Value::Varint(self.varint(message)?),
            1 => Value::Fixed64(self.fixed(message)?),
            2 => {
                let length = self.varint(message)?;
                let left = message.end - message.start;
                if length > left {
                    return Err(OnnxError::Damaged(format!(
                        "the part at byte {start} should have {length} bytes, but only {left} are left"
                    )));
                }
                let part = message.start..message.start + length;
                message.start = part.end;
                Value::Part(part)
            }
            5 => Value::Fixed32(self.fixed(message)?),
            kind => return Err(not_a_field(start, &format!("its kind is {kind}"))),
        };
        if number == 0 {
            return Err(not_a_field(start, "its number is 0"));
        }
        // What a part holds is paid for by whoever reads it.
        let inside = match &value {
            Value::Part(part) => part.end - part.start,
            _ => 0,
        };
        self.spend(message.start - start - inside)?;
        Ok(Some((number, value)))
    }

    /// A number of one to ten bytes at the start of `from`, which loses it.
    ///
    /// # Errors
    /// It is longer, or ends with `from`.
    pub fn varint(&mut self, from: &mut Range<u64>) -> Result<u64, OnnxError> {
        let start = from.start;
        let mut value = 0_u64;
        for shift in (0..70).step_by(7) {
            if from.start >= from.end {
                return Err(OnnxError::Damaged(format!(
                    "it ends within the number at byte {start}"
                )));
            }
            let byte = self.byte(from.start)?;
            from.start += 1;
            // Bits beyond the 64th are dropped, as protobuf's own readers do.
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(not_a_field(start, "its number has more than ten bytes"))
    }

    /// The text in `part`.
    ///
    /// # Errors
    /// It is longer than `limit`, or the file cannot be read.
    pub fn text(&mut self, part: &Range<u64>, limit: u64) -> Result<String, OnnxError> {
        let length = part.end - part.start;
        if length > limit {
            return Err(OnnxError::TooMany {
                what: format!("bytes of the text at byte {}", part.start),
                count: length,
                limit,
            });
        }
        let bytes = self.bytes(part)?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// The name in `part`.
    ///
    /// # Errors
    /// As [`Reader::text`].
    pub fn name(&mut self, part: &Range<u64>) -> Result<String, OnnxError> {
        self.text(part, MAX_NAME_BYTES)
    }

    /// The bytes in `part`, which count as structure.
    ///
    /// # Errors
    /// There are too many, or the file cannot be read.
    pub fn bytes(&mut self, part: &Range<u64>) -> Result<Vec<u8>, OnnxError> {
        let length = part.end - part.start;
        self.spend(length)?;
        let mut bytes = vec![0; length as usize];
        self.copy(part.start, &mut bytes)?;
        Ok(bytes)
    }

    /// Fills `into` from the window where it can, else from the file. It does not count as structure.
    ///
    /// # Errors
    /// The file ends before, or cannot be read.
    pub fn copy(&mut self, at: u64, into: &mut [u8]) -> Result<(), OnnxError> {
        if into.len() > WINDOW_BYTES {
            return self.file.read(at, into).map_err(OnnxError::Unreadable);
        }
        self.look_at(at, into.len())?;
        let from = (at - self.window_start) as usize;
        for (into, byte) in into.iter_mut().zip(&self.window[from..]) {
            *into = *byte;
        }
        Ok(())
    }

    fn byte(&mut self, at: u64) -> Result<u8, OnnxError> {
        let mut byte = [0];
        self.copy(at, &mut byte)?;
        Ok(byte[0])
    }

    fn fixed<const N: usize>(&mut self, from: &mut Range<u64>) -> Result<[u8; N], OnnxError> {
        if from.end - from.start < N as u64 {
            return Err(OnnxError::Damaged(format!(
                "it ends within the number at byte {}",
                from.start
            )));
        }
        let mut bytes = [0; N];
        self.copy(from.start, &mut bytes)?;
        from.start += N as u64;
        Ok(bytes)
    }

    /// Moves the window so that it shows `length` bytes from `at`.
    fn look_at(&mut self, at: u64, length: usize) -> Result<(), OnnxError> {
        let shown = self.window_start..self.window_start + self.window.len() as u64;
        let end = at + length as u64;
        if shown.start <= at && end <= shown.end {
            return Ok(());
        }
        let size = self.file.size();
        if end > size {
            return Err(OnnxError::Damaged(format!("it ends at byte {size}")));
        }
        let length = (size - at).min(WINDOW_BYTES as u64) as usize;
        self.window.resize(length, 0);
        self.window_start = at;
        self.file
            .read(at, &mut self.window)
            .map_err(OnnxError::Unreadable)
    }

    /// Counts bytes as structure.
    ///
    /// # Errors
    /// There are too many of them.
    pub fn spend(&mut self, bytes: u64) -> Result<(), OnnxError> {
        match self.budget.checked_sub(bytes) {
            Some(left) => self.budget = left,
            None => {
                return Err(OnnxError::TooMany {
                    what: "bytes that are not weights".to_owned(),
                    count: MAX_STRUCTURE_BYTES - self.budget + bytes,
                    limit: MAX_STRUCTURE_BYTES,
                });
            }
        }
        Ok(())
    }
}

fn not_a_field(at: u64, why: &str) -> OnnxError {
    OnnxError::NotOnnx(format!(
        "its structure cannot be decoded ({why}, at byte {at})"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<(u64, Value)>, OnnxError> {
        let file = FileHandle::from(bytes.to_vec());
        let mut reader = Reader::new(&file);
        let mut message = 0..file.size();
        let mut fields = Vec::new();
        while let Some(field) = reader.field(&mut message)? {
            fields.push(field);
        }
        Ok(fields)
    }

    #[test]
    fn fields_of_every_kind_are_read() {
        let bytes = [
            0x08, 0x96, 0x01, // number 1: 150
            0x12, 0x02, b'o', b'k', // number 2: two bytes
            0x1d, 1, 2, 3, 4, // number 3: four bytes
            0x21, 1, 2, 3, 4, 5, 6, 7, 8, // number 4: eight bytes
        ];
        assert_eq!(
            fields(&bytes).unwrap(),
            [
                (1, Value::Varint(150)),
                (2, Value::Part(5..7)),
                (3, Value::Fixed32([1, 2, 3, 4])),
                (4, Value::Fixed64([1, 2, 3, 4, 5, 6, 7, 8])),
            ]
        );
    }

    #[test]
    fn negative_numbers_take_ten_bytes() {
        let mut bytes = vec![0x08];
        bytes.extend([0xff; 9]);
        bytes.push(0x01);
        let found = fields(&bytes).unwrap();
        assert_eq!(found[0].1.int(), -1);
    }

    #[test]
    fn what_is_no_field_is_an_error() {
        for bytes in [
            &[0x08][..],
            &[0x08, 0x80],
            &[0x12, 0x05, 1],
            &[0x1d, 1, 2],
            &[0x00, 0x00],
            &[0x0b],
            &[
                0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
            ],
        ] {
            assert!(fields(bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn endless_structure_is_refused() {
        let file = FileHandle::from(vec![b'x'; MAX_STRUCTURE_BYTES as usize + 1]);
        let mut reader = Reader::new(&file);
        let error = reader.bytes(&(0..file.size())).unwrap_err();
        assert!(matches!(error, OnnxError::TooMany { .. }), "{error}");
    }
}
