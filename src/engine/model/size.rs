//! The size of image a network fits, where its file leaves it open.

use super::{cost, guess::sized};
use crate::{
    classifier::{Classifier, ClassifierError, Cost},
    onnx::{Dimension, Selection},
    protocol::{Layout, Preprocessing},
};

/// Sides tried where a file leaves the size open and the usual one does not fit: what networks in
/// wide use were trained at, the most common first.
const USUAL_SIDES_PX: [usize; 18] = [
    299, 256, 240, 260, 300, 380, 384, 320, 192, 160, 128, 96, 64, 32, 28, 448, 512, 518,
];
/// Then every side up to this one.
const LONGEST_SIDE_PX: usize = 320;
/// Sides of images that are no squares are multiples of this.
const STEP_PX: usize = 8;
/// Proportions of height and width that are tried.
const PROPORTIONS: [[usize; 2]; 8] = [
    [2, 1],
    [1, 2],
    [4, 3],
    [3, 4],
    [3, 1],
    [1, 3],
    [16, 9],
    [9, 16],
];
/// Longest side of an image that is no square.
const LONGEST_OBLONG_PX: usize = 640;

/// What an image costs, or why it does not fit.
type Costed = Result<Option<Cost>, ClassifierError>;

/// Another size, where the one assumed does not fit the network and that one does: squares first. A side that the
/// file declares stays as it is. Returns what an image of that size costs, or why the one assumed does not fit.
pub fn fit_size(
    classifier: &dyn Classifier,
    selection: &Selection,
    preprocessing: &mut Preprocessing,
) -> Costed {
    let declared = declared(selection);
    let assumed = preprocessing.clone();
    let at = |[height, width]: [usize; 2]| {
        sized(
            &assumed,
            declared[0].unwrap_or(height),
            declared[1].unwrap_or(width),
        )
    };
    let usual = std::iter::once([assumed.height_px, assumed.width_px])
        .chain(USUAL_SIDES_PX.map(|side| [side, side]));
    let mut errors = Vec::new();
    for sized in usual.map(at) {
        let costed = cost(classifier, &sized);
        match costed {
            Err(error) if !is_map(&error) => errors.push(error),
            fitting => {
                *preprocessing = sized;
                return fitting;
            }
        }
    }
    // What is wrong at every size in the same words is not wrong because of the size.
    let alike = errors.windows(2).all(|pair| pair[0] == pair[1]);
    let squares = (1..=LONGEST_SIDE_PX).rev().map(|side| [side, side]);
    let others = squares.chain(oblongs()).filter(|_| !alike).map(at);
    for sized in others {
        let costed = cost(classifier, &sized);
        if costed.as_ref().err().is_none_or(is_map) {
            *preprocessing = sized;
            return costed;
        }
    }
    match errors.into_iter().next() {
        Some(error) => Err(error),
        None => cost(classifier, preprocessing),
    }
}

/// A map of scores is made a row later.
fn is_map(error: &ClassifierError) -> bool {
    matches!(error, ClassifierError::Output { shape } if shape.len() == 4)
}

/// Sizes that are no squares, by their proportions.
fn oblongs() -> impl Iterator<Item = [usize; 2]> {
    PROPORTIONS.into_iter().flat_map(|[height, width]| {
        (1..=LONGEST_OBLONG_PX / STEP_PX)
            .map(move |step| [height * step * STEP_PX, width * step * STEP_PX])
            .filter(|[height, width]| *height.max(width) <= LONGEST_OBLONG_PX)
    })
}

/// Height and width, as far as the file declares them.
fn declared(selection: &Selection) -> [Option<usize>; 2] {
    let shape = selection.input.shape.as_slice();
    let sides = match (shape, selection.layout) {
        ([_, _, height, width], Layout::Nchw)
        | ([_, height, width, _], Layout::Nhwc)
        | ([Dimension::Fixed(1 | 3 | 4), height, width], Layout::Nchw)
        | ([height, width, _], Layout::Nhwc)
        | ([_, height, width], Layout::Nchw) => [height, width],
        _ => return [None, None],
    };
    sides.map(|side| match side {
        Dimension::Fixed(length) => Some(*length),
        Dimension::Symbolic(_) => None,
    })
}

/// Height and width, where the file declares both.
pub fn fixed_size(selection: &Selection) -> Option<(usize, usize)> {
    match declared(selection) {
        [Some(height), Some(width)] => Some((height, width)),
        _ => None,
    }
}
