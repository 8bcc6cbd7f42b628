//! A convolution's weights as products and sums want them, each way laid out once, when it is first needed,
//! where there is room for that.

use std::{borrow::Cow, cell::OnceCell};

use super::{
    super::{Filter, Finish, Normalisation, filter::scaled},
    matrix_product::{KeptLeft, Left},
    winograd::{FEWEST_CHANNELS, Winograd},
};

/// A convolution's constants.
pub struct LaidOutFilter {
    /// `[c_out, c_in / groups, kh, kw]`.
    shape: [usize; 4],
    groups: usize,
    /// What happens to an output channel after its sum.
    pub finish: Finish,
    roomy: bool,
    weights: Weights,
    backwards: Backwards,
}

/// Weights for the way there.
pub enum Weights {
    /// One kernel a channel, `[c, kh, kw]`.
    Depthwise(Vec<f32>),
    /// The kernels of each group as left operand, `[c_out / groups, c_in / groups * kh * kw]`.
    Products(Vec<KeptLeft>),
    /// The kernels of each group, transformed.
    Winograd(Vec<Winograd>),
}

/// Weights for the way back, scaled as the outputs were.
#[derive(Default)]
struct Backwards {
    depthwise: OnceCell<Vec<f32>>,
    winograd: OnceCell<Vec<Winograd>>,
    turned: OnceCell<Vec<KeptLeft>>,
    transposed: OnceCell<Vec<KeptLeft>>,
}

impl LaidOutFilter {
    /// Lays the weights out for the way there.
    pub fn new(filter: Filter) -> Self {
        let Filter {
            shape,
            weight,
            groups,
            stride,
            dilation,
            finish,
            roomy,
        } = filter;
        let [c_out, group_in, kh, kw] = shape;
        let group_out = c_out / groups.max(1);
        let columns = group_in * kh * kw;
        let of_groups = weight.chunks_exact((group_out * columns).max(1));
        let weights = if group_in == 1 && group_out == 1 && groups > 1 {
            Weights::Depthwise(weight)
        } else if roomy
            && [kh, kw] == [3, 3]
            && [stride, dilation] == [[1, 1]; 2]
            && group_in.min(group_out) >= FEWEST_CHANNELS
        {
            let winograd = |kernels| Winograd::new([group_out, group_in], kernels);
            Weights::Winograd(of_groups.map(winograd).collect())
        } else {
            let left = |kernels| Left::new([group_out, columns], kernels, [columns, 1]).keep();
            Weights::Products(of_groups.map(left).collect())
        };
        Self {
            shape,
            groups,
            finish,
            roomy,
            weights,
            backwards: Backwards::default(),
        }
    }

    /// Output channels.
    pub fn c_out(&self) -> usize {
        self.shape[0]
    }

    /// Input channels.
    pub fn c_in(&self) -> usize {
        self.shape[1] * self.groups
    }

    /// Most bytes that the way back adds, and transforming the weights did.
    pub fn layout_bytes(&self) -> u64 {
        let weights: usize = self.shape.iter().product();
        let share = match &self.weights {
            Weights::Depthwise(_) => 1.0,
            Weights::Products(_) if self.roomy => 1.0,
            Weights::Products(_) => 0.0,
            Weights::Winograd(_) => 2.0 * Winograd::GROWTH - 1.0,
        };
        ((weights * size_of::<f32>()) as f64 * share) as u64
    }

    /// Weights for the way there.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// One kernel a channel for the way back: `weight`, that for the way there, scaled.
    pub fn depthwise_back<'a>(&'a self, weight: &'a [f32]) -> &'a [f32] {
        match self.scale() {
            None => weight,
            Some(scale) => self
                .backwards
                .depthwise
                .get_or_init(|| scaled(weight, scale)),
        }
    }

    /// Each group's transformed kernels turned around, from those for the way there.
    pub fn winograd_back(&self, groups: &[Winograd]) -> &[Winograd] {
        let turned = |(group, kernels): (usize, &Winograd)| {
            kernels.turned(|weight| self.group_scaled(group, weight).into_owned())
        };
        let all = || groups.iter().enumerate().map(turned).collect();
        self.backwards.winograd.get_or_init(all)
    }

    /// Each group's kernels turned around, `[c_in / groups, c_out / groups * kh * kw]`: rows are input
    /// channels, their columns the output channels' taps, the last tap first.
    pub fn turned(&self, groups: &[KeptLeft]) -> Cow<'_, [KeptLeft]> {
        let [_, group_in, kh, kw] = self.shape;
        let (group_out, taps) = (self.group_out(), kh * kw);
        self.kept(&self.backwards.turned, || {
            let places: Vec<usize> = (0..group_out)
                .flat_map(|channel| (0..taps).rev().map(move |tap| (channel, tap)))
                .map(|(channel, tap)| channel * group_in * taps + tap)
                .collect();
            self.laid_out(groups, |kernels| {
                Left::scattered(group_in, kernels, taps, &places).keep()
            })
        })
    }

    /// Each group's kernels with rows and columns exchanged, `[c_in / groups * kh * kw, c_out / groups]`.
    pub fn transposed(&self, groups: &[KeptLeft]) -> Cow<'_, [KeptLeft]> {
        let [_, group_in, kh, kw] = self.shape;
        let (rows, columns) = (group_in * kh * kw, self.group_out());
        self.kept(&self.backwards.transposed, || {
            self.laid_out(groups, |kernels| {
                Left::new([rows, columns], kernels, [1, rows]).keep()
            })
        })
    }

    /// What `lay_out` makes: once, or each time anew where there is no room.
    fn kept<'a>(
        &self,
        cell: &'a OnceCell<Vec<KeptLeft>>,
        lay_out: impl FnOnce() -> Vec<KeptLeft>,
    ) -> Cow<'a, [KeptLeft]> {
        if self.roomy {
            Cow::Borrowed(cell.get_or_init(lay_out))
        } else {
            Cow::Owned(lay_out())
        }
    }

    fn group_out(&self) -> usize {
        self.shape[0] / self.groups.max(1)
    }

    fn scale(&self) -> Option<&[f64]> {
        match &self.finish {
            Finish::Bias(_) => None,
            Finish::Normalise(Normalisation { scale, .. }) => Some(scale),
        }
    }

    /// The scaled kernels of each group, `[c_out / groups, c_in / groups * kh * kw]`, laid out by `left`.
    fn laid_out(&self, groups: &[KeptLeft], left: impl Fn(&[f32]) -> KeptLeft) -> Vec<KeptLeft> {
        let all = groups.iter().enumerate();
        all.map(|(group, kernels)| left(&self.group_scaled(group, &kernels.rows())))
            .collect()
    }

    /// `weight`, `[c_out / groups, ...]` of a group, scaled as its outputs were.
    fn group_scaled<'a>(&self, group: usize, weight: &'a [f32]) -> Cow<'a, [f32]> {
        let channels = self.group_out();
        match self.scale() {
            None => Cow::Borrowed(weight),
            Some(scale) => Cow::Owned(scaled(weight, &scale[group * channels..][..channels])),
        }
    }
}
