//! Rows parted into their even and odd columns, and put together again.

use super::widest::widest;

widest! {
    /// Parts a row into its even and its odd columns.
    pub fn part(row: &[f32], even: &mut [f32], odd: &mut [f32]) {
        let (pairs, rest) = row.as_chunks::<2>();
        for (([first, second], even), odd) in pairs.iter().zip(even.iter_mut()).zip(odd) {
            (*even, *odd) = (*first, *second);
        }
        if let ([last], Some(even)) = (rest, even.get_mut(pairs.len())) {
            *even = *last;
        }
    }

    /// Writes a row from its even and its odd columns, as many as it has.
    pub fn join(even: &[f32], odd: &[f32], row: &mut [f32]) {
        let (pairs, rest) = row.as_chunks_mut::<2>();
        if let ([last], Some(even)) = (rest, even.get(pairs.len())) {
            *last = *even;
        }
        for ((pair, even), odd) in pairs.iter_mut().zip(even).zip(odd) {
            *pair = [*even, *odd];
        }
    }
}
