//! Why a `.npy` file cannot be used.

/// A `.npy` file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrayFileError {
    /// There are no bytes.
    #[error("the array file is empty (0 bytes); save it again with numpy.save")]
    Empty,
    /// The signature is missing.
    #[error(
        "this is not a NumPy .npy file: it does not begin with the bytes \\x93NUMPY; save the array with numpy.save"
    )]
    Signature,
    /// The format's version is not 1 or 2.
    #[error("the .npy file has format version {major}.{minor}, but only versions 1 and 2 are read")]
    Version {
        /// First byte.
        major: u8,
        /// Second byte.
        minor: u8,
    },
    /// The file ends within its header.
    #[error(
        "the .npy file ends within its header: {expected} bytes were announced, {actual} are there; the file is truncated"
    )]
    HeaderLength {
        /// Announced.
        expected: usize,
        /// Present.
        actual: usize,
    },
    /// The header is not the dictionary it should be.
    #[error("the header of the .npy file cannot be understood: {0}")]
    Header(String),
    /// The values are of a type that is not read.
    #[error(
        "the .npy file holds values of type {dtype:?}, but only real numbers (<f2, <f4, <f8), whole numbers and truth values are read, all little-endian; convert it with array.astype('<f4')"
    )]
    ElementType {
        /// NumPy's name of the type.
        dtype: String,
    },
    /// The values are in column-major order.
    #[error(
        "the .npy file is in Fortran order, but C order is needed; save numpy.ascontiguousarray(array)"
    )]
    FortranOrder,
    /// The data is shorter or longer than the shape says.
    #[error(
        "the .npy file should hold shape {shape:?} of type {dtype} in {expected} bytes of data, but it has {actual}; it is {}", if actual < expected { "truncated" } else { "followed by something else" }
    )]
    Length {
        /// From the header.
        shape: Vec<usize>,
        /// NumPy's name of the element type.
        dtype: &'static str,
        /// Bytes for that shape.
        expected: usize,
        /// Bytes there are.
        actual: usize,
    },
    /// The shape needs more bytes than can be counted.
    #[error("the .npy file says its shape is {shape:?}, which is too large for any memory")]
    TooLarge {
        /// From the header.
        shape: Vec<usize>,
    },
}
