//! dspyglass.
pub mod analysis;
pub mod app;
pub mod cli;
pub mod loader;
pub mod model;
pub mod query;
pub mod state;
pub mod store;
pub mod views;
pub mod widgets;
