//! `Resize` (<https://onnx.ai/onnx/operators/onnx__Resize.html>) in all its versions, and `Upsample`
//! (<https://onnx.ai/onnx/operators/onnx__Upsample.html>): along each axis every output is a weighted
//! sum of a few neighbours.

use super::{
    arguments::{axes_of, integers, numbers},
    interpolation::{Coordinates, Filter, Kind, Nearest, Span},
    rearrange::{Move, Rearrange},
};
use crate::{
    network::{
        kernels::{Kernels, SparseRows},
        operator::{BuildContext, Operator},
        value::HostTensor,
    },
    onnx::Node,
};

struct Resize {
    filter: Filter,
    coordinates: Coordinates,
    /// What lies outside the image in `tf_crop_and_resize`.
    extrapolation: f64,
    axes: Option<Vec<i64>>,
    aspect: Aspect,
    /// Scales of old versions.
    scales: Option<Vec<f64>>,
    /// Places of the region, the scales and the sizes among the inputs.
    inputs: [usize; 3],
}

/// Whether sizes are bounds that the proportions of the image are kept in.
#[derive(Clone, Copy, PartialEq)]
enum Aspect {
    Stretch,
    NotLarger,
    NotSmaller,
}

/// Input that is never there.
const ABSENT: usize = usize::MAX;

/// # Errors
/// A mode that is not known, or attributes of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let old = node.op == "Upsample" || context.graph.opset < 11;
    let resize = Resize::read(node, old)?;
    let inputs = if old { 2 } else { 4 };
    Ok(Rearrange::boxed(
        inputs,
        context,
        move |shape, arguments| resize.moves(shape, arguments),
    ))
}

impl Resize {
    fn read(node: &Node, old: bool) -> Result<Self, String> {
        let attributes = &node.attributes;
        // Exporters write all of them, also those that the mode has no use for.
        let nearest = match attributes.text("nearest_mode", "")? {
            // Old versions took the pixel at or before, and the next one when shrinking.
            "" if old && node.op == "Resize" => Nearest::Simple,
            "floor" => Nearest::Floor,
            "ceil" => Nearest::Ceil,
            "round_prefer_ceil" => Nearest::PreferCeil,
            "round_prefer_floor" => Nearest::PreferFloor,
            "" if old => Nearest::Floor,
            "" => Nearest::PreferFloor,
            mode => return Err(format!("its nearest_mode {mode} is not known")),
        };
        let coefficient = f64::from(attributes.float("cubic_coeff_a", -0.75)?);
        let kind = match attributes.text("mode", "nearest")? {
            "nearest" => Kind::Nearest(nearest),
            "linear" | "bilinear" => Kind::Linear,
            "cubic" => Kind::Cubic { coefficient },
            mode => return Err(format!("its mode {mode} is not known")),
        };
        let default = if old { "asymmetric" } else { "half_pixel" };
        let mode = attributes.text("coordinate_transformation_mode", default)?;
        let coordinates = Coordinates::named(mode)
            .ok_or_else(|| format!("its coordinate_transformation_mode {mode} is not known"))?;
        let aspect = match attributes.text("keep_aspect_ratio_policy", "stretch")? {
            "stretch" => Aspect::Stretch,
            "not_larger" => Aspect::NotLarger,
            "not_smaller" => Aspect::NotSmaller,
            policy => {
                return Err(format!(
                    "its keep_aspect_ratio_policy {policy} is not known"
                ));
            }
        };
        let scales = if old { given_scales(node)? } else { None };
        Ok(Self {
            filter: Filter {
                kind,
                antialias: attributes.int("antialias", 0)? != 0,
                exclude_outside: attributes.int("exclude_outside", 0)? != 0,
            },
            coordinates,
            extrapolation: f64::from(attributes.float("extrapolation_value", 0.0)?),
            axes: attributes.ints("axes")?.map(<[i64]>::to_vec),
            aspect,
            scales,
            inputs: if old { [ABSENT, 1, ABSENT] } else { [1, 2, 3] },
        })
    }

    fn moves(
        &self,
        shape: &[usize],
        arguments: &[Option<HostTensor>],
    ) -> Result<Vec<Move>, String> {
        let axes = match &self.axes {
            Some(axes) => axes_of(axes, shape.len())?,
            None => (0..shape.len()).collect(),
        };
        let [region, scales, sizes] = self.inputs;
        let region = match numbers(arguments, region) {
            Some(region) if region.len() == 2 * axes.len() => Some(region),
            region if self.coordinates == Coordinates::CropAndResize => {
                return Err(format!(
                    "it crops to a region of {} numbers, but {} are needed",
                    region.map_or(0, |region| region.len()),
                    2 * axes.len()
                ));
            }
            _ => None,
        };
        let lengths: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
        // Exporters leave out what they do not use, or give a list without numbers.
        let scales = numbers(arguments, scales).or_else(|| self.scales.clone());
        let sizes = integers(arguments, sizes).filter(|sizes| !sizes.is_empty());
        let spans = match (scales.filter(|scales| !scales.is_empty()), sizes) {
            (_, Some(sizes)) => self.by_sizes(&lengths, &sizes)?,
            (Some(scales), None) => by_scales(&lengths, &scales)?,
            (None, None) => return Err("it has neither scales nor sizes".to_owned()),
        };
        let mut moves = Vec::new();
        for (index, (&axis, mut span)) in axes.iter().zip(spans).enumerate() {
            if let (Some(region), Coordinates::CropAndResize) = (&region, self.coordinates) {
                span.region = [region[index], region[axes.len() + index]];
            } else if span.scale == 1.0 && span.after == span.before {
                // Also where the coordinates would shift it: batch and channels are never resized.
                continue;
            }
            self.check_length(&span)?;
            let rows = (0..span.after).map(|at| {
                let source = match self.filter.kind {
                    Kind::Nearest(_) => self.coordinates.nearest_source(at, &span),
                    _ => self.coordinates.source(at, &span),
                };
                source.map_or(Vec::new(), |source| self.filter.weights(source, &span))
            });
            let rows = SparseRows::blending(rows, span.before)?;
            if !rows.is_identity() {
                let fill = self.extrapolation;
                moves.push(Move::Combine { axis, rows, fill });
            }
        }
        Ok(moves)
    }

    /// Checks that it is clear how long the axis becomes for coordinates that are laid out between its ends: where a
    /// scale makes it no whole number long, ONNX's own tests count the fraction, and the programs that run models
    /// do not.
    fn check_length(&self, span: &Span) -> Result<(), String> {
        let between_ends = matches!(
            self.coordinates,
            Coordinates::AlignCorners | Coordinates::CropAndResize
        );
        let exact = span.before as f64 * span.scale;
        if between_ends && (exact - span.after as f64).abs() > 1e-3 {
            return Err(format!(
                "an axis of {} becomes {exact:.3} long, where programs do not agree on coordinates that are laid out between its ends; \
                 export the model with sizes instead of scales",
                span.before
            ));
        }
        Ok(())
    }

    fn by_sizes(&self, lengths: &[usize], sizes: &[i64]) -> Result<Vec<Span>, String> {
        let misfit = || format!("sizes {sizes:?} do not fit lengths {lengths:?}");
        let fits = sizes.len() == lengths.len()
            && sizes.iter().all(|&size| size > 0)
            && lengths.iter().all(|&length| length > 0);
        if !fits {
            return Err(misfit());
        }
        let pairs = sizes.iter().zip(lengths);
        let scales: Vec<f64> = pairs
            .map(|(&size, &length)| size as f64 / length as f64)
            .collect();
        let common = match self.aspect {
            Aspect::Stretch => None,
            Aspect::NotLarger => scales.iter().copied().reduce(f64::min),
            Aspect::NotSmaller => scales.iter().copied().reduce(f64::max),
        };
        let spans = lengths.iter().zip(sizes).zip(&scales);
        Ok(spans
            .map(|((&before, &size), &scale)| match common {
                None => Span::new(before, size as usize, scale),
                Some(scale) => {
                    let after = (scale * before as f64 + 0.5).floor() as usize;
                    Span::new(before, after, scale)
                }
            })
            .collect())
    }
}

/// Scales that are attributes: a list before operator set 9, one for each direction before 7.
fn given_scales(node: &Node) -> Result<Option<Vec<f64>>, String> {
    if let Some(scales) = node.attributes.floats("scales")? {
        return Ok(Some(scales.iter().map(|&scale| f64::from(scale)).collect()));
    }
    let by = |name: &str| node.attributes.float(name, 0.0).map(f64::from);
    let (height, width) = (by("height_scale")?, by("width_scale")?);
    Ok((height > 0.0 || width > 0.0).then(|| vec![1.0, 1.0, height, width]))
}

/// Length of an axis resized by a scale, rounded down as the operator's page says. The product is taken in single
/// precision, as scales are given: 20 times 0.7 is 14 there, and a little less in double precision.
fn resized(before: usize, scale: f64) -> usize {
    (before as f32 * scale as f32).floor() as usize
}

fn by_scales(lengths: &[usize], scales: &[f64]) -> Result<Vec<Span>, String> {
    let fits = scales.len() == lengths.len()
        && scales.iter().all(|&scale| scale > 0.0 && scale.is_finite())
        && lengths.iter().all(|&length| length > 0);
    if !fits {
        return Err(format!("scales {scales:?} do not fit lengths {lengths:?}"));
    }
    let pairs = lengths.iter().zip(scales);
    Ok(pairs
        .map(|(&before, &scale)| Span::new(before, resized(before, scale), scale))
        .collect())
}
