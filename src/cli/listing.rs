//! `gradlens methods`: what there is, from the descriptions the page uses.

use clap::ArgMatches;

use super::settings::range;
use crate::{engine::Engine, protocol::citation::one_line};

/// Prints the methods.
///
/// # Errors
/// The descriptions cannot be written as JSON.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let methods = Engine::methods();
    if matches.get_flag("json") {
        let json = serde_json::to_string_pretty(&methods).map_err(|error| error.to_string())?;
        println!("{json}");
        return Ok(());
    }
    for method in methods {
        println!("{}  ({})", method.id, method.label);
        println!("    {}", method.summary);
        println!("    Cost: {}.", method.cost);
        println!("    {}.", one_line(&method.citations));
        for parameter in &method.parameters {
            let range = range(&parameter.kind);
            println!("    --{} [{range}]", parameter.name);
        }
        println!();
    }
    Ok(())
}
