//! NumPy's `.npy` files, versions 1 and 2, to arrays and back.
//!
//! The format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

mod error;
mod header;

pub use error::ArrayFileError;
use header::{Element, Header};

/// An array in C order (last index fastest), with its values widened or rounded to `f32`.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Length of each axis, outermost first; empty for a single number.
    pub shape: Vec<usize>,
    /// As many values as the product of `shape`.
    pub values: Vec<f32>,
}

impl Array {
    /// Reads the bytes of a `.npy` file holding little-endian real or whole numbers, or truth values, which
    /// become 0 and 1. What does not fit into an `f32` is rounded to the nearest.
    ///
    /// # Errors
    /// Where the bytes are not a `.npy` file of version 1 or 2, hold another element type or
    /// Fortran order, or are fewer or more than the shape says.
    pub fn read(bytes: &[u8]) -> Result<Self, ArrayFileError> {
        let (shape, values) = Self::read_doubles(bytes)?;
        Ok(Self {
            shape,
            values: values.into_iter().map(|value| value as f32).collect(),
        })
    }

    /// As [`Array::read`], the values in double precision: whole numbers up to 53 bits are exact.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read_doubles(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), ArrayFileError> {
        let (header, data) = Header::read(bytes)?;
        let count = header
            .shape
            .iter()
            .try_fold(1_usize, |count, &side| count.checked_mul(side))
            .and_then(|count| count.checked_mul(header.element.bytes()))
            .ok_or_else(|| ArrayFileError::TooLarge {
                shape: header.shape.clone(),
            })?;
        if data.len() != count {
            return Err(ArrayFileError::Length {
                shape: header.shape,
                dtype: header.element.name(),
                expected: count,
                actual: data.len(),
            });
        }
        let values = match header.element {
            Element::F2 => each(data, |b| half::f16::from_le_bytes(b).to_f64()),
            Element::F4 => each(data, |b| f32::from_le_bytes(b).into()),
            Element::F8 => each(data, f64::from_le_bytes),
            Element::U1 | Element::Bool => each(data, |b: [u8; 1]| b[0].into()),
            Element::U2 => each(data, |b| u16::from_le_bytes(b).into()),
            Element::U4 => each(data, |b| u32::from_le_bytes(b).into()),
            Element::U8 => each(data, |b| u64::from_le_bytes(b) as f64),
            Element::I1 => each(data, |b| i8::from_le_bytes(b).into()),
            Element::I2 => each(data, |b| i16::from_le_bytes(b).into()),
            Element::I4 => each(data, |b| i32::from_le_bytes(b).into()),
            Element::I8 => each(data, |b| i64::from_le_bytes(b) as f64),
        };
        Ok((header.shape, values))
    }

    /// The bytes of a version 1 `.npy` file of little-endian `f4`, in C order.
    ///
    /// `values` must be as long as the product of `shape`; nothing checks it here, but no reader
    /// will take the file otherwise.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Header {
            element: Element::F4,
            shape: self.shape.clone(),
        }
        .write();
        bytes.reserve(4 * self.values.len());
        for value in &self.values {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes
    }
}

/// Decodes little-endian elements of `N` bytes each.
fn each<const N: usize>(data: &[u8], decode: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    data.as_chunks::<N>().0.iter().map(|&b| decode(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version 1 file with this header text and data.
    fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn writes_what_numpy_writes() {
        // Bytes of numpy.save(file, numpy.array([[1.5, -2, 0.25]], 'f4')).
        let mut expected =
            b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
                .to_vec();
        expected.resize(127, b' ');
        expected.push(b'\n');
        for value in [1.5_f32, -2.0, 0.25] {
            expected.extend(value.to_le_bytes());
        }
        let array = Array {
            shape: vec![1, 3],
            values: vec![1.5, -2.0, 0.25],
        };
        assert_eq!(array.write(), expected);
    }

    #[test]
    fn comes_back_as_it_was() {
        for shape in [vec![], vec![0, 4], vec![5], vec![2, 3, 1, 7]] {
            let count = shape.iter().product();
            let values = (0..count).map(|i| i as f32 * 0.37 - 4.0).collect();
            let array = Array { shape, values };
            let bytes = array.write();
            assert_eq!(Array::read(&bytes).unwrap(), array);
        }
    }

    #[test]
    fn long_shapes_still_start_their_data_at_a_multiple_of_64() {
        let array = Array {
            shape: vec![1; 40],
            values: vec![9.0],
        };
        let bytes = array.write();
        assert_eq!((bytes.len() - 4) % 64, 0);
        assert_eq!(Array::read(&bytes).unwrap(), array);
    }

    #[test]
    fn reads_every_element_type() {
        let shape = "'fortran_order': False, 'shape': (2,), }\n";
        let halves = [0x3e00_u16, 0xc000].map(u16::to_le_bytes).concat();
        let doubles = [1.5_f64, -2.0].map(f64::to_le_bytes).concat();
        for (descr, data, expected) in [
            ("<f2", halves, [1.5, -2.0]),
            ("<f8", doubles, [1.5, -2.0]),
            ("|u1", vec![3, 255], [3.0, 255.0]),
        ] {
            let bytes = file(&format!("{{'descr': '{descr}', {shape}"), &data);
            let array = Array::read(&bytes).unwrap();
            assert_eq!(array.values, expected, "{descr}");
            assert_eq!(array.shape, [2]);
        }
    }

    #[test]
    fn reads_version_two_and_any_key_order() {
        let header = "{\"shape\":(1,1),'fortran_order':False,'descr':'<f4'}";
        let mut bytes = b"\x93NUMPY\x02\x00".to_vec();
        bytes.extend((header.len() as u32).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(4.5_f32.to_le_bytes());
        let array = Array::read(&bytes).unwrap();
        assert_eq!((array.shape, array.values), (vec![1, 1], vec![4.5]));
    }

    #[test]
    fn whole_numbers_and_truth_values_are_read() {
        let cases: [(&str, &[u8], f64); 5] = [
            (
                "'<i8'",
                &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                -2.0,
            ),
            ("'<i4'", &[1, 0, 1, 0], 65_537.0),
            ("'<u2'", &[0xff, 0xff], 65_535.0),
            ("'|i1'", &[0x80], -128.0),
            ("'|b1'", &[1], 1.0),
        ];
        for (kind, data, expected) in cases {
            let header = format!("{{'descr': {kind}, 'fortran_order': False, 'shape': (1,), }}\n");
            let read = Array::read_doubles(&file(&header, data));
            assert_eq!(read, Ok((vec![1], vec![expected])), "{kind}");
        }
    }

    #[test]
    fn refuses_with_the_reason() {
        let header = |descr: &str, order: &str, shape: &str| {
            format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n")
        };
        let cases = [
            (b"PK\x03\x04 and so on".to_vec(), "not a NumPy"),
            (Vec::new(), "empty"),
            (b"\x93NUMPY\x03\x00\x00\x00".to_vec(), "version 3"),
            (b"\x93NUMPY\x01\x00\x76\x00{'descr'".to_vec(), "header"),
            (
                file(&header("'<f4'", "True", "(1,)"), &[0; 4]),
                "Fortran order",
            ),
            (file(&header("'>f4'", "False", "(1,)"), &[0; 4]), ">f4"),
            (file(&header("'<c8'", "False", "(1,)"), &[0; 8]), "<c8"),
            (
                file(&header("[('a', '<f4')]", "False", "(1,)"), &[0; 4]),
                "header",
            ),
            (file(&header("'<f4'", "False", "(-1,)"), &[0; 4]), "header"),
            (file("{'descr': '<f4'}", &[0; 4]), "header"),
            (
                file(&header("'<f4'", "False", "(2, 3)"), &[0; 23]),
                "24 bytes of data, but it has 23",
            ),
            (
                file(&header("'<f4'", "False", "(1,)"), &[0; 5]),
                "4 bytes of data, but it has 5",
            ),
            (
                file(
                    &header("'<f4'", "False", "(4294967296, 4294967296)"),
                    &[0; 4],
                ),
                "too large",
            ),
        ];
        for (bytes, expected) in cases {
            let message = Array::read(&bytes).unwrap_err().to_string();
            assert!(message.contains(expected), "{message:?} lacks {expected:?}");
        }
    }
}
