//! Work on the images of a batch: on all cores natively, one after another in a browser worker.

/// Calls `work(index, chunk)` for every `length`-long chunk of `out`.
pub fn for_each_chunk(
    out: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    if length == 0 {
        return;
    }
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        out.par_chunks_mut(length)
            .enumerate()
            .for_each(|(index, chunk)| work(index, chunk));
    }
    #[cfg(target_family = "wasm")]
    for (index, chunk) in out.chunks_mut(length).enumerate() {
        work(index, chunk);
    }
}

/// How many pieces of work run at once.
pub fn cores() -> usize {
    #[cfg(not(target_family = "wasm"))]
    {
        rayon::current_num_threads()
    }
    #[cfg(target_family = "wasm")]
    {
        1
    }
}
