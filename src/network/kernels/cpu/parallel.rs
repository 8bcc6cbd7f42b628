//! Work on the images of a batch: on all cores natively, one after another in a browser worker.

/// Calls `work(index, chunk)` for every `length`-long chunk of `out`.
pub fn for_each_chunk(
    out: &mut [f32],
    length: usize,
    work: impl Fn(usize, &mut [f32]) + Send + Sync,
) {
    for_each_chunk_with(out, length, || (), |(), index, chunk| work(index, chunk));
}

/// Calls `work(scratch, index, chunk)` for every `length`-long chunk of `out`. What `scratch` makes
/// is handed from one call to the next on the same core.
pub fn for_each_chunk_with<S>(
    out: &mut [f32],
    length: usize,
    scratch: impl Fn() -> S + Send + Sync,
    work: impl Fn(&mut S, usize, &mut [f32]) + Send + Sync,
) {
    if length == 0 {
        return;
    }
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        out.par_chunks_mut(length)
            .enumerate()
            .for_each_init(scratch, |scratch, (index, chunk)| {
                work(scratch, index, chunk);
            });
    }
    #[cfg(target_family = "wasm")]
    {
        let mut scratch = scratch();
        for (index, chunk) in out.chunks_mut(length).enumerate() {
            work(&mut scratch, index, chunk);
        }
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
