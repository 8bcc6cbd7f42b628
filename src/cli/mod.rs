//! The engine in a terminal: the page's twin for notebooks and tests.

mod arguments;
mod explain;
mod gradient;
mod host;
mod listing;
mod model;
mod result;

pub use arguments::command;

use std::process::ExitCode;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    let outcome = match matches.subcommand() {
        Some(("explain", matches)) => explain::run(matches),
        Some(("gradient", matches)) => gradient::run(matches),
        Some(("methods", matches)) => listing::run(matches),
        Some(("model", matches)) => model::run(matches),
        _ => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("gradlens: {message}");
            ExitCode::FAILURE
        }
    }
}
