//! Loops compiled twice: for the vectors that every processor of the kind has, and for the widest common
//! ones, chosen when they run.

/// Defines functions whose bodies are compiled for AVX2 too, natively on x86-64, and run so where the
/// processor has it. What they call is compiled along where it is `#[inline(always)]`.
///
/// A product and a sum stay two roundings: results are the same to the bit.
macro_rules! widest {
    ($(
        $(#[$attribute:meta])*
        $visibility:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block
    )*) => {$(
        $(#[$attribute])*
        $visibility fn $name($($argument: $kind),*) {
            #[inline(always)]
            fn any($($argument: $kind),*) $body
            #[cfg(target_arch = "x86_64")]
            if std::is_x86_feature_detected!("avx2") {
                #[target_feature(enable = "avx2")]
                fn wide($($argument: $kind),*) {
                    any($($argument),*);
                }
                // SAFETY: the processor has what the function is compiled for, as was just seen.
                unsafe { wide($($argument),*) };
                return;
            }
            any($($argument),*);
        }
    )*};
}

pub(super) use widest;
