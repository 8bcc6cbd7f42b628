//! How the values of two tensors of different shapes come to lie side by side
//! (<https://github.com/onnx/onnx/blob/main/docs/Broadcasting.md>).

/// One axis of the output, and how far each operand moves along it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BroadcastAxis {
    /// Steps along it.
    pub length: usize,
    /// Values from one step to the next, left and right; 0 where an operand stays.
    pub strides: [usize; 2],
}

/// Two shapes that go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broadcast {
    /// Shape of the output.
    pub shape: Vec<usize>,
    /// Its axes, outermost first: as few as will do, since neighbours along which both operands move on
    /// in the same way are one, and those of length 1 none.
    pub axes: Vec<BroadcastAxis>,
}

impl Broadcast {
    /// # Errors
    /// Names the shapes that do not go together.
    pub fn new(left: &[usize], right: &[usize]) -> Result<Self, String> {
        let rank = left.len().max(right.len());
        let at = |shape: &[usize], axis: usize| {
            let from_front = (axis + shape.len()).checked_sub(rank);
            from_front
                .and_then(|axis| shape.get(axis))
                .copied()
                .unwrap_or(1)
        };
        let mut shape = vec![0; rank];
        let mut axes: Vec<BroadcastAxis> = Vec::with_capacity(rank);
        let mut behind = [1, 1];
        for axis in (0..rank).rev() {
            let lengths = [at(left, axis), at(right, axis)];
            shape[axis] = match lengths {
                [a, b] if a == b => a,
                [1, b] => b,
                [a, 1] => a,
                _ => return Err(format!("shapes {left:?} and {right:?} do not broadcast")),
            };
            let mut strides = [0, 0];
            for side in 0..2 {
                if lengths[side] != 1 {
                    strides[side] = behind[side];
                }
                behind[side] *= lengths[side];
            }
            if shape[axis] == 1 {
                continue;
            }
            // Collected from the innermost axis outwards.
            match axes.last_mut() {
                Some(inner) if (0..2).all(|i| strides[i] == inner.strides[i] * inner.length) => {
                    inner.length *= shape[axis];
                }
                _ => axes.push(BroadcastAxis {
                    length: shape[axis],
                    strides,
                }),
            }
        }
        axes.reverse();
        Ok(Self { shape, axes })
    }

    /// Number of values of the output.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Where the operands' values for output `index` lie.
    pub fn positions(axes: &[BroadcastAxis], mut index: usize) -> [usize; 2] {
        let mut positions = [0, 0];
        for axis in axes.iter().rev() {
            let step = index % axis.length;
            index /= axis.length;
            for (position, stride) in positions.iter_mut().zip(axis.strides) {
                *position += step * stride;
            }
        }
        positions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(left: &[usize], right: &[usize]) -> Vec<(usize, [usize; 2])> {
        let broadcast = Broadcast::new(left, right).unwrap();
        broadcast
            .axes
            .iter()
            .map(|axis| (axis.length, axis.strides))
            .collect()
    }

    #[test]
    fn equal_shapes_are_one_axis() {
        assert_eq!(axes(&[2, 3, 4], &[2, 3, 4]), [(24, [1, 1])]);
        assert_eq!(axes(&[2, 3], &[1, 1]), [(6, [1, 0])]);
        assert_eq!(axes(&[1, 1], &[1]), []);
    }

    /// A factor for every channel, and one for every pixel.
    #[test]
    fn a_factor_a_channel_is_two_axes() {
        let gate = axes(&[2, 3, 1, 1], &[2, 3, 4, 5]);
        assert_eq!(gate, [(6, [1, 20]), (20, [0, 1])]);
        let row = axes(&[2, 3, 4], &[4]);
        assert_eq!(row, [(6, [4, 0]), (4, [1, 1])]);
        let both = axes(&[2, 1], &[3]);
        assert_eq!(both, [(2, [1, 0]), (3, [0, 1])]);
    }

    #[test]
    fn shapes_broadcast_as_onnx_says() {
        let shape = |left: &[usize], right: &[usize]| Broadcast::new(left, right).map(|b| b.shape);
        assert_eq!(shape(&[2, 3, 4], &[3, 1]), Ok(vec![2, 3, 4]));
        assert_eq!(shape(&[], &[5]), Ok(vec![5]));
        assert_eq!(shape(&[0, 2], &[1]), Ok(vec![0, 2]));
        assert!(shape(&[2, 3], &[2]).is_err());
    }
}
