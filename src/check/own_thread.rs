//! The comparison on a thread of its own, where a panic of the other program ends nothing and its recursion finds room.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    thread,
};

use super::{CheckError, ModelFile, PROGRAM, Tract, compare};
use crate::protocol::{CheckMaterial, CheckReport};

/// tract walks through graphs and through its solver's rules by calling itself.
const STACK_BYTES: usize = 256 << 20;

/// Opens `file` with tract and compares what the engine computed with it.
///
/// # Errors
/// tract cannot run the model, or panics.
pub fn compare_apart(
    file: ModelFile,
    materials: Vec<CheckMaterial>,
) -> Result<Vec<CheckReport>, CheckError> {
    let work = move || {
        let Some(first) = materials.first() else {
            return Ok(Vec::new());
        };
        let mut program = Tract::open(file, first)?;
        compare(PROGRAM, &materials, &mut program, &mut |_, _| {})
    };
    apart(work)
}

/// Runs `work`, whatever becomes of it.
fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CheckError> + Send + 'static,
) -> Result<T, CheckError> {
    let guarded = move || panic::catch_unwind(AssertUnwindSafe(work));
    let thread = thread::Builder::new()
        .name(PROGRAM.to_owned())
        .stack_size(STACK_BYTES)
        .spawn(guarded)
        .map_err(|error| CheckError::NotRun(format!("no thread could be started ({error})")))?;
    match thread.join() {
        Ok(Ok(done)) => done,
        Ok(Err(payload)) | Err(payload) => Err(CheckError::Panicked(said(payload.as_ref()))),
    }
}

/// What a panic said, in one line.
fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    let line = text.unwrap_or("it did not say why").lines().next();
    line.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        let work = || -> Result<(), CheckError> { panic!("no rule for {}", "this") };
        let expected = CheckError::Panicked("no rule for this".to_owned());
        assert_eq!(apart(work), Err(expected));
        assert_eq!(apart(|| Ok(7)), Ok(7));
    }

    #[test]
    fn there_is_room_for_deep_recursion() {
        fn depth(left: usize, pad: [u8; 1024]) -> usize {
            let pad = std::hint::black_box(pad);
            if left == 0 {
                usize::from(pad[0])
            } else {
                1 + depth(left - 1, pad)
            }
        }
        assert_eq!(apart(|| Ok(depth(50_000, [0; 1024]))), Ok(50_000));
    }
}
