//! The engine in a terminal.

#[cfg(not(target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    gradlens::cli::main()
}

#[cfg(target_family = "wasm")]
fn main() {}
