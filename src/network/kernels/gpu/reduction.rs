//! What works along one axis, on WebGPU.

use burn_cubecl::tensor::CubeTensor;

use super::launch::{
    Launch, Shader, THREADS, contiguous, elements, narrow, one_thread_a_value, uninitialised,
};
use crate::network::kernels::AxisView;

/// What several threads do together on one row.
pub const LANES: &str = include_str!("lanes.wgsl");

const SUM: Shader = Shader {
    name: "sum along an axis",
    files: &[LANES, include_str!("reduce_sum.wgsl")],
    threads: THREADS,
    variant: 0,
};

const MAX: Shader = Shader {
    name: "maximum along an axis",
    files: &[LANES, include_str!("reduce_max.wgsl")],
    threads: THREADS,
    variant: 0,
};

const MAX_GRADIENT: Shader = Shader {
    name: "maximum along an axis, gradient",
    files: &[include_str!("reduce_max_gradient.wgsl")],
    threads: THREADS,
    variant: 0,
};

const SCALE_SHIFT: Shader = Shader {
    name: "factors and offsets along an axis",
    files: &[include_str!("scale_shift.wgsl")],
    threads: THREADS,
    variant: 0,
};

/// How many threads work on `length` neighbouring values: a power of two, a few values each.
pub fn lanes(length: usize) -> u32 {
    narrow(length.div_ceil(4))
        .clamp(1, THREADS)
        .next_power_of_two()
}

/// Workgroups for this many rows of some threads each.
pub fn workgroups(rows: usize, lanes: u32) -> u64 {
    (rows as u64).div_ceil(u64::from(THREADS / lanes))
}

/// The numbers that reductions read, and their workgroups. Where neighbours belong to different
/// outputs, a thread works alone, so that neighbouring threads read neighbouring values.
fn reduction(view: AxisView) -> (Vec<u32>, u64) {
    let lanes = if view.inner == 1 {
        lanes(view.length)
    } else {
        1
    };
    let outputs = view.outer * view.inner;
    let numbers = vec![
        narrow(outputs),
        narrow(view.length),
        lanes,
        narrow(view.inner),
    ];
    (numbers, workgroups(outputs, lanes))
}

/// See [`crate::network::kernels::Kernels::reduce_sum`].
pub fn sum(x: CubeTensor, view: AxisView) -> CubeTensor {
    let x = contiguous(x);
    let output = uninitialised(&x, &[view.outer, view.inner]);
    let (numbers, workgroups) = reduction(view);
    Launch {
        shader: SUM,
        inputs: &[&x],
        outputs: &[&output],
        numbers,
        workgroups,
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::reduce_max`].
pub fn max(x: CubeTensor, view: AxisView) -> (CubeTensor, CubeTensor) {
    let x = contiguous(x);
    let output = uninitialised(&x, &[view.outer, view.inner]);
    let argmax = uninitialised(&x, &[view.outer, view.inner]);
    let (numbers, workgroups) = reduction(view);
    Launch {
        shader: MAX,
        inputs: &[&x],
        outputs: &[&output, &argmax],
        numbers,
        workgroups,
    }
    .enqueue();
    (output, argmax)
}

/// See [`crate::network::kernels::Kernels::reduce_max_gradient`].
pub fn max_gradient(grad: CubeTensor, argmax: CubeTensor, view: AxisView) -> CubeTensor {
    let (grad, argmax) = (contiguous(grad), contiguous(argmax));
    let output = uninitialised(&grad, &[view.outer, view.length, view.inner]);
    Launch {
        shader: MAX_GRADIENT,
        inputs: &[&grad, &argmax],
        outputs: &[&output],
        numbers: vec![
            narrow(view.elements()),
            narrow(view.length),
            narrow(view.inner),
        ],
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}

/// See [`crate::network::kernels::Kernels::scale_shift`].
pub fn scale_shift(
    x: CubeTensor,
    scale: CubeTensor,
    shift: Option<CubeTensor>,
    view: AxisView,
) -> CubeTensor {
    let (x, scale, shift) = (contiguous(x), contiguous(scale), shift.map(contiguous));
    let output = uninitialised(&x, &x.meta.shape().to_vec());
    Launch {
        shader: SCALE_SHIFT,
        // Something has to be bound in place of offsets that there are not.
        inputs: &[&x, &scale, shift.as_ref().unwrap_or(&scale)],
        outputs: &[&output],
        numbers: vec![
            narrow(elements(&x)),
            narrow(view.length),
            narrow(view.inner),
            u32::from(shift.is_some()),
        ],
        workgroups: one_thread_a_value(&output),
    }
    .enqueue();
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_a_power_of_two_within_a_workgroup() {
        let lengths = [0, 1, 4, 5, 49, 197, 1000, 1_000_000];
        assert_eq!(lengths.map(lanes), [1, 1, 1, 2, 16, 64, 256, 256]);
        assert_eq!(workgroups(33, 16), 3);
    }
}
