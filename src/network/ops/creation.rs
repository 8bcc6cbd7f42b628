//! Values made from shapes and arguments, always on the host: `Shape`
//! (<https://onnx.ai/onnx/operators/onnx__Shape.html>), `Size`, `Range`
//! (<https://onnx.ai/onnx/operators/onnx__Range.html>), `ConstantOfShape`
//! (<https://onnx.ai/onnx/operators/onnx__ConstantOfShape.html>), `NonZero`, `OneHot`
//! (<https://onnx.ai/onnx/operators/onnx__OneHot.html>) and `EyeLike`.

use super::arguments::{axis_of, few_axes, lengths, strides};
use crate::{
    network::{
        kernels::Kernels,
        operator::{BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::{Attribute, ElementType, Node, limits::host_elements},
};

enum Create {
    Shape {
        start: i64,
        end: i64,
    },
    Size,
    Range,
    Fill {
        kind: HostKind,
        value: f64,
    },
    NonZero,
    OneHot {
        axis: i64,
    },
    Eye {
        diagonal: i64,
        kind: Option<HostKind>,
    },
}

/// # Errors
/// Attributes of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let attributes = &node.attributes;
    Ok(Box::new(match node.op.as_str() {
        "Shape" => Create::Shape {
            start: attributes.int("start", 0)?,
            end: attributes.int("end", i64::MAX)?,
        },
        "Size" => Create::Size,
        "Range" => Create::Range,
        "NonZero" => Create::NonZero,
        "OneHot" => Create::OneHot {
            axis: attributes.int("axis", -1)?,
        },
        "EyeLike" => Create::Eye {
            diagonal: attributes.int("k", 0)?,
            kind: match attributes.int("dtype", 0)? {
                0 => None,
                number => {
                    let found = i32::try_from(number).ok().and_then(ElementType::from_onnx);
                    let found = found
                        .ok_or_else(|| format!("its type number {number} is not supported"))?;
                    Some(kind_of(found))
                }
            },
        },
        _ => match attributes.get("value") {
            None => Create::Fill {
                kind: HostKind::Float,
                value: 0.0,
            },
            Some(Attribute::Tensor(tensor)) => Create::Fill {
                kind: kind_of(tensor.element_type),
                value: tensor.doubles().first().copied().unwrap_or(0.0),
            },
            Some(_) => return Err("its value is not a tensor".to_owned()),
        },
    }))
}

impl<B: Kernels> Operator<B> for Create {
    fn forward(&self, inputs: &[Option<Value<B>>], _track: bool) -> Result<Forward<B>, String> {
        let known: Vec<Option<Inferred>> = inputs
            .iter()
            .map(|input| input.as_ref().map(Inferred::of))
            .collect();
        Ok(Forward {
            output: Value::Host(self.make(&known)?),
            backward: None,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        self.make(inputs).map(Inferred::Host)
    }
}

fn kind_of(element_type: ElementType) -> HostKind {
    match element_type {
        ElementType::Bool => HostKind::Bool,
        kind if kind.is_float() => HostKind::Float,
        _ => HostKind::Integer,
    }
}

fn shape_of(inputs: &[Option<Inferred>]) -> Result<&[usize], String> {
    match inputs.first() {
        Some(Some(value)) => Ok(value.shape()),
        _ => Err("input 0 is missing".to_owned()),
    }
}

fn host(inputs: &[Option<Inferred>], index: usize) -> Result<&HostTensor, String> {
    match inputs.get(index) {
        Some(Some(Inferred::Host(tensor))) => Ok(tensor),
        Some(Some(Inferred::Device(_))) => Err(format!(
            "input {index} depends on the image, but must be known beforehand"
        )),
        _ => Err(format!("input {index} is missing")),
    }
}

fn integers(shape: Vec<usize>, values: Vec<f64>) -> HostTensor {
    HostTensor {
        kind: HostKind::Integer,
        shape,
        values,
    }
}

impl Create {
    fn make(&self, inputs: &[Option<Inferred>]) -> Result<HostTensor, String> {
        match *self {
            Self::Shape { start, end } => {
                let shape = shape_of(inputs)?;
                let rank = shape.len() as i64;
                let bound =
                    |at: i64| (if at < 0 { at.saturating_add(rank) } else { at }).clamp(0, rank);
                let (start, end) = (bound(start) as usize, bound(end) as usize);
                let kept = shape.get(start..end).unwrap_or_default();
                let values: Vec<f64> = kept.iter().map(|&length| length as f64).collect();
                Ok(integers(vec![values.len()], values))
            }
            Self::Size => {
                let size = shape_of(inputs)?
                    .iter()
                    .map(|&length| length as f64)
                    .product();
                Ok(integers(vec![], vec![size]))
            }
            Self::Range => range(host(inputs, 0)?, host(inputs, 1)?, host(inputs, 2)?),
            Self::Fill { kind, value } => {
                let target: Vec<i64> = host(inputs, 0)?.values.iter().map(|&v| v as i64).collect();
                few_axes(&target)?;
                let shape = lengths(&target, "its shape")?;
                Ok(HostTensor {
                    kind,
                    values: vec![value; host_elements(&shape)?],
                    shape,
                })
            }
            Self::NonZero => Ok(non_zero(host(inputs, 0)?)),
            Self::OneHot { axis } => {
                one_hot(host(inputs, 0)?, host(inputs, 1)?, host(inputs, 2)?, axis)
            }
            Self::Eye { diagonal, kind } => {
                let own = match inputs.first() {
                    Some(Some(Inferred::Host(tensor))) => tensor.kind,
                    _ => HostKind::Float,
                };
                let &[rows, columns] = shape_of(inputs)? else {
                    return Err("its input has not two axes".to_owned());
                };
                host_elements(&[rows, columns])?;
                let mut values = vec![0.0; rows * columns];
                for row in 0..rows {
                    let column = (row as i64).saturating_add(diagonal);
                    if (0..columns as i64).contains(&column) {
                        values[row * columns + column as usize] = 1.0;
                    }
                }
                Ok(HostTensor {
                    kind: kind.unwrap_or(own),
                    shape: vec![rows, columns],
                    values,
                })
            }
        }
    }
}

fn range(start: &HostTensor, limit: &HostTensor, step: &HostTensor) -> Result<HostTensor, String> {
    let [first, last, delta] = [start, limit, step].map(|tensor| tensor.values.first().copied());
    let (Some(first), Some(last), Some(delta)) = (first, last, delta) else {
        return Err("one of its bounds is empty".to_owned());
    };
    let steps = ((last - first) / delta).ceil();
    if delta == 0.0 || !steps.is_finite() {
        return Err(format!(
            "it goes from {first} to {last} in steps of {delta}"
        ));
    }
    let count = host_elements(&[steps.max(0.0) as usize])?;
    Ok(HostTensor {
        kind: start.kind,
        shape: vec![count],
        values: (0..count)
            .map(|index| first + index as f64 * delta)
            .collect(),
    })
}

/// Coordinates of the values that are not 0, an axis a row.
fn non_zero(tensor: &HostTensor) -> HostTensor {
    let found: Vec<usize> = (0..tensor.values.len())
        .filter(|&index| tensor.values[index] != 0.0)
        .collect();
    let rows = tensor.shape.iter().zip(strides(&tensor.shape));
    let values = rows
        .flat_map(|(&length, stride)| {
            found
                .iter()
                .map(move |index| (index / stride % length.max(1)) as f64)
        })
        .collect();
    integers(vec![tensor.shape.len(), found.len()], values)
}

fn one_hot(
    positions: &HostTensor,
    depth: &HostTensor,
    off_on: &HostTensor,
    axis: i64,
) -> Result<HostTensor, String> {
    let (Some(&depth), &[off, on]) = (depth.values.first(), off_on.values.as_slice()) else {
        return Err("its depth or its two values are missing".to_owned());
    };
    let depth = lengths(&[depth as i64], "its depth")?[0];
    let axis = axis_of(axis, positions.shape.len() + 1)?;
    let mut shape = positions.shape.clone();
    shape.insert(axis, depth);
    let total = host_elements(&shape)?;
    let inner: usize = shape[axis + 1..].iter().product();
    let values = (0..total)
        .map(|index| {
            let within = index % inner;
            let (at, block) = (index / inner % depth, index / inner / depth);
            let position = positions.values[block * inner + within] as i64;
            let hot = if position < 0 {
                position + depth as i64
            } else {
                position
            };
            if hot == at as i64 { on } else { off }
        })
        .collect();
    Ok(HostTensor {
        kind: off_on.kind,
        shape,
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(shape: &[usize], values: &[f64]) -> HostTensor {
        integers(shape.to_vec(), values.to_vec())
    }

    #[test]
    fn shapes_are_cut() {
        let input = [Some(Inferred::Device(vec![1, 3, 8, 9]))];
        let cut = |start, end| Create::Shape { start, end }.make(&input).unwrap().values;
        assert_eq!(cut(0, i64::MAX), [1.0, 3.0, 8.0, 9.0]);
        assert_eq!(cut(-2, i64::MAX), [8.0, 9.0]);
        assert_eq!(cut(1, -1), [3.0, 8.0]);
        assert_eq!(cut(3, 1), Vec::<f64>::new().as_slice());
    }

    #[test]
    fn ranges_stop_before_their_limit() {
        let scalar = |value| whole(&[], &[value]);
        let of = |a, b, c| range(&scalar(a), &scalar(b), &scalar(c)).map(|t| t.values);
        assert_eq!(of(0.0, 5.0, 2.0), Ok(vec![0.0, 2.0, 4.0]));
        assert_eq!(of(5.0, 0.0, -2.0), Ok(vec![5.0, 3.0, 1.0]));
        assert_eq!(of(5.0, 0.0, 1.0), Ok(vec![]));
        assert!(of(0.0, 5.0, 0.0).is_err());
        assert!(of(0.0, 1e12, 1.0).is_err());
    }

    #[test]
    fn coordinates_and_one_hots() {
        let found = non_zero(&whole(&[2, 3], &[0.0, 1.0, 0.0, 2.0, 0.0, 3.0]));
        assert_eq!(found, whole(&[2, 3], &[0.0, 1.0, 1.0, 1.0, 0.0, 2.0]));
        let hot = one_hot(
            &whole(&[2], &[1.0, -1.0]),
            &whole(&[], &[3.0]),
            &whole(&[2], &[0.0, 5.0]),
            -1,
        );
        assert_eq!(hot, Ok(whole(&[2, 3], &[0.0, 5.0, 0.0, 0.0, 0.0, 5.0])));
    }
}
