//! dspyglass.
pub mod analysis;
pub mod cli;
pub mod gallery;
pub mod model;
pub mod query;
pub mod store;
pub mod widgets;
