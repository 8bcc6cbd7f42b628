//! Products of matrices on the host, in double precision: weights that are computed from others, such as the norm
//! of a matrix by which it is divided.

use crate::network::value::{HostKind, HostTensor};

/// Most multiply-adds on the host; larger products are computed by the device.
const MOST_WORK: usize = 1 << 28;

/// `count` products `[m, k] x [k, n]`. A factor of a single matrix goes with every matrix of the other; `steps` are
/// the distances between neighbours along the rows and columns of each factor.
///
/// # Errors
/// They are too many, or a factor has fewer values than that.
pub fn products(
    [left, right]: [&[f64]; 2],
    count: usize,
    [m, k, n]: [usize; 3],
    steps: [[usize; 2]; 2],
) -> Result<Vec<f64>, String> {
    let work = [count, m, k, n]
        .into_iter()
        .try_fold(1_usize, |product, length| product.checked_mul(length));
    if work.is_none_or(|work| work > MOST_WORK) {
        return Err(format!(
            "{count} products of {m} x {k} by {k} x {n} constants are too many to compute beforehand"
        ));
    }
    let matrix = |factor: &[f64], size: usize| if factor.len() > size { size } else { 0 };
    let stride = [matrix(left, m * k), matrix(right, k * n)];
    let [[left_row, left_column], [right_row, right_column]] = steps;
    let mut output = Vec::with_capacity(count * m * n);
    for product in 0..count {
        for row in 0..m {
            for column in 0..n {
                let mut sum = 0.0;
                for at in 0..k {
                    let a = left.get(product * stride[0] + row * left_row + at * left_column);
                    let b = right.get(product * stride[1] + at * right_row + column * right_column);
                    match (a, b) {
                        (Some(a), Some(b)) => sum += a * b,
                        _ => {
                            return Err(
                                "a constant has fewer values than its shape says".to_owned()
                            );
                        }
                    }
                }
                output.push(sum);
            }
        }
    }
    Ok(output)
}

/// Real numbers of this shape.
pub fn tensor(shape: Vec<usize>, values: Vec<f64>) -> HostTensor {
    HostTensor {
        kind: HostKind::Float,
        shape,
        values,
    }
}
