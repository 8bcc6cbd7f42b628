//! Running a module's static constructors once, instead of at every call from JavaScript.

use std::sync::atomic::{AtomicBool, Ordering};

#[allow(unsafe_code)]
mod linker {
    unsafe extern "C" {
        /// Made by the linker: calls every static constructor of the module.
        pub fn __wasm_call_ctors();
    }
}

static RAN: AtomicBool = AtomicBool::new(false);

/// Runs the static constructors of the module, the first time it is called.
///
/// A worker calls this before anything else. That something calls them at all keeps the linker from
/// wrapping every export in a call of them: thousands of registrations that take most of a second,
/// again and again.
pub fn run_static_constructors_once() {
    if RAN.swap(true, Ordering::Relaxed) {
        return;
    }
    // SAFETY: the linker defines this function in every module it links, without parameters or
    // results. It must run at most once and before what it initialises is used: the flag above sees
    // to the first, and callers call it first of all.
    #[allow(unsafe_code)]
    unsafe {
        linker::__wasm_call_ctors();
    }
}
