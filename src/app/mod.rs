//! The page: what it knows, how it reaches the engine, and what it shows.

pub mod batch_table;
pub mod export;
pub mod painting;
pub mod parts;
pub mod recompute;
pub mod state;
pub mod strings;
pub mod table;

#[cfg(target_family = "wasm")]
mod browser;
#[cfg(target_family = "wasm")]
mod canvas;
#[cfg(target_family = "wasm")]
mod components;
#[cfg(target_family = "wasm")]
mod curve_plot;
#[cfg(target_family = "wasm")]
mod example;
#[cfg(target_family = "wasm")]
mod figure;
#[cfg(target_family = "wasm")]
mod files;
#[cfg(target_family = "wasm")]
mod folder;
#[cfg(target_family = "wasm")]
mod line_canvas;
#[cfg(target_family = "wasm")]
mod lists;
#[cfg(target_family = "wasm")]
mod memory_store;
#[cfg(target_family = "wasm")]
mod shortcuts;
#[cfg(target_family = "wasm")]
mod worker_client;

#[cfg(target_family = "wasm")]
pub use components::Page;

/// Puts the page into the document.
#[cfg(target_family = "wasm")]
pub fn run() {
    yew::set_custom_panic_hook(Box::new(browser::on_panic));
    yew::Renderer::<Page>::new().render();
}
