//! The engine in a terminal: the page's twin for notebooks and tests.

mod all;
mod arguments;
mod check;
mod choices;
mod controls;
mod explain;
mod gradient;
mod host;
mod listing;
mod lists;
mod model;
mod opening;
mod result;
mod settings;
mod study;
mod table;

pub use arguments::command;

use std::process::ExitCode;

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    compute_on_this_thread_too();
    let outcome = match matches.subcommand() {
        Some(("check", matches)) => {
            return check::run(matches).unwrap_or_else(|message| failed(&message));
        }
        Some(("explain", matches)) => explain::run(matches),
        Some(("gradient", matches)) => gradient::run(matches),
        Some(("study", matches)) => study::run(matches),
        Some(("methods", matches)) => listing::run(matches),
        Some(("model", matches)) => model::run(matches),
        _ => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => failed(&message),
    }
}

fn failed(message: &str) -> ExitCode {
    eprintln!("gradlens: {message}");
    ExitCode::FAILURE
}

/// Makes this thread one of those that kernels run on, so that it need not be woken after each of them.
fn compute_on_this_thread_too() {
    let pool = rayon::ThreadPoolBuilder::new().use_current_thread();
    // Where this cannot be had, the threads that are made on demand compute the same.
    drop(pool.build_global());
}
