//! What a person may choose about a model and how photos are fed to it: the flags, and what they say.

use std::{collections::BTreeMap, path::Path};

use clap::{Arg, ArgAction, ArgMatches, builder::PossibleValuesParser};

use super::opening::read;
use crate::{
    array_file::Array,
    protocol::{
        ChannelOrder, FurtherChannels, InputValue, ModelOptions, OutputRegion, Preprocessing,
        PreprocessingPreset, Probabilities,
    },
};

/// The flags about a model: its inputs, its output and its probabilities.
pub fn model_flags() -> Vec<Arg> {
    vec![
        Arg::new("model-input")
            .long("model-input")
            .value_name("NAME")
            .help("The model's input that takes the image, where it has several"),
        Arg::new("set")
            .long("set")
            .value_name("NAME=VALUE")
            .help(
                "What another input of the model holds: a number, or an array as NAME=file.npy; may be given \
                 several times [default: 0, where that means something]",
            )
            .action(ArgAction::Append),
        Arg::new("model-output")
            .long("model-output")
            .visible_alias("output")
            .value_name("NAME")
            .help("The model's output, or a value inside its graph, that holds the class scores"),
        Arg::new("output-region")
            .long("output-region")
            .value_name("REGION")
            .help(
                "Of an output that is a map of scores, as of a segmentation, what counts: mean, centre, or \
                 TOP,LEFT,BOTTOM,RIGHT as shares of the whole [default: mean]",
            ),
        Arg::new("probabilities")
            .long("probabilities")
            .value_name("KIND")
            .help(
                "How scores become probabilities: softmax (one right answer), sigmoid (several), binary (one \
                 score for two classes), or given (the model puts out probabilities) [default: by the model's last layer]",
            )
            .value_parser(PossibleValuesParser::new(
                Probabilities::ALL.map(Probabilities::name),
            )),
        Arg::new("size")
            .long("size")
            .value_name("HEIGHTxWIDTH")
            .help("The size of the model's images, where the file leaves it open, such as 224x224"),
    ]
}

/// The flags about how a photo becomes the model's channels.
pub fn photo_flags() -> Vec<Arg> {
    vec![
        Arg::new("preprocess")
            .long("preprocess")
            .value_name("PRESET")
            .help("Preprocessing, and where black lies, instead of the model's own description")
            .value_parser(PossibleValuesParser::new(Preprocessing::PRESETS)),
        Arg::new("channels")
            .long("channels")
            .value_name("ORDER")
            .help(
                "What the first channels are made of: rgb, bgr, or one grey value by Rec. 601 or BT.709 \
                 [default: by how many the model takes]",
            )
            .value_parser(PossibleValuesParser::new(
                ChannelOrder::ALL.map(ChannelOrder::name),
            )),
        Arg::new("further-channels")
            .long("further-channels")
            .value_name("PIXEL|copy")
            .help("What channels beyond those hold: a pixel value of 0 to 255, or the colours once more"),
    ]
}

/// What was chosen about the model.
///
/// # Errors
/// A value cannot be understood, or its file cannot be read.
pub fn options(matches: &ArgMatches) -> Result<ModelOptions, String> {
    let text = |argument: &str| matches.get_one::<String>(argument).cloned();
    let mut values = BTreeMap::new();
    for given in matches.get_many::<String>("set").into_iter().flatten() {
        let (name, value) = input_value(given)?;
        values.insert(name, value);
    }
    Ok(ModelOptions {
        input: text("model-input"),
        output: text("model-output"),
        layout: None,
        values,
        probabilities: text("probabilities").and_then(|name| Probabilities::find(&name)),
        region: text("output-region")
            .map(|text| OutputRegion::parse(&text).map_err(|error| format!("{error}.")))
            .transpose()?,
        size: text("size").map(|text| size(&text)).transpose()?,
    })
}

/// `NAME=VALUE` or `NAME=file.npy`. Names may hold `=`, values do not.
fn input_value(given: &str) -> Result<(String, InputValue), String> {
    let (name, value) = given
        .rsplit_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| {
            format!("--set {given} is not understood: give NAME=VALUE or NAME=file.npy.")
        })?;
    let number = match value {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.parse().ok(),
    };
    let value = match number {
        Some(number) => InputValue::Number(number),
        None => {
            let (shape, values) = Array::read_doubles(&read(Path::new(value))?)
                .map_err(|error| format!("{value}: {error}."))?;
            InputValue::Array { shape, values }
        }
    };
    Ok((name.to_owned(), value))
}

fn size(text: &str) -> Result<[usize; 2], String> {
    let sides = text.split_once(['x', 'X']);
    let parsed = sides.and_then(|(height, width)| {
        Some([height.trim().parse().ok()?, width.trim().parse().ok()?])
    });
    parsed.ok_or_else(|| {
        format!("--size {text} is not understood: give HEIGHTxWIDTH, such as 224x224.")
    })
}

/// `own` with what was chosen about photos; `None` where nothing was.
///
/// # Errors
/// The further channels cannot be understood.
pub fn preprocessing(
    matches: &ArgMatches,
    own: &Preprocessing,
) -> Result<Option<Preprocessing>, String> {
    let text = |argument: &str| matches.get_one::<String>(argument).map(String::as_str);
    let mut chosen = own.clone();
    if let Some(order) = text("channels").and_then(ChannelOrder::find) {
        chosen.channels = order;
    }
    if let Some(preset) = text("preprocess").and_then(PreprocessingPreset::find) {
        chosen = preset.applied_to(&chosen);
        // Asked for as well, an order counts more than the preset's.
        if let Some(order) = text("channels").and_then(ChannelOrder::find) {
            chosen.channels = order;
        }
    }
    if let Some(further) = text("further-channels") {
        chosen.further = match (further, further.parse()) {
            ("copy", _) => FurtherChannels::Copy,
            (_, Ok(pixel)) => FurtherChannels::Constant(pixel),
            _ => {
                return Err(format!(
                    "--further-channels {further} is not understood: give a pixel value or copy."
                ));
            }
        };
    }
    Ok((chosen != *own).then_some(chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_sizes_are_read() {
        assert_eq!(
            input_value("a=b=0.5").unwrap(),
            ("a=b".to_owned(), InputValue::Number(0.5))
        );
        assert_eq!(input_value("t=true").unwrap().1, InputValue::Number(1.0));
        assert!(input_value("t").is_err() && input_value("=1").is_err());
        assert!(
            input_value("t=missing.npy")
                .unwrap_err()
                .contains("missing.npy")
        );
        assert_eq!(size("128x64"), Ok([128, 64]));
        assert!(size("128").is_err() && size("ax64").is_err());
    }
}
