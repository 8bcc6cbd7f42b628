//! `gradlens check`: scores and gradient beside those of an independent program.

use std::process::ExitCode;

use clap::ArgMatches;

/// The exit code of a check that came to no verdict.
#[cfg(feature = "check")]
const OPEN: u8 = 3;

/// A program without the other inside.
///
/// # Errors
/// Always: what to build instead.
#[cfg(not(feature = "check"))]
pub fn run(_: &ArgMatches) -> Result<ExitCode, String> {
    Err("This program was built without tract, which it would be compared with. Build it with `--features check`.".to_owned())
}

/// Compares the engine on each device with tract, and prints a page about it.
///
/// # Errors
/// One sentence on what happened, why, and what to do.
#[cfg(feature = "check")]
pub fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    use super::opening::path;
    use crate::{check, onnx::FileHandle, protocol::CheckOutcome};
    use std::path::Path;

    let materials = materials(matches)?;
    let model = path(matches, "model").unwrap_or(Path::new(""));
    let file = FileHandle::open(model)
        .map_err(|error| format!("{} cannot be read: {error}.", model.display()))?;
    // What tract panics with is told as its reason, once.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let compared = check::ModelFile::read(&file, &super::opening::file_name(model))
        .and_then(|file| check::compare_apart(file, materials.clone()));
    std::panic::set_hook(hook);
    let outcomes: Vec<CheckOutcome> = match compared {
        Ok(reports) => reports
            .into_iter()
            .map(|report| CheckOutcome::Compared(Box::new(report)))
            .collect(),
        Err(error) => vec![CheckOutcome::NotRun {
            program: check::PROGRAM.to_owned(),
            reason: error.to_string(),
        }],
    };
    if matches.get_flag("json") {
        let json = serde_json::to_string_pretty(&outcomes).map_err(|error| error.to_string())?;
        println!("{json}");
    } else {
        let name = materials
            .first()
            .map_or("", |material| material.model.as_str());
        print!("{}", text::page(name, &outcomes));
    }
    Ok(code(&outcomes))
}

/// What the engine computes on each device: all there are, or the one that was asked for.
#[cfg(feature = "check")]
fn materials(matches: &ArgMatches) -> Result<Vec<crate::protocol::CheckMaterial>, String> {
    use super::{
        host::{TerminalHost, block_on},
        opening::{device_choice, open_engine_on, open_source, path, sentence},
    };
    use crate::protocol::DeviceChoice;

    let choices = match device_choice(matches) {
        DeviceChoice::Auto if cfg!(feature = "webgpu") => {
            vec![DeviceChoice::Cpu, DeviceChoice::WebGpu]
        }
        DeviceChoice::Auto => vec![DeviceChoice::Cpu],
        asked => vec![asked],
    };
    let target = matches.get_one::<usize>("target").copied();
    let mut materials: Vec<crate::protocol::CheckMaterial> = Vec::new();
    for choice in choices {
        let host = TerminalHost::new();
        let opened = open_engine_on(matches, &host, choice);
        let mut engine = match opened {
            Ok((engine, _)) => engine,
            // A device that nobody asked for by name may be missing.
            Err(reason) if !materials.is_empty() => {
                eprintln!("gradlens: {reason}");
                continue;
            }
            Err(reason) => return Err(reason),
        };
        open_source(
            &mut engine,
            &host,
            path(matches, "image"),
            path(matches, "input"),
        )?;
        // Each device is compared for the same class.
        let target = target.or(materials.first().map(|material| material.target));
        materials.push(block_on(engine.check_material(target)).map_err(sentence)?);
    }
    Ok(materials)
}

/// The exit code: of several devices the worst counts.
#[cfg(feature = "check")]
fn code(outcomes: &[crate::protocol::CheckOutcome]) -> ExitCode {
    use crate::protocol::CheckOutcome::{Compared, NotRun};
    let disagree = outcomes
        .iter()
        .any(|outcome| matches!(outcome, Compared(report) if report.disagrees()));
    let open = outcomes.iter().any(|outcome| match outcome {
        Compared(report) => report.is_open(),
        NotRun { .. } => true,
    });
    match (disagree, open) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(OPEN),
        (false, false) => ExitCode::SUCCESS,
    }
}

#[cfg(feature = "check")]
mod text;
