//! The command line, built in part from the methods' own descriptions.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Arg, ArgGroup, ArgMatches, Command, builder::PossibleValuesParser, value_parser};

use crate::{
    engine::Engine,
    protocol::{
        MethodDescription, ParameterDescription, ParameterKind, Preprocessing, Setting, Settings,
    },
};

/// The program's command line.
pub fn command() -> Command {
    Command::new("gradlens")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Shows which pixels an image classifier decided on.")
        .long_about(
            "Shows which pixels an image classifier decided on: gradient saliency maps of any ONNX \
             classifier, measured with RCAP. The same engine runs in the browser.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(explain())
        .subcommand(gradient())
        .subcommand(model())
        .subcommand(
            Command::new("methods")
                .about("Lists the methods with their parameters")
                .arg(
                    Arg::new("json")
                        .long("json")
                        .help("Print the descriptions as JSON")
                        .num_args(0),
                ),
        )
}

fn model() -> Command {
    Command::new("model")
        .about("Tells what a model file is, what is guessed about it, and what it costs")
        .arg(
            Arg::new("model")
                .value_name("M.onnx")
                .help("The classifier")
                .required(true)
                .value_parser(value_parser!(PathBuf)),
        )
        .args(ports())
        .arg(
            Arg::new("json")
                .long("json")
                .help("Print the card as JSON")
                .num_args(0),
        )
}

/// Which input and output of the file to use.
fn ports() -> [Arg; 2] {
    [
        Arg::new("model-input")
            .long("model-input")
            .value_name("NAME")
            .help("The model's input that takes the image, where it has several; others are held at 0"),
        Arg::new("model-output")
            .long("model-output")
            .value_name("NAME")
            .help("The model's output that holds the class scores, where it has several"),
    ]
}

fn file(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .value_parser(value_parser!(PathBuf))
}

/// What every command about one image asks for: the model, the image, the class and where to compute.
fn about_an_image(command: Command) -> Command {
    command
        .arg(file("model", "M.onnx", "The classifier").required(true))
        .args(ports())
        .arg(file("image", "PHOTO", "A PNG, JPEG, WebP or GIF photo"))
        .arg(file(
            "input",
            "X.npy",
            "An already normalised float array of shape (1, 3, H, W), at any size the model takes",
        ))
        .group(
            ArgGroup::new("source")
                .args(["image", "input"])
                .required(true),
        )
        .arg(
            Arg::new("target")
                .long("target")
                .value_name("K")
                .help("The class to explain, from 0 [default: the most probable one]")
                .value_parser(value_parser!(usize)),
        )
        .arg(
            Arg::new("preprocess")
                .long("preprocess")
                .value_name("PRESET")
                .help("Preprocessing, and where black lies, instead of the model's own description")
                .value_parser(PossibleValuesParser::new(Preprocessing::PRESETS)),
        )
        .arg(
            Arg::new("device")
                .long("device")
                .value_name("DEVICE")
                .help("Where to compute")
                .default_value("auto")
                .value_parser(["auto", "cpu", "webgpu"]),
        )
}

fn explain() -> Command {
    let methods = Engine::methods();
    let ids: Vec<String> = methods.iter().map(|method| method.id.clone()).collect();
    let mut command = about_an_image(Command::new("explain"))
        .about("Explains a class of an image: which pixels its score rests on")
        .after_help(
            "Example:\n  gradlens explain --model efficientnet-lite0.onnx --image cat.jpg \
             --png overlay.png --json result.json",
        )
        .arg(file(
            "labels",
            "NAMES",
            "Names of the classes: text with one a line, or JSON",
        ))
        .arg(
            Arg::new("method")
                .long("method")
                .value_name("ID")
                .help("The method; `gradlens methods` tells more")
                .default_value("guided-absolute-grad")
                .value_parser(PossibleValuesParser::new(ids)),
        )
        .arg(file(
            "noise",
            "Z.npy",
            "Unit-normal noise of shape (N, 3, H, W), used instead of the seed's; the first --samples are taken",
        ))
        .arg(file(
            "uniform",
            "U.npy",
            "Unit-uniform numbers of shape (T, 3, H, W) for random baselines, used instead of the seed's",
        ))
        .arg(real("rcap-lower-bound", "RATE", "Lowest recovery rate of RCAP, in 0 to 1", "0.5"))
        .arg(real("rcap-interval", "STEP", "Distance between the recovery rates of RCAP", "0.1"))
        .arg(file("out", "MAP.npy", "Write the map, float32 (H, W) in 0 to 1"))
        .arg(file("png", "OVERLAY.png", "Write the map drawn over the image"))
        .arg(file("json", "RESULT.json", "Write logits, probabilities, RCAP, settings and times"));
    for parameter in parameters(&methods) {
        command = command.arg(
            Arg::new(parameter.description.name.clone())
                .long(parameter.description.name.clone())
                .value_name("VALUE")
                .help(parameter.help())
                .help_heading("Parameters of the methods")
                .allow_negative_numbers(true),
        );
    }
    command
}

fn gradient() -> Command {
    about_an_image(Command::new("gradient"))
        .about("Writes the gradient of one logit by the input as it is, and the logits")
        .after_help(
            "Example:\n  gradlens gradient --model resnet50.onnx --input x.npy --target 285 \
             --out gradient.npy --logits logits.npy",
        )
        .arg(file(
            "out",
            "G.npy",
            "Write the gradient by the normalised input, float32 (1, 3, H, W)",
        ))
        .arg(file(
            "logits",
            "L.npy",
            "Write the logits, float32 (1, classes)",
        ))
}

fn real(name: &'static str, value: &'static str, help: &'static str, default: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .default_value(default)
        .value_parser(value_parser!(f64))
}

/// A parameter with the methods that have it.
struct Shared<'a> {
    description: &'a ParameterDescription,
    methods: Vec<&'a str>,
}

impl Shared<'_> {
    fn help(&self) -> String {
        let range = match &self.description.kind {
            ParameterKind::Integer { min, max, default } => {
                format!("{min} to {max}, default {default}")
            }
            ParameterKind::Real {
                min, max, default, ..
            } => format!("{min} to {max}, default {default}"),
            ParameterKind::Choice { options } => options.join("|"),
        };
        format!(
            "{} [{range}] [{}]",
            self.description.meaning,
            self.methods.join(", ")
        )
    }
}

/// Every parameter of every method once, by name.
fn parameters(methods: &[MethodDescription]) -> Vec<Shared<'_>> {
    let mut by_name: BTreeMap<&str, Shared<'_>> = BTreeMap::new();
    for method in methods {
        for description in &method.parameters {
            by_name
                .entry(&description.name)
                .or_insert_with(|| Shared {
                    description,
                    methods: Vec::new(),
                })
                .methods
                .push(&method.id);
        }
    }
    by_name.into_values().collect()
}

/// The settings given for `method`. Those of other methods only are named on standard error and
/// left out, so that one command line can be used with every method.
///
/// # Errors
/// A value that is not of its parameter's kind or range.
pub fn settings(matches: &ArgMatches, method: &MethodDescription) -> Result<Settings, String> {
    let methods = Engine::methods();
    let mut settings = Settings::default();
    for shared in parameters(&methods) {
        let name = &shared.description.name;
        let Some(text) = matches.get_one::<String>(name) else {
            continue;
        };
        match method.parameters.iter().find(|own| &own.name == name) {
            Some(own) => settings.set(name, value(own, text)),
            None => eprintln!(
                "gradlens: {} does not use --{name}; it is ignored.",
                method.id
            ),
        }
    }
    method
        .complete(&settings)
        .map_err(|error| format!("{error}."))?;
    Ok(settings)
}

/// The text as a value of the parameter's kind; where it is none, as a name, which then fails the
/// range check with a sentence.
fn value(parameter: &ParameterDescription, text: &str) -> Setting {
    let parsed = match parameter.kind {
        ParameterKind::Integer { .. } => text.parse().ok().map(Setting::Integer),
        ParameterKind::Real { .. } => text.parse().ok().map(Setting::Real),
        ParameterKind::Choice { .. } => None,
    };
    parsed.unwrap_or_else(|| Setting::Choice(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

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
        assert!(parse(&["--samples", "many"]).unwrap_err().contains("many"));
    }
}
