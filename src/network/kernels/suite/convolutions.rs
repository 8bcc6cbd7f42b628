//! Convolutions and their input gradients.

use super::{Array, CaseResult, SUM_TOLERANCE, compare, upload, values};
use crate::network::kernels::{
    ConvGeometry, Filter, Finish, Kernels, Normalisation, Range, reference,
};

/// Runs every convolution.
pub async fn run<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for case in conv_cases() {
        case.run::<B>(device, results).await;
    }
}

/// One convolution, forwards and backwards.
struct ConvCase {
    name: &'static str,
    /// `[n, c, h, w]`.
    input: [usize; 4],
    channels_out: usize,
    geometry: ConvGeometry,
    bias: bool,
    range: Range,
}

impl ConvCase {
    async fn run<B: Kernels>(&self, device: &B::Device, results: &mut Vec<CaseResult>) {
        let ConvGeometry {
            kernel: [kh, kw],
            stride,
            dilation,
            groups,
            ..
        } = self.geometry;
        let x = values(1, &self.input);
        let shape = [self.channels_out, self.input[1] / groups, kh, kw];
        let weight = values(2, &shape);
        let bias = self.bias.then(|| values(3, &[self.channels_out]));

        let filter = |finish, roomy| Filter {
            shape,
            weight: weight.values.clone(),
            groups,
            stride,
            dilation,
            finish,
            roomy,
        };
        let bias = bias.map(|bias| bias.values);
        let plain = B::filter(filter(Finish::Bias(bias.clone()), true), device);
        let arrays = [&x, &weight];
        self.agrees::<B>(
            "convolution",
            (&plain, device),
            arrays,
            bias.as_deref(),
            results,
        )
        .await;

        // A factor and an offset for each output channel instead of a bias.
        let doubles = |seed| {
            let values = values(seed, &[self.channels_out]).values;
            values.into_iter().map(f64::from).collect::<Vec<f64>>()
        };
        let (scale, shift) = (doubles(5), doubles(6));
        let mut scaled = weight.clone();
        let each = scaled.values.len() / self.channels_out;
        for (index, value) in scaled.values.iter_mut().enumerate() {
            *value = (f64::from(*value) * scale[index / each]) as f32;
        }
        let bias: Vec<f32> = shift.iter().map(|&v| v as f32).collect();
        let finish = Finish::Normalise(Normalisation { scale, shift });
        let arrays = [&x, &scaled];
        for (what, roomy) in [
            ("normalised convolution", true),
            ("normalised convolution in one layout", false),
        ] {
            let filter = B::filter(filter(finish.clone(), roomy), device);
            self.agrees::<B>(what, (&filter, device), arrays, Some(&bias), results)
                .await;
        }
    }

    /// Compares `filter` forwards and backwards with the reference by `weight` and `bias`.
    async fn agrees<B: Kernels>(
        &self,
        what: &str,
        (filter, device): (&B::Filter, &B::Device),
        [x, weight]: [&Array; 2],
        bias: Option<&[f32]>,
        results: &mut Vec<CaseResult>,
    ) {
        let geometry = &self.geometry;
        let expected = reference::conv2d(x, weight, bias, geometry, self.range);
        let actual = <B as Kernels>::conv2d(upload::<B>(x, device), filter, geometry, self.range);
        let name = format!("{what}, {}", self.name);
        results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);

        let grad = values(4, &expected.shape);
        let input_hw = [self.input[2], self.input[3]];
        let expected = reference::conv2d_input_gradient(&grad, weight, input_hw, geometry);
        let grad = upload::<B>(&grad, device);
        let actual = B::conv2d_input_gradient(grad, filter, input_hw, geometry);
        let name = format!("{what} gradient, {}", self.name);
        results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
    }
}

/// A convolution of undilated windows with equal padding all around, no bias and no clamp.
fn conv(
    name: &'static str,
    input: [usize; 4],
    channels_out: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
) -> ConvCase {
    ConvCase {
        name,
        input,
        channels_out,
        geometry: ConvGeometry {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            pad_begin: [pad; 2],
            pad_end: [pad; 2],
            groups: 1,
        },
        bias: false,
        range: Range::ALL,
    }
}

impl ConvCase {
    fn pads(mut self, begin: [usize; 2], end: [usize; 2]) -> Self {
        self.geometry.pad_begin = begin;
        self.geometry.pad_end = end;
        self
    }

    fn groups(mut self, groups: usize) -> Self {
        self.geometry.groups = groups;
        self
    }

    fn windows(mut self, kernel: [usize; 2], stride: [usize; 2], dilation: [usize; 2]) -> Self {
        self.geometry.kernel = kernel;
        self.geometry.stride = stride;
        self.geometry.dilation = dilation;
        self
    }

    fn bias(mut self) -> Self {
        self.bias = true;
        self
    }

    fn range(mut self, low: f32, high: f32) -> Self {
        self.range = Range { low, high };
        self
    }
}

fn conv_cases() -> Vec<ConvCase> {
    let infinity = f32::INFINITY;
    vec![
        conv("1 x 1", [2, 8, 5, 7], 12, 1, 1, 0).bias(),
        conv("1 x 1, Relu", [1, 16, 6, 6], 24, 1, 1, 0)
            .bias()
            .range(0.0, infinity),
        conv(
            "1 x 1 over several tiles each way",
            [1, 70, 9, 11],
            130,
            1,
            1,
            0,
        )
        .bias(),
        conv("1 x 1, batch of 3", [3, 20, 7, 7], 40, 1, 1, 0).range(0.0, 1.5),
        conv("1 x 1, step 2", [1, 12, 8, 9], 10, 1, 2, 0),
        conv("1 x 1, one pixel", [2, 33, 1, 1], 17, 1, 1, 0).bias(),
        conv("3 x 3", [1, 6, 9, 8], 16, 3, 1, 1)
            .bias()
            .range(0.0, 6.0),
        conv("3 x 3, few channels out", [1, 6, 9, 8], 3, 3, 1, 1)
            .bias()
            .range(-1.0, 1.0),
        conv("3 x 3, step 2, pads after", [2, 3, 10, 12], 32, 3, 2, 0)
            .pads([0, 0], [1, 1])
            .bias()
            .range(0.0, 0.5),
        conv("3 x 3, upper bound only", [1, 4, 5, 5], 8, 3, 1, 1).range(-infinity, 0.25),
        conv("3 x 3, many channels", [2, 16, 9, 10], 24, 3, 1, 1)
            .bias()
            .range(0.0, 6.0),
        conv(
            "3 x 3, many channels and tiles",
            [1, 17, 38, 41],
            18,
            3,
            1,
            1,
        ),
        conv(
            "3 x 3, many channels, uneven pads",
            [1, 18, 9, 17],
            16,
            3,
            1,
            0,
        )
        .pads([0, 1], [2, 0])
        .bias(),
        conv(
            "3 x 3, many channels, wide pads",
            [2, 16, 5, 4],
            20,
            3,
            1,
            3,
        ),
        conv(
            "3 x 3, many channels, one pixel",
            [1, 40, 1, 1],
            33,
            3,
            1,
            1,
        )
        .bias(),
        conv("3 x 3, many channels, dilated", [1, 16, 9, 8], 16, 3, 1, 2).windows(
            [3, 3],
            [1, 1],
            [2, 2],
        ),
        conv("5 x 5, step 2, uneven pads", [1, 4, 11, 9], 9, 5, 2, 0)
            .pads([1, 1], [2, 2])
            .bias(),
        conv("7 x 7, step 2, three channels", [1, 3, 23, 20], 64, 7, 2, 3).range(0.0, infinity),
        conv("4 x 4 patches", [2, 3, 12, 16], 48, 4, 4, 0).bias(),
        conv("unequal windows, dilated", [2, 5, 13, 11], 10, 3, 1, 1)
            .windows([3, 2], [2, 1], [2, 3])
            .pads([2, 0], [1, 3]),
        conv("two groups of many channels", [2, 32, 6, 5], 40, 3, 1, 1)
            .groups(2)
            .bias(),
        conv("four groups of few channels", [1, 12, 7, 6], 16, 3, 2, 1)
            .groups(4)
            .bias()
            .range(0.0, infinity),
        conv("many groups, many channels out", [1, 4, 6, 6], 40, 3, 1, 1).groups(4),
        conv("depthwise 3 x 3", [2, 10, 8, 7], 10, 3, 1, 1)
            .groups(10)
            .bias()
            .range(0.0, 6.0),
        conv(
            "depthwise 3 x 3, step 2, pads after",
            [1, 9, 12, 10],
            9,
            3,
            2,
            0,
        )
        .groups(9)
        .pads([0, 0], [1, 1])
        .bias(),
        conv("depthwise 5 x 5", [3, 6, 9, 9], 6, 5, 1, 2)
            .groups(6)
            .bias()
            .range(0.0, infinity),
        conv(
            "depthwise 5 x 5, step 2, uneven pads",
            [1, 7, 14, 11],
            7,
            5,
            2,
            0,
        )
        .groups(7)
        .pads([1, 1], [2, 2]),
        conv("depthwise 3 x 3, dilated", [1, 5, 11, 12], 5, 3, 1, 2)
            .groups(5)
            .windows([3, 3], [1, 1], [2, 2]),
        conv(
            "depthwise, two channels out each",
            [1, 6, 7, 7],
            12,
            3,
            1,
            1,
        )
        .groups(6)
        .bias(),
    ]
}
