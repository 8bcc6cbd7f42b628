//! The header of a `.npy` file: a signature, a version, and a Python dictionary of three entries.

use super::ArrayFileError;

const SIGNATURE: &[u8; 6] = b"\x93NUMPY";

/// Type of one value in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    F2,
    F4,
    F8,
    U1,
    U2,
    U4,
    U8,
    I1,
    I2,
    I4,
    I8,
    Bool,
}

impl Element {
    const ALL: [Self; 12] = [
        Self::F2,
        Self::F4,
        Self::F8,
        Self::U1,
        Self::U2,
        Self::U4,
        Self::U8,
        Self::I1,
        Self::I2,
        Self::I4,
        Self::I8,
        Self::Bool,
    ];

    /// NumPy's name, with the byte order.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::F2 => "<f2",
            Self::F4 => "<f4",
            Self::F8 => "<f8",
            Self::U1 => "|u1",
            Self::U2 => "<u2",
            Self::U4 => "<u4",
            Self::U8 => "<u8",
            Self::I1 => "|i1",
            Self::I2 => "<i2",
            Self::I4 => "<i4",
            Self::I8 => "<i8",
            Self::Bool => "|b1",
        }
    }

    /// Size of one value.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::U1 | Self::I1 | Self::Bool => 1,
            Self::F2 | Self::U2 | Self::I2 => 2,
            Self::F4 | Self::U4 | Self::I4 => 4,
            Self::F8 | Self::U8 | Self::I8 => 8,
        }
    }
}

/// What the header says about the data; always C order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) element: Element,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Splits a file into its header and its data.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), ArrayFileError> {
        if bytes.is_empty() {
            return Err(ArrayFileError::Empty);
        }
        let rest = bytes
            .strip_prefix(SIGNATURE)
            .ok_or(ArrayFileError::Signature)?;
        let (text, data) = match *rest {
            [1, _, a, b, ref rest @ ..] => split(rest, usize::from(u16::from_le_bytes([a, b])))?,
            [2, _, a, b, c, d, ref rest @ ..] => {
                split(rest, u32::from_le_bytes([a, b, c, d]) as usize)?
            }
            [major, minor, ..] if !matches!(major, 1 | 2) => {
                return Err(ArrayFileError::Version { major, minor });
            }
            _ => {
                return Err(ArrayFileError::HeaderLength {
                    expected: 12,
                    actual: bytes.len(),
                });
            }
        };
        let text = std::str::from_utf8(text)
            .map_err(|_| ArrayFileError::Header("it is not text".to_owned()))?;
        Ok((parse(text)?, data))
    }

    /// A version 1 header, padded as NumPy does so that the data starts at a multiple of 64.
    pub(super) fn write(&self) -> Vec<u8> {
        let sides: Vec<String> = self.shape.iter().map(usize::to_string).collect();
        let tuple = match sides.as_slice() {
            [side] => format!("({side},)"),
            sides => format!("({})", sides.join(", ")),
        };
        let mut text = format!(
            "{{'descr': '{}', 'fortran_order': False, 'shape': {tuple}, }}",
            self.element.name()
        );
        let prefix = SIGNATURE.len() + 4;
        let padded = (prefix + text.len() + 1).next_multiple_of(64) - prefix;
        text.extend(std::iter::repeat_n(' ', padded - 1 - text.len()));
        text.push('\n');

        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([1, 0]);
        // 65535 bytes of header are some 20000 axes: no array has them.
        bytes.extend((padded as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    }
}

/// The first `length` bytes, and the rest.
fn split(bytes: &[u8], length: usize) -> Result<(&[u8], &[u8]), ArrayFileError> {
    bytes
        .split_at_checked(length)
        .ok_or(ArrayFileError::HeaderLength {
            expected: length,
            actual: bytes.len(),
        })
}

/// Reads the dictionary `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
fn parse(text: &str) -> Result<Header, ArrayFileError> {
    let wrong = |what: &str| ArrayFileError::Header(format!("{what} in {:?}", text.trim()));
    let mut rest = text
        .trim()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or_else(|| wrong("no dictionary"))?
        .trim();

    let (mut descr, mut fortran, mut shape) = (None, None, None);
    while !rest.is_empty() {
        let (key, after) = quoted(rest).ok_or_else(|| wrong("no quoted key"))?;
        let value = after
            .trim_start()
            .strip_prefix(':')
            .ok_or_else(|| wrong("no colon after a key"))?
            .trim_start();
        let after = match key {
            "descr" => {
                let (name, after) =
                    quoted(value).ok_or_else(|| wrong("no plain element type ('descr')"))?;
                descr = Some(name);
                after
            }
            "fortran_order" => {
                let (flag, after) = value
                    .strip_prefix("False")
                    .map(|after| (false, after))
                    .or_else(|| value.strip_prefix("True").map(|after| (true, after)))
                    .ok_or_else(|| wrong("no True or False for 'fortran_order'"))?;
                fortran = Some(flag);
                after
            }
            "shape" => {
                let (sides, after) =
                    tuple(value).ok_or_else(|| wrong("no tuple of whole numbers for 'shape'"))?;
                shape = Some(sides);
                after
            }
            _ => return Err(wrong("an unknown key")),
        };
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if after.is_empty() => after,
            None => return Err(wrong("something between two entries")),
        };
    }

    let descr = descr.ok_or_else(|| wrong("no 'descr'"))?;
    let known = Element::ALL
        .into_iter()
        .find(|element| element.name() == descr);
    let element = known.ok_or_else(|| ArrayFileError::ElementType {
        dtype: descr.to_owned(),
    })?;
    if fortran.ok_or_else(|| wrong("no 'fortran_order'"))? {
        return Err(ArrayFileError::FortranOrder);
    }
    let shape = shape.ok_or_else(|| wrong("no 'shape'"))?;
    Ok(Header { element, shape })
}

/// A string in single or double quotes, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    text.get(1..)?.split_once(quote)
}

/// A Python tuple of whole numbers, and what follows it.
fn tuple(text: &str) -> Option<(Vec<usize>, &str)> {
    let (inside, after) = text.strip_prefix('(')?.split_once(')')?;
    let inside = inside.trim();
    let inside = inside.strip_suffix(',').unwrap_or(inside);
    if inside.is_empty() {
        return Some((Vec::new(), after));
    }
    let sides = inside
        .split(',')
        .map(|side| side.trim().parse().ok())
        .collect::<Option<_>>()?;
    Some((sides, after))
}
