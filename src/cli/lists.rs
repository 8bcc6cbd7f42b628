//! Lists of methods or measures with settings, as they are written on the command line.

use super::settings::value;
use crate::{
    engine::Engine,
    metric::measure_descriptions,
    protocol::{ParameterDescription, Settings},
};

/// A method of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedMethod {
    /// What the person wrote: its name in tables.
    pub label: String,
    /// Its id.
    pub id: String,
    /// The settings that were given.
    pub settings: Settings,
}

/// A measure of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedMeasure {
    /// Its id.
    pub id: String,
    /// The settings that were given.
    pub settings: Settings,
}

/// `id` or `id:name=value;name=value`, separated by commas.
///
/// # Errors
/// A method that does not exist, or a setting it does not have or allow.
pub fn methods(list: &str) -> Result<Vec<ListedMethod>, String> {
    let known = Engine::methods();
    entries(list)
        .map(|(label, id, given)| {
            let method = known.iter().find(|method| method.id == id).ok_or_else(|| {
                let ids: Vec<&str> = known.iter().map(|method| method.id.as_str()).collect();
                format!(
                    "There is no method called {id}; there are {}.",
                    ids.join(", ")
                )
            })?;
            let settings = settings(given, &method.parameters)?;
            method
                .complete(&settings)
                .map_err(|error| format!("{label}: {error}."))?;
            Ok(ListedMethod {
                label: label.to_owned(),
                id: id.to_owned(),
                settings,
            })
        })
        .collect()
}

/// As [`methods`], for measures.
///
/// # Errors
/// A measure that does not exist, or a setting it does not have or allow.
pub fn measures(list: &str) -> Result<Vec<ListedMeasure>, String> {
    let known = measure_descriptions();
    entries(list)
        .map(|(label, id, given)| {
            let measure = known
                .iter()
                .find(|measure| measure.id == id)
                .ok_or_else(|| {
                    let ids: Vec<&str> = known.iter().map(|measure| measure.id.as_str()).collect();
                    format!(
                        "There is no measure called {id}; there are {}.",
                        ids.join(", ")
                    )
                })?;
            let settings = settings(given, &measure.parameters)?;
            measure
                .complete(&settings)
                .map_err(|error| format!("{label}: {error}."))?;
            Ok(ListedMeasure {
                id: id.to_owned(),
                settings,
            })
        })
        .collect()
}

/// Each entry whole, its id, and its settings.
fn entries(list: &str) -> impl Iterator<Item = (&str, &str, &str)> {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            let (id, given) = entry.split_once(':').unwrap_or((entry, ""));
            (entry, id, given)
        })
}

fn settings(given: &str, parameters: &[ParameterDescription]) -> Result<Settings, String> {
    let mut settings = Settings::default();
    for pair in given.split(';').filter(|pair| !pair.trim().is_empty()) {
        let (name, text) = pair
            .split_once('=')
            .ok_or_else(|| format!("{pair} is no setting; write name=value."))?;
        let (name, text) = (name.trim(), text.trim());
        let parameter = parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .ok_or_else(|| format!("There is no setting called {name} in {given}."))?;
        settings.set(name, value(parameter, text));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_may_have_settings() {
        let list = "smoothgrad, guided-absolute-grad:percentile=75;samples=10";
        let found = methods(list).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].settings, Settings::default());
        assert_eq!(
            found[1].label,
            "guided-absolute-grad:percentile=75;samples=10"
        );
        assert_eq!(found[1].settings.real("percentile"), Some(75.0));
        assert_eq!(found[1].settings.integer("samples"), Some(10));
        assert!(methods("beauty").unwrap_err().contains("smoothgrad"));
        assert!(
            methods("smoothgrad:samples=many")
                .unwrap_err()
                .contains("many")
        );
        assert!(
            methods("smoothgrad:samples")
                .unwrap_err()
                .contains("name=value")
        );
        let found = measures("rcap:interval=0.05,randomisation").unwrap();
        assert_eq!(found[0].settings.real("interval"), Some(0.05));
        assert!(measures("rcap:beauty=1").is_err());
    }
}
