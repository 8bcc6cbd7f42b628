//! What the commands share: files read and written, a model and an image opened, errors as sentences.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::{
    choices::{options, preprocessing},
    host::{TerminalHost, block_on},
};
use crate::{
    array_file::Array,
    attribution::NoiseSource,
    classifier::{NormImage, Size},
    engine::{Engine, Stopped, device},
    onnx::FileHandle,
    protocol::{DeviceChoice, DeviceKind, ModelOptions, StageTime},
};

/// The kinds of device this program was built with, best first.
const KINDS: &[device::OpenDevice] = &[
    #[cfg(feature = "webgpu")]
    device::gpu,
    device::cpu,
];

/// A path that was given.
pub fn path<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a Path> {
    matches.get_one::<PathBuf>(name).map(PathBuf::as_path)
}

/// An engine with the model of `--model` on the device of `--device`.
///
/// # Errors
/// The file cannot be read or explained, or the device that was asked for by name cannot be used.
pub fn open_engine(
    matches: &ArgMatches,
    host: &TerminalHost,
) -> Result<(Engine, Vec<StageTime>), String> {
    open_engine_on(matches, host, device_choice(matches))
}

/// As [`open_engine`], on the device of a choice.
///
/// # Errors
/// As [`open_engine`].
pub fn open_engine_on(
    matches: &ArgMatches,
    host: &TerminalHost,
    choice: DeviceChoice,
) -> Result<(Engine, Vec<StageTime>), String> {
    let mut engine = Engine::new(KINDS, choice);
    let model = path(matches, "model");
    let mut options = options(matches)?;
    if options.size.is_none() && matches.try_contains_id("input").unwrap_or(false) {
        options.size = size_of_array(path(matches, "input"))?;
    }
    let mut times = open_model(&mut engine, host, model, &options, choice)?;
    if let Some(model) = engine.model()
        && let Some(chosen) = preprocessing(matches, &model.card.preprocessing)?
    {
        let done = block_on(engine.set_preprocessing(host, 1, Some(chosen))).map_err(sentence)?;
        times.extend(done.times);
    }
    Ok((engine, times))
}

/// Height and width of the array that will be the input: it decides the size of a model that leaves it open.
fn size_of_array(path: Option<&Path>) -> Result<Option<[usize; 2]>, String> {
    let Some(path) = path else {
        return Ok(None);
    };
    let shape = read_array(path)?.shape;
    Ok(match shape.as_slice() {
        [.., height, width] if shape.len() >= 3 => Some([*height, *width]),
        _ => None,
    })
}

/// The device asked for.
pub fn device_choice(matches: &ArgMatches) -> DeviceChoice {
    match matches.get_one::<String>("device").map(String::as_str) {
        Some("cpu") => DeviceChoice::Cpu,
        Some("webgpu") => DeviceChoice::WebGpu,
        _ => DeviceChoice::Auto,
    }
}

/// Opens the model, and names every device that was turned down on standard error.
///
/// # Errors
/// The file cannot be read or explained, or the device that was asked for by name cannot be used.
fn open_model(
    engine: &mut Engine,
    host: &TerminalHost,
    path: Option<&Path>,
    options: &ModelOptions,
    choice: DeviceChoice,
) -> Result<Vec<StageTime>, String> {
    let path = path.unwrap_or(Path::new(""));
    let file = FileHandle::open(path)
        .map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let name = file_name(path);
    let done = block_on(engine.open_model(host, 1, &name, file, None, options));
    for device in host.devices() {
        if let Some(reason) = &device.rejected {
            eprintln!("gradlens: {} is not used: {reason}.", device.name);
        }
    }
    let times = done.map_err(sentence)?.times;
    // Asked for by name, a GPU that cannot be used is an error: timings would be taken for its own.
    let used = engine.device().map(|device| device.kind);
    if choice == DeviceChoice::WebGpu && used == Some(DeviceKind::Cpu) {
        let reasons: Vec<String> = host
            .devices()
            .into_iter()
            .filter_map(|d| d.rejected)
            .collect();
        let reason = match reasons.first() {
            Some(reason) => reason.as_str(),
            None => "this program was built without it; build it with `--features webgpu`",
        };
        return Err(format!(
            "WebGPU was asked for, but cannot be used: {reason}. Use --device auto or cpu."
        ));
    }
    Ok(times)
}

/// Opens a photo, or else a normalised array.
///
/// # Errors
/// The file cannot be read, or the model cannot take what is in it.
pub fn open_source(
    engine: &mut Engine,
    host: &TerminalHost,
    image: Option<&Path>,
    input: Option<&Path>,
) -> Result<Vec<StageTime>, String> {
    let done = if let Some(path) = image {
        let bytes = read(path)?;
        block_on(engine.open_image(host, 2, &file_name(path), &bytes))
    } else {
        let path = input.unwrap_or(Path::new(""));
        let array = read_array(path)?;
        let (&[1, channels, height, width] | &[channels, height, width]) = array.shape.as_slice()
        else {
            return Err(format!(
                "{} has shape {:?}, but one normalised image of shape (1, channels, H, W) is needed.",
                path.display(),
                array.shape
            ));
        };
        if let Some(value) = array.values.iter().find(|value| !value.is_finite()) {
            return Err(format!(
                "{} holds the value {value}, but every value of an image must be finite.",
                path.display()
            ));
        }
        let image = NormImage {
            size: Size {
                height,
                width,
                channels,
            },
            values: array.values,
        };
        block_on(engine.open_normalised(host, 2, &file_name(path), image))
    };
    Ok(done.map_err(sentence)?.times)
}

/// Unit-normal noise from a file.
///
/// # Errors
/// The file cannot be read, or its shape is not that of noise.
pub fn read_noise(path: &Path) -> Result<NoiseSource, String> {
    let array = read_array(path)?;
    let &[samples, _, _, _] = array.shape.as_slice() else {
        return Err(format!(
            "{} has shape {:?}, but noise of shape (N, channels, H, W) is needed.",
            path.display(),
            array.shape
        ));
    };
    Ok(NoiseSource::Stored {
        unit_normal: array.values,
        samples,
    })
}

/// The last part of a path, for people.
pub fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// # Errors
/// The file cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))
}

/// # Errors
/// The file cannot be read, or is no array.
pub fn read_array(path: &Path) -> Result<Array, String> {
    Array::read(&read(path)?).map_err(|error| format!("{}: {error}.", path.display()))
}

/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes)
        .map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}

/// A stopped job in words.
pub fn sentence(stopped: Stopped) -> String {
    match stopped {
        Stopped::Cancelled => "Stopped.".to_owned(),
        Stopped::Failed(failure) => failure.to_string(),
    }
}
