//! tract, of which only this file knows how it is called.

use std::sync::Arc;

use tract_onnx::{
    onnx,
    prelude::{
        DatumType, Framework, InferenceFact, InferenceModel, InferenceModelExt, IntoRunnable,
        IntoTValue, Tensor, TractResult, TypedModel, TypedRunnableModel, tvec,
    },
    tract_hir::{
        infer::Factoid,
        tract_core::{
            floats::FloatPrecisionTranslator, ops::unimpl::UnimplementedOp,
            transform::ModelTransform,
        },
    },
};

use super::{CheckError, ModelFile, OtherProgram, Precision};
use crate::protocol::{CheckInput, CheckMaterial, CheckOutput, Layout, ScoreMap};

/// Its name and version, which a test compares with the manifest.
pub const PROGRAM: &str = "tract 0.23.9";
/// Longer reasons of its own are cut.
const MOST_LETTERS: usize = 240;

/// A model that tract runs.
pub struct Tract {
    single: Arc<TypedRunnableModel>,
    /// The same in double precision, where tract can.
    double: Option<Arc<TypedRunnableModel>>,
    input: CheckInput,
    output: CheckOutput,
    element: DatumType,
    shape: Vec<usize>,
}

impl Tract {
    /// Reads the model in `file` for the image and the scores of `material`.
    ///
    /// # Errors
    /// tract cannot run it; its reason.
    pub fn open(mut file: ModelFile, material: &CheckMaterial) -> Result<Self, CheckError> {
        let (input, output) = (&material.input, &material.output);
        file.reduce(input, output)?;
        let (channels, height, width) = (input.channels, input.height, input.width);
        let mut shape = match input.layout {
            Layout::Nchw => vec![channels, height, width],
            Layout::Nhwc => vec![height, width, channels],
        };
        if input.axes == 4 {
            shape.insert(0, 1);
        }
        let mut model = onnx()
            .with_ignore_value_info(true)
            .model_for_proto_model(&file.0)
            .map_err(|error| not_run(&error))?;
        drop(file);
        if let Some(op) = unknown_operator(&model) {
            return Err(CheckError::NotRun(format!("it has no operator {op}")));
        }
        let declared = model.input_fact(0).map_err(|error| not_run(&error))?;
        let element = declared.datum_type.concretize().unwrap_or(DatumType::F32);
        let fact = InferenceFact::dt_shape(element, &shape);
        model
            .set_input_fact(0, fact)
            .map_err(|error| not_run(&error))?;
        let typed = model
            .into_typed()
            .and_then(|model| model.into_decluttered())
            .map_err(|error| not_run(&error))?;
        let double = (element == DatumType::F32).then(|| doubled(typed.clone()));
        let single = typed
            .into_optimized()
            .and_then(IntoRunnable::into_runnable)
            .map_err(|error| not_run(&error))?;
        Ok(Self {
            single,
            double: double.and_then(Result::ok),
            input: input.clone(),
            output: output.clone(),
            element,
            shape,
        })
    }

    fn run(
        &self,
        image: &[f64],
        precision: Precision,
    ) -> Result<(Vec<usize>, Vec<f64>), CheckError> {
        let (plan, element) = match (precision, &self.double) {
            (Precision::Single, _) => (&self.single, self.element),
            (Precision::Double, Some(plan)) => (plan, DatumType::F64),
            (Precision::Double, None) => {
                let reason = "it does not run the model in double precision".to_owned();
                return Err(CheckError::NotRun(reason));
            }
        };
        let (pixels, channels) = (self.input.height * self.input.width, self.input.channels);
        let ordered: Vec<f64> = match self.input.layout {
            Layout::Nchw => image.to_vec(),
            Layout::Nhwc => (0..pixels * channels)
                .map(|at| image[at % channels * pixels + at / channels])
                .collect(),
        };
        let run = || {
            let tensor = Tensor::from_shape(&self.shape, &ordered)?;
            let tensor = tensor.cast_to_dt(element)?.into_owned();
            let outputs = plan.run(tvec!(tensor.into_tvalue()))?;
            let scores = outputs.first().map(|scores| scores.cast_to::<f64>());
            let Some(scores) = scores.transpose()? else {
                return Ok(Default::default());
            };
            let values = scores.to_plain_array_view::<f64>()?;
            let values = values.iter().copied().collect();
            Ok((scores.shape().to_vec(), values))
        };
        run().map_err(|error| not_run(&error))
    }
}

/// The same network with numbers of 64 bits.
fn doubled(mut model: TypedModel) -> TractResult<Arc<TypedRunnableModel>> {
    FloatPrecisionTranslator::new(DatumType::F32, DatumType::F64).transform(&mut model)?;
    model.into_optimized()?.into_runnable()
}

impl OtherProgram for Tract {
    fn scores(&mut self, image: &[f64], precision: Precision) -> Result<Vec<f64>, CheckError> {
        if image.len() != self.shape.iter().product::<usize>() {
            let reason = "the image is not of the size that the model was opened for".to_owned();
            return Err(CheckError::NotRun(reason));
        }
        let (shape, values) = self.run(image, precision)?;
        let mut scores = match &self.output.map {
            None => values,
            Some(map) => means(&shape, &values, map)?,
        };
        if self.output.is_binary {
            scores.extend(scores.clone().iter().map(|score| -score));
        }
        Ok(scores)
    }

    fn takes_small_steps(&self) -> bool {
        matches!(self.element, DatumType::F32 | DatumType::F64)
    }
}

/// The mean of each class over the places of a map that count.
fn means(shape: &[usize], values: &[f64], map: &ScoreMap) -> Result<Vec<f64>, CheckError> {
    let [rows, columns] = map.grid;
    let classes_last = map.class_axis == 3;
    let classes = match *shape {
        [1, classes, r, c] if !classes_last && [r, c] == map.grid => classes,
        [1, r, c, classes] if classes_last && [r, c] == map.grid => classes,
        _ => {
            let reason =
                format!("its output has shape {shape:?} instead of {rows} x {columns} places");
            return Err(CheckError::NotRun(reason));
        }
    };
    let [[top, bottom], [left, right]] = map.region.within(rows, columns);
    let places = ((bottom - top) * (right - left)) as f64;
    let mean = |class: usize| {
        let of_row = |row: usize| (left..right).map(move |column| (row, column));
        let sum: f64 = (top..bottom)
            .flat_map(of_row)
            .map(|(row, column)| {
                let place = row * columns + column;
                values[if classes_last {
                    place * classes + class
                } else {
                    class * rows * columns + place
                }]
            })
            .sum();
        sum / places
    };
    Ok((0..classes).map(mean).collect())
}

/// An operator that tract keeps a place for and cannot compute.
fn unknown_operator(model: &InferenceModel) -> Option<String> {
    let node = model
        .nodes()
        .iter()
        .find(|node| node.op_is::<UnimplementedOp>())?;
    let name = node.op.name();
    let inner = name
        .strip_prefix("Unimplemented(")
        .and_then(|name| name.strip_suffix(')'));
    Some(inner.unwrap_or(&name).to_owned())
}

/// What tract says, in one line: where it stopped, and the innermost cause.
fn not_run(error: &tract_onnx::tract_hir::internal::TractError) -> CheckError {
    let mut causes = error.chain().map(ToString::to_string);
    let outermost = causes.next().unwrap_or_default();
    let reason = match causes.last() {
        Some(cause) if cause != outermost => format!("{outermost}: {cause}"),
        _ => outermost,
    };
    let mut line = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(MOST_LETTERS) {
        line.truncate(end);
        line.push_str(" ...");
    }
    CheckError::NotRun(line.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::OutputRegion;

    #[test]
    fn the_version_is_that_of_the_manifest() {
        let manifest = include_str!("../../Cargo.toml");
        let line = manifest.lines().find(|line| line.starts_with("tract-onnx"));
        let version = PROGRAM.trim_start_matches("tract ");
        assert!(line.is_some_and(|line| line.contains(&format!("\"={version}\""))));
    }

    #[test]
    fn maps_become_means_over_their_region() {
        let map = |class_axis, region| ScoreMap {
            grid: [2, 2],
            class_axis,
            region,
        };
        let values: Vec<f64> = (0..8).map(f64::from).collect();
        let first = means(&[1, 2, 2, 2], &values, &map(1, OutputRegion::Mean)).unwrap();
        assert_eq!(first, [1.5, 5.5]);
        let last = means(&[1, 2, 2, 2], &values, &map(3, OutputRegion::Mean)).unwrap();
        assert_eq!(last, [3.0, 4.0]);
        let centre = means(&[1, 2, 2, 2], &values, &map(1, OutputRegion::Centre)).unwrap();
        assert_eq!(centre, [3.0, 7.0]);
        assert!(means(&[1, 2, 2, 3], &values, &map(1, OutputRegion::Mean)).is_err());
    }
}
