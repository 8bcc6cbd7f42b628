//! What was asked of every image, and which rows answer it.

use std::{collections::BTreeMap, rc::Rc};

use serde::{Deserialize, Serialize};

use super::{
    super::{Shared, State},
    Batch, BatchImage, BatchRows,
};
use crate::protocol::{
    MaskSettings, MeasureDescription, Preprocessing, Setting, Settings, StudyItem, StudyMask,
    StudyRequest, StudyRow,
};

/// What a row depends on besides its image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowBasis {
    /// SHA-256 of the model's file; a column of its own.
    #[serde(skip)]
    pub model_sha256: String,
    /// The method's settings, all of them.
    pub method: Settings,
    /// The class that was asked for; each image's likeliest where there is none.
    pub class: Option<usize>,
    /// How the model was fed.
    pub preprocessing: Preprocessing,
    /// How pictures became masks.
    pub mask: MaskSettings,
    /// The measures by id, with their settings.
    pub measures: BTreeMap<String, Settings>,
}

/// One method on one image, with what it depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRow {
    /// What was measured.
    pub row: StudyRow,
    /// What it depends on.
    pub basis: Rc<RowBasis>,
}

/// What is asked of every image.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchPlan {
    /// The methods, labelled as on the command line, each with what its rows depend on.
    pub methods: Vec<(StudyItem, Rc<RowBasis>)>,
    /// The measures.
    pub measures: Vec<MeasureDescription>,
    /// The model's name.
    pub model: String,
    /// Which model, fed in which way.
    pub(super) model_generation: u64,
}

impl RowBasis {
    /// Whether a row made by this answers what `wanted` asks: everything alike, no measure missing.
    fn answers(&self, wanted: &Self, measures: &[&MeasureDescription]) -> bool {
        self.model_sha256 == wanted.model_sha256
            && self.method == wanted.method
            && self.class == wanted.class
            && self.preprocessing == wanted.preprocessing
            && self.mask == wanted.mask
            && measures.iter().all(|measure| {
                let (has, wants) = (&self.measures, &wanted.measures);
                has.get(&measure.id).is_some() && has.get(&measure.id) == wants.get(&measure.id)
            })
    }
}

impl BatchPlan {
    /// The measures that can be taken of an image.
    fn measures_of(&self, image: &BatchImage) -> Vec<&MeasureDescription> {
        let measures = self.measures.iter();
        measures
            .filter(|measure| image.mask.is_some() || !measure.needs_mask)
            .collect()
    }

    /// The row of a method for an image, where there is one.
    pub fn row<'a>(
        &self,
        rows: &'a BatchRows,
        image: &BatchImage,
        method: &(StudyItem, Rc<RowBasis>),
    ) -> Option<&'a StudyRow> {
        let (item, basis) = method;
        let measures = self.measures_of(image);
        let mut found = rows.get(image.file.name())?.iter().rev();
        found
            .find(|kept| {
                let complete = kept.row.failure.is_some() || has_scores(&kept.row, &measures);
                kept.row.method == item.label && complete && kept.basis.answers(basis, &measures)
            })
            .map(|kept| &kept.row)
    }

    /// Methods without a row for an image.
    pub(super) fn missing<'a>(
        &'a self,
        rows: &BatchRows,
        image: &BatchImage,
    ) -> Vec<&'a StudyItem> {
        let methods = self.methods.iter();
        methods
            .filter(|method| self.row(rows, image, method).is_none())
            .map(|(item, _)| item)
            .collect()
    }

    /// What the engine is asked about an image: the methods that have no row yet.
    pub(super) fn request(&self, rows: &BatchRows, image: &BatchImage) -> Option<StudyRequest> {
        let (_, basis) = self.methods.first()?;
        let measures = self
            .measures_of(image)
            .into_iter()
            .map(|measure| StudyItem {
                label: measure.id.clone(),
                id: measure.id.clone(),
                settings: basis.measures.get(&measure.id).cloned().unwrap_or_default(),
            });
        Some(StudyRequest {
            name: image.file.name().to_owned(),
            target: basis.class,
            accept: None,
            methods: self.missing(rows, image).into_iter().cloned().collect(),
            measures: measures.collect(),
            mask: image.mask.as_ref().map(|mask| StudyMask {
                name: mask.name().to_owned(),
                settings: basis.mask,
            }),
        })
    }

    /// What the rows of a method depend on.
    pub(super) fn basis(&self, label: &str) -> Option<&Rc<RowBasis>> {
        let mut methods = self.methods.iter();
        methods
            .find(|(item, _)| item.label == label)
            .map(|(_, basis)| basis)
    }
}

/// Whether a row has a score of every measure.
fn has_scores(row: &StudyRow, measures: &[&MeasureDescription]) -> bool {
    let mut scores = measures.iter().flat_map(|measure| &measure.scores);
    scores.all(|wanted| row.scores.iter().any(|score| score.id == wanted.id))
}

impl Batch {
    /// An image or a method on one failed.
    pub fn has_failures(&self) -> bool {
        let mut rows = self.rows.values().flatten();
        !self.failures.is_empty() || rows.any(|kept| kept.row.failure.is_some())
    }

    /// Whether an image has all its rows, or failed.
    pub(super) fn is_finished(&self, plan: &BatchPlan, image: &BatchImage) -> bool {
        self.failures.contains_key(image.file.name()) || plan.missing(&self.rows, image).is_empty()
    }
}

impl State {
    /// What a start would ask now; `None` where there is nothing to ask or nobody to ask it of.
    pub fn batch_plan(&self) -> Option<BatchPlan> {
        let model = self.model.as_ref()?;
        let chosen = self.batch_measures();
        let measures: Vec<MeasureDescription> = self
            .measures
            .iter()
            .map(|offer| &offer.description)
            .filter(|measure| chosen.contains(&measure.id))
            .cloned()
            .collect();
        let basis = |method: Settings| RowBasis {
            model_sha256: model.sha256.clone(),
            method,
            class: self.target.filter(|_| self.batch.chosen_class),
            preprocessing: model.preprocessing.clone(),
            mask: self.mask_settings,
            measures: measures
                .iter()
                .map(|measure| (measure.id.clone(), self.measure_settings(&measure.id)))
                .collect(),
        };
        let methods: Vec<(StudyItem, Rc<RowBasis>)> = self
            .batch_methods()
            .into_iter()
            .map(|id| {
                let settings = self.settings_of(&id);
                let item = StudyItem {
                    label: self.batch_label(&id, &settings),
                    id,
                    settings: settings.clone(),
                };
                (item, Rc::new(basis(settings)))
            })
            .collect();
        (!methods.is_empty() && !measures.is_empty()).then(|| BatchPlan {
            methods,
            measures,
            model: model.name.clone(),
            model_generation: self.model_generation,
        })
    }

    /// Has the plan speak the language of the page.
    pub(in super::super) fn say_batch_anew(&mut self) {
        let Some(plan) = &self.batch.plan else { return };
        let mut plan = (**plan).clone();
        for measure in &mut plan.measures {
            let mut offers = self.measures.iter().map(|offer| &offer.description);
            if let Some(said) = offers.find(|said| said.id == measure.id) {
                measure.clone_from(said);
            }
        }
        self.batch.plan = Some(Shared::new(plan));
    }

    /// A method as it is written on the command line: its id with what differs from its defaults.
    fn batch_label(&self, id: &str, settings: &Settings) -> String {
        let mut methods = self.methods.iter();
        let parameters = methods
            .find(|method| method.id == id)
            .map(|method| method.parameters.as_slice())
            .unwrap_or_default();
        let changed: Vec<String> = parameters
            .iter()
            .filter_map(|parameter| {
                let value = settings.0.get(&parameter.name)?;
                let written = match value {
                    Setting::Integer(value) => value.to_string(),
                    Setting::Real(value) => value.to_string(),
                    Setting::Choice(value) => value.clone(),
                };
                let usual = *value == parameter.kind.default_value();
                (!usual).then(|| format!("{}={written}", parameter.name))
            })
            .collect();
        if changed.is_empty() {
            id.to_owned()
        } else {
            format!("{id}:{}", changed.join(";"))
        }
    }
}
