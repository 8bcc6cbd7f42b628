//! What the page shows; one component a file.

mod answer;
mod class_search;
mod colour_bar;
mod curve;
mod curve_table;
mod downloads;
mod footer;
mod header;
mod map;
mod map_tools;
mod measure;
mod message;
mod method;
mod page;
mod parameter;
mod photo;
mod picture;
mod progress;
mod recovered;
mod samples;

pub use page::Page;
