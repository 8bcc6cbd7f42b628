//! `gradlens gradient`: the gradient of one logit by the input, as it is, and the logits.

use std::path::PathBuf;

use clap::ArgMatches;

use super::{
    host::{TerminalHost, block_on},
    opening::{open_engine, open_source, sentence, write},
};
use crate::array_file::Array;

/// Computes one gradient and writes it.
///
/// # Errors
/// One sentence on what happened, why, and what to do.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let host = TerminalHost::new();
    let (mut engine, _) = open_engine(matches, &host)?;
    open_source(&mut engine, &host, path("image"), path("input"))?;
    let target = matches.get_one::<usize>("target").copied();
    let (target, gradients) = block_on(engine.input_gradient(target)).map_err(sentence)?;
    let Some(photo) = engine.photo() else {
        return Ok(());
    };
    if let Some(path) = path("logits") {
        let mut values = gradients.logits.clone();
        // Of two classes made of one score, the second is not the model's.
        if engine.model().is_some_and(|model| model.card.one_score) {
            values.truncate(1);
        }
        let array = Array {
            shape: vec![1, values.len()],
            values,
        };
        write(path, &array.write())?;
    }
    if let Some(path) = path("out") {
        let array = Array {
            shape: vec![
                1,
                photo.norm.size.channels,
                photo.norm.size.height,
                photo.norm.size.width,
            ],
            values: gradients.values.clone(),
        };
        write(path, &array.write())?;
    }
    let largest = gradients.values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let logit = gradients.logits.get(target).copied().unwrap_or(f32::NAN);
    println!("{}: class {target} with logit {logit}", photo.card.name);
    println!("Largest absolute gradient: {largest:e}");
    Ok(())
}
