//! Settings of a method from the command line, whose flags are the methods' own parameters.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches};

use crate::{
    attribution::{Preset, Process},
    engine::Engine,
    protocol::{MethodDescription, ParameterDescription, ParameterKind, Setting, Settings},
};

/// A parameter with the methods that have it.
struct Shared<'a> {
    name: &'a str,
    owners: Vec<(&'a str, &'a ParameterDescription)>,
}

impl Shared<'_> {
    /// Every meaning and range once, each with the methods it is for.
    fn help(&self) -> String {
        let mut kinds: Vec<(&ParameterDescription, Vec<&str>)> = Vec::new();
        for &(method, description) in &self.owners {
            let known = kinds.iter_mut().find(|(other, _)| {
                (&other.kind, &other.meaning) == (&description.kind, &description.meaning)
            });
            match known {
                Some((_, methods)) => methods.push(method),
                None => kinds.push((description, vec![method])),
            }
        }
        let parts: Vec<String> = kinds
            .iter()
            .map(|(description, methods)| {
                let range = range(&description.kind);
                format!("{} [{range}] [{}]", description.meaning, methods.join(", "))
            })
            .collect();
        parts.join("; ")
    }

    fn is_switch(&self) -> bool {
        self.owners.iter().all(|(_, d)| is_switch(&d.kind))
    }
}

/// Off or on: given without a value, it is on.
fn is_switch(kind: &ParameterKind) -> bool {
    matches!(kind, ParameterKind::Choice { options } if options == &["off", "on"])
}

/// What a parameter takes, in a few words.
pub fn range(kind: &ParameterKind) -> String {
    match kind {
        ParameterKind::Integer { min, max, default } => {
            format!("{min} to {max}, default {default}")
        }
        ParameterKind::Real {
            min, max, default, ..
        } => format!("{min} to {max}, default {default}"),
        ParameterKind::Choice { options } => options.join("|"),
        ParameterKind::Text => "a name".to_owned(),
    }
}

/// A flag for every parameter of every method.
pub fn flags() -> Vec<Arg> {
    let methods = Engine::methods();
    parameters(&methods)
        .iter()
        .map(|parameter| {
            let name = parameter.name.to_owned();
            let flag = Arg::new(name.clone())
                .long(name)
                .value_name("VALUE")
                .help(parameter.help())
                .help_heading("Parameters of the methods")
                .allow_negative_numbers(true);
            if parameter.is_switch() {
                flag.num_args(0..=1).default_missing_value("on")
            } else {
                flag
            }
        })
        .collect()
}

/// Every parameter of every method once, by name.
fn parameters(methods: &[MethodDescription]) -> Vec<Shared<'_>> {
    let mut by_name: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for method in methods {
        for description in &method.parameters {
            by_name
                .entry(&description.name)
                .or_insert_with(|| Shared {
                    name: &description.name,
                    owners: Vec::new(),
                })
                .owners
                .push((&method.id, description));
        }
    }
    by_name.into_values().collect()
}

/// The settings given for `method`, on top of those of `--preset`. Those of other methods only are
/// named on standard error and left out, so that one command line can be used with every method.
///
/// # Errors
/// A value that is not of its parameter's kind or range.
pub fn settings(matches: &ArgMatches, method: &MethodDescription) -> Result<Settings, String> {
    let process = matches
        .get_one::<String>("process")
        .and_then(|name| Process::from_name(name))
        .unwrap_or_default();
    let (settings, unused) = settings_for(matches, method, process)?;
    for name in unused {
        eprintln!(
            "gradlens: {} does not use --{name}; it is ignored.",
            method.id
        );
    }
    Ok(settings)
}

/// As [`settings`], with the preset of one gradient process; also the names that were given and
/// that the method does not have.
///
/// # Errors
/// As [`settings`].
pub fn settings_for(
    matches: &ArgMatches,
    method: &MethodDescription,
    process: Process,
) -> Result<(Settings, Vec<String>), String> {
    let preset = matches
        .get_one::<String>("preset")
        .and_then(|name| Preset::from_name(name));
    let mut settings = preset.map_or_else(Settings::default, |preset| {
        preset.settings(&method.id, process)
    });
    let mut unused = Vec::new();
    let methods = Engine::methods();
    for shared in parameters(&methods) {
        let name = shared.name;
        let Some(text) = matches.try_get_one::<String>(name).ok().flatten() else {
            continue;
        };
        match method.parameters.iter().find(|own| own.name == name) {
            Some(own) => settings.set(name, value(own, text)),
            None => unused.push(name.to_owned()),
        }
    }
    method
        .complete(&settings)
        .map_err(|error| format!("{error}."))?;
    Ok((settings, unused))
}

/// The text as a value of the parameter's kind; where it is none, as a name, which then fails the
/// range check with a sentence. A colour may be written as `#rrggbb`.
pub fn value(parameter: &ParameterDescription, text: &str) -> Setting {
    let parsed = match parameter.kind {
        ParameterKind::Integer { .. } => match text.strip_prefix('#') {
            Some(colour) if colour.len() == 6 => u64::from_str_radix(colour, 16).ok(),
            _ => text.parse().ok(),
        }
        .map(Setting::Integer),
        ParameterKind::Real { .. } => text.parse().ok().map(Setting::Real),
        ParameterKind::Choice { .. } | ParameterKind::Text => None,
    };
    parsed.unwrap_or_else(|| Setting::Choice(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::command;

    #[test]
    fn settings_are_checked_against_the_description() {
        let method = Engine::methods()
            .into_iter()
            .find(|method| method.id == "guided-absolute-grad")
            .unwrap();
        let parse = |arguments: &[&str]| {
            let all = ["gradlens", "explain", "--model", "m", "--image", "i"];
            let matches = command().get_matches_from(all.iter().chain(arguments));
            settings(matches.subcommand_matches("explain").unwrap(), &method)
        };
        let given = parse(&["--samples", "7", "--percentile", "80.5"]).unwrap();
        assert_eq!(given.integer("samples"), Some(7));
        assert_eq!(given.real("percentile"), Some(80.5));
        assert!(
            parse(&["--percentile", "101"])
                .unwrap_err()
                .contains("0 to 100")
        );
        let preset = parse(&["--preset", "places365", "--percentile", "60"]).unwrap();
        assert_eq!(preset.integer("samples"), Some(10));
        assert_eq!(preset.real("percentile"), Some(60.0));
        assert!(parse(&["--samples", "many"]).unwrap_err().contains("many"));
    }

    #[test]
    fn one_flag_serves_methods_that_mean_different_things_by_it() {
        let methods = Engine::methods();
        let of = |id: &str, arguments: &[&str]| {
            let all = ["gradlens", "explain", "--model", "m", "--image", "i"];
            let matches = command().get_matches_from(all.iter().chain(arguments));
            let method = methods.iter().find(|method| method.id == id).unwrap();
            settings(matches.subcommand_matches("explain").unwrap(), method)
        };
        let left = of("integrated-gradients", &["--rule", "left"]).unwrap();
        assert_eq!(left.choice("rule"), Some("left"));
        let negative = of("guided-backprop", &["--rule", "negative", "--relu6"]).unwrap();
        assert_eq!(negative.choice("rule"), Some("negative"));
        assert_eq!(negative.choice("relu6"), Some("on"));
        let off = of("guided-backprop", &["--relu6", "off"]).unwrap();
        assert_eq!(off.choice("relu6"), Some("off"));
        assert!(of("guided-backprop", &["--rule", "left"]).is_err());
        let colour = of("integrated-gradients", &["--color", "#0000ff"]).unwrap();
        assert_eq!(colour.integer("color"), Some(255));
    }
}
