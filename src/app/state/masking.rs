//! The mask of the object: opened from a picture, or from the photo's own transparency.

use super::{Attachment, Command, FileTicket, Shared, State};
use crate::protocol::{JobId, MaskReport, MaskSettings, Request, RequestBody};

/// Where a mask comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskSource {
    /// A picture of the person's.
    File(FileTicket),
    /// The transparent parts of the photo.
    Photo,
}

impl State {
    /// A mask was opened: what was measured with another one is of no use.
    pub(super) fn mask_ready(&mut self, mask: MaskReport, out: &mut Vec<Command>) {
        self.mask = Some(Shared::new(mask));
        self.forget_masked();
        self.compare_next(out);
    }

    pub(super) fn forget_masked(&mut self) {
        let masked: Vec<String> = self
            .measures
            .iter()
            .filter(|offer| offer.description.needs_mask)
            .map(|offer| offer.description.id.clone())
            .collect();
        self.results
            .forget_measures(|report| masked.contains(&report.measure));
        self.comparison.setbacks.retain(|setback| {
            setback
                .measure
                .as_ref()
                .is_none_or(|id| !masked.contains(id))
        });
    }

    /// Opens the picture of a file as the mask, or takes the photo's own transparency.
    pub(super) fn open_mask(&mut self, source: MaskSource, out: &mut Vec<Command>) {
        self.mask_source = Some(source);
        self.post_mask(out);
    }

    /// Gives the worker the mask once more, after it was given the image.
    pub(super) fn post_mask(&mut self, out: &mut Vec<Command>) {
        let Some(source) = self.mask_source.clone() else {
            return;
        };
        if !self.workers.can_ask() {
            return;
        }
        let job = self.take_job();
        self.mask_job = Some(job);
        let name = match &source {
            MaskSource::File(file) => file.name.clone(),
            MaskSource::Photo => self
                .image
                .as_ref()
                .map(|i| i.name.clone())
                .unwrap_or_default(),
        };
        out.push(Command::Post {
            worker: self.workers.active,
            request: Request {
                job,
                body: RequestBody::OpenMask {
                    name,
                    settings: self.mask_settings,
                },
            },
            attachment: match source {
                MaskSource::File(file) => Some(Attachment::File(file)),
                MaskSource::Photo => None,
            },
        });
    }

    pub(super) fn set_mask_settings(&mut self, settings: MaskSettings, out: &mut Vec<Command>) {
        self.mask_settings = settings;
        self.post_mask(out);
    }

    pub(super) fn remove_mask(&mut self) {
        self.mask = None;
        self.mask_source = None;
        self.forget_masked();
    }

    pub(super) fn is_mask_job(&self, job: JobId) -> bool {
        self.mask_job == Some(job)
    }
}
