//! The second opinion: what an independent program is given, and what came of comparing it with the engine.

use serde::{Deserialize, Serialize};

use super::{DeviceReport, FileBeside, JobId, Layout, ModelSource, OutputRegion, map::floats};

/// What the engine computed of one image, and how a program that reads the model's file itself computes the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckMaterial {
    /// What computed it.
    pub device: DeviceReport,
    /// The model's name.
    pub model: String,
    /// How the image goes into the model.
    pub input: CheckInput,
    /// Where the scores come out.
    pub output: CheckOutput,
    /// The model computes with rounded numbers: its gradient passes roundings that a difference quotient sees.
    pub quantised: bool,
    /// The class whose gradient it is.
    pub target: usize,
    /// The image in the model's normalised space, `[channels, height, width]`.
    pub image: Vec<f32>,
    /// The score of each class.
    pub logits: Vec<f32>,
    /// The gradient of the target's score by the image.
    pub gradient: Vec<f32>,
}

/// How the image goes into the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckInput {
    /// Name of the input.
    pub name: String,
    /// Channels of the image.
    pub channels: usize,
    /// Its rows.
    pub height: usize,
    /// Its columns.
    pub width: usize,
    /// Order of the input's axes.
    pub layout: Layout,
    /// Number of the input's axes: one of them is the batch's where there are four.
    pub axes: usize,
    /// What the other inputs hold.
    pub held: Vec<HeldInput>,
}

/// An input beside the image, and what it is held at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldInput {
    /// Its name.
    pub name: String,
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// As many numbers as the product of `shape`.
    pub values: Vec<f64>,
}

/// Where the scores come out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckOutput {
    /// Name of the value in the file that holds them, before a last softmax.
    pub value: String,
    /// How the score of a class is made of its map, where the value is one.
    pub map: Option<ScoreMap>,
    /// The value is one score, of which two classes are made: the score and its negative.
    pub is_binary: bool,
}

/// Scores for each place of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreMap {
    /// Rows and columns of the grid.
    pub grid: [usize; 2],
    /// The axis of the classes, 1 or 3.
    pub class_axis: usize,
    /// The places whose mean counts.
    pub region: OutputRegion,
}

/// What the worker that checks is asked. The values of the material came with the message, and behind them the files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckOrder {
    /// Its number.
    pub job: JobId,
    /// Where the model's bytes are.
    pub source: ModelSource,
    /// Files that hold its weights and lie behind it.
    pub beside: Vec<FileBeside>,
    /// What is compared, without its values.
    pub material: CheckMaterial,
    /// How many values of the image, of the scores and of the gradient came.
    pub values: [usize; 3],
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// Both computed the same image.
    Compared(Box<CheckReport>),
    /// The other program cannot run the model.
    NotRun {
        /// The other program.
        program: String,
        /// Its reason, as half a sentence.
        reason: String,
    },
}

/// The engine beside an independent program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The other program, with its version.
    pub program: String,
    /// What the engine computed on.
    pub device: DeviceReport,
    /// The scores.
    pub scores: ScoreCheck,
    /// The gradient.
    pub gradient: GradientCheck,
}

impl CheckReport {
    /// Scores or gradient differ by more than they may.
    pub fn disagrees(&self) -> bool {
        let gradient = match &self.gradient {
            GradientCheck::Compared(check) => check.verdict == Verdict::Disagrees,
            GradientCheck::LeftOut(_) => false,
        };
        gradient || !self.scores.agree
    }

    /// The gradient was compared, and the comparison cannot tell.
    pub fn is_open(&self) -> bool {
        matches!(&self.gradient, GradientCheck::Compared(check) if check.verdict == Verdict::TooCoarse)
    }
}

/// The scores of both programs beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreCheck {
    /// How many classes there are.
    pub classes: usize,
    /// Largest difference of a score.
    pub largest_difference: f64,
    /// Largest score minus smallest; the size of the score where there is only one.
    pub spread: f64,
    /// The difference as a share of the spread.
    pub relative_difference: f64,
    /// What that share may be.
    pub tolerance: f64,
    /// The likeliest classes to the engine, five at most, best first.
    pub likeliest: Vec<usize>,
    /// Those to the other program.
    pub likeliest_there: Vec<usize>,
    /// They are the same, but for scores that lie closer than the programs do.
    pub likeliest_agree: bool,
    /// Difference and order are as they may be.
    pub agree: bool,
}

/// Why there is no comparison of gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// The model is quantised: the gradient passes roundings as if nothing was rounded.
    Quantised,
    /// The other program is fed numbers too coarse for small steps.
    CoarseInput,
}

/// The gradient beside the other program's scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GradientCheck {
    /// They were compared.
    Compared(Box<SlopeCheck>),
    /// A comparison would say nothing.
    LeftOut(LeftOut),
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The same within what single precision allows.
    Agrees,
    /// Not the same.
    Disagrees,
    /// Not different, but a wrong gradient could look the same.
    TooCoarse,
}

/// The engine's gradient along random directions beside central differences of the other program's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlopeCheck {
    /// The class.
    pub target: usize,
    /// The other program computed in double precision.
    pub in_double: bool,
    /// The step of the differences, in units of the values that the model is fed.
    pub step: f64,
    /// Standard deviation of the rounding of one score of the other program.
    pub rounding: f64,
    /// What was found along each direction.
    pub directions: Vec<DirectionCheck>,
    /// Root of the mean square of the slopes to the other program.
    pub usual_slope: f64,
    /// Median over the directions of the difference, as a share of the usual slope.
    pub median_difference: f64,
    /// The largest of them.
    pub largest_difference: f64,
    /// Median of the error that is expected of the differences, as a share of the usual slope.
    pub expected_error: f64,
    /// A direction is outside where its difference is more than so many times the expected error.
    pub multiple: f64,
    /// How many directions are.
    pub outside: usize,
    /// How many may be, since a step may cross corners of the score.
    pub outside_allowed: usize,
    /// What it comes to.
    pub verdict: Verdict,
}

/// One direction.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectionCheck {
    /// Slope of the score by the engine's gradient.
    pub slope: f64,
    /// Slope by the other program's scores.
    pub slope_there: f64,
    /// How far the latter may be off for its own sake.
    pub expected_error: f64,
}

impl CheckMaterial {
    /// Takes the values out, to travel beside what is left: image, scores, gradient.
    pub fn detach(&mut self) -> [Vec<f32>; 3] {
        [&mut self.image, &mut self.logits, &mut self.gradient].map(std::mem::take)
    }

    /// Puts the values back.
    pub fn attach(&mut self, [image, logits, gradient]: [Vec<f32>; 3]) {
        self.image = image;
        self.logits = logits;
        self.gradient = gradient;
    }
}

impl CheckOrder {
    /// An order, and the values that travel with it.
    pub fn new(
        job: JobId,
        source: ModelSource,
        beside: Vec<FileBeside>,
        mut material: CheckMaterial,
    ) -> (Self, Vec<f32>) {
        let parts = material.detach();
        let order = Self {
            job,
            source,
            beside,
            values: [0, 1, 2].map(|part: usize| parts[part].len()),
            material,
        };
        (order, parts.concat())
    }

    /// How many bytes of what came with the message are values.
    pub fn value_bytes(&self) -> usize {
        self.values.iter().sum::<usize>() * size_of::<f32>()
    }

    /// The material with its values, of which `bytes` are the little-endian 32-bit floats.
    pub fn material(&self, bytes: &[u8]) -> CheckMaterial {
        let mut all = floats(bytes).into_iter();
        let mut material = self.material.clone();
        material.attach(self.values.map(|count| all.by_ref().take(count).collect()));
        material
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{DeviceKind, map::float_bytes};

    #[test]
    fn values_travel_beside_an_order() {
        let material = CheckMaterial {
            device: DeviceReport {
                kind: DeviceKind::Cpu,
                name: "CPU".to_owned(),
                rejected: None,
            },
            model: "m".to_owned(),
            input: CheckInput {
                name: "x".to_owned(),
                channels: 1,
                height: 1,
                width: 2,
                layout: Layout::Nchw,
                axes: 4,
                held: Vec::new(),
            },
            output: CheckOutput {
                value: "y".to_owned(),
                map: None,
                is_binary: false,
            },
            quantised: false,
            target: 2,
            image: vec![0.5, -1.0],
            logits: vec![1.0, 2.0, 3.0],
            gradient: vec![4.0, 5.0],
        };
        let (order, values) =
            CheckOrder::new(3, ModelSource::Attached, Vec::new(), material.clone());
        assert!(order.material.image.is_empty());
        let bytes = float_bytes(&values);
        assert_eq!(bytes.len(), order.value_bytes());
        assert_eq!(order.material(&bytes), material);
    }
}
