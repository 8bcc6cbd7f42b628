//! Eight sums side by side: two vectors of 128 bits.
//!
//! With the feature `relaxed-simd` a product is added in one instruction that rounds once, where the
//! processor has it; otherwise in two.

/// Sums in one [`Lanes`].
pub const LANES: usize = 8;

#[cfg(not(all(target_family = "wasm", feature = "relaxed-simd")))]
pub use plain::Lanes;
#[cfg(all(target_family = "wasm", feature = "relaxed-simd"))]
pub use relaxed::Lanes;

#[cfg(not(all(target_family = "wasm", feature = "relaxed-simd")))]
mod plain {
    use super::LANES;

    /// The sums.
    #[derive(Clone, Copy)]
    pub struct Lanes([f32; LANES]);

    impl Lanes {
        /// All 0.
        #[inline(always)]
        pub fn zero() -> Self {
            Self([0.0; LANES])
        }

        /// Adds `factor` times each of `values`.
        #[inline(always)]
        pub fn add_product(&mut self, factor: f32, values: &[f32; LANES]) {
            for (sum, value) in self.0.iter_mut().zip(values) {
                *sum += factor * value;
            }
        }

        /// The sums.
        #[inline(always)]
        pub fn values(self) -> [f32; LANES] {
            self.0
        }
    }
}

#[cfg(all(target_family = "wasm", feature = "relaxed-simd"))]
mod relaxed {
    use core::arch::wasm32::{f32x4_relaxed_madd, f32x4_splat, v128, v128_load, v128_store};

    use super::LANES;

    /// The sums.
    #[derive(Clone, Copy)]
    pub struct Lanes([v128; 2]);

    impl Lanes {
        /// All 0.
        #[inline]
        pub fn zero() -> Self {
            Self([f32x4_splat(0.0); 2])
        }

        /// Adds `factor` times each of `values`.
        #[inline]
        #[target_feature(enable = "relaxed-simd")]
        pub fn add_product(&mut self, factor: f32, values: &[f32; LANES]) {
            let factor = f32x4_splat(factor);
            let first = values.as_ptr().cast::<v128>();
            for (half, sum) in self.0.iter_mut().enumerate() {
                // SAFETY: eight values are two vectors, and loads need not be aligned.
                let values = unsafe { v128_load(first.add(half)) };
                *sum = f32x4_relaxed_madd(factor, values, *sum);
            }
        }

        /// The sums.
        #[inline]
        pub fn values(self) -> [f32; LANES] {
            let mut values = [0.0; LANES];
            let first = values.as_mut_ptr().cast::<v128>();
            for (half, sum) in self.0.into_iter().enumerate() {
                // SAFETY: eight values are two vectors, and stores need not be aligned.
                unsafe { v128_store(first.add(half), sum) };
            }
            values
        }
    }
}
