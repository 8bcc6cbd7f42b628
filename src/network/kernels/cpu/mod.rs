//! Kernels of the CPU device: burn's flex tensors hold the memory, plain loops and matrix products
//! over slices do the work.

mod binary;
mod block_sums;
mod clamp;
mod columns;
mod convolution;
mod depthwise;
mod exponential;
mod filter;
mod grid;
mod lanes;
#[cfg(not(target_family = "wasm"))]
mod library_product;
mod matrix_product;
mod pairs;
mod parallel;
mod pool;
mod reduction;
mod right_operand;
mod rows;
mod sparse_rows;
#[cfg(any(test, target_family = "wasm"))]
mod tiled_product;
mod unary;
mod widest;
mod windows;
mod winograd;

use burn_backend::{TensorData, TensorMetadata};
use burn_flex::{Flex, FlexDevice, FlexTensor};

use super::{
    AxisView, BinaryFunction, Broadcast, ConvGeometry, Filter, GridGeometry, Kernels, PoolGeometry,
    Range, RowBuffers, Transposed, UnaryFunction,
};
use crate::classifier::GuidedSign;
use convolution::Planes;
use filter::LaidOutFilter;

/// Runs `read` on the elements of `tensor`, copied first where it is a strided view.
fn with_values<R>(tensor: &FlexTensor, read: impl FnOnce(&[f32]) -> R) -> R {
    match tensor.as_slice::<f32>() {
        Some(values) => read(values),
        None => {
            let contiguous = tensor.to_contiguous();
            read(contiguous.as_slice::<f32>().unwrap_or_default())
        }
    }
}

/// `tensor` after `change`, in place where nobody else holds its elements.
fn changed(tensor: FlexTensor, change: impl FnOnce(&mut [f32])) -> FlexTensor {
    let whole = tensor.as_slice::<f32>().map(<[f32]>::len) == Some(tensor.storage::<f32>().len());
    if whole {
        let mut tensor = tensor;
        change(tensor.storage_mut());
        return tensor;
    }
    let mut values = with_values(&tensor, <[f32]>::to_vec);
    change(&mut values);
    from_values(values, &tensor.shape())
}

fn from_values(values: Vec<f32>, shape: &[usize]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape.to_vec()))
}

/// Batch, channels, height and width.
fn dimensions(tensor: &FlexTensor) -> [usize; 4] {
    let shape = tensor.shape();
    std::array::from_fn(|axis| shape.get(axis).copied().unwrap_or(1))
}

fn planes(filter: &LaidOutFilter, images: usize, in_hw: [usize; 2], out_hw: [usize; 2]) -> Planes {
    Planes {
        images,
        c_in: filter.c_in(),
        c_out: filter.c_out(),
        in_hw,
        out_hw,
    }
}

impl Kernels for Flex {
    type Filter = LaidOutFilter;

    const SAMPLES_GRIDS: bool = true;

    fn grid_sample(x: FlexTensor, grid: FlexTensor, geometry: &GridGeometry) -> Option<FlexTensor> {
        let [n, channels, height, width] = dimensions(&x);
        let [_, rows, columns, _] = dimensions(&grid);
        let sizes = grid::Sizes {
            channels,
            image: [height, width],
            places: rows * columns,
        };
        let values = with_values(&x, |x| {
            with_values(&grid, |grid| grid::forward(x, grid, n, sizes, geometry))
        });
        Some(from_values(values, &[n, channels, rows, columns]))
    }

    fn grid_sample_gradient(
        grad: FlexTensor,
        x: FlexTensor,
        grid: FlexTensor,
        geometry: &GridGeometry,
    ) -> Option<[FlexTensor; 2]> {
        let [n, channels, height, width] = dimensions(&x);
        let [_, rows, columns, _] = dimensions(&grid);
        let sizes = grid::Sizes {
            channels,
            image: [height, width],
            places: rows * columns,
        };
        let (by_image, by_grid) = with_values(&grad, |grad| {
            with_values(&grid, |grid| {
                let by_grid = with_values(&x, |x| {
                    grid::grid_gradient(grad, x, grid, n, sizes, geometry)
                });
                (
                    grid::image_gradient(grad, grid, n, sizes, geometry),
                    by_grid,
                )
            })
        });
        Some([
            from_values(by_image, &[n, channels, height, width]),
            from_values(by_grid, &[n, rows, columns, 2]),
        ])
    }

    fn filter(filter: Filter, _device: &FlexDevice) -> LaidOutFilter {
        LaidOutFilter::new(filter)
    }

    fn layout_bytes(filter: &LaidOutFilter) -> u64 {
        filter.layout_bytes()
    }

    fn conv2d(
        x: FlexTensor,
        filter: &LaidOutFilter,
        geometry: &ConvGeometry,
        range: Range,
    ) -> FlexTensor {
        let [n, _, h, w] = dimensions(&x);
        let out_hw = geometry.output_hw([h, w]).unwrap_or([0, 0]);
        let planes = planes(filter, n, [h, w], out_hw);
        let values = with_values(&x, |x| {
            convolution::forward(x, filter, &planes, geometry, range)
        });
        from_values(values, &[n, planes.c_out, out_hw[0], out_hw[1]])
    }

    fn conv2d_input_gradient(
        grad: FlexTensor,
        filter: &LaidOutFilter,
        input_hw: [usize; 2],
        geometry: &ConvGeometry,
    ) -> FlexTensor {
        let [n, _, h, w] = dimensions(&grad);
        let planes = planes(filter, n, input_hw, [h, w]);
        let values = with_values(&grad, |grad| {
            convolution::input_gradient(grad, filter, &planes, geometry)
        });
        from_values(values, &[n, planes.c_in, input_hw[0], input_hw[1]])
    }

    fn clamp(x: FlexTensor, range: Range) -> FlexTensor {
        let shape = x.shape();
        from_values(with_values(&x, |x| clamp::forward(x, range)), &shape)
    }

    fn clamp_gradient(
        grad: FlexTensor,
        output: FlexTensor,
        range: Range,
        sign: GuidedSign,
    ) -> FlexTensor {
        changed(grad, |grad| {
            with_values(&output, |output| clamp::gradient(grad, output, range, sign));
        })
    }

    fn max_pool2d(x: FlexTensor, geometry: &PoolGeometry) -> (FlexTensor, FlexTensor) {
        let [n, c, h, w] = dimensions(&x);
        let out_hw = geometry.output_hw([h, w]).unwrap_or([0, 0]);
        let (values, argmax) = with_values(&x, |x| {
            pool::max_forward(x, n * c, [h, w], out_hw, geometry)
        });
        let shape = [n, c, out_hw[0], out_hw[1]];
        (from_values(values, &shape), from_values(argmax, &shape))
    }

    fn max_pool2d_gradient(
        grad: FlexTensor,
        argmax: FlexTensor,
        input_hw: [usize; 2],
        _geometry: &PoolGeometry,
    ) -> FlexTensor {
        let [n, c, ..] = dimensions(&grad);
        let values = with_values(&grad, |grad| {
            with_values(&argmax, |argmax| {
                pool::max_gradient(grad, argmax, n * c, input_hw)
            })
        });
        from_values(values, &[n, c, input_hw[0], input_hw[1]])
    }

    fn average_pool2d(x: FlexTensor, geometry: &PoolGeometry) -> FlexTensor {
        let [n, c, h, w] = dimensions(&x);
        let out_hw = geometry.output_hw([h, w]).unwrap_or([0, 0]);
        let values = with_values(&x, |x| {
            pool::average_forward(x, n * c, [h, w], out_hw, geometry)
        });
        from_values(values, &[n, c, out_hw[0], out_hw[1]])
    }

    fn average_pool2d_gradient(
        grad: FlexTensor,
        input_hw: [usize; 2],
        geometry: &PoolGeometry,
    ) -> FlexTensor {
        let [n, c, h, w] = dimensions(&grad);
        let values = with_values(&grad, |grad| {
            pool::average_gradient(grad, n * c, input_hw, [h, w], geometry)
        });
        from_values(values, &[n, c, input_hw[0], input_hw[1]])
    }

    fn batched_matmul(a: FlexTensor, b: FlexTensor, stored: Transposed) -> FlexTensor {
        let [left, a_rows, a_columns, _] = dimensions(&a);
        let [right, b_rows, b_columns, _] = dimensions(&b);
        let (m, k) = if stored.left {
            (a_columns, a_rows)
        } else {
            (a_rows, a_columns)
        };
        let n = if stored.right { b_rows } else { b_columns };
        let values = with_values(&a, |a| {
            with_values(&b, |b| {
                matrix_product::multiply_batch([m, n, k], a, b, [left, right], stored)
            })
        });
        from_values(values, &[left.max(right), m, n])
    }

    fn reduce_sum(x: FlexTensor, view: AxisView) -> FlexTensor {
        let values = with_values(&x, |x| reduction::sum(x, view));
        from_values(values, &[view.outer, view.inner])
    }

    fn reduce_max(x: FlexTensor, view: AxisView) -> (FlexTensor, FlexTensor) {
        let (values, argmax) = with_values(&x, |x| reduction::max(x, view));
        let shape = [view.outer, view.inner];
        (from_values(values, &shape), from_values(argmax, &shape))
    }

    fn reduce_max_gradient(grad: FlexTensor, argmax: FlexTensor, view: AxisView) -> FlexTensor {
        let values = with_values(&grad, |grad| {
            with_values(&argmax, |argmax| {
                reduction::max_gradient(grad, argmax, view)
            })
        });
        from_values(values, &[view.outer, view.length, view.inner])
    }

    fn scale_shift(
        x: FlexTensor,
        scale: FlexTensor,
        shift: Option<FlexTensor>,
        view: AxisView,
    ) -> FlexTensor {
        let shape = x.shape();
        let values = with_values(&x, |x| {
            with_values(&scale, |scale| match &shift {
                Some(shift) => with_values(shift, |shift| {
                    reduction::scale_shift(x, scale, Some(shift), view)
                }),
                None => reduction::scale_shift(x, scale, None, view),
            })
        });
        from_values(values, &shape)
    }

    fn softmax_rows(x: FlexTensor, length: usize, logarithm: bool) -> FlexTensor {
        let shape = x.shape();
        from_values(
            with_values(&x, |x| rows::softmax(x, length, logarithm)),
            &shape,
        )
    }

    fn softmax_rows_gradient(
        grad: FlexTensor,
        output: FlexTensor,
        length: usize,
        logarithm: bool,
    ) -> FlexTensor {
        let shape = grad.shape();
        let values = with_values(&grad, |grad| {
            with_values(&output, |output| {
                rows::softmax_gradient(grad, output, length, logarithm)
            })
        });
        from_values(values, &shape)
    }

    fn normalise_rows(
        x: FlexTensor,
        length: usize,
        epsilon: f32,
        centred: bool,
    ) -> (FlexTensor, FlexTensor) {
        let shape = x.shape();
        let (values, factors) = with_values(&x, |x| rows::normalise(x, length, epsilon, centred));
        let rows = factors.len();
        (from_values(values, &shape), from_values(factors, &[rows]))
    }

    fn normalise_rows_gradient(
        grad: FlexTensor,
        output: FlexTensor,
        factors: FlexTensor,
        length: usize,
        centred: bool,
    ) -> FlexTensor {
        let shape = grad.shape();
        let values = with_values(&grad, |grad| {
            with_values(&output, |output| {
                with_values(&factors, |factors| {
                    rows::normalise_gradient(grad, output, factors, length, centred)
                })
            })
        });
        from_values(values, &shape)
    }

    fn combine_rows(x: FlexTensor, rows: &RowBuffers<Self>, axis: usize, fill: f32) -> FlexTensor {
        let mut shape = x.shape().to_vec();
        let outer = shape.iter().take(axis).product();
        let inner = shape.iter().skip(axis + 1).product();
        if let Some(length) = shape.get_mut(axis) {
            *length = rows.rows;
        }
        let matrix = sparse_rows::Rows {
            starts: rows.starts.as_slice::<i32>().unwrap_or_default(),
            columns: rows.columns.as_slice::<i32>().unwrap_or_default(),
            weights: rows.weights.as_slice::<f32>().unwrap_or_default(),
            width: rows.width,
        };
        let values = with_values(&x, |x| sparse_rows::combine(x, matrix, outer, inner, fill));
        from_values(values, &shape)
    }

    fn unary(x: FlexTensor, function: UnaryFunction) -> FlexTensor {
        let shape = x.shape();
        from_values(with_values(&x, |x| unary::forward(x, function)), &shape)
    }

    fn unary_gradient(grad: FlexTensor, x: FlexTensor, function: UnaryFunction) -> FlexTensor {
        let shape = grad.shape();
        let values = with_values(&grad, |grad| {
            with_values(&x, |x| unary::gradient(grad, x, function))
        });
        from_values(values, &shape)
    }

    fn binary(
        left: FlexTensor,
        right: FlexTensor,
        broadcast: &Broadcast,
        function: BinaryFunction,
    ) -> FlexTensor {
        let values = with_values(&left, |left| {
            with_values(&right, |right| {
                binary::forward(left, right, broadcast, function)
            })
        });
        from_values(values, &broadcast.shape)
    }
}
