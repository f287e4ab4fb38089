//! dspyglass.
pub mod analysis;
pub mod loader;
pub mod model;
pub mod state;
pub mod store;
pub mod views;
pub mod widgets;
