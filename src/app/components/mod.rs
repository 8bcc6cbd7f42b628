//! What the page shows; one component a file.

mod answer;
mod class_search;
mod colour_bar;
mod comparison;
mod curve;
mod curve_table;
mod curves;
mod downloads;
mod footer;
mod header;
mod labels;
mod map;
mod map_tools;
mod mask;
mod mask_painter;
mod measure;
mod measures;
mod message;
mod method;
mod model_facts;
mod model_panel;
mod page;
mod parameter;
mod photo;
mod picture;
mod ports;
mod preprocessing;
mod progress;
mod recovered;
mod redraw;
mod samples;
mod score_table;
mod split_view;
mod table_downloads;
mod tile;

pub use page::Page;
