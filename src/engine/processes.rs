//! Several gradient processes of one method at once, from the same gradients.

use super::{Engine, Host, Stopped, pace::JobPace};
use crate::{
    attribution::{Process, SaliencyMap},
    protocol::{ExplainRequest, JobId, Stage},
};

/// Maps of several processes, and what they cost together.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessExplanations {
    /// The class explained.
    pub target: usize,
    /// One for each process, in order; a sentence where there is none.
    pub maps: Vec<Result<SaliencyMap, String>>,
    /// Input gradients computed for all of them.
    pub gradients: usize,
}

impl Engine {
    /// Explains a class of the open image with each of `processes`, whatever process the request
    /// names. The request's measure is left out.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the model fails.
    pub async fn explain_processes(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
        processes: &[Process],
    ) -> Result<ProcessExplanations, Stopped> {
        let prepared = self.prepare(request)?;
        let pace = JobPace::new(host, job, Stage::Explain);
        let source = prepared.source(&pace);
        let context = prepared.context(&source, &|_, _, _| {});
        let maps = prepared
            .method
            .explain_processes(&context, processes)
            .await?;
        let maps = maps
            .into_iter()
            .map(|map| {
                map.map(|map| map.normalise())
                    .map_err(|error| error.to_string())
            })
            .collect();
        Ok(ProcessExplanations {
            target: prepared.target,
            maps,
            gradients: source.computed(),
        })
    }
}
