//! How large things may be: far more than image classifiers need, far less than what would stop a
//! machine, so that a small file cannot ask for endless work.

/// Axes of a tensor.
pub const MAX_RANK: usize = 16;

/// Numbers in one value, 1 GiB as floats.
pub const MAX_ELEMENTS: usize = 1 << 28;

/// Numbers in one value that is kept on the host: shapes, indices, masks and other arguments.
pub const MAX_HOST_ELEMENTS: usize = 1 << 22;

/// Length of one axis of a declared shape.
pub const MAX_AXIS: u64 = 1 << 28;

/// Bytes of a file that are structure and not weights.
pub const MAX_STRUCTURE_BYTES: u64 = 1 << 26;

/// Bytes of a name.
pub const MAX_NAME_BYTES: u64 = 1 << 12;

/// Nodes of a graph, and weights of a graph.
pub const MAX_NODES: usize = 500_000;

/// Number of elements of a value on the device.
///
/// # Errors
/// It has more axes or elements than any classifier needs; one sentence with the numbers.
pub fn elements(shape: &[usize]) -> Result<usize, String> {
    count(shape, MAX_ELEMENTS)
}

/// Number of elements of a value on the host, to be asked for before one is made larger than what
/// it is made from.
///
/// # Errors
/// As [`elements`].
pub fn host_elements(shape: &[usize]) -> Result<usize, String> {
    count(shape, MAX_HOST_ELEMENTS)
}

fn count(shape: &[usize], limit: usize) -> Result<usize, String> {
    if shape.len() > MAX_RANK {
        return Err(format!(
            "a value of {} axes would be needed, and more than {MAX_RANK} are not supported",
            shape.len()
        ));
    }
    // One axis of length 0 leaves nothing, however long the others are.
    if shape.contains(&0) {
        return Ok(0);
    }
    shape
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length))
        .filter(|&count| count <= limit)
        .ok_or_else(|| {
            format!(
                "a value of shape {shape:?} would be needed, and more than {limit} elements are not supported"
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_classifier_may_need_is_allowed() {
        assert_eq!(elements(&[8, 3, 224, 224]), Ok(8 * 3 * 224 * 224));
        assert_eq!(elements(&[]), Ok(1));
        assert_eq!(elements(&[0, usize::MAX, usize::MAX]), Ok(0));
        for shape in [
            vec![1 << 15, 1 << 14],
            vec![usize::MAX, 2],
            vec![1; MAX_RANK + 1],
        ] {
            let error = elements(&shape).unwrap_err();
            assert!(error.contains("not supported"), "{error}");
        }
        assert!(host_elements(&[MAX_HOST_ELEMENTS + 1]).is_err());
    }
}
