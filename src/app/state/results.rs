//! Finished maps with what was measured of them, kept so that nothing is computed twice.

use super::{Shared, explaining::RunKey};
use crate::protocol::{
    AlteredImages, MapReport, MeasureReport, RcapReport, RcapSettings, Settings, StageTime,
};

/// Most bytes of maps and pictures that are kept.
const MOST_BYTES: usize = 192_000_000;

/// What a map depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultKey {
    /// Which image.
    pub image_generation: u64,
    /// Which model, fed in which way.
    pub model_generation: u64,
    /// The class explained.
    pub target: usize,
    /// Id of the method.
    pub method: String,
    /// All of its settings.
    pub settings: Settings,
}

/// A finished map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapResult {
    /// What it depends on.
    pub key: ResultKey,
    /// The map.
    pub map: Shared<MapReport>,
    /// RCAP of it.
    pub rcap: Shared<RcapReport>,
    /// What else was measured, one report a measure.
    pub measures: Vec<Shared<MeasureReport>>,
    /// What the model was shown, for measures that delete and insert pixels.
    pub altered: Vec<Shared<AlteredImages>>,
    /// Times of the stages.
    pub times: Vec<StageTime>,
    /// Gradients computed for it; 0 where earlier ones were reused.
    pub gradients: usize,
    /// What it was computed on.
    pub device: String,
    pub(super) run_key: RunKey,
    pub(super) session: u64,
}

impl MapResult {
    /// The report of a measure, if it was asked for.
    pub fn measure(&self, id: &str) -> Option<&MeasureReport> {
        self.measures
            .iter()
            .find(|report| report.measure == id)
            .map(|report| &**report)
    }

    /// Seconds all stages took.
    pub fn seconds(&self) -> f64 {
        self.times.iter().map(|time| time.elapsed_ms).sum::<f64>() / 1_000.0
    }

    fn bytes(&self) -> usize {
        let recovered: usize = self.rcap.recovered.iter().map(|p| p.rgba.len()).sum();
        let altered = self.altered.iter().map(|images| {
            images.deleted.rgba.len() + images.beneath.rgba.len() + 2 * images.salient_from.len()
        });
        4 * self.map.values.len() + recovered + altered.sum::<usize>()
    }
}

/// Finished maps, the newest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Results(Vec<Shared<MapResult>>);

impl Results {
    /// The map of `key`, measured with RCAP by `settings`.
    pub fn find(&self, key: &ResultKey, settings: RcapSettings) -> Option<&Shared<MapResult>> {
        self.0
            .iter()
            .find(|result| result.key == *key && result.rcap.settings == settings)
    }

    /// The newest map that cost gradients of its own.
    pub fn newest_with_gradients(&self) -> Option<&MapResult> {
        let mut newest = self.0.iter().rev();
        newest
            .find(|result| result.gradients > 0)
            .map(|result| &**result)
    }

    /// Keeps a map in place of an earlier one of the same key; the oldest ones go where there are
    /// too many.
    pub fn keep(&mut self, result: MapResult) {
        self.0.retain(|kept| kept.key != result.key);
        self.0.push(Shared::new(result));
        let mut bytes: usize = self.0.iter().map(|kept| kept.bytes()).sum();
        while bytes > MOST_BYTES && self.0.len() > 1 {
            bytes -= self.0.remove(0).bytes();
        }
    }

    /// Forgets all maps of an image.
    pub fn forget_image(&mut self, generation: u64) {
        self.0
            .retain(|kept| kept.key.image_generation != generation);
    }

    /// Adds a measure to the map of `key`, in place of an earlier one of its kind.
    pub fn add_measure(&mut self, key: &ResultKey, report: MeasureReport) {
        if let Some(kept) = self.0.iter_mut().find(|kept| kept.key == *key) {
            let mut result = (**kept).clone();
            result
                .measures
                .retain(|known| known.measure != report.measure);
            result.measures.push(Shared::new(report));
            *kept = Shared::new(result);
        }
    }

    /// Adds what the model was shown for a measure of the map of `key`.
    pub fn add_altered(&mut self, key: &ResultKey, images: AlteredImages) {
        if let Some(kept) = self.0.iter_mut().find(|kept| kept.key == *key) {
            let mut result = (**kept).clone();
            result
                .altered
                .retain(|known| known.measure != images.measure);
            result.altered.push(Shared::new(images));
            *kept = Shared::new(result);
        }
    }

    /// Forgets what was measured of every map by these measures.
    pub fn forget_measures(&mut self, forget: impl Fn(&MeasureReport) -> bool) {
        for kept in &mut self.0 {
            if kept.measures.iter().any(|report| forget(report)) {
                let mut result = (**kept).clone();
                result.measures.retain(|report| !forget(report));
                let left = result.measures.clone();
                result
                    .altered
                    .retain(|images| left.iter().any(|report| report.measure == images.measure));
                *kept = Shared::new(result);
            }
        }
    }
}
