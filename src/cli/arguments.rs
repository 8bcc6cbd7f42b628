//! The command line, built in part from the methods' own descriptions.

use std::path::PathBuf;

use clap::{Arg, ArgGroup, Command, builder::PossibleValuesParser, value_parser};

use super::{
    choices::{model_flags, photo_flags},
    settings::flags,
};
use crate::{attribution::Preset, engine::Engine};

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
        .subcommand(check())
        .subcommand(model())
        .subcommand(study())
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
        .args(model_flags())
        .arg(
            Arg::new("json")
                .long("json")
                .help("Print the card as JSON")
                .num_args(0),
        )
}

/// What every command about one image asks for: the model, the image, the class and where to compute.
fn about_an_image(command: Command) -> Command {
    command
        .arg(
            file(
                "model",
                "M.onnx",
                "The classifier; weights in files beside it are found, a zip or gzip is unpacked",
            )
            .required(true),
        )
        .args(model_flags())
        .arg(file("image", "PHOTO", "A PNG, JPEG, WebP or GIF photo"))
        .arg(file(
            "input",
            "X.npy",
            "An already normalised array of shape (1, channels, H, W), at any size the model takes",
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
        .args(photo_flags())
        .arg(device())
}

fn explain() -> Command {
    let ids: Vec<String> = Engine::methods()
        .into_iter()
        .map(|method| method.id)
        .collect();
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
            "Unit-normal noise of shape (N, channels, H, W), used instead of the seed's; the first --samples are taken",
        ))
        .arg(file(
            "uniform",
            "U.npy",
            "Unit-uniform numbers of shape (T, channels, H, W) for random baselines, used instead of the seed's",
        ))
        .arg(preset())
        .arg(real("rcap-lower-bound", "RATE", "Lowest recovery rate of RCAP, in 0 to 1", "0.5"))
        .arg(real("rcap-interval", "STEP", "Distance between the recovery rates of RCAP", "0.1"))
        .arg(list(
            "measures",
            "More measures of the map, such as `authors-curves,rise-curves:step=10`",
        ))
        .arg(
            Arg::new("controls")
                .long("controls")
                .help("Measure maps that know nothing of the model too, and mark the scores they beat")
                .num_args(0),
        )
        .arg(file("mask", "MASK.png", "Where the object is, by alpha or brightness, for measures"))
        .arg(file("out", "MAP.npy", "Write the map, float32 (H, W) in 0 to 1"))
        .arg(file(
            "all",
            "DIR",
            "Write a map for every method and process, <method>.npy or <method>.<process>.npy, from shared passes",
        ))
        .arg(file("png", "OVERLAY.png", "Write the map drawn over the image"))
        .arg(file("json", "RESULT.json", "Write logits, probabilities, RCAP, settings and times"));
    for flag in flags() {
        command = command.arg(flag);
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
            "Write the gradient by the normalised input, float32 (1, channels, H, W)",
        ))
        .arg(file(
            "logits",
            "L.npy",
            "Write the model's own logits, float32 (1, scores)",
        ))
}

fn check() -> Command {
    about_an_image(Command::new("check"))
        .about("Compares scores and gradient with tract, an independent program that reads the file itself")
        .after_help(
            "With --device auto every device there is is compared.\n\
             Exit code: 0 where they agree, 1 where they do not or something failed, 3 where tract cannot run the \
             model or the gradient could not be told.\n\n\
             Example:\n  gradlens check --model resnet50.onnx --image cat.jpg",
        )
        .arg(
            Arg::new("json")
                .long("json")
                .help("Print everything that was compared as JSON")
                .num_args(0),
        )
}

fn study() -> Command {
    Command::new("study")
        .about("Measures methods over a folder of images; goes on where it was stopped")
        .after_help(
            "A list of methods or measures may give settings:\n  \
             --methods \"guided-absolute-grad:percentile=75;samples=10,smoothgrad\"\n\
             The table has a row for each image and method and is written row by row. Called again \
             with the same file, the rows it holds are not computed again.",
        )
        .arg(file("model", "M.onnx", "The classifier; weights in files beside it are found, a zip or gzip is unpacked").required(true))
        .args(model_flags())
        .arg(file("images", "DIR", "Images to explain: PNG, JPEG, WebP or GIF").required(true))
        .arg(file("masks", "DIR", "Masks with the names of the images, whatever their ending"))
        .arg(file(
            "accept",
            "FILE.csv",
            "Lines `image,class class ...`: images whose likeliest class is not listed are left out",
        ))
        .arg(list("methods", "The methods [default: all]"))
        .arg(list("measures", "The measures [default: all but the randomisation check]"))
        .arg(preset())
        .args(photo_flags())
        .arg(device())
        .arg(file("out", "RESULTS.csv", "The table").required(true))
        .arg(
            Arg::new("shard")
                .long("shard")
                .value_name("i/n")
                .help("Only the i-th of n equal parts of the images, from 1"),
        )
}

fn file(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .value_parser(value_parser!(PathBuf))
}

fn list(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("LIST").help(help)
}

fn preset() -> Arg {
    Arg::new("preset")
        .long("preset")
        .value_name("STUDY")
        .help("Parameters of a case study of the paper, where no others are given")
        .value_parser(PossibleValuesParser::new(Preset::NAMES))
}

fn device() -> Arg {
    Arg::new("device")
        .long("device")
        .value_name("DEVICE")
        .help("Where to compute")
        .default_value("auto")
        .value_parser(["auto", "cpu", "webgpu"])
}

fn real(name: &'static str, value: &'static str, help: &'static str, default: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .help(help)
        .default_value(default)
        .value_parser(value_parser!(f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
