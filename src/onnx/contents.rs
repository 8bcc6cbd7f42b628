//! The bytes of a constant: at hand where there are few, else left in the file until they are used.

use std::ops::Range;

use bytes::Bytes;

use super::{FileHandle, file_handle::StoredRange};

/// How much is read at a time where elements are converted one by one; whole elements of any type.
const PIECE_BYTES: usize = 1 << 18;

/// The little-endian elements of a constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Contents {
    /// In memory.
    Held(Bytes),
    /// In the file; read anew by each use, so that the graph holds no second copy of a weight.
    Stored(StoredRange),
}

impl Contents {
    /// The part `range` of `file`, which the caller has checked to lie within it.
    pub(super) fn stored(file: &FileHandle, range: Range<u64>) -> Self {
        Self::Stored(StoredRange {
            file: file.clone(),
            range,
        })
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Held(bytes) => bytes.len(),
            Self::Stored(stored) => {
                let length = stored.range.end.saturating_sub(stored.range.start);
                usize::try_from(length).unwrap_or(usize::MAX)
            }
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, read where they are not in memory.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Held(bytes) => bytes.clone(),
            Self::Stored(_) => {
                let mut bytes = vec![0; self.len()];
                self.copy_to(&mut bytes);
                bytes.into()
            }
        }
    }

    /// Fills `into`, as long as these bytes, with them.
    pub(super) fn copy_to(&self, into: &mut [u8]) {
        match self {
            Self::Held(bytes) => {
                for (into, byte) in into.iter_mut().zip(bytes) {
                    *into = *byte;
                }
            }
            Self::Stored(stored) => stored.file.read_or_zero(stored.range.start, into),
        }
    }

    /// Calls `take` with the bytes, piece by piece; every piece but the last is a multiple of 8 long.
    pub(super) fn pieces(&self, mut take: impl FnMut(&[u8])) {
        match self {
            Self::Held(bytes) => take(bytes),
            Self::Stored(stored) => {
                let mut piece = vec![0; PIECE_BYTES.min(self.len())];
                let mut at = stored.range.start;
                while at < stored.range.end {
                    let left = usize::try_from(stored.range.end - at).unwrap_or(usize::MAX);
                    piece.truncate(left);
                    stored.file.read_or_zero(at, &mut piece);
                    take(&piece);
                    at += piece.len() as u64;
                }
            }
        }
    }
}

impl From<Vec<u8>> for Contents {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Held(bytes.into())
    }
}

impl FromIterator<u8> for Contents {
    fn from_iter<T: IntoIterator<Item = u8>>(bytes: T) -> Self {
        Self::Held(bytes.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_bytes_are_those_of_the_file() {
        let bytes: Vec<u8> = (0..PIECE_BYTES * 2 + 100)
            .map(|i| (i % 251) as u8)
            .collect();
        let file = FileHandle::from(bytes.clone());
        let contents = Contents::stored(&file, 10..bytes.len() as u64 - 2);
        let expected = &bytes[10..bytes.len() - 2];
        assert_eq!(contents.len(), expected.len());
        let mut whole = vec![0; contents.len()];
        contents.copy_to(&mut whole);
        assert_eq!(whole, expected);
        let mut gathered = Vec::new();
        contents.pieces(|piece| gathered.extend_from_slice(piece));
        assert_eq!(gathered, expected);
    }
}
